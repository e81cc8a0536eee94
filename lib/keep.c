#include "keep.h"

#include <string.h>

#include "date.h"
#include "texts.h"

static const enum array_type types[] = { ARRAY_TEXT, ARRAY_I64, ARRAY_I32 };

enum status
keep_init(struct keeping *keeping, struct buf *body, struct rows *keys,
    struct err *err)
{
	const struct module *m = keeping->module;
	struct buf event = BUF_INIT(KIB), none = BUF_INIT(body->max);

	keeping->body = *body;
	*body = none;
	keeping->event = event;
	rows_init(&keeping->keys, types, ARRAY_LEN(types), KIB);
	if (keys != NULL) {
		const struct rows empty = keeping->keys;

		keeping->keys = *keys;
		*keys = empty;
	}
	return buf_printf(&keeping->event, err, "%s.%s",
	    m->entity != NULL ? m->entity : m->resource, keeping->operation);
}

void
keep_release(struct keeping *keeping)
{
	buf_release(&keeping->body);
	buf_release(&keeping->event);
	rows_release(&keeping->keys);
	json_object_put(keeping->document);
}

enum status
keep_store(struct db *db, struct keeping *keeping, struct err *err)
{
	const struct keeping *k = keeping;
	struct args a = ARGS_INIT;
	char as_of[DATE_TEXT_MAX];
	PGresult *res = NULL;
	enum status st;

	date_put_time(k->as_of_us, as_of);
	args_text(&a, k->module->name);
	args_text(&a, k->module->route);
	args_text(&a, k->operation);
	args_text(&a, buf_text(&k->event));
	args_i64(&a, k->n);
	args_bytes(&a, k->body.at, k->body.len);
	args_text(&a, k->origin);
	args_text(&a, as_of);
	rows_args(&k->keys, &a);
	st = db_call(db, SQL_FETCH_KEEP, &a, &res, err);
	if (st == ST_OK) {
		keeping->seq = db_i64(res, 0, 0);
		keeping->received_us = db_time(res, 0, 1);
	}
	PQclear(res);
	return st;
}
