#include "change.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "body.h"
#include "date.h"
#include "form.h"
#include "json.h"

/* What holds for every change of one document. */
struct reading {
	struct change_list *list;
	const struct module_list *modules;
	const struct module *module; /* the route's, until the body says more */
	enum operation op;
	bool is_form; /* pairs chosen by an administrator: never whole */
	struct err *err;
};

/* The first of several keys that holds a scalar. */
static const char *
first_text(json_object *o, const char *const *keys)
{
	const char *text = NULL;

	for (; text == NULL && *keys != NULL; keys++)
		text = json_get_text(o, *keys);
	return text != NULL && *text != '\0' ? text : NULL;
}

static bool
set_id(struct change *c, const char *id)
{
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

static struct change *
add_change(struct reading *r)
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

static enum status
count_ok(const struct reading *r)
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
	const char *text = first_text(record, keys);
	struct err ignored = ERR_INIT;

	/* A time that cannot be read leaves the change thin: it is fetched. */
	c->timed = text != NULL &&
	    date_read_time(text, &c->time_us, &ignored) == ST_OK;
}

static enum status
read_record(struct reading *r, json_object *record)
{
	enum status st = count_ok(r);
	struct change *c;

	if (st != ST_OK)
		return st;
	c = add_change(r);
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
	{
		const char *keys[] = { c->module->id_field, "id", "entity_id",
			"record_id", NULL };

		if (!set_id(c, first_text(record, keys))) {
			c->problem = "the record has no id";
			return ST_OK;
		}
	}
	set_time(c, record);
	c->record = record;
	c->full = c->timed && !r->is_form && c->op != OP_DELETE &&
	    json_get(record, c->module->whole_field) != NULL;
	return ST_OK;
}

/* {"ids":[...],"module":"Leads","operation":"update","server_time":...} */
static enum status
read_notification(struct reading *r, json_object *o)
{
	json_object *ids = json_get(o, "ids");
	const char *resource = json_get_text(o, "module");
	json_object *sent = json_get(o, "server_time");
	enum status st = ST_OK;
	struct change *c;
	size_t i;

	r->list->is_notification = true;
	r->list->token = json_get_text(o, "token");
	r->list->channel = json_get_text(o, "channel_id");
	if (resource != NULL)
		r->module = module_by_resource(r->modules, SERVICE_CRM,
		    resource);
	for (i = 0; st == ST_OK && i < json_object_array_length(ids); i++) {
		st = count_ok(r);
		c = st == ST_OK ? add_change(r) : NULL;
		if (c == NULL)
			break;
		if (!set_id(c, json_text(json_object_array_get_idx(ids, i))))
			c->problem = "an id that is none";
		else if (c->module == NULL)
			c->problem = "no module in use has such records";
		c->timed = json_object_get_int64(sent) > 0;
		c->time_us = json_object_get_int64(sent) * 1000;
	}
	return st == ST_OK && i < json_object_array_length(ids)
	    ? err_memory(r->err)
	    : st;
}

static enum status
read_rows(struct reading *r, json_object *rows)
{
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < json_object_array_length(rows); i++)
		st = read_record(r, json_object_array_get_idx(rows, i));
	return st;
}

/* The record of a Books payload: its member with a known singular key. Sets
 * the module. An object that has the module's id is a record itself. */
static json_object *
find_entity(struct reading *r, json_object *o)
{
	const struct module *module;

	if (r->module != NULL &&
	    (r->module->service != SERVICE_BOOKS ||
		json_get(o, r->module->id_field) != NULL))
		return NULL;
	json_object_object_foreach(o, key, member)
	{
		if (!json_object_is_type(member, json_type_object))
			continue;
		module = module_by_entity(r->modules, key);
		if (module != NULL) {
			r->module = module;
			return member;
		}
	}
	return NULL;
}

/* What "operation", "event_type" and the like say, in the body. "Leads.edit"
 * and "invoice.update" name the module as well. */
static void
read_operation(struct reading *r, const char *word)
{
	const struct module *module;
	char prefix[EVENT_TYPE_MAX];
	size_t n;
	bool known;

	if (word == NULL)
		return;
	r->op = operation_read(word, &known);
	n = strcspn(word, "._");
	if (word[n] == '\0' || n >= sizeof(prefix))
		return;
	memcpy(prefix, word, n);
	prefix[n] = '\0';
	module = module_by_resource(r->modules, SERVICE_CRM, prefix);
	if (module == NULL)
		module = module_by_entity(r->modules, prefix);
	/* "contact.edit" on a CRM route is no reason to leave the CRM */
	if (module != NULL &&
	    (r->module == NULL || r->module->service == module->service))
		r->module = module;
}

static bool
is_test(json_object *o)
{
	static const char *const keys[] = { "event_type", "operation", "event",
		"type", NULL };
	json_object *flag = json_get(o, "test");
	size_t i;

	for (i = 0; keys[i] != NULL; i++)
		if (operation_is_test(json_get_text(o, keys[i])))
			return true;
	return json_object_is_type(flag, json_type_boolean) &&
	    json_object_get_boolean(flag);
}

/* Members of a wrapper that are no part of a bare record. */
static void
drop_wrapper_keys(json_object *o)
{
	json_object_object_del(o, "operation");
	json_object_object_del(o, "event_type");
}

static enum status
read_object(struct reading *r, json_object *o)
{
	static const char *const op_keys[] = { "operation", "event_type",
		"action", NULL };
	static const char *const module_keys[] = { "entity_type", "module",
		NULL };
	json_object *data = json_get(o, "data"), *inner;
	const char *named = first_text(o, module_keys);
	const struct module *module = NULL;

	if (!json_object_is_type(o, json_type_object))
		return read_record(r, o);
	if (is_test(o)) {
		r->list->is_test = true;
		return ST_OK;
	}
	read_operation(r, first_text(o, op_keys));
	if (json_object_is_type(json_get(o, "ids"), json_type_array))
		return read_notification(r, o);
	if (named != NULL)
		module = module_by_resource(r->modules, SERVICE_CRM, named);
	if (named != NULL && module == NULL)
		module = module_by_entity(r->modules, named);
	if (module != NULL &&
	    (r->module == NULL || r->module->service == module->service))
		r->module = module;
	if (json_object_is_type(data, json_type_array))
		return read_rows(r, data);
	if (json_object_is_type(data, json_type_object)) {
		inner = find_entity(r, data);
		return read_record(r, inner != NULL ? inner : data);
	}
	inner = find_entity(r, o);
	if (inner != NULL)
		return read_record(r, inner);
	drop_wrapper_keys(o);
	return read_record(r, o);
}

/* One object, or a list of them: [...] and {"notifications":[...]}. */
static enum status
read_document(struct reading *r, json_object *document)
{
	json_object *list = json_get(document, "notifications");
	const struct reading start = *r;
	enum status st = ST_OK;
	size_t i;

	if (json_object_is_type(document, json_type_array))
		list = document;
	if (!json_object_is_type(list, json_type_array))
		return read_object(r, document);
	for (i = 0; st == ST_OK && i < json_object_array_length(list); i++) {
		*r = start;
		st = read_object(r, json_object_array_get_idx(list, i));
	}
	return st;
}

/* What the administrator put into the address: ?operation=delete */
static enum status
read_query(struct reading *r, const char *query)
{
	static const char *const keys[] = { "operation", "event", "action",
		"event_type" };
	struct form pairs = FORM_INIT;
	enum status st;
	size_t i;

	st = form_read(&pairs, query, strlen(query), r->err);
	for (i = 0; st == ST_OK && i < ARRAY_LEN(keys); i++)
		read_operation(r, form_get(&pairs, keys[i]));
	form_release(&pairs);
	return st;
}

static void
name_event(struct change_list *list)
{
	const struct change *c = list->len > 0 ? &list->at[0] : NULL;
	const char *entity = "unknown";

	if (list->is_test) {
		(void)strcpy(list->event_type, "test");
		return;
	}
	if (c == NULL || c->module == NULL) {
		(void)strcpy(list->event_type, "unknown");
		return;
	}
	entity = c->module->service == SERVICE_CRM ? c->module->resource
						   : c->module->entity;
	(void)snprintf(list->event_type, sizeof(list->event_type), "%.*s.%s",
	    60, entity, operation_name(c->op));
	if (strncmp(list->event_type, "inventory_", 10) == 0)
		memmove(list->event_type + 9, list->event_type + 10,
		    strlen(list->event_type + 10) + 1);
}

static enum status
read_all(struct reading *r, const struct message *m)
{
	enum status st;
	struct change *c;

	st = read_query(r, m->query);
	if (st == ST_OK)
		st = body_read(m->content_type, m->body, m->body_len,
		    &r->list->document, &r->is_form, r->err);
	if (st == ST_OK)
		st = read_document(r, r->list->document);
	if (st == ST_OK && r->list->len == 0 && !r->list->is_test) {
		c = add_change(r);
		if (c == NULL)
			return err_memory(r->err);
		c->problem = "it names no record";
	}
	return st;
}

enum status
change_read(struct change_list *list, const struct module_list *modules,
    const struct message *m, struct err *err)
{
	struct reading r = { .list = list, .modules = modules,
		.module = m->module, .op = OP_UPDATE, .is_form = false,
		.err = err };
	enum status st;

	st = read_all(&r, m);
	name_event(list);
	return st;
}

void
change_list_release(struct change_list *list)
{
	free(list->at);
	json_object_put(list->document);
	list->at = NULL;
	list->len = 0;
	list->cap = 0;
	list->document = NULL;
}
