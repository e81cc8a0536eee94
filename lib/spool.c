#include "spool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"

enum {
	PATH_BYTES = 1024,
	RANDOM_BYTES = 8,
	COUNT_EVERY_MS = 1000,
	HALF_WRITTEN_S = 3600
};

static const char suffix[] = ".req";

static enum status
disk_error(struct err *err, const char *what, const char *path)
{
	return err_class(err, ST_RETRY, "spool", "could not %s \"%s\": %s",
	    what, path, strerror(errno));
}

static void
path_of(char out[static PATH_BYTES], const char *dir, const char *name)
{
	(void)snprintf(out, PATH_BYTES, "%s/%s", dir, name);
}

enum status
spool_open(const struct spool *spool, struct err *err)
{
	if (strlen(spool->dir) > PATH_BYTES - SPOOL_NAME_MAX - 8)
		return err_class(err, ST_FAULT, "settings",
		    "SPOOL_DIR: the path is too long");
	if (mkdir(spool->dir, 0770) != 0 && errno != EEXIST)
		return err_class(err, ST_FAULT, "spool",
		    "could not make SPOOL_DIR \"%s\": %s", spool->dir,
		    strerror(errno));
	if (access(spool->dir, R_OK | W_OK | X_OK) != 0)
		return err_class(err, ST_FAULT, "spool",
		    "SPOOL_DIR \"%s\" is not writable: %s", spool->dir,
		    strerror(errno));
	return ST_OK;
}

/* Microseconds first, so that names sort by time; then what makes them
 * unique across threads, processes and restarts. */
static enum status
make_name(const struct envelope *e, char name[static SPOOL_NAME_MAX],
    struct err *err)
{
	unsigned char noise[RANDOM_BYTES];
	uint64_t n;
	enum status st = digest_random(noise, sizeof(noise), err);

	if (st != ST_OK)
		return st;
	memcpy(&n, noise, sizeof(n));
	(void)snprintf(name, SPOOL_NAME_MAX, "%020" PRId64 "-%016" PRIx64 "%s",
	    e->received_us, n, suffix);
	return ST_OK;
}

static bool
write_all(int fd, const char *at, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, at, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += n;
		len -= (size_t)n;
	}
	return true;
}

static enum status
sync_dir(const char *dir, struct err *err)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum status st = ST_OK;

	if (fd < 0)
		return disk_error(err, "open", dir);
	if (fsync(fd) != 0)
		st = disk_error(err, "sync", dir);
	(void)close(fd);
	return st;
}

static enum status
write_file(const char *path, const struct buf *content, struct err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0660);
	enum status st = ST_OK;

	if (fd < 0)
		return disk_error(err, "make", path);
	if (!write_all(fd, content->at, content->len) || fsync(fd) != 0)
		st = disk_error(err, "write", path);
	if (close(fd) != 0 && st == ST_OK)
		st = disk_error(err, "close", path);
	if (st != ST_OK)
		(void)unlink(path);
	return st;
}

static enum status
keep(const struct spool *spool, const char *name, const struct buf *content,
    struct err *err)
{
	char hidden[SPOOL_NAME_MAX + 1], from[PATH_BYTES], to[PATH_BYTES];
	enum status st;

	(void)snprintf(hidden, sizeof(hidden), ".%s", name);
	path_of(from, spool->dir, hidden);
	path_of(to, spool->dir, name);
	st = write_file(from, content, err);
	if (st == ST_OK && rename(from, to) != 0) {
		st = disk_error(err, "rename", from);
		(void)unlink(from);
	}
	if (st != ST_OK)
		return st;
	st = sync_dir(spool->dir, err);
	if (st != ST_OK)
		(void)unlink(to);
	return st;
}

static bool
is_waiting(const char *name)
{
	size_t n = strlen(name);

	return name[0] != '.' && n < SPOOL_NAME_MAX && n > strlen(suffix) &&
	    strcmp(name + n - strlen(suffix), suffix) == 0;
}

static bool
is_half_written(const char *name)
{
	return name[0] == '.' && is_waiting(name + 1);
}

void
spool_tidy(const struct spool *spool)
{
	const time_t before = time(NULL) - HALF_WRITTEN_S;
	DIR *d = opendir(spool->dir);
	const struct dirent *entry;
	struct stat info;

	while (d != NULL && (entry = readdir(d)) != NULL)
		if (is_half_written(entry->d_name) &&
		    fstatat(dirfd(d), entry->d_name, &info, 0) == 0 &&
		    info.st_mtime < before)
			(void)unlinkat(dirfd(d), entry->d_name, 0);
	if (d != NULL)
		(void)closedir(d);
}

static int64_t
count_dir(const char *dir, int64_t *bytes)
{
	DIR *d = opendir(dir);
	const struct dirent *entry;
	struct stat info;
	int64_t files = 0;

	if (d == NULL)
		return -1;
	while ((entry = readdir(d)) != NULL) {
		if (!is_waiting(entry->d_name))
			continue;
		files++;
		if (bytes != NULL &&
		    fstatat(dirfd(d), entry->d_name, &info, 0) == 0)
			*bytes += info.st_size;
	}
	(void)closedir(d);
	return files;
}

struct spool_count
spool_count(const struct spool *spool)
{
	struct spool_count count = { .files = 0, .bytes = 0, .bad = 0 };
	char bad[PATH_BYTES];

	count.files = count_dir(spool->dir, &count.bytes);
	path_of(bad, spool->dir, "bad");
	count.bad = count_dir(bad, NULL);
	if (count.files < 0)
		count.bytes = -1;
	else if (count.bad < 0)
		count.bad = 0; /* the folder is made when it is needed */
	return count;
}

/* Whether "more" bytes fit under the ceiling. The directory is counted again
 * when the last count is old, and less often the longer a count takes. */
static bool
has_room(const struct spool *spool, size_t more)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static int64_t bytes, due_ms;
	int64_t start;
	bool fits;

	(void)pthread_mutex_lock(&lock);
	start = clock_passed_ms();
	if (start >= due_ms) {
		bytes = spool_count(spool).bytes;
		due_ms = clock_passed_ms();
		due_ms += COUNT_EVERY_MS + 20 * (due_ms - start);
	}
	fits = bytes + (int64_t)more <= spool->max_bytes;
	if (fits)
		bytes += (int64_t)more;
	(void)pthread_mutex_unlock(&lock);
	return fits;
}

enum status
spool_put(const struct spool *spool, const struct envelope *e, struct err *err)
{
	struct buf content = BUF_INIT(e->body_len + MIB);
	char name[SPOOL_NAME_MAX];
	enum status st = envelope_put(e, &content, err);

	if (st == ST_OK && !has_room(spool, content.len))
		st = err_class(err, ST_RETRY, "spool",
		    "the spool holds SPOOL_MAX_MB already");
	if (st == ST_OK)
		st = make_name(e, name, err);
	if (st == ST_OK)
		st = keep(spool, name, &content, err);
	buf_release(&content);
	return st;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

static enum status
collect(DIR *d, struct spool_names *names, struct err *err)
{
	const struct dirent *entry;
	size_t cap = 0;
	void *grown;

	while ((entry = readdir(d)) != NULL) {
		if (!is_waiting(entry->d_name))
			continue;
		if (names->len == cap) {
			cap = cap > 0 ? 2 * cap : 64;
			grown = realloc(names->at, cap * SPOOL_NAME_MAX);
			if (grown == NULL)
				return err_memory(err);
			names->at = grown;
		}
		(void)snprintf(names->at[names->len++], SPOOL_NAME_MAX, "%.63s",
		    entry->d_name);
	}
	return ST_OK;
}

enum status
spool_list(const struct spool *spool, size_t max, struct spool_names *names,
    struct err *err)
{
	DIR *d = opendir(spool->dir);
	enum status st;

	names->at = NULL;
	names->len = 0;
	if (d == NULL)
		return errno == ENOENT ? ST_OK
				       : disk_error(err, "open", spool->dir);
	st = collect(d, names, err);
	(void)closedir(d);
	if (st != ST_OK) {
		spool_names_release(names);
		return st;
	}
	if (names->len > 0)
		qsort(names->at, names->len, SPOOL_NAME_MAX, by_name);
	if (max > 0 && names->len > max)
		names->len = max;
	return ST_OK;
}

void
spool_names_release(struct spool_names *names)
{
	free(names->at);
	names->at = NULL;
	names->len = 0;
}

enum status
spool_read(const struct spool *spool, const char *name, struct buf *content,
    struct err *err)
{
	char path[PATH_BYTES], part[16384];
	enum status st = ST_OK;
	ssize_t n;
	int fd;

	buf_clear(content);
	path_of(path, spool->dir, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? ST_NONE
				       : disk_error(err, "open", path);
	while (st == ST_OK && (n = read(fd, part, sizeof(part))) != 0) {
		if (n > 0)
			st = buf_put(content, part, (size_t)n, err);
		else if (errno != EINTR)
			st = disk_error(err, "read", path);
	}
	(void)close(fd);
	return st;
}

enum status
spool_remove(const struct spool *spool, const char *name, struct err *err)
{
	char path[PATH_BYTES];

	path_of(path, spool->dir, name);
	if (unlink(path) != 0 && errno != ENOENT)
		return disk_error(err, "remove", path);
	return ST_OK;
}

enum status
spool_set_aside(const struct spool *spool, const char *name, struct err *err)
{
	char bad[PATH_BYTES], from[PATH_BYTES], to[2 * PATH_BYTES];

	path_of(bad, spool->dir, "bad");
	if (mkdir(bad, 0770) != 0 && errno != EEXIST)
		return disk_error(err, "make", bad);
	path_of(from, spool->dir, name);
	(void)snprintf(to, sizeof(to), "%s/%s", bad, name);
	if (rename(from, to) != 0 && errno != ENOENT)
		return disk_error(err, "move", from);
	return ST_OK;
}
