#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static enum status
failed(struct err *err, const char *what, const char *path)
{
	return err_class(err, ST_FAULT, "file", "could not %s \"%s\": %s", what,
	    path, strerror(errno));
}

static enum status
path_beside(char out[static PATH_MAX], const char *path, const char *ending,
    struct err *err)
{
	int len = snprintf(out, PATH_MAX, "%s%s", path, ending);

	if (len < 0 || len >= PATH_MAX)
		return err_class(err, ST_FAULT, "file",
		    "a path of more than %d bytes", PATH_MAX);
	return ST_OK;
}

enum status
file_lock(const char *path, int *lock, struct err *err)
{
	char name[PATH_MAX];
	enum status st = path_beside(name, path, ".lock", err);
	int fd, got;

	*lock = -1;
	if (st != ST_OK)
		return st;
	fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return failed(err, "open", name);
	do
		got = flock(fd, LOCK_EX);
	while (got != 0 && errno == EINTR);
	if (got != 0) {
		st = failed(err, "lock", name);
		(void)close(fd);
		return st;
	}
	*lock = fd;
	return ST_OK;
}

void
file_unlock(int lock)
{
	if (lock >= 0)
		(void)close(lock);
}

static int
write_all(int fd, const char *bytes, size_t len)
{
	ssize_t n;

	while (len > 0) {
		n = write(fd, bytes, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		bytes += n;
		len -= (size_t)n;
	}
	return 0;
}

/* Give "fd" the owner, group and mode of the file at "path", or "mode". The
 * owner comes first: a change of it may take bits from the mode. */
static int
dress(int fd, const char *path, mode_t mode)
{
	struct stat old, new;

	if (stat(path, &old) != 0)
		return errno == ENOENT ? fchmod(fd, mode) : -1;
	if (fstat(fd, &new) != 0)
		return -1;
	if ((old.st_uid != new.st_uid || old.st_gid != new.st_gid) &&
	    fchown(fd, old.st_uid, old.st_gid) != 0)
		return -1;
	return fchmod(fd, old.st_mode & 07777U);
}

/* The rename is on disk only when the folder is. */
static enum status
flush_folder(const char *path, struct err *err)
{
	char name[PATH_MAX];
	enum status st = path_beside(name, path, "", err);
	const char *folder;
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

static enum status
fill(const char *name, const char *path, const void *bytes, size_t len,
    mode_t mode, struct err *err)
{
	int fd = open(name,
	    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	enum status st = ST_OK;

	if (fd < 0)
		return failed(err, "create", name);
	if (dress(fd, path, mode) != 0)
		st = failed(err, "keep owner and mode of", path);
	else if (write_all(fd, bytes, len) != 0 || fsync(fd) != 0)
		st = failed(err, "write", name);
	if (close(fd) != 0 && st == ST_OK)
		st = failed(err, "write", name);
	return st;
}

enum status
file_replace(const char *path, const void *bytes, size_t len, mode_t mode,
    struct err *err)
{
	char name[PATH_MAX];
	enum status st = path_beside(name, path, ".new", err);

	if (st != ST_OK)
		return st;
	(void)unlink(name); /* what a killed writer left */
	st = fill(name, path, bytes, len, mode, err);
	if (st == ST_OK && rename(name, path) != 0)
		st = failed(err, "replace", path);
	if (st != ST_OK) {
		(void)unlink(name);
		return st;
	}
	return flush_folder(path, err);
}
