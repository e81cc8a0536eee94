/*
 * Preloaded into the receiver: while the file that FAULT_EIO names is there,
 * nothing can be synced, as on a disk that fails.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool
is_broken(void)
{
	const char *path = getenv("FAULT_EIO");

	return path != NULL && access(path, F_OK) == 0;
}

static int
sync_unless_broken(const char *name, int fd)
{
	int (*next)(int);
	void *found = dlsym(RTLD_NEXT, name);

	if (is_broken()) {
		errno = EIO;
		return -1;
	}
	memcpy(&next, &found, sizeof(next));
	return next(fd);
}

int
fsync(int fd)
{
	return sync_unless_broken("fsync", fd);
}

int
fdatasync(int fd)
{
	return sync_unless_broken("fdatasync", fd);
}

int
syncfs(int fd)
{
	return sync_unless_broken("syncfs", fd);
}
