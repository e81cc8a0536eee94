/* What the files of backfill share: one load of one module. */
#ifndef BACKFILL_OWN_H
#define BACKFILL_OWN_H

#include "backfill.h"
#include "listing.h"
#include "compare.h"

enum { LOAD_OPTIONS_MAX = 256 };

struct load {
	struct backfill *b;
	const struct module *module;
	struct session *session;
	struct crm_fields fields;
	struct fetch fetch;
	struct compare compare;
	struct listing list;
	struct buf place;
	char options[LOAD_OPTIONS_MAX];
	int64_t sent, credits, applied; /* before this load */
	int64_t before;                 /* found by the run that was cut off */
	int64_t least; /* counted at Zoho, before and after; -1: unknown */
	bool filtered;
	bool goes_on;     /* behind the place of a run that was cut off, */
	bool was_whole;   /* whose pages showed whole records */
	struct err *said; /* why it is not whole */
};

/* Whether a module is this one of Books. */
bool load_is_books(const struct load *l, const char *resource);

/* Say how far it is. Status as db_call(). */
MUST_CHECK
enum status load_tell(struct load *l, struct err *err);

void load_init_list(struct load *l);

/* What the list shows. ST_NONE: Zoho does not say what fields there are. */
MUST_CHECK
enum status load_read_fields(struct load *l, struct err *err);

/* All pages from the place on; what they put is in the database. ST_NONE:
 * Zoho gave no more, or there is no time: l->said says why. */
MUST_CHECK
enum status load_go_through(struct load *l, struct err *err);

/* Ask Zoho how many there are: session->expected, -1 where it does not say. */
void load_count(struct load *l);

/* How many live here. Status as db_call(). */
MUST_CHECK
enum status
load_count_here(const struct load *l, int64_t *alive, struct err *err);

/*
 * All was looked at: is it all here? What changed meanwhile is brought first.
 * ST_NONE: it is not, l->said says why. Others: the database.
 */
MUST_CHECK
enum status load_prove(struct load *l, struct err *err);

#endif
