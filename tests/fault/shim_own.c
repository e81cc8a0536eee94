/* The calls that need a hand of their own: more arguments than they say, or
 * something that is done although they fail. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "shim.h"

enum { ERROR_SEEN = 0x20 /* what ferror() looks at in glibc */ };

static int
refuse_open(unsigned now, int flags)
{
	errno = flags & O_CREAT ? ENOSPC : EMFILE;
	return now & FAIL ? -1 : 0;
}

int
open(const char *path, int flags, ...)
{
	static int (*next)(const char *, int, ...);
	unsigned now = shim_turn("open", DISK, SYSTEM,
	    __builtin_return_address(0));
	mode_t m = 0;
	va_list ap;

	va_start(ap, flags);
	if (flags & O_CREAT)
		m = va_arg(ap, mode_t);
	va_end(ap);
	if (next == NULL)
		*(void **)&next = shim_next("open");
	return refuse_open(now, flags) != 0 ? -1 : next(path, flags, m);
}

int
openat(int at, const char *path, int flags, ...)
{
	static int (*next)(int, const char *, int, ...);
	unsigned now = shim_turn("openat", DISK, SYSTEM,
	    __builtin_return_address(0));
	mode_t m = 0;
	va_list ap;

	va_start(ap, flags);
	if (flags & O_CREAT)
		m = va_arg(ap, mode_t);
	va_end(ap);
	if (next == NULL)
		*(void **)&next = shim_next("openat");
	return refuse_open(now, flags) != 0 ? -1 : next(at, path, flags, m);
}

/* What fails is the writing that close() waits for; the descriptor is gone. */
int
close(int fd)
{
	static int (*next)(int);
	unsigned now = shim_turn("close", DISK, SYSTEM,
	    __builtin_return_address(0));
	int got;

	if (next == NULL)
		*(void **)&next = shim_next("close");
	got = next(fd);
	if ((now & FAIL) == 0)
		return got;
	errno = EIO;
	return -1;
}

int
fclose(FILE *f)
{
	static int (*next)(FILE *);
	unsigned now = shim_turn("fclose", DISK, SYSTEM,
	    __builtin_return_address(0));
	int got;

	if (next == NULL)
		*(void **)&next = shim_next("fclose");
	got = next(f);
	if ((now & FAIL) == 0)
		return got;
	errno = ENOSPC;
	return EOF;
}

char *
fgets(char *line, int n, FILE *f)
{
	static char *(*next)(char *, int, FILE *);

	const void *caller = __builtin_return_address(0);

	/* OpenSSL reads its own settings so; an error there makes it loop. */
	if (shim_is_own(caller) &&
	    (shim_turn("fgets", DISK, SYSTEM, caller) & FAIL)) {
		f->_flags |= ERROR_SEEN;
		errno = EIO;
		return NULL;
	}
	if (next == NULL)
		*(void **)&next = shim_next("fgets");
	return next(line, n, f);
}

size_t
fread(void *at, size_t each, size_t n, FILE *f)
{
	static size_t (*next)(void *, size_t, size_t, FILE *);

	const void *caller = __builtin_return_address(0);

	if (shim_is_own(caller) &&
	    (shim_turn("fread", DISK, SYSTEM, caller) & FAIL)) {
		f->_flags |= ERROR_SEEN;
		errno = EIO;
		return 0;
	}
	if (next == NULL)
		*(void **)&next = shim_next("fread");
	return next(at, each, n, f);
}

size_t
fwrite(const void *at, size_t each, size_t n, FILE *f)
{
	static size_t (*next)(const void *, size_t, size_t, FILE *);

	if (shim_turn("fwrite", DISK, SYSTEM, __builtin_return_address(0)) &
	    FAIL) {
		f->_flags |= ERROR_SEEN;
		errno = ENOSPC;
		return 0;
	}
	if (next == NULL)
		*(void **)&next = shim_next("fwrite");
	return next(at, each, n, f);
}

int
fcntl(int fd, int command, ...)
{
	static int (*next)(int, int, ...);
	unsigned now = shim_turn("fcntl", NET, SYSTEM,
	    __builtin_return_address(0));
	va_list ap;
	long argument;

	va_start(ap, command);
	argument = va_arg(ap, long);
	va_end(ap);
	if (now & FAIL) {
		errno = EMFILE;
		return -1;
	}
	if (next == NULL)
		*(void **)&next = shim_next("fcntl");
	return next(fd, command, argument);
}
