/*
 * Settle a batch in the queue: what is done leaves it with an outcome, what
 * failed for now goes back with a wait, what will not work becomes a dead
 * letter. All inside the caller's transaction.
 */
#ifndef QUEUE_H
#define QUEUE_H

#include "db.h"
#include "err.h"
#include "settings.h"
#include "task.h"

struct retry_policy {
	int limit;     /* tries before a change is dead */
	int base_s;    /* wait after the first failure, in seconds */
	int max_s;     /* longest wait, in seconds */
	unsigned seed; /* of the jitter */
};

/* As RETRY_LIMIT and its like say. */
void queue_policy(struct retry_policy *out, const struct settings *settings);

/* What became of the changes of a batch, by verdict; and the requests. */
struct queue_totals {
	int64_t changes[VERDICT_COUNT];
	int64_t requests;
	int64_t postponed;
};

void queue_totals_add(struct queue_totals *to, const struct queue_totals *more);

/*
 * Every item must have a verdict. One with VERDICT_RETRY that has used up its
 * tries becomes VERDICT_DEAD here. Adds to "totals", which count only when
 * the caller commits.
 */
MUST_CHECK
enum status queue_settle(struct db *db, struct batch *batch,
    struct retry_policy *policy, struct queue_totals *totals, struct err *err);

/* Wait before try number "tries" + 2, in milliseconds: base * 2^tries, at
 * most the maximum, of which the second half is left to chance. */
int queue_wait_ms(struct retry_policy *policy, int tries);

#endif
