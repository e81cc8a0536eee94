/*
 * A helper thread for what must block: connecting to PostgreSQL, syncing a
 * file. The loop's thread hands over errands and is told of each in turn when
 * it is done. The thread starts with the first errand.
 */
#ifndef ASIDE_H
#define ASIDE_H

#include "err.h"
#include "loop.h"

/* The head of what a caller hands over; it stays the caller's memory. */
struct errand {
	struct errand *next;
};

struct aside_work {
	/* In the helper thread: all that waited, oldest first. */
	void (*run)(void *arg, struct errand *all);
	/* In the loop's thread: this one is done. */
	void (*done)(void *arg, struct errand *one);
	void *arg;
};

struct aside;

/* "loop" and "work" are borrowed. ST_FAULT: no memory or descriptor. */
MUST_CHECK
enum status aside_open(struct aside **out, struct loop *loop,
    const struct aside_work *work, struct err *err);

/* Waits for the errands in hand; those done but not told are never told. */
void aside_close(struct aside *aside);

void aside_put(struct aside *aside, struct errand *one);

#endif
