#include "spool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PATH_BYTES = 1024, HALF_WRITTEN_S = 3600 };

static const char suffix[] = SPOOL_SUFFIX;

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

/* The next that waits; NULL at the end, where errno says if it is not that. */
static const char *
next_waiting(DIR *d)
{
	const struct dirent *entry;

	do {
		errno = 0;
		entry = readdir(d);
	} while (entry != NULL && !is_waiting(entry->d_name));
	return entry != NULL ? entry->d_name : NULL;
}

static int64_t
count_dir(const char *dir, int64_t *bytes)
{
	DIR *d = opendir(dir);
	const char *name;
	struct stat info;
	int64_t files = 0;

	if (d == NULL)
		return -1;
	while ((name = next_waiting(d)) != NULL) {
		files++;
		if (bytes != NULL && fstatat(dirfd(d), name, &info, 0) == 0)
			*bytes += info.st_size;
	}
	if (errno != 0)
		files = -1;
	(void)closedir(d);
	return files;
}

int64_t
spool_oldest_us(const struct spool *spool)
{
	DIR *d = opendir(spool->dir);
	const char *name;
	int64_t oldest = INT64_MAX, us;

	if (d == NULL)
		return errno == ENOENT ? INT64_MAX : INT64_MIN;
	while ((name = next_waiting(d)) != NULL) {
		us = strtoll(name, NULL, 10);
		if (us < oldest)
			oldest = us;
	}
	if (errno != 0)
		oldest = INT64_MIN;
	(void)closedir(d);
	return oldest;
}

struct spool_count
spool_count(const struct spool *spool)
{
	struct spool_count count = { .files = 0, .bytes = 0, .bad = 0 };
	char bad[PATH_BYTES];

	count.files = count_dir(spool->dir, &count.bytes);
	path_of(bad, spool->dir, "bad");
	count.bad = count_dir(bad, NULL);
	if (count.bad < 0 && errno == ENOENT)
		count.bad = 0; /* the folder is made when it is needed */
	if (count.files < 0)
		count.bytes = -1;
	return count;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

static enum status
collect(DIR *d, const char *dir, struct spool_names *names, struct err *err)
{
	const char *name;
	size_t cap = 0;
	void *grown;

	while ((name = next_waiting(d)) != NULL) {
		if (names->len == cap) {
			cap = cap > 0 ? 2 * cap : 64;
			grown = realloc(names->at, cap * SPOOL_NAME_MAX);
			if (grown == NULL)
				return err_memory(err);
			names->at = grown;
		}
		(void)snprintf(names->at[names->len++], SPOOL_NAME_MAX, "%.63s",
		    name);
	}
	return errno == 0 ? ST_OK : disk_error(err, "list", dir);
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
	st = collect(d, spool->dir, names, err);
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
