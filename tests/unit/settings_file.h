/* A settings file to write at will, in an environment without settings. */
#ifndef SETTINGS_FILE_H
#define SETTINGS_FILE_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "table.h"

#include "settings.h"

static char dir[] = "/tmp/zs-settings.XXXXXX";
static char path[64];

static inline void
write_file(const char *text, mode_t mode)
{
	int fd;

	(void)unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(fchmod(fd, mode), 0);
	assert_int_equal(close(fd), 0);
}

/* Nothing of the caller's environment may leak in. */
static inline int
open_dir(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < SETTING_COUNT; i++)
		(void)unsetenv(setting_rows[i].name);
	(void)unsetenv("SECRET_KEY");
	(void)unsetenv("REDIS_DEDUPE_TTL_SECONDS");
	(void)unsetenv("ZOHOSYNC_CONF");
	if (mkdtemp(dir) == NULL)
		return -1;
	(void)snprintf(path, sizeof(path), "%s/conf", dir);
	return 0;
}

static inline int
close_dir(void **state)
{
	(void)state;
	(void)unlink(path);
	return rmdir(dir);
}

#endif
