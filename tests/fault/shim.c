/*
 * Preloaded into one of our programs: counts the calls that can fail, of the
 * program and of the libraries it uses, from main() on, and lets one of them
 * fail. tests/fault/fail_each.py drives it by three variables:
 *
 * FAULT_PAGE  a file shared by the program and its children: struct page, below
 * FAULT_SKIP  libraries whose own calls do not count: "libstdc++.so,..."
 * FAULT_MODE  what happens to the call
 *   fail       it does nothing and says why: no memory, disk full, reset
 *   stay       so do all of its kind from then on
 *   short      it moves half of the bytes
 *   interrupt  EINTR, or EAGAIN where the descriptor does not block
 *   die        the process is killed in its place
 */
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <link.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "shim.h"

enum {
	TEXT_BYTES = 4096 - 3 * 8,
	CALLS_MAX = 1 << 18,
	FRAMES_MAX = 24,
	RANGES_MAX = 64,
	OWN = 16 /* in "calls": made by the program itself, not by a library */
};

/* The driver reads and writes this too. */
struct page {
	atomic_ullong count;            /* calls so far */
	unsigned long long at;          /* the one that fails; 0 for none */
	atomic_ullong hit;              /* process that met it */
	char text[TEXT_BYTES];          /* which call, and the way to it */
	unsigned char calls[CALLS_MAX]; /* the kind of each */
};

static struct page *page;
static unsigned mode;
static atomic_uint broken; /* the kind that stays broken */
_Thread_local bool shim_inside;
struct range {
	uintptr_t from, to;
};
static struct range own, skipped[RANGES_MAX];
static size_t skipped_len;

void *
shim_next(const char *name)
{
	bool was = shim_inside;
	void *found;

	shim_inside = true;
	found = dlsym(RTLD_NEXT, name);
	shim_inside = was;
	if (found == NULL)
		abort();
	return found;
}

static bool
is_in(const struct range *range, const void *caller)
{
	return (uintptr_t)caller >= range->from &&
	    (uintptr_t)caller < range->to;
}

static bool
is_skipped(const void *caller)
{
	size_t i;

	for (i = 0; i < skipped_len; i++)
		if (is_in(&skipped[i], caller))
			return true;
	return false;
}

/* Append "malloc < libpq.so.5+0x1a2b < drain+0x3c4d", nearest first, without
 * the frames of the shim itself before them, nor those of a sanitizer that
 * stands before backtrace(). */
static void
note_way(const char *name)
{
	void *frames[FRAMES_MAX];
	int i, n = backtrace(frames, FRAMES_MAX);
	size_t at = strlen(page->text);
	const char *file, *slash;
	Dl_info self, info;
	bool ours, inside = false, outside = false;

	(void)dladdr(&page, &self);
	at += (size_t)snprintf(page->text + at, 64, "%.60s", name);
	for (i = 0; i < n && at + 128 < sizeof(page->text); i++) {
		if (dladdr(frames[i], &info) == 0)
			continue;
		ours = info.dli_fbase == self.dli_fbase;
		outside = outside || (inside && !ours);
		inside = inside || ours;
		if (!outside)
			continue;
		slash = strrchr(info.dli_fname, '/');
		file = slash != NULL ? slash + 1 : info.dli_fname;
		at += (size_t)snprintf(page->text + at, 120, " < %.80s+0x%lx",
		    file,
		    (unsigned long)((char *)frames[i] - (char *)info.dli_fbase -
			1));
	}
}

/* Where a crash came of it, for a person. */
static void
crashed(int number)
{
	shim_inside = true;
	if (strlen(page->text) < sizeof(page->text) / 2)
		note_way(" / crashed in");
	(void)signal(number, SIG_DFL);
	(void)raise(number);
}

static void
watch_for_crashes(void)
{
	static const int numbers[] = { SIGSEGV, SIGBUS, SIGABRT, SIGFPE };
	struct sigaction before;
	size_t i;

	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (sigaction(numbers[i], NULL, &before) == 0 &&
		    before.sa_handler == SIG_DFL)
			(void)signal(numbers[i], crashed);
}

bool
shim_is_own(const void *caller)
{
	return is_in(&own, caller);
}

/* Count this call; true where it is the one. */
static bool
is_the_one(enum kind kind, const void *caller)
{
	unsigned long long n = atomic_fetch_add(&page->count, 1) + 1;

	if (n <= CALLS_MAX)
		page->calls[n - 1] = (unsigned char)(kind |
		    (shim_is_own(caller) ? OWN : 0));
	return n == page->at;
}

unsigned
shim_turn(const char *name, enum kind kind, unsigned applies,
    const void *caller)
{
	int saved = errno;
	unsigned now = 0;

	if (page == NULL || shim_inside || (mode & applies) == 0 ||
	    is_skipped(caller))
		return 0;
	shim_inside = true;
	if (atomic_load(&broken) == (unsigned)kind) {
		now = mode & applies;
	} else if (is_the_one(kind, caller)) {
		now = mode & applies;
		note_way(name);
		atomic_store(&page->hit, (unsigned long long)getpid());
		if (mode & STAY)
			atomic_store(&broken, (unsigned)kind);
		if (now & DIE)
			(void)kill(getpid(), SIGKILL);
	}
	shim_inside = false;
	errno = saved;
	return now;
}

/* ---- before main ---- */

/* The program comes first, and has no name. */
static int
note_ranges(struct dl_phdr_info *info, size_t size, void *skip)
{
	char list[512], *word, *rest = list;
	bool wanted = false;
	size_t i;

	(void)size;
	(void)snprintf(list, sizeof(list), "%s",
	    skip != NULL ? (const char *)skip : "");
	while ((word = strsep(&rest, ",")) != NULL)
		if (*word != '\0' && strstr(info->dlpi_name, word) != NULL)
			wanted = true;
	for (i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];
		uintptr_t from = info->dlpi_addr + p->p_vaddr;

		if (p->p_type != PT_LOAD || (p->p_flags & PF_X) == 0)
			continue;
		if (own.to == 0)
			own = (struct range) { from, from + p->p_memsz };
		else if (wanted && skipped_len < RANGES_MAX)
			skipped[skipped_len++] = (struct range) { from,
				from + p->p_memsz };
	}
	return 0;
}

static void
arm(void)
{
	static const struct {
		const char *name;
		unsigned mode;
	} modes[] = { { "fail", FAIL }, { "stay", FAIL | STAY },
		{ "short", SHORT }, { "interrupt", INTERRUPT },
		{ "die", DIE } };
	const char *path = getenv("FAULT_PAGE"), *word = getenv("FAULT_MODE");
	char *skip = getenv("FAULT_SKIP");
	void *frames[2], *at = MAP_FAILED;
	size_t i;
	int fd;

	if (path == NULL || word == NULL)
		return;
	for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
		if (strcmp(word, modes[i].name) == 0)
			mode = modes[i].mode;
	shim_inside = true;
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd >= 0)
		at = mmap(NULL, sizeof(*page), PROT_READ | PROT_WRITE,
		    MAP_SHARED, fd, 0);
	if (mode == 0 || at == MAP_FAILED)
		abort();
	(void)close(fd);
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* never outlives the driver */
	(void)backtrace(frames, 2);             /* loads what it needs */
	(void)dl_iterate_phdr(note_ranges, skip);
	watch_for_crashes();
	page = at;
	shim_inside = false;
}

static int (*program)(int, char **, char **);

static int
armed_main(int argc, char **argv, char **environment)
{
	arm();
	return program(argc, argv, environment);
}

int
__libc_start_main(int (*start)(int, char **, char **), int argc, char **argv,
    void (*init)(void), void (*fini)(void), void (*unload)(void), void *stack);

int
__libc_start_main(int (*start)(int, char **, char **), int argc, char **argv,
    void (*init)(void), void (*fini)(void), void (*unload)(void), void *stack)
{
	int (*next)(int (*)(int, char **, char **), int, char **,
	    void (*)(void), void (*)(void), void (*)(void), void *);

	*(void **)&next = shim_next("__libc_start_main");
	program = start;
	return next(armed_main, argc, argv, init, fini, unload, stack);
}
