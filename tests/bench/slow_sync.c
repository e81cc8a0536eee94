/* To be preloaded into PostgreSQL: every sync takes a millisecond longer, as
 * on the disks of many hosts. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>

static void
wait_a_millisecond(void)
{
	const struct timespec t = { .tv_nsec = 1000000 };

	(void)nanosleep(&t, NULL);
}

int fdatasync(int fd);
int fsync(int fd);

int
fdatasync(int fd)
{
	static int (*real)(int);

	if (real == NULL)
		real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
	wait_a_millisecond();
	return real(fd);
}

int
fsync(int fd)
{
	static int (*real)(int);

	if (real == NULL)
		real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
	wait_a_millisecond();
	return real(fd);
}
