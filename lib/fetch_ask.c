#include <stdlib.h>
#include <string.h>

#include "crm.h"
#include "fetch_own.h"
#include "json.h"
#include "log.h"

enum { PATH_MAX_BYTES = 16 * 1024 };

/* One call under way, and what it is for. */
struct asked {
	struct zoho_call call;
	struct buf path;
	struct want *want; /* NULL: a group of fields of all of them */
};

static void
set_call(struct asked *a, const struct module *module)
{
	a->path.max = PATH_MAX_BYTES;
	a->call = zoho_usual_call(module->service, "GET");
}

static void
release(struct asked *asked, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		zoho_release(&asked[i].call);
		buf_release(&asked[i].path);
	}
	free(asked);
}

/* ---- groups of fields of many records ---- */

static struct want *
find(struct want *wants, size_t n, const char *id)
{
	size_t i;

	for (i = 0; id != NULL && i < n; i++)
		if (strcmp(wants[i].id, id) == 0)
			return &wants[i];
	return NULL;
}

static bool
same_member(json_object *a, json_object *b, const char *key)
{
	const char *one = json_get_text(a, key), *other = json_get_text(b, key);

	return one != NULL && other != NULL && strcmp(one, other) == 0;
}

/* Members of "part" that "whole" lacks. */
static enum status
join(json_object *whole, json_object *part, struct err *err)
{
	json_object_object_foreach(part, key, value)
	{
		if (json_object_object_get_ex(whole, key, NULL))
			continue;
		if (json_object_object_add(whole, key,
			json_object_get(value)) != 0) {
			json_object_put(value);
			return err_memory(err);
		}
	}
	return ST_OK;
}

static void
note_moment(struct want *w, const struct asked *a)
{
	int64_t as_of_us = zoho_as_of_us(&a->call);

	if (w->as_of_us == 0 || as_of_us < w->as_of_us)
		w->as_of_us = as_of_us;
}

static enum status
take_part(const struct module *module, struct want *w, json_object *part,
    struct err *err)
{
	w->parts++;
	if (w->record == NULL) {
		w->record = json_object_get(part);
		return ST_OK;
	}
	if (!same_member(w->record, part, module->changed_field))
		w->torn = true;
	return join(w->record, part, err);
}

static enum status
take_group(const struct module *module, struct want *wants, size_t n,
    const struct asked *a, struct err *err)
{
	json_object *data = answer_rows(a->call.document);
	enum status st = ST_OK;
	struct want *w;
	size_t i;

	for (i = 0; st == ST_OK && i < json_count(data); i++) {
		json_object *part = json_at(data, i);

		w = find(wants, n, json_get_text(part, module->id_field));
		if (w == NULL)
			continue;
		note_moment(w, a);
		st = take_part(module, w, part, err);
	}
	return st;
}

/* ---- one record ---- */

/* What Books calls it is not always known: it is what has the id. */
static json_object *
find_one(const struct module *module, json_object *document)
{
	json_object *data = json_get(document, "data");

	if (module->service == SERVICE_CRM)
		return json_at(data, 0);
	if (!json_object_is_type(document, json_type_object))
		return NULL;
	json_object_object_foreach(document, key, member)
	{
		(void)key;
		if (json_get(member, module->id_field) != NULL)
			return member;
	}
	return NULL;
}

static void
take_one(const struct module *module, const struct asked *a)
{
	json_object *o = find_one(module, a->call.document);
	struct want *w = a->want;

	json_object_put(w->record);
	w->record = NULL;
	w->torn = false;
	w->as_of_us = zoho_as_of_us(&a->call);
	if (json_object_is_type(o, json_type_object))
		w->record = json_object_get(o);
	else
		(void)err_class(&w->err, ST_RETRY, "zoho",
		    "the answer holds no record");
}

/* ---- a set of calls ---- */

static enum status
take(const struct module *module, struct want *wants, size_t n,
    const struct asked *a, struct err *err)
{
	size_t i;

	switch (a->call.said.is) {
	case ANSWER_DATA:
		if (a->want == NULL)
			return take_group(module, wants, n, a, err);
		take_one(module, a);
		return ST_OK;
	case ANSWER_NONE:
	case ANSWER_GONE:
		if (a->want != NULL) {
			a->want->gone = true;
			a->want->as_of_us = zoho_as_of_us(&a->call);
		}
		return ST_OK;
	default:
		for (i = 0; i < n; i++)
			if (a->want == NULL || a->want == &wants[i])
				wants[i].err = a->call.err;
		return ST_OK;
	}
}

static enum status
exchange(struct fetch *f, const struct module *module, struct want *wants,
    size_t n, struct asked *asked, size_t calls, struct err *err)
{
	struct zoho_call *done;
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < calls; i++) {
		asked[i].call.path = buf_text(&asked[i].path);
		st = zoho_start(f->zoho, &asked[i].call, err);
	}
	while (st == ST_OK) {
		st = zoho_next(f->zoho, &done, err);
		for (i = 0; st == ST_OK && i < calls; i++)
			if (done == &asked[i].call)
				st = take(module, wants, n, &asked[i], err);
	}
	if (st == ST_NONE)
		return ST_OK;
	zoho_drop(f->zoho);
	return st;
}

static size_t
groups_of(size_t len, size_t most)
{
	return (len + most - 1) / most;
}

static size_t
groups_of_all(const struct crm_fields *fields)
{
	return groups_of(fields->usual.len, CRM_GROUP_MOST) +
	    groups_of(fields->texts.len, CRM_TEXTS_MOST);
}

static enum status
ask_groups(struct fetch *f, const struct module *module,
    const struct crm_fields *fields, struct want *wants, size_t n,
    struct err *err)
{
	const size_t usual = groups_of(fields->usual.len, CRM_GROUP_MOST),
		     groups = groups_of_all(fields);
	const char *ids[CRM_IDS_MOST];
	struct asked *asked = calloc(groups, sizeof(*asked));
	enum status st = ST_OK;
	size_t i;

	if (asked == NULL)
		return err_memory(err);
	for (i = 0; i < n; i++)
		ids[i] = wants[i].id;
	for (i = 0; st == ST_OK && i < groups; i++) {
		set_call(&asked[i], module);
		st = i < usual ? crm_ids_path(&asked[i].path, module, ids, n,
				     fields, i * CRM_GROUP_MOST, err)
			       : crm_texts_path(&asked[i].path, module, ids, n,
				     fields, (i - usual) * CRM_TEXTS_MOST, err);
	}
	if (st == ST_OK)
		st = exchange(f, module, wants, n, asked, groups, err);
	for (i = 0; st == ST_OK && i < n; i++)
		if (wants[i].record != NULL && wants[i].parts < groups)
			wants[i].torn = true;
	release(asked, groups);
	return st;
}

/* All in one call, where Books has one that reads many (zoho-api.md 3.2): a
 * record it leaves out is asked for by itself. */
static enum status
ask_many(struct fetch *f, const struct module *module, struct want *wants,
    size_t n, struct err *err)
{
	struct asked *asked = calloc(1, sizeof(*asked));
	enum status st;
	size_t i;

	if (asked == NULL)
		return err_memory(err);
	set_call(asked, module);
	st = buf_printf(&asked->path, err, "/books/v3/%s", module->many_path);
	for (i = 0; st == ST_OK && i < n; i++)
		st = buf_printf(&asked->path, err, "%s%s", i > 0 ? "," : "",
		    wants[i].id);
	if (st == ST_OK)
		st = exchange(f, module, wants, n, asked, 1, err);
	release(asked, 1);
	return st;
}

/* Those that did not come whole, each by itself. */
static enum status
ask_each(struct fetch *f, const struct module *module, struct want *wants,
    size_t n, struct err *err)
{
	struct asked *asked = calloc(n, sizeof(*asked));
	enum status st = ST_OK;
	size_t i, calls = 0;

	if (asked == NULL)
		return err_memory(err);
	for (i = 0; st == ST_OK && i < n; i++) {
		struct asked *a = &asked[calls];

		if ((wants[i].record != NULL && !wants[i].torn) ||
		    wants[i].err.text[0] != '\0')
			continue;
		set_call(a, module);
		a->want = &wants[i];
		st = module->service == SERVICE_CRM
		    ? crm_one_path(&a->path, module, wants[i].id, err)
		    : buf_printf(&a->path, err, "/books/v3/%s/%s",
			  module->resource, wants[i].id);
		calls++;
	}
	if (st == ST_OK)
		st = exchange(f, module, wants, n, asked, calls, err);
	release(asked, calls);
	return st;
}

enum status
fetch_ask(struct fetch *f, const struct module *module, struct want *wants,
    size_t n, struct err *err)
{
	struct crm_fields fields = { .timed = false };
	struct err unread = ERR_INIT;
	enum status st = ST_OK;
	size_t groups;

	/* Without them each record is asked for by itself, which needs none. */
	if (module->service == SERVICE_CRM && n > 1 &&
	    crm_fields_read(f->zoho, f->db, module, &fields, &unread) != ST_OK)
		log_warn("fetch: fields of %s: %s", module->name, unread.text);
	groups = groups_of_all(&fields);
	if (module->many_path != NULL && n > 1)
		st = ask_many(f, module, wants, n, err);
	else if (groups > 0 && groups < n && !fields.has_rows)
		st = ask_groups(f, module, &fields, wants, n, err);
	crm_fields_release(&fields);
	if (st == ST_OK)
		st = ask_each(f, module, wants, n, err);
	return st;
}
