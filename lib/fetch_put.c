/* What came from Zoho goes into inbox and queue, and on the spot further. */
#include <string.h>

#include "date.h"
#include "fetch.h"
#include "log.h"
#include "rows.h"
#include "texts.h"

/* What is kept, and where it stands in the queue. */
struct keeping {
	struct fetch *fetch;
	const struct module *module;
	const char *operation;
	const struct buf *body;
	int n;
	int64_t as_of_us;
	const struct rows *keys;
	struct buf event;
	struct waiting made;
};

static enum status
keep(struct keeping *k, struct err *err)
{
	static const enum array_type types[] = { ARRAY_TEXT, ARRAY_I64,
		ARRAY_I32 };
	struct rows none;
	struct args a = ARGS_INIT;
	char as_of[DATE_TEXT_MAX];
	PGresult *res = NULL;
	enum status st;

	rows_init(&none, types, ARRAY_LEN(types), KIB);
	date_put_time(k->as_of_us, as_of);
	args_text(&a, k->module->name);
	args_text(&a, k->module->route);
	args_text(&a, k->operation);
	args_text(&a, buf_text(&k->event));
	args_i64(&a, k->n);
	args_bytes(&a, k->body->at, k->body->len);
	args_text(&a, k->fetch->origin);
	args_text(&a, as_of);
	rows_args(k->keys != NULL ? k->keys : &none, &a);
	st = db_call(k->fetch->db, SQL_FETCH_KEEP, &a, &res, err);
	if (st == ST_OK) {
		k->made.seq = db_i64(res, 0, 0);
		k->made.received_us = db_time(res, 0, 1);
	}
	PQclear(res);
	rows_release(&none);
	return st;
}

static enum status
keep_and_apply(struct keeping *k, struct err *err)
{
	struct db *db = k->fetch->db;
	struct err undone = ERR_INIT;
	struct queue_totals totals;
	enum status st = db_command(db, "begin", err);

	if (st == ST_OK)
		st = keep(k, err);
	k->made.known_us = k->as_of_us;
	k->made.finished = "";
	k->made.event_type = buf_text(&k->event);
	k->made.route = k->module->route;
	k->made.query = "";
	k->made.content_type = "application/json";
	k->made.origin = k->fetch->origin;
	k->made.body = k->body->at;
	k->made.body_len = k->body->len;
	if (st == ST_OK)
		st = k->fetch->spot->apply(k->fetch->spot, &k->made, &totals,
		    err);
	if (st == ST_OK)
		st = db_command(db, "commit", err);
	if (st == ST_OK)
		queue_totals_add(&k->fetch->spot->totals, &totals);
	else if (!db_is_lost(db) &&
	    db_command(db, "rollback", &undone) != ST_OK)
		log_warn("rollback: %s", undone.text);
	return st;
}

enum status
fetch_put(struct fetch *fetch, const struct module *module,
    const char *operation, const struct buf *body, int n, int64_t as_of_us,
    const struct rows *keys, struct err *err)
{
	struct keeping k = { .fetch = fetch,
		.module = module,
		.operation = operation,
		.body = body,
		.n = n,
		.as_of_us = as_of_us,
		.keys = keys,
		.event = BUF_INIT(KIB) };
	enum status st = buf_printf(&k.event, err, "%s.%s",
	    module->entity != NULL ? module->entity : module->resource,
	    operation);

	if (st == ST_OK && fetch->spot != NULL) {
		st = keep_and_apply(&k, err);
		if (st != ST_OK && !db_is_lost(fetch->db)) {
			log_warn("%s: left to a drain: %s", module->name,
			    err->text);
			st = keep(&k, err);
		}
	} else if (st == ST_OK) {
		st = keep(&k, err);
	}
	if (st == ST_OK && fetch->seqs != NULL)
		st = array_i64(fetch->seqs, k.made.seq, err);
	buf_release(&k.event);
	return st;
}
