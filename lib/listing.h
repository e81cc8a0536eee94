/*
 * Lists of records, page by page, as Zoho gives them (zoho-api.md 2.2, 2.4,
 * 3.1, 3.3): what changed since a time, the newest first; all ids; what was
 * deleted. What a row means is the caller's.
 *
 * A list of the CRM ends at 100,000 records; from there on they are queried
 * (COQL) from the last one that was seen, id and time of change alone.
 */
#ifndef LISTING_H
#define LISTING_H

#include <stdbool.h>
#include <stdint.h>
#include <json-c/json.h>

#include "crm.h"
#include "module.h"
#include "zoho.h"

enum listing_kind {
	LISTING_CHANGED, /* the newest first */
	LISTING_ALL,     /* in the order of their ids, where there is one */
	LISTING_DELETED  /* of a CRM module: id and deleted_time */
};

enum { LISTING_TOKEN_MAX = 512, LISTING_PAGE = 200, LISTING_ID_MAX = 24 };

/* All zero but for what the caller fills in: the first part. */
struct listing {
	struct zoho *zoho;
	const struct module *module;
	enum listing_kind kind;
	/* Of a CRM module: these fields, up to CRM_GROUP_MOST; NULL for id and
	 * time of change alone. */
	const struct crm_fields *fields;
	bool timed;       /* the module has a time of change */
	int64_t since_us; /* 0: everything. Books has no such filter */
	int per_page;     /* 0: LISTING_PAGE, which is the most there is */
	bool active_only; /* of Books: what is in use */

	int64_t as_of_us;  /* when the first page was answered, by its clock */
	json_object *rows; /* of the page in hand; borrowed */
	bool queried;      /* it is a query's: id and time of change alone */
	/* the listing's */
	struct zoho_call call;
	struct buf path;
	char since[128];
	char token[LISTING_TOKEN_MAX];
	char last_id[LISTING_ID_MAX];
	int64_t last_us; /* 0: no time */
	int page;
	bool querying, ended;
};

/*
 * The next page: "rows" holds one record or more until the next call.
 * ST_NONE   there are no more
 * others    as zoho_ask(); ST_RETRY also where Zoho has forgotten the place:
 *           begin anew
 */
MUST_CHECK
enum status listing_next(struct listing *listing, struct err *err);
void listing_close(struct listing *listing);

/*
 * Where it goes on behind the page in hand, for another listing of the same
 * kind, module, fields and filters: a JSON object, appended. The CRM knows its
 * places for a day (zoho-api.md 2.2).
 */
MUST_CHECK
enum status
listing_put_place(const struct listing *l, struct buf *out, struct err *err);
/* Go on there. ST_REJECT: it is none, or too old: begin anew. */
MUST_CHECK
enum status
listing_set_place(struct listing *l, json_object *place, struct err *err);

/* How many records a module has, converted ones and, unless "active_only",
 * those not in use included. Status as zoho_ask(); ST_REJECT: Books does not
 * say. */
MUST_CHECK
enum status listing_count(struct zoho *zoho, const struct module *module,
    bool active_only, int64_t *out, struct err *err);

#endif
