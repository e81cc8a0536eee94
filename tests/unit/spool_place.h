/* A spool of its own for each test, below a directory that goes at the end. */
#ifndef SPOOL_PLACE_H
#define SPOOL_PLACE_H

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "envelope_sample.h"

#include "spool.h"

static char top[] = "/tmp/zs-spool.XXXXXX";
static char place[64];

static const struct spool spool = { .dir = place, .max_bytes = 64 << 20 };

static inline struct spool_names
list(size_t max)
{
	struct spool_names names;
	struct err err = ERR_INIT;

	assert_int_equal(spool_list(&spool, max, &names, &err), ST_OK);
	return names;
}

static inline void
touch(const char *name, const char *text)
{
	char path[512];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s", place, name);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(close(fd), 0);
}

static inline int
open_place(void **state)
{
	(void)state;
	return mkdir(place, 0755) != 0;
}

static inline int
drop(const char *path, const struct stat *info, int type, struct FTW *walk)
{
	(void)info;
	(void)type;
	(void)walk;
	return remove(path);
}

static inline int
close_place(void **state)
{
	(void)state;
	return nftw(place, drop, 8, FTW_DEPTH | FTW_PHYS);
}

static inline int
open_top(void **state)
{
	(void)state;
	if (mkdtemp(top) == NULL || chmod(top, 0755) != 0)
		return -1;
	(void)snprintf(place, sizeof(place), "%s/spool", top);
	return 0;
}

static inline int
close_top(void **state)
{
	(void)state;
	return rmdir(top);
}

#define IN_PLACE(sentence, function)                                   \
	{                                                              \
		.name = sentence, .test_func = function,               \
		.setup_func = open_place, .teardown_func = close_place \
	}

#endif
