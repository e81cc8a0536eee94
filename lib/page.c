#include "page.h"

#include <string.h>

#include "date.h"
#include "json.h"
#include "texts.h"

enum { COLUMN_BYTES = 64 * 1024 * 1024, NO_TIME = 0 };
enum { COL_ID, COL_TIME, COL_DOC, COLS };

void
page_open(struct page *page)
{
	static const enum array_type types[COLS] = { ARRAY_TEXT, ARRAY_TIME,
		ARRAY_JSONB };

	page->raw.max = COLUMN_BYTES;
	page->sorted = true;
	page->oldest_us = INT64_MAX;
	rows_init(&page->rows, types, COLS, COLUMN_BYTES);
}

void
page_close(struct page *page)
{
	rows_release(&page->rows);
	buf_release(&page->raw);
}

static bool
time_of(const struct module *module, json_object *row, int64_t *us)
{
	struct err none = ERR_INIT;
	const char *text = json_get_text(row, module->changed_field);

	return text != NULL && date_read_time(text, us, &none) == ST_OK;
}

/* As it would be mirrored. */
static enum status
add_document(struct page *p, json_object *row, struct err *err)
{
	struct buf notes = BUF_INIT(MIB), doc = BUF_INIT(COLUMN_BYTES);
	struct owner owner;
	enum status st = normalise(p->rules, p->module->name, row, &notes,
	    &owner, err);

	if (st == ST_OK)
		st = json_put(&doc, row, err);
	if (st == ST_OK)
		st = array_bytes(&p->rows.columns[COL_DOC], doc.at, doc.len,
		    err);
	buf_release(&doc);
	buf_release(&notes);
	return st;
}

static enum status
add_row(struct page *p, json_object *row, struct err *err)
{
	const char *id = json_get_text(row, p->module->id_field);
	int64_t us = NO_TIME;
	bool timed = time_of(p->module, row, &us);
	enum status st;

	if (id == NULL || p->len == LISTING_PAGE)
		return ST_OK;
	if (timed && us > p->oldest_us)
		p->sorted = false;
	if (timed)
		p->oldest_us = us;
	p->at[p->len++] = p->raw.len;
	st = array_text(&p->rows.columns[COL_ID], id, err);
	if (st == ST_OK && p->ids != NULL)
		st = array_text(p->ids, id, err);
	if (st == ST_OK)
		st = timed ? array_time(&p->rows.columns[COL_TIME], us, err)
			   : array_null(&p->rows.columns[COL_TIME], err);
	if (st == ST_OK)
		st = json_put(&p->raw, row, err);
	p->at[p->len] = p->raw.len;
	if (st != ST_OK)
		return st;
	return p->bare ? array_null(&p->rows.columns[COL_DOC], err)
		       : add_document(p, row, err);
}

static enum status
read_rows(struct page *p, json_object *list, struct err *err)
{
	enum status st = ST_OK;
	size_t i;

	rows_clear(&p->rows);
	buf_clear(&p->raw);
	p->len = 0;
	for (i = 0; st == ST_OK && i < json_count(list); i++)
		st = add_row(p, json_at(list, i), err);
	return st;
}

/* ---- what is done with them ---- */

static enum status
compare(struct page *p, PGresult **res, struct err *err)
{
	struct args a = ARGS_INIT;
	char as_of[DATE_TEXT_MAX];

	date_put_time(p->as_of_us, as_of);
	args_text(&a, p->module->name);
	rows_args(&p->rows, &a);
	args_text(&a, p->whole ? "true" : "false");
	args_text(&a, as_of);
	args_text(&a, p->keep ? "true" : "false");
	args_text(&a, p->prove ? "true" : "false");
	return db_call(p->fetch->db, SQL_RECONCILE_COMPARE, &a, res, err);
}

static enum status
put_row(struct page *p, struct buf *body, int n, struct err *err)
{
	enum status st = buf_puts(body,
	    body->len > 0 ? "," : "{\"operation\":\"update\",\"data\":[", err);

	if (st == ST_OK)
		st = buf_put(body, p->raw.at + p->at[n],
		    p->at[n + 1] - p->at[n], err);
	return st;
}

static enum status
take_verdicts(struct page *p, const PGresult *res, struct err *err)
{
	struct buf body = BUF_INIT(COLUMN_BYTES);
	enum status st = ST_OK;
	int i, put = 0;

	for (i = 0; st == ST_OK && i < PQntuples(res); i++) {
		const char *verdict = db_text(res, i, 1);

		if (strcmp(verdict, "same") == 0)
			continue;
		p->differing++;
		/* one that was restored is asked for, lest it be gone again */
		if (!p->whole || strcmp(verdict, "restored") == 0)
			continue;
		st = put_row(p, &body, (int)db_i64(res, i, 0) - 1, err);
		put++;
	}
	if (st == ST_OK && put > 0 && p->keep)
		st = buf_puts(&body, "]}", err);
	if (st == ST_OK && put > 0 && p->keep)
		st = fetch_put(p->fetch, p->module, "update", &body, put,
		    p->as_of_us, NULL, err);
	buf_release(&body);
	return st;
}

enum status
page_take(struct page *page, json_object *records, struct err *err)
{
	PGresult *res = NULL;
	enum status st = read_rows(page, records, err);

	if (st == ST_OK)
		st = compare(page, &res, err);
	if (st == ST_OK)
		st = take_verdicts(page, res, err);
	PQclear(res);
	page->found += page->len;
	return st;
}
