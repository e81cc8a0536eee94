/*
 * How many requests the next batch takes.
 *
 * A time-out, a deadlock, a lost connection end a whole batch and are nobody's
 * data, most of the time. Where batch after batch ends so, one request may be
 * behind it: the batches become smaller, down to one request, and what then
 * fails again takes the blame and goes back, so that its neighbours go on.
 */
#ifndef WIDTH_H
#define WIDTH_H

#include "task.h"

struct width {
	int shift;      /* batches are that many halvings smaller */
	int worked;     /* batches of this width that did, in a row */
	int64_t seq;    /* what failed alone, 0 for none */
	int alone;      /* times in a row */
	struct err why; /* the last time */
};

/* Of "most" requests, at least one. */
int width_now(const struct width *w, int most);

/* The batch ended with "why", of which nobody is to blame so far. A batch
 * that claimed nothing tells nothing. */
void
width_failed(struct width *w, const struct batch *batch, const struct err *why);
void width_worked(struct width *w);

/* The batch is the request that failed alone, often enough: all that was
 * undecided of it goes back, with the reason. False where it is not. */
bool width_blame(const struct width *w, struct batch *batch);

#endif
