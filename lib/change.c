#include "change.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "body.h"
#include "form.h"
#include "json.h"
#include "record.h"

/* Milliseconds of the end of year 9999: no clock says more. */
#define LATEST_MS INT64_C(253402300799999)

static bool
same_text(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* A token proves the notifications that carry it, and nothing beside them. */
static void
note_proof(struct change_list *list, const char *token, const char *channel)
{
	if (list->is_notification &&
	    (!same_text(list->token, token) ||
		!same_text(list->channel, channel)))
		list->is_mixed = true;
	list->is_notification = true;
	list->token = token;
	list->channel = channel;
}

/* {"ids":[...],"module":"Leads","operation":"update","server_time":...} */
static enum status
read_notification(struct record_reading *r, json_object *o)
{
	json_object *ids = json_get(o, "ids");
	const char *resource = json_get_text(o, "module");
	int64_t sent_ms = json_object_get_int64(json_get(o, "server_time"));
	enum status st = ST_OK;
	struct change *c;
	size_t i;

	note_proof(r->list, json_get_text(o, "token"),
	    json_get_text(o, "channel_id"));
	if (resource != NULL)
		r->module = module_by_resource(r->modules, SERVICE_CRM,
		    resource);
	for (i = 0; st == ST_OK && i < json_object_array_length(ids); i++) {
		st = record_count(r);
		c = st == ST_OK ? record_add(r) : NULL;
		if (c == NULL)
			break;
		if (!record_set_id(c, json_object_array_get_idx(ids, i)))
			c->problem = "an id that is none";
		else if (c->module == NULL)
			c->problem = "no module in use has such records";
		c->timed = sent_ms > 0 && sent_ms <= LATEST_MS;
		c->time_us = c->timed ? sent_ms * 1000 : 0;
	}
	return st == ST_OK && i < json_object_array_length(ids)
	    ? err_memory(r->err)
	    : st;
}

static enum status
read_rows(struct record_reading *r, json_object *rows)
{
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < json_object_array_length(rows); i++)
		st = record_read(r, json_object_array_get_idx(rows, i));
	return st;
}

/* The record of a Books payload: its member with a known singular key. Sets
 * the module. An object that has the module's id is a record itself. */
static json_object *
find_entity(struct record_reading *r, json_object *o)
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
read_operation(struct record_reading *r, const char *word)
{
	const struct module *module;
	char prefix[EVENT_TYPE_MAX];
	size_t n;
	bool known;

	enum operation op;

	if (word == NULL)
		return;
	op = operation_read(word, &known);
	if (known || !r->op_known)
		r->op = op;
	r->op_known = r->op_known || known;
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
		NULL };
	const char *type = json_get_text(o, "type");
	json_object *flag = json_get(o, "test");
	size_t i;

	for (i = 0; keys[i] != NULL; i++)
		if (operation_is_test(json_get_text(o, keys[i])))
			return true;
	/* a record may be of a type called test */
	if (operation_is_test(type) && strcasecmp(type, "test") != 0)
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
read_object(struct record_reading *r, json_object *o)
{
	static const char *const op_keys[] = { "operation", "event_type",
		"action", NULL };
	static const char *const module_keys[] = { "entity_type", "module",
		NULL };
	json_object *data = json_get(o, "data"), *inner;
	const char *named = record_text(o, module_keys);
	const struct module *module = NULL;

	if (!json_object_is_type(o, json_type_object))
		return record_read(r, o);
	if (is_test(o)) {
		r->list->is_test = true;
		r->list->has_others = true;
		return ST_OK;
	}
	r->entity_id = json_get(o, "entity_id");
	read_operation(r, record_text(o, op_keys));
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
		return record_read(r, inner != NULL ? inner : data);
	}
	inner = find_entity(r, o);
	if (inner != NULL)
		return record_read(r, inner);
	drop_wrapper_keys(o);
	return record_read(r, o);
}

/* One object, or a list of them: [...] and {"notifications":[...]}. */
static enum status
read_document(struct record_reading *r, json_object *document)
{
	json_object *list = json_get(document, "notifications");
	const struct record_reading start = *r;
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
read_query(struct record_reading *r, const char *query)
{
	static const char *const keys[] = { "operation", "event", "action",
		"event_type" };
	struct form pairs = FORM_INIT;
	const struct form_pair *pair;
	enum status st;
	size_t i;

	st = form_read(&pairs, query, strlen(query), r->err);
	for (i = 0; st == ST_OK && i < ARRAY_LEN(keys); i++) {
		pair = form_get(&pairs, keys[i]);
		if (pair != NULL)
			read_operation(r, pair->value);
	}
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

/* The list's own document. */
static enum status
read_all(struct record_reading *r)
{
	struct change_list *list = r->list;
	enum status st = read_document(r, list->document);
	struct change *c;

	if (st == ST_OK && list->len == 0 && !list->is_test) {
		c = record_add(r);
		if (c == NULL)
			return err_memory(r->err);
		c->problem = "it names no record";
	}
	return st;
}

static void
sum_up(struct change_list *list)
{
	list->is_mixed = list->is_mixed ||
	    (list->is_notification && list->has_others);
	name_event(list);
}

enum status
change_read(struct change_list *list, const struct module_list *modules,
    const struct message *m, struct err *err)
{
	struct record_reading r = { .list = list,
		.modules = modules,
		.module = m->module,
		.op = OP_UPDATE,
		.err = err };
	enum status st = read_query(&r, m->query);

	if (st == ST_OK)
		st = body_read(m->content_type, m->body, m->body_len,
		    &list->document, &r.is_form, err);
	if (st == ST_OK)
		st = read_all(&r);
	sum_up(list);
	return st;
}

enum status
change_take(struct change_list *list, const struct module_list *modules,
    const struct module *module, json_object *document, struct err *err)
{
	struct record_reading r = { .list = list,
		.modules = modules,
		.module = module,
		.op = OP_UPDATE,
		.err = err };
	enum status st;

	list->document = document;
	st = read_all(&r);
	sum_up(list);
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
