#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "clock.h"

enum { LINE_MAX_BYTES = 2048, PATH_BYTES = 512 };

static const struct {
	const char *name;
	int syslog;
} levels[] = {
	[LOG_LEVEL_ERROR] = { "error", LOG_ERR },
	[LOG_LEVEL_WARN] = { "warn", LOG_WARNING },
	[LOG_LEVEL_INFO] = { "info", LOG_INFO },
	[LOG_LEVEL_DEBUG] = { "debug", LOG_DEBUG },
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static enum log_level highest = LOG_LEVEL_INFO;
static int use_syslog;
static int out_fd = STDERR_FILENO;
static char out_path[PATH_BYTES];
static char ident[64] = "zohosync";

static int
open_file(const char *path)
{
	return open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
}

static enum status
log_to_file(const char *target, struct err *err)
{
	int fd;

	if (strlen(target) >= sizeof(out_path))
		return err_set(err, ST_FAULT, "LOG: the path is too long");
	fd = open_file(target);
	if (fd < 0)
		return err_set(err, err_system(errno),
		    "could not open \"%s\": %s", target, strerror(errno));
	(void)snprintf(out_path, sizeof(out_path), "%s", target);
	out_fd = fd;
	return ST_OK;
}

enum status
log_open(const char *program, const char *target, const char *level,
    struct err *err)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(levels); i++)
		if (strcmp(level, levels[i].name) == 0)
			break;
	if (i == ARRAY_LEN(levels))
		return err_set(err, ST_FAULT,
		    "LOG_LEVEL is \"%s\", not error, warn, info or debug",
		    level);
	highest = (enum log_level)i;
	(void)snprintf(ident, sizeof(ident), "%s", program);
	if (out_fd != STDERR_FILENO)
		(void)close(out_fd);
	out_fd = STDERR_FILENO;
	out_path[0] = '\0';
	use_syslog = strcmp(target, "syslog") == 0;
	if (use_syslog)
		openlog(ident, LOG_PID | LOG_NDELAY, LOG_DAEMON);
	else if (strcmp(target, "stderr") != 0)
		return log_to_file(target, err);
	return ST_OK;
}

void
log_reopen(void)
{
	int fd;

	(void)pthread_mutex_lock(&lock);
	if (out_path[0] != '\0') {
		fd = open_file(out_path);
		if (fd >= 0) {
			(void)dup3(fd, out_fd, O_CLOEXEC);
			(void)close(fd);
		}
	}
	(void)pthread_mutex_unlock(&lock);
}

/* Copy with control characters as \xNN, so that nobody can forge a line. */
static size_t
escape(char *out, size_t room, const char *text)
{
	static const char hex[] = "0123456789abcdef";
	size_t n = 0;
	unsigned char c;

	for (; *text != '\0' && n + 5 < room; text++) {
		c = (unsigned char)*text;
		if (c >= 0x20 && c != 0x7f) {
			out[n++] = (char)c;
			continue;
		}
		out[n++] = '\\';
		out[n++] = 'x';
		out[n++] = hex[c >> 4];
		out[n++] = hex[c & 15];
	}
	out[n] = '\0';
	return n;
}

PRINTF_LIKE(2, 0)
static void
log_line(enum log_level level, const char *fmt, va_list ap)
{
	char said[LINE_MAX_BYTES], line[LINE_MAX_BYTES + 160];
	char now[CLOCK_TEXT_MAX];
	size_t n;

	if (level > highest)
		return;
	(void)vsnprintf(said, sizeof(said), fmt, ap);
	if (use_syslog) {
		(void)escape(line, sizeof(line), said);
		syslog(levels[level].syslog, "%s", line);
		return;
	}
	clock_format(clock_now_us(), now);
	n = (size_t)snprintf(line, sizeof(line), "%s %s[%d] %s: ", now, ident,
	    (int)getpid(), levels[level].name);
	n += escape(line + n, sizeof(line) - n - 1, said);
	line[n++] = '\n';
	(void)pthread_mutex_lock(&lock);
	if (write(out_fd, line, n) < 0)
		(void)0; /* nobody is left to tell */
	(void)pthread_mutex_unlock(&lock);
}

#define LOG_FUNCTION(name, level)         \
	void name(const char *fmt, ...)   \
	{                                 \
		va_list ap;               \
		va_start(ap, fmt);        \
		log_line(level, fmt, ap); \
		va_end(ap);               \
	}

LOG_FUNCTION(log_error, LOG_LEVEL_ERROR)
LOG_FUNCTION(log_warn, LOG_LEVEL_WARN)
LOG_FUNCTION(log_info, LOG_LEVEL_INFO)
LOG_FUNCTION(log_debug, LOG_LEVEL_DEBUG)
