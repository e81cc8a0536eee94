/*
 * A parent that looks after its children: starts them, replaces one that is
 * killed, hands TERM on, and waits until the last has ended. None outlives a
 * parent that was killed.
 */
#ifndef KEEPER_H
#define KEEPER_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "err.h"

enum { KEEPER_CHILDREN = 17, KEEPER_REPLACED_MAX = 1000 };

struct keeper {
	void *arg;
	int64_t deadline_ms; /* none is replaced after it */
	/* What a child does; its exit status. "replaces" one that was killed.
	 */
	int (*child)(void *arg, int number, bool replaces);
	/* A child died of what it did. */
	void (*crashed)(void *arg, int number, int signal);
	/* All have ended: keeper_start() what comes next, or nothing. */
	void (*next)(void *arg, struct keeper *keeper);

	/* the keeper's */
	pid_t pids[KEEPER_CHILDREN];
	int alive, replaced;
	int code; /* the highest exit status so far */
	sigset_t mask;
};

/* Before the first child: hold back the signals that end the wait. */
void keeper_open(struct keeper *keeper);

/* Start child "number". One that cannot be started counts as exit status 75. */
void keeper_start(struct keeper *keeper, int number);

/* Until the last has ended; the highest exit status. */
int keeper_wait(struct keeper *keeper);

#endif
