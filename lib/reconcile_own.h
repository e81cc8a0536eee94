/* What the files of reconcile share: one run over one module. */
#ifndef RECONCILE_OWN_H
#define RECONCILE_OWN_H

#include "listing.h"
#include "reconcile.h"
#include "rows.h"

struct run {
	struct reconcile *r;
	const struct module *module;
	struct session *session;
	struct crm_fields fields;
	bool whole;    /* the list shows all of a record */
	bool spare;    /* there are calls to Books for what may be the same */
	bool computed; /* there are formulas or roll-ups */
	int64_t changed_us, deleted_us, swept_us, alive; /* as it began */
	int64_t as_of_us;      /* when the listing in hand began */
	int64_t until_us;      /* when the first one did */
	int64_t there;         /* records Zoho last counted; -1: not asked */
	int64_t on_spot;       /* changes the spot applied before this run */
	int64_t sent, credits; /* calls before this run, and their cost */
	struct array seqs;     /* requests that were put */
	struct array *ids;     /* all that were listed, or NULL */
	struct array gone; /* deleted, and in no recycle bin: merged, perhaps */
	struct err *said;  /* why it is not whole */
};

/*
 * Compare the pages of one listing with what stands here, put what can be
 * taken from them, and want the rest. A page that shows the time
 * "known_us" (0: none) is the last one.
 * ST_OK      all of them
 * ST_NONE    Zoho gave no more: run->said says why
 * others     the database
 */
MUST_CHECK
enum status reconcile_pages(struct run *run, struct listing *list,
    int64_t known_us, struct err *err);

/* The same for the list of what was deleted. */
MUST_CHECK
enum status reconcile_deleted(struct run *run, struct err *err);

/* Ask for all that is wanted of this module, and wait a while for a drain to
 * apply what was put: "*applied" says whether it did. ST_NONE: not all came. */
MUST_CHECK
enum status reconcile_bring(struct run *run, bool *applied, struct err *err);

/* Want what refers to run->gone, in all modules of the CRM. Status as
 * db_call(). */
MUST_CHECK
enum status reconcile_want_referrers(struct run *run, struct err *err);

/* Say how far it is. Status as db_call(). */
MUST_CHECK
enum status reconcile_tell(struct run *run, enum reconcile_step step,
    int64_t done, int64_t total, struct err *err);

/* What this run asks through. */
struct fetch reconcile_fetch(struct run *run);

/* Whether there is time, and nobody wants an end. */
bool reconcile_may_go_on(const struct run *run);
/* Why it may not. Gives ST_RETRY. */
enum status reconcile_is_over(struct err *err);

#endif
