#include "record.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "date.h"
#include "json.h"

/* The first of several keys that holds a scalar and is not empty. */
const char *
record_text(json_object *o, const char *const *keys)
{
	const char *text;

	for (; *keys != NULL; keys++) {
		text = json_get_text(o, *keys);
		if (text != NULL && *text != '\0')
			return text;
	}
	return NULL;
}

/* The text of what may be an id: a string without a NUL, or a whole number.
 * json-c would hand over a text cut at its NUL, and "true" for true. */
static const char *
id_text(json_object *o)
{
	const char *text = json_text(o);

	if (text == NULL || json_object_is_type(o, json_type_boolean) ||
	    json_has_nul(o))
		return NULL;
	if (json_object_is_type(o, json_type_double) &&
	    strspn(text, "0123456789") != strlen(text))
		return NULL;
	return text;
}

bool
record_set_id(struct change *c, json_object *value)
{
	const char *id = id_text(value);
	size_t i;

	if (id == NULL)
		return false;
	for (i = 0; id[i] != '\0'; i++)
		if (i >= CHANGE_ID_MAX ||
		    (!isalnum((unsigned char)id[i]) && id[i] != '_' &&
			id[i] != '-'))
			return false;
	if (i == 0)
		return false;
	memcpy(c->id, id, i + 1);
	return true;
}

struct change *
record_add(struct record_reading *r)
{
	struct change_list *list = r->list;
	struct change *grown, *c;
	size_t cap;

	if (list->len == list->cap) {
		cap = list->cap > 0 ? 2 * list->cap : 4;
		grown = realloc(list->at, cap * sizeof(*grown));
		if (grown == NULL)
			return NULL;
		list->at = grown;
		list->cap = cap;
	}
	c = &list->at[list->len];
	memset(c, 0, sizeof(*c));
	c->module = r->module;
	c->op = r->op;
	list->len++;
	return c;
}

enum status
record_count(const struct record_reading *r)
{
	if (r->list->len < CHANGE_MAX)
		return ST_OK;
	return err_class(r->err, ST_REJECT, "too_large",
	    "more than %d records in one request", CHANGE_MAX);
}

/* Modified time under whichever name it came. */
static void
set_time(struct change *c, json_object *record)
{
	const char *keys[] = { c->module->changed_field, "Modified_Time",
		"last_modified_time", "updated_time", NULL };
	const char *text = record_text(record, keys);
	struct err ignored = ERR_INIT;

	/* A time that cannot be read leaves the change thin: it is fetched. */
	c->timed = text != NULL &&
	    date_read_time(text, &c->time_us, &ignored) == ST_OK;
}

/* The record's own id, else the one its envelope names. */
static json_object *
find_id(const struct record_reading *r, const struct module *module,
    json_object *record)
{
	const char *keys[] = { module->id_field, "id", "entity_id",
		"record_id" };
	json_object *value;
	const char *text;
	size_t i;

	for (i = 0; i < ARRAY_LEN(keys); i++) {
		value = json_get(record, keys[i]);
		text = json_text(value);
		if (value != NULL && (text == NULL || *text != '\0'))
			return value;
	}
	return r->entity_id;
}

enum status
record_read(struct record_reading *r, json_object *record)
{
	enum status st = record_count(r);
	struct change *c;

	r->list->has_others = true;
	if (st != ST_OK)
		return st;
	c = record_add(r);
	if (c == NULL)
		return err_memory(r->err);
	if (!json_object_is_type(record, json_type_object)) {
		c->problem = "not an object";
		return ST_OK;
	}
	if (c->module == NULL) {
		c->problem = "no module in use has such records";
		return ST_OK;
	}
	if (!record_set_id(c, find_id(r, c->module, record))) {
		c->problem = "the record has no id";
		return ST_OK;
	}
	set_time(c, record);
	c->record = record;
	c->full = c->timed && !r->is_form && c->op != OP_DELETE &&
	    json_get(record, c->module->whole_field) != NULL;
	return ST_OK;
}
