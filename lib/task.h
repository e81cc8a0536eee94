/*
 * Requests the drain has claimed, read into what is to be applied.
 *
 *   task   one claimed request, with
 *   item   one change of it, normalised, and later what became of it
 */
#ifndef TASK_H
#define TASK_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "change.h"
#include "db.h"
#include "err.h"
#include "module.h"
#include "normalise.h"
#include "verdict.h"

/* A request as the queue has it. Texts are borrowed, and stay while the batch
 * they are read into is used. */
struct waiting {
	int64_t seq;
	int64_t received_us;
	int64_t known_us; /* when Zoho answered so, where we had asked */
	int tries, crashes;
	bool retried;         /* a dead letter that somebody had tried again */
	const char *finished; /* what earlier tries did: {"0":"applied"} */
	const char *event_type, *route, *query, *content_type, *origin;
	const char *body; /* NULL: gone from the inbox */
	size_t body_len;
	json_object *document; /* what it says, where it was read already: in
				* its place, and taken over */
};

struct task {
	int64_t seq;
	int64_t received_us;
	int64_t known_us; /* when Zoho answered so, where we had asked */
	int tries;
	bool retried; /* a dead letter that somebody had tried again */
	const char *event_type; /* borrowed, as "origin" is */
	const char *origin;
	const char *module; /* of its first change, or NULL */
	struct change_list changes;
	size_t first, count; /* its items */
};

struct item {
	struct task *task;
	int ord; /* place in the request; -1 for the request as a whole */
	const struct change *change; /* NULL where ord is -1 */
	const char *act;             /* write, restore, delete, announce */
	size_t doc, doc_len;         /* in batch.docs; doc_len 0 for none */
	size_t notes, notes_len;
	struct owner owner;
	enum verdict verdict;
	bool before;    /* an earlier try gave the verdict */
	struct err err; /* where it is dead or to be retried */
	int round;      /* used by mirror.c */
};

struct batch {
	struct task *tasks;
	size_t tasks_len;
	struct item *items;
	size_t items_len, items_cap;
	struct buf docs;
	PGresult *claimed;    /* what tasks borrow from */
	int64_t first_due_us; /* since when the first of them is due */
};

struct batch_rules {
	const struct module_list *modules;
	const struct normalise_rules *normalise;
	int crash_limit; /* a request that ended so many drains is dead */
	volatile int64_t *reading; /* set to the request being read, or NULL */
};

/*
 * Claim up to "max" requests that are due, since "from_us" or later, inside
 * the open transaction, read them and normalise what can be applied. Items that
 * need no more work have their verdict; the others have VERDICT_NONE. Release
 * it whatever is returned. ST_NONE  nothing is due
 */
MUST_CHECK
enum status batch_claim(struct batch *batch, struct db *db, int max,
    int64_t from_us, const struct batch_rules *rules, struct err *err);

/* The same of one request that is in hand; ST_NONE never. */
MUST_CHECK
enum status batch_take(struct batch *batch, const struct waiting *w,
    const struct batch_rules *rules, struct err *err);
void batch_release(struct batch *batch);

#endif
