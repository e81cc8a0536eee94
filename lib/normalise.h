/*
 * Bring one record into the form the mirror keeps (F092-F100).
 *
 * Field by field, by the kinds the registry (sync.field) gives: a field it
 * does not name stays as it is. A bad value costs only its field, never the
 * record: the field becomes null and a note says what it held and why.
 */
#ifndef NORMALISE_H
#define NORMALISE_H

#include <stdbool.h>
#include <stddef.h>
#include <json-c/json.h>

#include "buf.h"
#include "err.h"
#include "kind.h"
#include "note.h"

/* One row of sync.field. "name" may lead into rows or objects with a dot:
 * line_items.rate belongs to the rows of line_items. */
struct field {
	char *module;
	char *name;
	enum kind kind;
};

/* The fields of all modules, sorted by field_list_sort(). All zero is an
 * empty list. */
struct field_list {
	struct field *at;
	size_t len;
};

/* Copy a row into the list. KIND_COUNT, which kind_find() gives for a kind it
 * does not know, is kept as json; the caller logs it once. ST_FAULT: no
 * memory, or a name of more than 255 bytes. */
MUST_CHECK
enum status field_list_add(struct field_list *list, const char *module,
    const char *name, enum kind kind, struct err *err);
/* Sort by module and name; needed once after the last field_list_add(). */
void field_list_sort(struct field_list *list);
void field_list_release(struct field_list *list);

struct normalise_rules {
	const struct field_list *fields;
	struct kind_context context;
	const char *default_owner_email; /* or "" for none */
};

struct owner {
	const char *id, *name, *email; /* borrowed from the record, or NULL */
};

/*
 * Normalise "record" (an object) of "module" in place. "notes" gets a JSON
 * array text [{"field":"Phone","value":"...","reason":"..."}], or stays empty
 * where all was well; values are cut at 200 bytes, and NOTE_TEXT_MAX is room
 * enough (see note.h). "owner" is filled from the member Owner of a CRM
 * record, borrowed from "record", and all NULL for other records; where a CRM
 * record has none, the default owner is put in (F097) and its Owner has id and
 * name null. What jsonb would refuse is set aside as well, wherever it is: a
 * text that holds a NUL, a number of hundreds of digits or beyond 1e308. So
 * the result is always valid jsonb. A second run changes nothing more.
 * ST_REJECT  "notes" is too small
 * ST_FAULT   no memory, or "record" is no object
 */
MUST_CHECK
enum status normalise(const struct normalise_rules *rules, const char *module,
    json_object *record, struct buf *notes, struct owner *owner,
    struct err *err);

#endif
