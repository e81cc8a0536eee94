/*
 * What a request says happened: body in, changes out.
 *
 * The receiver reads a body to name it, the drain reads the same bytes again
 * to apply it, both with change_read(), so they never disagree. All shapes of
 * zoho-api.md section 4 are known: CRM notification, wrapper with "data",
 * Books default payload, event envelope, form (with JSONString or plain
 * pairs), bare record, and lists of any of them.
 */
#ifndef CHANGE_H
#define CHANGE_H

#include <stdbool.h>
#include <stdint.h>
#include <json-c/json.h>

#include "err.h"
#include "module.h"
#include "operation.h"

enum { CHANGE_ID_MAX = 64, CHANGE_MAX = 5000, EVENT_TYPE_MAX = 80 };

/*
 * One thing that happened to one record.
 *
 * full   "record" holds all of it and its modified time: it can be applied
 * thin   "record" is NULL or incomplete: it only announces
 *
 * "timed" says that "time_us" is known: the modified time of the record, or
 * when Zoho sent the announcement. A change that names no record has an
 * empty id and says why in "problem".
 */
struct change {
	const struct module *module; /* NULL: not a module in use here */
	enum operation op;
	char id[CHANGE_ID_MAX + 1];
	bool timed;
	int64_t time_us; /* microseconds since 1970-01-01 UTC */
	bool full;
	json_object *record; /* borrowed from the document, or NULL */
	const char *problem; /* a literal, or NULL */
};

struct change_list {
	struct change *at;
	size_t len;
	size_t cap;
	bool is_test;         /* a test event of Zoho's or ours (F016) */
	bool is_notification; /* CRM's, proven by its token and channel */
	bool has_others;      /* holds what is no notification */
	bool is_mixed; /* its notifications differ in token or channel, or have
			* something else beside them: one token cannot prove it
			*/
	const char *token;   /* of a notification; borrowed, may be NULL */
	const char *channel; /* likewise */
	char event_type[EVENT_TYPE_MAX]; /* invoice.update, Leads.delete */
	json_object *document;           /* owns what the changes borrow */
};

#define CHANGE_LIST_INIT             \
	{                            \
		.at = NULL, .len = 0 \
	}

/* A body and what came with it. Borrowed. */
struct message {
	const struct module *module; /* the route's, or NULL */
	const char *query;
	const char *content_type;
	const char *body;
	size_t body_len;
};

/*
 * Read "m" into an empty list, which the caller releases whatever is
 * returned. A valid document of unknown shape is one change without an id, so
 * that it is kept and shown to a person.
 * ST_REJECT  neither JSON nor a form, empty, or more than CHANGE_MAX changes
 */
MUST_CHECK
enum status
change_read(struct change_list *list, const struct module_list *modules,
    const struct message *m, struct err *err);

/* The same of a document that was read already; it is taken over. */
MUST_CHECK
enum status
change_take(struct change_list *list, const struct module_list *modules,
    const struct module *module, json_object *document, struct err *err);

void change_list_release(struct change_list *list);

#endif
