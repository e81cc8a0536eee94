#include "place.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum status
failed(struct err *err, const char *what, const char *path)
{
	return err_class(err, ST_FAULT, "file", "could not %s \"%s\": %s", what,
	    path, strerror(errno));
}

bool
place_is_there(const char *path)
{
	struct stat info;

	return lstat(path, &info) == 0;
}

/* "path".new, where things are made ready. */
static enum status
beside(char out[static PATH_MAX], const char *path, struct err *err)
{
	int len = snprintf(out, PATH_MAX, "%s.new", path);

	if (len < 0 || len >= PATH_MAX)
		return err_class(err, ST_FAULT, "file",
		    "a path of more than %d bytes", PATH_MAX);
	return ST_OK;
}

static enum status
make_parents(const char *path, struct err *err)
{
	char part[PATH_MAX];
	enum status st = beside(part, path, err);
	char *at;

	for (at = part + 1; st == ST_OK && (at = strchr(at, '/')) != NULL;
	     at++) {
		*at = '\0';
		if (mkdir(part, 0755) != 0 && errno != EEXIST)
			st = failed(err, "make the folder", part);
		*at = '/';
	}
	return st;
}

enum status
place_folder(const char *path, const struct owner *owner, mode_t mode,
    struct err *err)
{
	char new[PATH_MAX];
	enum status st;

	if (place_is_there(path))
		return ST_OK;
	st = beside(new, path, err);
	if (st == ST_OK)
		st = make_parents(path, err);
	if (st != ST_OK)
		return st;
	(void)rmdir(new); /* what a killed run left */
	if (mkdir(new, 0700) != 0 || chown(new, owner->uid, owner->gid) != 0 ||
	    chmod(new, mode) != 0 || rename(new, path) != 0)
		st = failed(err, "make the folder", path);
	return st;
}

static int
fill(int fd, const void *bytes, size_t len, const struct owner *owner,
    mode_t mode)
{
	const char *at = bytes;
	ssize_t n;

	while (len > 0) {
		n = write(fd, at, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		at += n;
		len -= (size_t)n;
	}
	if (fchown(fd, owner->uid, owner->gid) != 0 || fchmod(fd, mode) != 0)
		return -1;
	return fsync(fd);
}

/* A name is on disk only when its folder is. */
static enum status
flush_folder(const char *path, struct err *err)
{
	char name[PATH_MAX];
	const char *folder;
	enum status st = beside(name, path, err);
	int fd;

	if (st != ST_OK)
		return st;
	folder = dirname(name);
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) != 0)
		st = failed(err, "flush the folder", folder);
	if (fd >= 0)
		(void)close(fd);
	return st;
}

enum status
place_file(const char *path, const void *bytes, size_t len,
    const struct owner *owner, mode_t mode, struct err *err)
{
	char new[PATH_MAX];
	enum status st = beside(new, path, err);
	int fd;

	if (st == ST_OK)
		st = make_parents(path, err);
	if (st != ST_OK)
		return st;
	(void)unlink(new);
	fd = open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
	    0600);
	if (fd < 0)
		return failed(err, "make", path);
	if (fill(fd, bytes, len, owner, mode) != 0)
		st = failed(err, "write", new);
	if (close(fd) != 0 && st == ST_OK)
		st = failed(err, "write", new);
	if (st == ST_OK && link(new, path) != 0)
		st = errno == EEXIST
		    ? err_set(err, ST_REJECT, "\"%s\" is there already", path)
		    : failed(err, "make", path);
	(void)unlink(new);
	return st == ST_OK ? flush_folder(path, err) : st;
}

enum status
place_is_open(const char *path, struct err *err)
{
	char name[PATH_MAX];
	const char *folder;
	enum status st = beside(name, path, err);

	if (st != ST_OK)
		return st;
	folder = dirname(name);
	while (!place_is_there(folder) && folder[1] != '\0')
		folder = dirname(name);
	if (eaccess(folder, W_OK | X_OK) != 0)
		return failed(err, "write into", folder);
	return ST_OK;
}
