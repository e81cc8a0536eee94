#include "fcgi_main.h"

#include <errno.h>
#include <fcgiapp.h>
#include <getopt.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "log.h"
#include "route.h"

enum { SOCKET_PATH_MAX = 107, BACKLOG = 1024, REPLY_MAX_KIB = 1024 };

struct server {
	const struct web_program *program;
	struct settings settings;
	void *app;
	size_t body_max;
	int listen_fd;
};

/* ---- one request, however it came ---- */

static void
answer(struct server *s, const struct request_source *source, struct buf *out)
{
	struct request req;
	struct reply reply = REPLY_INIT;
	struct err err = ERR_INIT;
	const char *aliases = s->program->alias_prefixes == SETTING_COUNT
	    ? ""
	    : settings_text(&s->settings, s->program->alias_prefixes);
	int refuse = request_read(&req, source, s->body_max, &err);

	if (refuse == 0) {
		route_request(s->program, aliases, s->app, &req, &reply);
	} else {
		log_info("refused with %d: %s %s: %s", refuse, req.method,
		    buf_text(&req.path), err.text);
		reply_say(&reply, refuse, "refused", err.text);
	}
	if (reply_put(&reply, out, &err) != ST_OK) {
		buf_clear(out);
		log_error("no answer: %s", err.text);
	}
	request_release(&req);
	reply_release(&reply);
}

/* Every path says a status: an empty answer becomes 200 with some servers. */
static const char *
text_or_500(const struct buf *out, size_t *len)
{
	static const char broken[] = "Status: 500 Internal Server Error\r\n"
				     "Content-Length: 0\r\n\r\n";

	*len = out->len > 0 ? out->len : sizeof(broken) - 1;
	return out->len > 0 ? out->at : broken;
}

/* ---- plain CGI ---- */

static int
cgi_read(void *handle, char *at, int len)
{
	ssize_t n;

	(void)handle;
	do
		n = read(STDIN_FILENO, at, (size_t)len);
	while (n < 0 && errno == EINTR);
	return (int)n;
}

static int
cgi_broken(void *handle)
{
	(void)handle;
	return 0;
}

static int
serve_cgi(struct server *s)
{
	extern char **environ;
	const struct request_source source = {
		.environment = environ, .read = cgi_read, .broken = cgi_broken
	};
	struct buf out = BUF_INIT(REPLY_MAX_KIB * KIB);
	const char *text;
	size_t len;
	int st = EX_OK;

	answer(s, &source, &out);
	text = text_or_500(&out, &len);
	if (fwrite(text, 1, len, stdout) != len || fflush(stdout) != 0)
		st = EX_IOERR;
	buf_release(&out);
	return st;
}

/* ---- FastCGI ---- */

static int
fcgi_read(void *handle, char *at, int len)
{
	FCGX_Request *r = handle;

	return FCGX_GetStr(at, len, r->in);
}

static int
fcgi_broken(void *handle)
{
	FCGX_Request *r = handle;

	return FCGX_GetError(r->in);
}

static void *
fcgi_worker(void *arg)
{
	struct server *s = arg;
	struct request_source source = { .read = fcgi_read,
		.broken = fcgi_broken };
	struct buf out = BUF_INIT(REPLY_MAX_KIB * KIB);
	FCGX_Request r;
	const char *text;
	size_t len;

	if (FCGX_InitRequest(&r, s->listen_fd, FCGI_FAIL_ACCEPT_ON_INTR) != 0)
		return NULL;
	while (FCGX_Accept_r(&r) == 0) {
		source.environment = r.envp;
		source.handle = &r;
		buf_clear(&out);
		answer(s, &source, &out);
		text = text_or_500(&out, &len);
		(void)FCGX_PutStr(text, (int)len, r.out);
		FCGX_Finish_r(&r);
	}
	FCGX_Free(&r, 1);
	buf_release(&out);
	return NULL;
}

/* Wait for the signal to end. Workers never see one: a signal in the middle
 * of a body would cut it. */
static void
wait_for_end(const sigset_t *signals)
{
	int got;

	while (sigwait(signals, &got) == 0) {
		if (got != SIGHUP)
			return;
		log_reopen();
	}
}

static int
serve_fcgi(struct server *s, const sigset_t *signals)
{
	size_t want = (size_t)settings_number(&s->settings,
	    SET_WEBHOOK_THREADS);
	pthread_t *threads = calloc(want, sizeof(*threads));
	size_t i, n = 0;

	if (threads == NULL || FCGX_Init() != 0) {
		free(threads);
		return EX_OSERR;
	}
	while (n < want &&
	    pthread_create(&threads[n], NULL, fcgi_worker, s) == 0)
		n++;
	if (n == 0)
		log_error("no thread could be started");
	else
		wait_for_end(signals);
	FCGX_ShutdownPending();
	/* Wakes those in accept(); the socket is ours alone. */
	(void)shutdown(s->listen_fd, SHUT_RD);
	for (i = 0; i < n; i++)
		(void)pthread_join(threads[i], NULL);
	free(threads);
	return n > 0 ? EX_OK : EX_OSERR;
}

/* ---- start ---- */

static void
usage(const struct web_program *program, FILE *out)
{
	(void)fprintf(out,
	    "usage: %s [-c FILE] [-s SOCKET]\n"
	    "  -c, --config FILE    settings file\n"
	    "  -s, --socket SOCKET  listen there as FastCGI; without it the web\n"
	    "                       server hands the socket over, or runs CGI\n"
	    "  -h, --help           this text\n"
	    "  -V, --version        version\n",
	    program->name);
}

static int
open_socket(const char *path)
{
	char dir[SOCKET_PATH_MAX + 1] = ".";
	const char *slash = strrchr(path, '/');

	/* libfcgi ends the program without a word where it cannot bind. */
	if (strlen(path) > SOCKET_PATH_MAX) {
		(void)fprintf(stderr, "%s: longer than %d bytes\n", path,
		    SOCKET_PATH_MAX);
		return -1;
	}
	if (slash != NULL)
		(void)snprintf(dir, sizeof(dir), "%.*s/", (int)(slash - path),
		    path);
	if (access(dir, W_OK | X_OK) != 0) {
		(void)fprintf(stderr, "%s: %s\n", dir, strerror(errno));
		return -1;
	}
	(void)umask(007);
	return FCGX_OpenSocket(path, BACKLOG);
}

static bool
is_socket(int fd)
{
	struct sockaddr_storage name;
	socklen_t len = sizeof(name);

	return getpeername(fd, (struct sockaddr *)&name, &len) != 0 &&
	    errno == ENOTCONN;
}

/* Settings, log and the program's own things. */
static enum status
prepare(struct server *s, const char *config, bool many, struct err *err)
{
	enum status st = settings_load(&s->settings, config, err);

	if (st == ST_OK)
		st = log_open(s->program->name,
		    settings_text(&s->settings, SET_LOG),
		    settings_text(&s->settings, SET_LOG_LEVEL), err);
	if (st != ST_OK)
		return st;
	s->body_max = (size_t)settings_number(&s->settings,
	    SET_WEBHOOK_BODY_MAX);
	return s->program->open(&s->app, &s->settings, many, err);
}

static int
run(struct server *s, const char *config, const char *socket_path)
{
	bool many = socket_path != NULL || is_socket(STDIN_FILENO);
	struct err err = ERR_INIT;
	sigset_t signals;
	enum status st;
	int code;

	(void)sigemptyset(&signals);
	(void)sigaddset(&signals, SIGTERM);
	(void)sigaddset(&signals, SIGINT);
	(void)sigaddset(&signals, SIGUSR1);
	(void)sigaddset(&signals, SIGHUP);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)pthread_sigmask(SIG_BLOCK, &signals, NULL);
	st = prepare(s, config, many, &err);
	if (st != ST_OK) {
		log_error("cannot start: %s", err.text);
		(void)fprintf(stderr, "%s: %s\n", s->program->name, err.text);
		if (!many)
			(void)puts("Status: 503 Service Unavailable\r\n"
				   "Retry-After: 60\r\n"
				   "Content-Length: 0\r\n\r");
		return many ? EX_CONFIG : EX_OK;
	}
	s->listen_fd = socket_path != NULL ? open_socket(socket_path)
					   : STDIN_FILENO;
	if (many && s->listen_fd < 0)
		return EX_OSERR;
	code = many ? serve_fcgi(s, &signals) : serve_cgi(s);
	s->program->close(s->app);
	return code;
}

int
fcgi_main(int argc, char **argv, const struct web_program *program)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "socket", required_argument, NULL, 's' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	struct server s = { .program = program, .settings = SETTINGS_INIT };
	const char *config = NULL, *socket_path = NULL;
	int c, code;

	/* A query like ?--help reaches a CGI program as an argument. */
	while (getenv("GATEWAY_INTERFACE") == NULL &&
	    (c = getopt_long(argc, argv, "c:s:hV", options, NULL)) != -1) {
		switch (c) {
		case 'c':
			config = optarg;
			break;
		case 's':
			socket_path = optarg;
			break;
		case 'h':
			usage(program, stdout);
			return EX_OK;
		case 'V':
			(void)printf("%s %s\n", program->name,
			    ZOHOSYNC_VERSION);
			return EX_OK;
		default:
			usage(program, stderr);
			return EX_USAGE;
		}
	}
	code = run(&s, config, socket_path);
	settings_release(&s.settings);
	return code;
}
