/*
 * Records as a list of Zoho shows them, page by page, against what stands
 * here. What is new or newer is put into the queue where the list has all of
 * a record, and wanted from Zoho (sync.fetch) where it has not. What a list
 * lacks is another's concern.
 */
#ifndef COMPARE_H
#define COMPARE_H

#include <stdbool.h>
#include <stdint.h>
#include <json-c/json.h>

#include "buf.h"
#include "fetch.h"
#include "listing.h"
#include "module.h"
#include "normalise.h"
#include "rows.h"

/* All zero but for the first part, which the caller fills in and may change
 * between pages. */
struct compare {
	struct fetch *fetch; /* puts */
	const struct module *module;
	const struct normalise_rules *rules;
	bool whole; /* the list shows all of a record */
	bool bare;  /* compare ids and times of change alone */
	bool prove; /* ask for what may have been edited once more within the
		     * second of what stands here */
	bool keep;  /* false: only look */
	int64_t as_of_us;  /* when Zoho began to answer, by its clock */
	struct array *ids; /* unless NULL, gets all that are listed */

	int64_t found, differing; /* they add up */
	int put;                  /* of the last page, into the queue */
	int64_t oldest_us;        /* of those with a time; INT64_MAX for none */
	bool sorted;              /* the newest came first, in all pages */
	/* the comparison's */
	struct rows rows;
	struct buf raw; /* each as Zoho gave it, one after the other */
	size_t at[LISTING_PAGE + 1];
	size_t place[LISTING_PAGE]; /* in the list */
	int len;
};

/* Set up what is its own. Give back with compare_close(). */
void compare_open(struct compare *compare);
void compare_close(struct compare *compare);

/*
 * One page. The records are normalised in place, unless it is bare. Status as
 * db_call() and normalise().
 */
MUST_CHECK
enum status
compare_page(struct compare *compare, json_object *records, struct err *err);

#endif
