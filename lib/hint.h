/*
 * The word to a drain that something waits: at once after a pause, then at
 * most one in some milliseconds, in a transaction of its own.
 */
#ifndef HINT_H
#define HINT_H

#include <stdbool.h>
#include <stdint.h>

#include "link.h"
#include "loop.h"
#include "pipeline.h"

struct hint {
	struct call call; /* first: the call is the hint */
	struct loop *loop;
	struct link *link;
	struct timer timer;
	int64_t last_ms; /* when one was sent */
	bool due, sent;
};

void hint_init(struct hint *h, struct loop *loop, struct link *link);

/* Something was stored. */
void hint_wanted(struct hint *h);

/* Send it, if one is due and may go now. */
void hint_send(struct hint *h);

/* The same, whenever the last one went: nothing comes after it. */
void hint_send_last(struct hint *h);

#endif
