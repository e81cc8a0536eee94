/*
 * One record of a document becomes one change. What change.c is made of;
 * nobody else calls it.
 */
#ifndef RECORD_H
#define RECORD_H

#include "change.h"

/* What holds for every change of one document. */
struct record_reading {
	struct change_list *list;
	const struct module_list *modules;
	const struct module *module; /* the route's, until the body says more */
	enum operation op;
	bool op_known;          /* some word said so */
	json_object *entity_id; /* of an envelope, for a record without an id */
	bool is_form; /* pairs chosen by an administrator: never whole */
	struct err *err;
};

/* The first of several keys that holds a scalar and is not empty, or NULL.
 * Borrowed. */
const char *record_text(json_object *o, const char *const *keys);

/* Whether one more change is allowed. ST_REJECT: CHANGE_MAX is reached. */
MUST_CHECK
enum status record_count(const struct record_reading *r);

/* A new change of the module and operation in hand; NULL: no memory. */
struct change *record_add(struct record_reading *r);

/* Set the id from a text or a whole number; false where it is none. */
bool record_set_id(struct change *c, json_object *value);

/* Read one record, which may be no object at all: the change says so. */
MUST_CHECK
enum status record_read(struct record_reading *r, json_object *record);

#endif
