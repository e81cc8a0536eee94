/*
 * Preloaded into the receiver or the drain: writes down, in order, what it
 * does to the files below one directory and what it reads from and answers to
 * its clients. tests/fault/crash_states.py makes crash states of it.
 *
 *   CRASH_DIR   the directory
 *   CRASH_LOG   where to write; several processes may append one after another
 *
 * A record is a line "KIND NAME OTHER LENGTH" and LENGTH bytes and a newline:
 *   create, write, sync, rename, unlink, mkdir   of NAME, a path below the
 *                                                directory, "." for itself
 *   open                                         of NAME, to read it
 *   in, out                                      of connection NAME
 *   sql                                          a command was carried out
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <libpq-fe.h>

enum { FDS_MAX = 4096, NAME_BYTES = 256 };

/* What each descriptor is: a path below the directory, or a connection. */
static char names[FDS_MAX][NAME_BYTES];
static bool is_connection[FDS_MAX];
static int connections;
static const char *dir;
static int log_fd = -1;
/* Held around each call and its record, so that their order is one. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

#define REAL(name)                     \
	static __typeof__(name) *real; \
	if (real == NULL)              \
	*(void **)&real = dlsym(RTLD_NEXT, #name)

__attribute__((constructor)) static void
begin(void)
{
	const char *path = getenv("CRASH_LOG");
	REAL(open);

	dir = getenv("CRASH_DIR");
	if (dir == NULL || path == NULL)
		abort();
	log_fd = real(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
	if (log_fd < 0)
		abort();
	/* As plain CGI these two are the connection. */
	(void)snprintf(names[0], NAME_BYTES, "cgi%d", (int)getpid());
	(void)snprintf(names[1], NAME_BYTES, "cgi%d", (int)getpid());
	is_connection[0] = is_connection[1] = getenv("CRASH_CGI") != NULL;
}

static void
put(const void *at, size_t n)
{
	REAL(write);
	const char *from = at;
	ssize_t done;

	while (n > 0) {
		done = real(log_fd, from, n);
		if (done < 0)
			abort();
		from += done;
		n -= (size_t)done;
	}
}

static void
note(const char *kind, const char *name, const char *other, const void *at,
    size_t n)
{
	char line[3 * NAME_BYTES];
	int saved = errno, len;

	len = snprintf(line, sizeof(line), "%s %s %s %zu\n", kind, name,
	    *other != '\0' ? other : "-", n);
	put(line, (size_t)len);
	put(at, n);
	put("\n", 1);
	errno = saved;
}

/* The path below the directory, "." for itself; NULL where it is elsewhere. */
static const char *
below(const char *path)
{
	size_t n = strlen(dir);

	if (strncmp(path, dir, n) != 0 || (path[n] != '/' && path[n] != '\0'))
		return NULL;
	while (path[n] == '/')
		n++;
	return path[n] != '\0' ? path + n : ".";
}

static const char *
file_of(int fd)
{
	return fd >= 0 && fd < FDS_MAX && !is_connection[fd] &&
		*names[fd] != '\0' && log_fd >= 0
	    ? names[fd]
	    : NULL;
}

static const char *
connection_of(int fd)
{
	return fd >= 0 && fd < FDS_MAX && is_connection[fd] ? names[fd] : NULL;
}

static void
begin_call(void)
{
	(void)pthread_mutex_lock(&lock);
}

static void
end_call(void)
{
	int saved = errno;

	(void)pthread_mutex_unlock(&lock);
	errno = saved;
}

/* A path relative to an open directory, which may be ours. */
static const char *
below_at(int at, const char *path, char room[static NAME_BYTES])
{
	const char *folder = file_of(at);

	if (*path == '/' || at == AT_FDCWD)
		return below(path);
	if (folder == NULL)
		return NULL;
	(void)snprintf(room, NAME_BYTES, "%s/%s", folder, path);
	return strcmp(folder, ".") == 0 ? path : room;
}

static void
note_open(int fd, int flags, const char *name)
{
	if (fd < 0 || fd >= FDS_MAX || name == NULL)
		return;
	(void)snprintf(names[fd], NAME_BYTES, "%s", name);
	if ((flags & O_DIRECTORY) == 0)
		note(flags & O_CREAT ? "create" : "open", name, "", "", 0);
}

/* "mode" is what comes behind the flags, where a file is made. */
#define OPENING(function, params, args, name)      \
	int function params                        \
	{                                          \
		REAL(function);                    \
		char room[NAME_BYTES];             \
		mode_t mode = 0;                   \
		va_list ap;                        \
		int fd;                            \
		va_start(ap, flags);               \
		if (flags & O_CREAT)               \
			mode = va_arg(ap, mode_t); \
		va_end(ap);                        \
		begin_call();                      \
		fd = real args;                    \
		note_open(fd, flags, name);        \
		end_call();                        \
		return fd;                         \
	}

OPENING(open, (const char *path, int flags, ...), (path, flags, mode),
    below_at(AT_FDCWD, path, room))
OPENING(openat, (int at, const char *path, int flags, ...),
    (at, path, flags, mode), below_at(at, path, room))

int
close(int fd)
{
	REAL(close);
	int got;

	begin_call();
	got = real(fd);
	if (fd >= 0 && fd < FDS_MAX && fd != log_fd) {
		*names[fd] = '\0';
		is_connection[fd] = false;
	}
	end_call();
	return got;
}

/* What went out or in through "fd", if it is one of ours. */
static void
note_bytes(bool out, int fd, const void *at, ssize_t n)
{
	if (n > 0 && out && file_of(fd) != NULL)
		note("write", file_of(fd), "", at, (size_t)n);
	else if (n > 0 && connection_of(fd) != NULL)
		note(out ? "out" : "in", connection_of(fd), "", at, (size_t)n);
}

/* A read may wait for long, so it is noted after it, without the lock. */
#define READING(name, params, args)             \
	ssize_t name params                     \
	{                                       \
		REAL(name);                     \
		ssize_t got = real args;        \
		begin_call();                   \
		note_bytes(false, fd, at, got); \
		end_call();                     \
		return got;                     \
	}

#define WRITING(name, params, args)            \
	ssize_t name params                    \
	{                                      \
		REAL(name);                    \
		ssize_t got;                   \
		begin_call();                  \
		got = real args;               \
		note_bytes(true, fd, at, got); \
		end_call();                    \
		return got;                    \
	}

READING(read, (int fd, void *at, size_t n), (fd, at, n))
READING(recv, (int fd, void *at, size_t n, int flags), (fd, at, n, flags))
WRITING(write, (int fd, const void *at, size_t n), (fd, at, n))
WRITING(send, (int fd, const void *at, size_t n, int flags), (fd, at, n, flags))

size_t
fwrite(const void *at, size_t each, size_t n, FILE *f)
{
	REAL(fwrite);

	begin_call();
	note_bytes(true, fileno(f), at, (ssize_t)(each * n));
	end_call();
	return real(at, each, n, f);
}

#define SYNCING(name)                                         \
	int name(int fd)                                      \
	{                                                     \
		REAL(name);                                   \
		int got;                                      \
		begin_call();                                 \
		got = real(fd);                               \
		if (got == 0 && file_of(fd) != NULL)          \
			note("sync", file_of(fd), "", "", 0); \
		end_call();                                   \
		return got;                                   \
	}

SYNCING(fsync)
SYNCING(fdatasync)

static void
note_rename(int got, const char *from, const char *to)
{
	if (got == 0 && from != NULL && to != NULL)
		note("rename", from, to, "", 0);
}

int
rename(const char *from, const char *to)
{
	REAL(rename);
	int got;

	begin_call();
	got = real(from, to);
	note_rename(got, below(from), below(to));
	end_call();
	return got;
}

int
renameat(int at, const char *from, int to_at, const char *to)
{
	REAL(renameat);
	char a[NAME_BYTES], b[NAME_BYTES];
	int got;

	begin_call();
	got = real(at, from, to_at, to);
	note_rename(got, below_at(at, from, a), below_at(to_at, to, b));
	end_call();
	return got;
}

/* A call that does something to a name. */
#define NAMING(function, params, args, kind)         \
	int function params                          \
	{                                            \
		REAL(function);                      \
		char room[NAME_BYTES];               \
		const char *name;                    \
		int got;                             \
		begin_call();                        \
		got = real args;                     \
		name = below_at(at, path, room);     \
		if (got == 0 && name != NULL)        \
			note(kind, name, "", "", 0); \
		end_call();                          \
		return got;                          \
	}

enum { at = AT_FDCWD }; /* for those that take no directory */

NAMING(unlink, (const char *path), (path), "unlink")
NAMING(mkdir, (const char *path, mode_t mode), (path, mode), "mkdir")
NAMING(unlinkat, (int at, const char *path, int flags), (at, path, flags),
    "unlink")

static int
connected(int fd)
{
	if (fd < 0 || fd >= FDS_MAX)
		return fd;
	begin_call();
	is_connection[fd] = true;
	(void)snprintf(names[fd], NAME_BYTES, "%d", ++connections);
	end_call();
	return fd;
}

int
accept(int fd, struct sockaddr *a, socklen_t *n)
{
	REAL(accept);

	return connected(real(fd, a, n));
}

int
accept4(int fd, struct sockaddr *a, socklen_t *n, int flags)
{
	REAL(accept4);

	return connected(real(fd, a, n, flags));
}

/* What drain/load.sql does is there for good: it runs by itself. */
static PGresult *
note_load(PGresult *got, bool load)
{
	begin_call();
	if (load && PQresultStatus(got) == PGRES_TUPLES_OK)
		note("sql", "-", "", "load", 4);
	end_call();
	return got;
}

PGresult *
PQexecParams(PGconn *conn, const char *command, int n, const Oid *types,
    const char *const *values, const int *lengths, const int *formats, int form)
{
	REAL(PQexecParams);
	bool load = strstr(command, "insert into sync.spooled") != NULL;

	return note_load(real(conn, command, n, types, values, lengths, formats,
			     form),
	    load);
}

PGresult *
PQexecPrepared(PGconn *conn, const char *name, int n, const char *const *values,
    const int *lengths, const int *formats, int form)
{
	REAL(PQexecPrepared);
	bool load = strcmp(name, "drain_load") == 0;

	return note_load(real(conn, name, n, values, lengths, formats, form),
	    load);
}
