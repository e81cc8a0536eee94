/*
 * Fetch what was only announced: records that sync.fetch wants are asked of
 * Zoho and go the way of every request, into inbox and queue with the origin
 * "fetch". What Zoho no longer has becomes a delete. Nothing is locked while
 * Zoho is asked; what was announced again meanwhile is fetched again.
 */
#ifndef FETCH_H
#define FETCH_H

#include "module.h"
#include "rows.h"
#include "spot.h"
#include "zoho.h"

struct fetch_totals {
	int64_t fetched; /* records whose state came */
	int64_t gone;    /* records that are no more, or still are not */
	int64_t failed;  /* records to be asked for again, later */
	int64_t calls;   /* to Zoho, tries included */
};

struct fetch {
	struct db *db;
	struct zoho *zoho;
	const struct module_list *modules;
	const char *origin; /* "fetch", or "reconcile" */
	/* What a comparison with Zoho found in this module; NULL: what was
	 * announced. */
	const struct module *found_in;
	/* Unless NULL, the numbers of the requests that were made. */
	struct array *seqs;
	/* Unless NULL, what comes is applied at once. */
	struct spot *spot;
	/* Unless NULL, ids that Zoho has no longer and that lived here. */
	struct array *deleted;
	/* Unless NULL, told of each record that came, NULL where Zoho has it no
	 * more. What it returns ends the round. */
	enum status (*told)(void *arg, const char *id, json_object *record,
	    struct err *err);
	void *arg;
	struct fetch_totals totals;
	struct err last; /* of the last failure */
};

/*
 * Ask for up to some hundred records of one module, outside of a transaction.
 * ST_NONE   nothing is due
 * ST_RETRY  the database; a record that Zoho does not give is no failure of
 *           the round, it is counted and put off
 */
MUST_CHECK
enum status fetch_round(struct fetch *fetch, struct err *err);

/* Records that came some other way, as {"data":[...]} or the like: one request
 * for the queue. "operation" is "update", "restore" or "delete", "n" counts
 * them, "keys" (id, seq, hits) says which of sync.fetch they answer, NULL for
 * none. Body and keys are taken over and left empty; so is "document", the
 * body as it was read, or NULL. */
MUST_CHECK
enum status fetch_put(struct fetch *fetch, const struct module *module,
    const char *operation, struct buf *body, json_object *document, int n,
    int64_t as_of_us, struct rows *keys, struct err *err);

/* Say that something waits, so that no drain has to look for it. Only a word:
 * where it is lost a drain comes a little later. */
void fetch_wake_drain(struct db *db);

#endif
