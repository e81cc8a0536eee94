/*
 * Backfill: all that Zoho has of a module, brought here for the first time or
 * once more. Records go the one way of all changes, inbox, mirror and outcome,
 * but on the spot (spot.h), so that webhooks do not stand behind them; of what
 * is here already only ids and times are compared. In the end reconcile brings
 * what changed meanwhile, and counts are compared.
 *
 * A load that was cut off goes on where it was, whoever starts it next with
 * the same options.
 */
#ifndef BACKFILL_H
#define BACKFILL_H

#include <stdbool.h>
#include <stdint.h>

#include "reconcile.h"
#include "settings.h"
#include "spot.h"

/* What is looked at (features F196 to F201). All zero is everything. */
struct backfill_filter {
	int64_t since_us;     /* changed since */
	bool active_only;     /* of Books' items and contacts: those in use */
	bool with_stock_only; /* of Books' items: those in stock */
	bool images;          /* of Books' items: also whose image changed */
};

struct backfill {
	struct reconcile reconcile; /* its db, zoho, modules, rules, initiator,
				     * deadline and keep are used here, too */
	struct spot *spot;
	struct backfill_filter filter;
	int batch_size; /* records in a page, 1 to LISTING_PAGE; 0: the most */
	bool anew;      /* from the beginning, even where one was cut off */
	/* Told after each page. "expected" is -1 where nobody knows. */
	void (*progress)(void *arg, const struct module *module,
	    const struct session *session);
	void *progress_arg;
};

/* Whether the filter says anything to this module; what it does not know is
 * no reason to leave it out. */
bool backfill_is_filtered(const struct backfill_filter *filter,
    const struct module *module);

/*
 * One module, with its session. "*end" says how it went and "said" why it was
 * not whole; the others can go on.
 * ST_RETRY, ST_FAULT  the database or this machine fails: nothing can go on
 */
MUST_CHECK
enum status backfill_module(struct backfill *backfill,
    const struct module *module, struct session *session, enum session_end *end,
    struct err *said, struct err *err);

#endif
