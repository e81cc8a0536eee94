#include "fetch.h"

#include <stdlib.h>
#include <string.h>

#include "crm.h"
#include "date.h"
#include "fetch_own.h"
#include "json.h"
#include "log.h"
#include "rows.h"
#include "texts.h"

enum { ROUND_MAX = 400, COLUMN_BYTES = 1024 * 1024 };

static enum status
modules_in_use(const struct fetch *f, struct array *names, struct err *err)
{
	enum status st = ST_OK;
	size_t i;

	array_init(names, ARRAY_TEXT, COLUMN_BYTES);
	if (f->found_in != NULL)
		return array_text(names, f->found_in->name, err);
	for (i = 0; st == ST_OK && i < f->modules->len; i++)
		st = array_text(names, f->modules->at[i].name, err);
	return st;
}

static enum status
find_due(struct fetch *f, PGresult **res, struct err *err)
{
	struct array names;
	struct args a = ARGS_INIT;
	enum status st = modules_in_use(f, &names, err);

	args_array(&a, &names);
	args_i64(&a, ROUND_MAX);
	args_text(&a, f->found_in != NULL ? "true" : "false");
	if (st == ST_OK)
		st = db_call(f->db, SQL_FETCH_DUE, &a, res, err);
	array_release(&names);
	if (st == ST_OK && PQntuples(*res) == 0)
		return ST_NONE;
	return st;
}

/* ---- into the queue ---- */

/* Ids, seqs and hits of those whose turn it is. */
static enum status
add_keys(struct rows *keys, const struct want *w, struct err *err)
{
	enum status st = array_text(&keys->columns[0], w->id, err);

	if (st == ST_OK)
		st = array_i64(&keys->columns[1], w->seq, err);
	if (st == ST_OK)
		st = array_i32(&keys->columns[2], w->hits, err);
	return st;
}

void
fetch_wake_drain(struct db *db)
{
	struct err why = ERR_INIT;

	if (db_call(db, SQL_INTAKE_HINT, NULL, NULL, &why) != ST_OK)
		log_debug("fetch: no hint: %s", why.text);
}

/* One request in the making: {"operation":"restore","data":[...]} for the CRM,
 * {"operation":"update","item":{...}} for Books, as webhooks have it. */
struct request {
	struct fetch *fetch;
	const struct module *module;
	const char *operation;
	json_object *records; /* an array */
	struct rows keys;
	int64_t as_of_us;
};

/* Put a member into an object; it is taken over in any case. */
static enum status
add(json_object *o, const char *key, json_object *value, struct err *err)
{
	if (o != NULL && value != NULL &&
	    json_object_object_add(o, key, value) == 0)
		return ST_OK;
	json_object_put(value);
	return err_memory(err);
}

static enum status
wrap(const struct request *r, json_object **out, struct err *err)
{
	json_object *o = json_object_new_object();
	enum status st;

	*out = o;
	if (o == NULL)
		return err_memory(err);
	st = json_add_text(o, "operation", r->operation, strlen(r->operation),
	    err);
	if (st != ST_OK)
		return st;
	return r->module->service == SERVICE_CRM
	    ? add(o, "data", json_object_get(r->records), err)
	    : add(o, r->module->entity, json_object_get(json_at(r->records, 0)),
		  err);
}

static enum status
send(struct request *r, struct err *err)
{
	struct buf body = BUF_INIT(ZOHO_BYTES);
	json_object *document = NULL;
	enum status st = ST_OK;

	if (json_count(r->records) == 0)
		return ST_OK;
	st = wrap(r, &document, err);
	if (st == ST_OK)
		st = json_put(&body, document, err);
	if (st == ST_OK)
		st = fetch_put(r->fetch, r->module, r->operation, &body,
		    document, rows_count(&r->keys), r->as_of_us, &r->keys, err);
	else
		json_object_put(document);
	buf_release(&body);
	json_object_put(r->records);
	r->records = json_object_new_array();
	rows_clear(&r->keys);
	return st == ST_OK && r->records == NULL ? err_memory(err) : st;
}

/* Where Zoho gives no time of change, the moment it was asked stands in its
 * place: all that is mirrored has an order. */
static enum status
add_time(const struct module *module, const struct want *w, struct err *err)
{
	char time[DATE_TEXT_MAX];

	if (json_get(w->record, module->changed_field) != NULL)
		return ST_OK;
	date_put_time(w->as_of_us, time);
	return json_add_text(w->record, module->changed_field, time,
	    strlen(time), err);
}

/* What stands for it in the request. */
static enum status
record_of(const struct request *r, const struct want *w, json_object **out,
    struct err *err)
{
	enum status st;

	*out = w->gone ? json_object_new_object() : json_object_get(w->record);
	if (*out == NULL)
		return err_memory(err);
	st = w->gone ? json_add_text(*out, r->module->id_field, w->id,
			   strlen(w->id), err)
		     : add_time(r->module, w, err);
	return st;
}

static enum status
put_one(struct request *r, const struct want *w, struct err *err)
{
	json_object *record;
	enum status st = record_of(r, w, &record, err);

	if (st == ST_OK && json_object_array_add(r->records, record) != 0)
		st = err_memory(err);
	if (st != ST_OK) {
		json_object_put(record);
		return st;
	}
	st = add_keys(&r->keys, w, err);
	if (rows_count(&r->keys) == 1 || w->as_of_us < r->as_of_us)
		r->as_of_us = w->as_of_us;
	if (st == ST_OK && r->module->service == SERVICE_BOOKS)
		st = send(r, err);
	return st;
}

enum kind_of_answer {
	IS_NEITHER,
	IS_UPDATE,
	IS_RESTORE,
	IS_DELETE,
	IS_SETTLED
};

static enum kind_of_answer
what_came(const struct want *w)
{
	if (w->gone)
		return w->restored || w->unknown ? IS_SETTLED : IS_DELETE;
	if (w->record == NULL || w->torn)
		return IS_NEITHER;
	return w->restored ? IS_RESTORE : IS_UPDATE;
}

static enum status
request_init(struct request *r, struct err *err)
{
	static const enum array_type types[] = { ARRAY_TEXT, ARRAY_I64,
		ARRAY_I32 };

	rows_init(&r->keys, types, ARRAY_LEN(types), COLUMN_BYTES);
	r->records = json_object_new_array();
	return r->records != NULL ? ST_OK : err_memory(err);
}

static enum status
put_all(struct fetch *f, const struct module *module, enum kind_of_answer kind,
    const char *operation, const struct want *wants, size_t n, struct err *err)
{
	struct request r = {
		.fetch = f, .module = module, .operation = operation
	};
	enum status st = request_init(&r, err);
	size_t i;

	for (i = 0; st == ST_OK && i < n; i++)
		if (what_came(&wants[i]) == kind)
			st = put_one(&r, &wants[i], err);
	if (st == ST_OK)
		st = send(&r, err);
	rows_release(&r.keys);
	json_object_put(r.records);
	return st;
}

/* Deleted here, and in Zoho as well: nothing is to be done. */
static enum status
settle(struct fetch *f, const struct module *module, const struct want *wants,
    size_t n, struct err *err)
{
	struct request r = { .fetch = f };
	struct args a = ARGS_INIT;
	enum status st = request_init(&r, err);
	size_t i;

	for (i = 0; st == ST_OK && i < n; i++)
		if (what_came(&wants[i]) == IS_SETTLED)
			st = add_keys(&r.keys, &wants[i], err);
	args_text(&a, module->name);
	rows_args(&r.keys, &a);
	if (st == ST_OK && rows_count(&r.keys) > 0)
		st = db_call(f->db, SQL_FETCH_SETTLE, &a, NULL, err);
	rows_release(&r.keys);
	json_object_put(r.records);
	return st;
}

static enum status
put_off(struct fetch *f, const struct module *module, const struct want *wants,
    size_t n, struct err *err)
{
	struct array ids;
	struct args a = ARGS_INIT;
	enum status st = ST_OK;
	size_t i, failed = 0;

	array_init(&ids, ARRAY_TEXT, COLUMN_BYTES);
	for (i = 0; st == ST_OK && i < n; i++) {
		if (what_came(&wants[i]) != IS_NEITHER)
			continue;
		failed++;
		f->last = wants[i].err;
		st = array_text(&ids, wants[i].id, err);
	}
	args_text(&a, module->name);
	args_array(&a, &ids);
	args_text(&a, f->last.text);
	if (st == ST_OK && failed > 0)
		st = db_call(f->db, SQL_FETCH_LATER, &a, NULL, err);
	f->totals.failed += (int64_t)failed;
	array_release(&ids);
	return st;
}

/* ---- a round ---- */

static void
count(struct fetch *f, const struct want *wants, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		f->totals.gone += wants[i].gone;
		f->totals.fetched += what_came(&wants[i]) == IS_UPDATE ||
		    what_came(&wants[i]) == IS_RESTORE;
	}
}

static enum status
tell(struct fetch *f, const struct want *wants, size_t n, struct err *err)
{
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && f->told != NULL && i < n; i++)
		if (what_came(&wants[i]) != IS_NEITHER)
			st = f->told(f->arg, wants[i].id,
			    wants[i].gone ? NULL : wants[i].record, err);
	return st;
}

enum status
fetch_set(struct fetch *f, const struct module *module, struct want *wants,
    size_t n, struct err *err)
{
	enum status st = fetch_ask(f, module, wants, n, err);
	size_t i;

	if (st == ST_OK)
		st = put_all(f, module, IS_UPDATE, "update", wants, n, err);
	if (st == ST_OK)
		st = put_all(f, module, IS_RESTORE, "restore", wants, n, err);
	if (st == ST_OK)
		st = put_all(f, module, IS_DELETE, "delete", wants, n, err);
	for (i = 0; st == ST_OK && f->deleted != NULL && i < n; i++)
		if (what_came(&wants[i]) == IS_DELETE)
			st = array_text(f->deleted, wants[i].id, err);
	if (st == ST_OK)
		st = settle(f, module, wants, n, err);
	if (st == ST_OK)
		st = put_off(f, module, wants, n, err);
	if (st == ST_OK)
		fetch_wake_drain(f->db);
	if (st == ST_OK)
		count(f, wants, n);
	if (st == ST_OK)
		st = tell(f, wants, n, err);
	for (i = 0; i < n; i++)
		json_object_put(wants[i].record);
	return st;
}

enum status
fetch_round(struct fetch *fetch, struct err *err)
{
	struct want wants[CRM_IDS_MOST];
	const struct module *module = NULL;
	PGresult *res = NULL;
	/* what is on its way is due no more */
	enum status st = fetch->spot != NULL
	    ? fetch->spot->wait(fetch->spot, err)
	    : ST_OK;
	int row, rows;
	size_t n = 0;

	if (st == ST_OK)
		st = find_due(fetch, &res, err);
	rows = st == ST_OK ? PQntuples(res) : 0;
	if (st == ST_OK)
		module = module_by_name(fetch->modules, db_text(res, 0, 0));
	for (row = 0; st == ST_OK && module != NULL && row < rows; row++) {
		if (n == 0)
			memset(wants, 0, sizeof(wants));
		wants[n].id = db_text(res, row, 1);
		wants[n].seq = db_i64(res, row, 2);
		wants[n].hits = (int)db_i64(res, row, 3);
		wants[n].restored = strcmp(db_text(res, row, 4), "restored") ==
		    0;
		n++;
		if (n < CRM_IDS_MOST && row + 1 < rows)
			continue;
		st = fetch_set(fetch, module, wants, n, err);
		n = 0;
	}
	PQclear(res);
	return st;
}
