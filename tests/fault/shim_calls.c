/* The calls that the shim stands before. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <pwd.h>
#include <semaphore.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "shim.h"

/* The real one. The sanitizers export theirs under a second name, which is
 * there while they still set themselves up and dlsym() is not. */
#define FIND(type, name, params)                                       \
	static type(*next) params;                                     \
	extern type __interceptor_##name params __attribute__((weak)); \
	if (next == NULL && __interceptor_##name != NULL)              \
		next = __interceptor_##name;                           \
	else if (next == NULL)                                         \
	*(void **)&next = shim_next(#name)

/* Define a call that goes on to the real one unless its turn has come. */
#define HOOK(kind, applies, type, name, params, args, bad, error) \
	type name params;                                         \
	type name params                                          \
	{                                                         \
		FIND(type, name, params);                         \
		unsigned now = shim_turn(#name, kind, applies,    \
		    __builtin_return_address(0));                 \
		if (now & (FAIL | INTERRUPT)) {                   \
			errno = now & FAIL ? (error) : EINTR;     \
			return bad;                               \
		}                                                 \
		return next args;                                 \
	}

/* A call that gets its own memory: that is the same failure once more. */
#define HOOK_WHOLE(kind, type, name, params, args, bad, error)             \
	type name params;                                                  \
	type name params                                                   \
	{                                                                  \
		FIND(type, name, params);                                  \
		bool was = shim_inside;                                    \
		type got;                                                  \
		if (shim_turn(#name, kind, kind == MEMORY ? FAIL : SYSTEM, \
			__builtin_return_address(0)) &                     \
		    FAIL) {                                                \
			errno = (error);                                   \
			return bad;                                        \
		}                                                          \
		shim_inside = true;                                        \
		got = next args;                                           \
		shim_inside = was;                                         \
		return got;                                                \
	}

/* A call that moves "len" bytes through "fd". */
#define HOOK_MOVE(name, params, args, fd, len, error)                  \
	ssize_t name params;                                           \
	ssize_t name params                                            \
	{                                                              \
		FIND(ssize_t, name, params);                           \
		unsigned now = shim_turn(#name, kind_of(fd),           \
		    applies_to(fd, len), __builtin_return_address(0)); \
		if (now & (FAIL | INTERRUPT)) {                        \
			errno = now & FAIL ? error : pause_of(fd);     \
			return -1;                                     \
		}                                                      \
		if (now & SHORT)                                       \
			len /= 2;                                      \
		return next args;                                      \
	}

/* What kind of thing it is, without a word of it being counted. */
static mode_t
type_of(int fd)
{
	bool was = shim_inside;
	struct stat info = { .st_mode = 0 };

	shim_inside = true;
	(void)fstat(fd, &info);
	shim_inside = was;
	return info.st_mode & S_IFMT;
}

static enum kind
kind_of(int fd)
{
	return type_of(fd) == S_IFSOCK ? NET : DISK;
}

/* Bells and the like (eventfd, signalfd) have no type: their eight bytes come
 * whole, and they do not fail. */
static unsigned
applies_to(int fd, size_t len)
{
	if (type_of(fd) == 0)
		return DIE;
	return len > 1 ? TRANSFER : TRANSFER & ~(unsigned)SHORT;
}

static int
pause_of(int fd)
{
	bool was = shim_inside;
	int flags;

	shim_inside = true;
	flags = fcntl(fd, F_GETFL);
	shim_inside = was;
	return flags >= 0 && (flags & O_NONBLOCK) ? EAGAIN : EINTR;
}

/* A connection that was reset once is of no use any more. */
static int
lost(int fd, int net, int disk)
{
	bool was = shim_inside;

	if (kind_of(fd) != NET)
		return disk;
	shim_inside = true;
	(void)shutdown(fd, SHUT_RDWR);
	shim_inside = was;
	return net;
}

#define LOST_IN lost(fd, ECONNRESET, EIO)
#define LOST_OUT lost(fd, EPIPE, ENOSPC)

HOOK(MEMORY, FAIL, void *, malloc, (size_t n), (n), NULL, ENOMEM)
HOOK(MEMORY, FAIL, void *, calloc, (size_t n, size_t each), (n, each), NULL,
    ENOMEM)
HOOK(MEMORY, FAIL, void *, realloc, (void *old, size_t n), (old, n), NULL,
    ENOMEM)
HOOK(MEMORY, FAIL, void *, reallocarray, (void *old, size_t n, size_t each),
    (old, n, each), NULL, ENOMEM)
HOOK(MEMORY, FAIL, void *, aligned_alloc, (size_t to, size_t n), (to, n), NULL,
    ENOMEM)
HOOK(MEMORY, FAIL, int, posix_memalign, (void **at, size_t to, size_t n),
    (at, to, n), ENOMEM, ENOMEM)
HOOK_WHOLE(MEMORY, char *, strdup, (const char *s), (s), NULL, ENOMEM)
HOOK_WHOLE(MEMORY, char *, strndup, (const char *s, size_t n), (s, n), NULL,
    ENOMEM)
HOOK(MEMORY, FAIL, void *, mmap,
    (void *at, size_t n, int prot, int flags, int fd, off_t from),
    (at, n, prot, flags, fd, from), MAP_FAILED, ENOMEM)

HOOK_MOVE(read, (int fd, void *at, size_t n), (fd, at, n), fd, n, LOST_IN)
HOOK_MOVE(__read_chk, (int fd, void *at, size_t n, size_t room),
    (fd, at, n, room), fd, n, LOST_IN)
HOOK_MOVE(pread, (int fd, void *at, size_t n, off_t from), (fd, at, n, from),
    fd, n, LOST_IN)
HOOK_MOVE(write, (int fd, const void *at, size_t n), (fd, at, n), fd, n,
    LOST_OUT)
HOOK_MOVE(pwrite, (int fd, const void *at, size_t n, off_t from),
    (fd, at, n, from), fd, n, LOST_OUT)
HOOK_MOVE(recv, (int fd, void *at, size_t n, int flags), (fd, at, n, flags), fd,
    n, LOST_IN)
HOOK_MOVE(__recv_chk, (int fd, void *at, size_t n, size_t room, int flags),
    (fd, at, n, room, flags), fd, n, LOST_IN)
HOOK_MOVE(send, (int fd, const void *at, size_t n, int flags),
    (fd, at, n, flags), fd, n, LOST_OUT)
HOOK(NET, WAITING, ssize_t, readv, (int fd, const struct iovec *v, int n),
    (fd, v, n), -1, LOST_IN)
HOOK(NET, WAITING, ssize_t, writev, (int fd, const struct iovec *v, int n),
    (fd, v, n), -1, LOST_OUT)
HOOK(NET, WAITING, ssize_t, recvmsg, (int fd, struct msghdr *m, int flags),
    (fd, m, flags), -1, LOST_IN)
HOOK(NET, WAITING, ssize_t, sendmsg,
    (int fd, const struct msghdr *m, int flags), (fd, m, flags), -1, LOST_OUT)

HOOK(DISK, SYSTEM, int, fsync, (int fd), (fd), -1, EIO)
HOOK(DISK, SYSTEM, int, fdatasync, (int fd), (fd), -1, EIO)
HOOK(DISK, SYSTEM, int, ftruncate, (int fd, off_t n), (fd, n), -1, EIO)
HOOK(DISK, SYSTEM, int, rename, (const char *from, const char *to), (from, to),
    -1, ENOSPC)
HOOK(DISK, SYSTEM, int, renameat,
    (int d, const char *from, int e, const char *to), (d, from, e, to), -1,
    ENOSPC)
HOOK(DISK, SYSTEM, int, link, (const char *from, const char *to), (from, to),
    -1, ENOSPC)
HOOK(DISK, SYSTEM, ssize_t, readlink, (const char *path, char *to, size_t n),
    (path, to, n), -1, EIO)
HOOK(DISK, SYSTEM, int, unlink, (const char *path), (path), -1, EIO)
HOOK(DISK, SYSTEM, int, unlinkat, (int d, const char *path, int flags),
    (d, path, flags), -1, EIO)
HOOK(DISK, SYSTEM, int, mkdir, (const char *path, mode_t m), (path, m), -1,
    ENOSPC)
HOOK(DISK, SYSTEM, int, access, (const char *path, int m), (path, m), -1, EIO)
HOOK(DISK, SYSTEM, int, stat, (const char *path, struct stat *info),
    (path, info), -1, EIO)
HOOK(DISK, SYSTEM, int, fstat, (int fd, struct stat *info), (fd, info), -1, EIO)
HOOK(DISK, SYSTEM, int, fstatat,
    (int d, const char *path, struct stat *info, int flags),
    (d, path, info, flags), -1, EIO)
HOOK(DISK, SYSTEM, int, fchmod, (int fd, mode_t m), (fd, m), -1, EPERM)
HOOK(DISK, SYSTEM, int, fchown, (int fd, uid_t u, gid_t g), (fd, u, g), -1,
    EPERM)
HOOK(DISK, WAITING, int, flock, (int fd, int what), (fd, what), -1, ENOLCK)
HOOK(DISK, SYSTEM, struct dirent *, readdir, (DIR * d), (d), NULL, EIO)
HOOK(DISK, SYSTEM, int, fflush, (FILE * f), (f), EOF, ENOSPC)
HOOK_WHOLE(DISK, DIR *, opendir, (const char *path), (path), NULL, EMFILE)
HOOK_WHOLE(DISK, DIR *, fdopendir, (int fd), (fd), NULL, ENOMEM)
HOOK_WHOLE(DISK, FILE *, fopen, (const char *path, const char *m), (path, m),
    NULL, EMFILE)
HOOK_WHOLE(DISK, FILE *, fdopen, (int fd, const char *m), (fd, m), NULL, ENOMEM)

HOOK(NET, SYSTEM, int, socket, (int d, int t, int p), (d, t, p), -1, EMFILE)
HOOK(NET, SYSTEM, int, socketpair, (int d, int t, int p, int v[2]),
    (d, t, p, v), -1, EMFILE)
HOOK(NET, SYSTEM, int, bind, (int fd, const struct sockaddr *a, socklen_t n),
    (fd, a, n), -1, EADDRINUSE)
HOOK(NET, SYSTEM, int, listen, (int fd, int n), (fd, n), -1, EADDRINUSE)
HOOK(NET, SYSTEM, int, connect, (int fd, const struct sockaddr *a, socklen_t n),
    (fd, a, n), -1, ECONNREFUSED)
HOOK(NET, WAITING, int, accept, (int fd, struct sockaddr *a, socklen_t *n),
    (fd, a, n), -1, EMFILE)
HOOK(NET, WAITING, int, accept4,
    (int fd, struct sockaddr *a, socklen_t *n, int flags), (fd, a, n, flags),
    -1, EMFILE)
HOOK(NET, SYSTEM, int, shutdown, (int fd, int how), (fd, how), -1, ENOTCONN)
HOOK(NET, SYSTEM, int, getsockopt,
    (int fd, int l, int o, void *at, socklen_t *n), (fd, l, o, at, n), -1,
    ENOBUFS)
HOOK(NET, SYSTEM, int, setsockopt,
    (int fd, int l, int o, const void *at, socklen_t n), (fd, l, o, at, n), -1,
    ENOBUFS)
HOOK(NET, SYSTEM, int, getsockname, (int fd, struct sockaddr *a, socklen_t *n),
    (fd, a, n), -1, ENOBUFS)
HOOK(NET, SYSTEM, int, getpeername, (int fd, struct sockaddr *a, socklen_t *n),
    (fd, a, n), -1, ENOBUFS)
HOOK(NET, SYSTEM, int, getaddrinfo,
    (const char *h, const char *p, const struct addrinfo *w,
	struct addrinfo **a),
    (h, p, w, a), EAI_AGAIN, ENOMEM)
HOOK(NET, WAITING, int, poll, (struct pollfd * p, nfds_t n, int ms), (p, n, ms),
    -1, ENOMEM)
HOOK(NET, WAITING, int, __poll_chk,
    (struct pollfd * p, nfds_t n, int ms, size_t room), (p, n, ms, room), -1,
    ENOMEM)
HOOK(NET, SYSTEM, int, epoll_create1, (int flags), (flags), -1, EMFILE)
HOOK(NET, SYSTEM, int, epoll_ctl,
    (int e, int what, int fd, struct epoll_event *ev), (e, what, fd, ev), -1,
    ENOSPC)
HOOK(NET, INTERRUPT | DIE, int, epoll_wait,
    (int e, struct epoll_event *ev, int n, int ms), (e, ev, n, ms), -1, ENOMEM)
HOOK(NET, INTERRUPT | DIE, int, epoll_pwait2,
    (int e, struct epoll_event *ev, int n, const struct timespec *t,
	const sigset_t *mask),
    (e, ev, n, t, mask), -1, ENOMEM)

HOOK(PROCESS, SYSTEM, int, eventfd, (unsigned n, int flags), (n, flags), -1,
    EMFILE)
HOOK(PROCESS, SYSTEM, int, pipe, (int v[2]), (v), -1, EMFILE)
HOOK(PROCESS, SYSTEM, int, pipe2, (int v[2], int flags), (v, flags), -1, EMFILE)
HOOK(PROCESS, SYSTEM, int, signalfd, (int fd, const sigset_t *s, int flags),
    (fd, s, flags), -1, EMFILE)
HOOK(PROCESS, SYSTEM, int, timerfd_create, (int clock, int flags),
    (clock, flags), -1, EMFILE)
HOOK(PROCESS, SYSTEM, int, dup3, (int from, int to, int flags),
    (from, to, flags), -1, EMFILE)
HOOK(PROCESS, SYSTEM, pid_t, fork, (void), (), -1, EAGAIN)
HOOK(PROCESS, o &WNOHANG ? 0 : INTERRUPT, pid_t, waitpid,
    (pid_t p, int *s, int o), (p, s, o), -1, ECHILD)
HOOK(PROCESS, INTERRUPT, int, nanosleep,
    (const struct timespec *t, struct timespec *left), (t, left), -1, EINVAL)
HOOK(PROCESS, INTERRUPT, int, sem_wait, (sem_t * s), (s), -1, EINVAL)
HOOK(PROCESS, SYSTEM, int, sem_init, (sem_t * s, int shared, unsigned n),
    (s, shared, n), -1, ENOSPC)
HOOK(PROCESS, SYSTEM, int, pthread_create,
    (pthread_t * t, const pthread_attr_t *a, void *(*run)(void *), void *arg),
    (t, a, run, arg), EAGAIN, EAGAIN)
HOOK(PROCESS, SYSTEM, int, gethostname, (char *at, size_t n), (at, n), -1,
    EPERM)
HOOK_WHOLE(PROCESS, struct passwd *, getpwuid, (uid_t u), (u), NULL, EMFILE)
HOOK(PROCESS, SYSTEM, int, getpwuid_r,
    (uid_t u, struct passwd *p, char *at, size_t n, struct passwd **out),
    (u, p, at, n, out), EMFILE, EMFILE)
HOOK(PROCESS, SYSTEM, ssize_t, getrandom, (void *at, size_t n, unsigned flags),
    (at, n, flags), -1, EAGAIN)
HOOK(PROCESS, SYSTEM, int, RAND_bytes, (unsigned char *at, int n), (at, n), 0,
    EIO)
