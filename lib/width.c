#include "width.h"

enum {
	STEP = 6,   /* 64 times smaller after each failure */
	DEPTH = 18, /* a batch of one, whatever the setting */
	CALM = 8,   /* batches that work before they grow again */
	ALONE = 2,  /* failures alone before a request takes the blame */
};

int
width_now(const struct width *w, int most)
{
	int now = most >> w->shift;

	return now > 0 ? now : 1;
}

void
width_failed(struct width *w, const struct batch *batch, const struct err *why)
{
	int64_t seq = batch->tasks_len == 1 ? batch->tasks[0].seq : 0;

	if (batch->tasks_len == 0)
		return;
	w->worked = 0;
	w->why = *why;
	w->alone = seq != 0 && seq == w->seq ? w->alone + 1 : seq != 0;
	w->seq = seq;
	if (w->shift < DEPTH)
		w->shift += STEP;
}

void
width_worked(struct width *w)
{
	w->seq = 0;
	w->alone = 0;
	if (w->shift == 0 || ++w->worked < CALM)
		return;
	w->shift -= STEP;
	w->worked = 0;
}

bool
width_blame(const struct width *w, struct batch *batch)
{
	size_t i;

	if (w->alone < ALONE || batch->tasks_len != 1 ||
	    batch->tasks[0].seq != w->seq)
		return false;
	for (i = 0; i < batch->items_len; i++) {
		if (batch->items[i].verdict != VERDICT_NONE)
			continue;
		batch->items[i].verdict = VERDICT_RETRY;
		batch->items[i].err = w->why;
	}
	return true;
}
