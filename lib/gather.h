/*
 * How long the next group waits for more requests (see store.c).
 *
 * Those who are answered together come again together, a moment later. Where
 * a commit takes a millisecond and more, the requests that came meanwhile
 * would go out alone, and two halves of the senders take turns for ever, each
 * waiting for nearly two commits. So the next group waits a part of what a
 * commit takes, or until as many are there as were under way, and none follows
 * on the heels of another. On a fast disk, or with many senders, there is
 * nothing to win, and it waits for nobody.
 */
#ifndef GATHER_H
#define GATHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gather {
	int64_t began_us; /* when PostgreSQL began with the group in flight */
	size_t want;      /* requests to wait for, 0: none */
	bool slow;        /* the last commit was, for few */
};

/* A group goes to a PostgreSQL that has nothing else to do. */
void gather_sent(struct gather *g, int64_t now_us);

/* A group of "n" is done, "todo" wait. Returns for how many microseconds the
 * next may wait, 0 for not at all. */
int64_t gather_done(struct gather *g, size_t n, size_t todo, int64_t now_us);

/* Whether "todo" are enough to go. */
bool gather_enough(const struct gather *g, size_t todo);

/* The wait is over. */
void gather_over(struct gather *g);

#endif
