/* A file in memory, for what lib/ reads by its path. */
#ifndef FUZZ_FILE_H
#define FUZZ_FILE_H

#include "fuzz.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct fuzz_file {
	int fd;
	char path[32];
};

static inline void
fuzz_file_open(struct fuzz_file *f)
{
	f->fd = memfd_create("fuzz", MFD_CLOEXEC);
	if (f->fd < 0)
		abort();
	(void)snprintf(f->path, sizeof(f->path), "/proc/self/fd/%d", f->fd);
}

/* Put other bytes in place of what it holds. */
static inline void
fuzz_file_set(struct fuzz_file *f, const void *at, size_t len, mode_t mode)
{
	if (ftruncate(f->fd, 0) != 0 || fchmod(f->fd, mode) != 0 ||
	    pwrite(f->fd, at, len, 0) != (ssize_t)len)
		abort();
}

#endif
