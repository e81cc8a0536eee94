/* What becomes of a change, and of the request that brought it. */
#ifndef VERDICT_H
#define VERDICT_H

enum verdict {
	VERDICT_NONE, /* not decided yet */
	VERDICT_IGNORED,
	VERDICT_DUPLICATE,
	VERDICT_STALE,
	VERDICT_FETCHED,
	VERDICT_APPLIED,
	VERDICT_DEAD,
	VERDICT_RETRY, /* goes back into the queue */
	VERDICT_COUNT
};

/* The gravest of a request's verdicts is its outcome: they are in order. */
const char *verdict_name(enum verdict verdict);
/* VERDICT_NONE where no verdict is called so. */
enum verdict verdict_find(const char *name);

#endif
