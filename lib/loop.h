/*
 * One thread that waits for many things: descriptors, moments, and what
 * helper threads have done (aside.h). Everything here is for that thread
 * alone. Times are milliseconds of clock_passed_ms().
 */
#ifndef LOOP_H
#define LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "err.h"

enum { LOOP_READ = 1, LOOP_WRITE = 2 };

struct loop;

/* A descriptor to wait for. The owner keeps it, and its place in memory,
 * until loop_forget(). "ready" is told what it is ready for; an error or a
 * hang-up counts as both. */
struct watch {
	int fd;
	void (*ready)(void *arg, int events);
	void *arg;
	int events; /* the loop's */
};

/* A moment to wait for; comes once each time it is set. */
struct timer {
	void (*due)(void *arg);
	void *arg;
	int64_t at_us;
	bool set;
	struct timer *next;
};

/* What is done after each round of events, before the loop waits again. */
struct hook {
	void (*run)(void *arg);
	void *arg;
	struct hook *next;
};

/* ST_FAULT: no memory or no descriptor. */
MUST_CHECK
enum status loop_open(struct loop **out, struct err *err);
void loop_close(struct loop *loop);

/* Wait for "events" of w->fd from now on; a second call changes them.
 * ST_RETRY: the system refused. */
MUST_CHECK
enum status
loop_watch(struct loop *loop, struct watch *w, int events, struct err *err);
/* Before the descriptor is closed. Safe for a watch that was never watched. */
void loop_forget(struct loop *loop, struct watch *w);

/* Set or move a timer: to a time of clock_passed_ms() or clock_passed_us(). */
void loop_at(struct loop *loop, struct timer *t, int64_t at_ms);
void loop_at_us(struct loop *loop, struct timer *t, int64_t at_us);
void loop_never(struct loop *loop, struct timer *t);

/* Hooks run in the order they were added, for the life of the loop. */
void loop_hook(struct loop *loop, struct hook *hook);

/* Returns after loop_end(). */
void loop_run(struct loop *loop);
void loop_end(struct loop *loop);

#endif
