#include "compare.h"

#include <string.h>

#include "date.h"
#include "json.h"
#include "texts.h"

enum { COLUMN_BYTES = 64 * 1024 * 1024, NO_TIME = 0 };
enum { COL_ID, COL_TIME, COL_DOC, COLS };

static const char head[] = "{\"operation\":\"update\",\"data\":[";

void
compare_open(struct compare *compare)
{
	static const enum array_type types[COLS] = { ARRAY_TEXT, ARRAY_TIME,
		ARRAY_JSONB };

	compare->raw.max = COLUMN_BYTES;
	compare->sorted = true;
	compare->oldest_us = INT64_MAX;
	rows_init(&compare->rows, types, COLS, COLUMN_BYTES);
}

void
compare_close(struct compare *compare)
{
	rows_release(&compare->rows);
	buf_release(&compare->raw);
}

static bool
time_of(const struct module *module, json_object *row, int64_t *us)
{
	struct err none = ERR_INIT;
	const char *text = json_get_text(row, module->changed_field);

	return text != NULL && date_read_time(text, us, &none) == ST_OK;
}

/* As it would be mirrored. A list may show a part of a record: an owner it
 * leaves out is not missing, and gets no other in its place. */
static enum status
add_document(struct compare *p, json_object *row, struct err *err)
{
	static const char owner_key[] = "Owner";
	bool owned = json_get(row, owner_key) != NULL;
	struct buf notes = BUF_INIT(MIB), doc = BUF_INIT(COLUMN_BYTES);
	struct owner owner;
	enum status st = normalise(p->rules, p->module->name, row, &notes,
	    &owner, err);

	if (!owned)
		json_object_object_del(row, owner_key);
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
add_row(struct compare *p, json_object *row, size_t place, struct err *err)
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
	p->place[p->len] = place;
	p->at[p->len++] = p->raw.len;
	st = array_text(&p->rows.columns[COL_ID], id, err);
	if (st == ST_OK && p->ids != NULL)
		st = array_text(p->ids, id, err);
	if (st == ST_OK)
		st = timed ? array_time(&p->rows.columns[COL_TIME], us, err)
			   : array_null(&p->rows.columns[COL_TIME], err);
	if (st != ST_OK || p->bare)
		return st == ST_OK ? array_null(&p->rows.columns[COL_DOC], err)
				   : st;
	st = json_put(&p->raw, row, err);
	p->at[p->len] = p->raw.len;
	return st == ST_OK ? add_document(p, row, err) : st;
}

static enum status
read_rows(struct compare *p, json_object *list, struct err *err)
{
	enum status st = ST_OK;
	size_t i;

	rows_clear(&p->rows);
	buf_clear(&p->raw);
	p->len = 0;
	for (i = 0; st == ST_OK && i < json_count(list); i++)
		st = add_row(p, json_at(list, i), i, err);
	return st;
}

/* ---- what is done with them ---- */

static enum status
ask_here(struct compare *p, PGresult **res, struct err *err)
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

/* What is put: as text, from what Zoho gave, or where the rows are still as
 * they came as a document, which need not be read again. */
struct putting {
	struct buf body;
	json_object *rows; /* of a bare page */
};

static enum status
put_row(struct compare *p, struct putting *to, json_object *row, int n,
    struct err *err)
{
	enum status st;

	p->put++;
	if (p->bare) {
		if (json_object_array_add(to->rows, row) != 0)
			return err_memory(err);
		(void)json_object_get(row);
		return ST_OK;
	}
	st = buf_puts(&to->body, p->put > 1 ? "," : head, err);
	if (st == ST_OK)
		st = buf_put(&to->body, p->raw.at + p->at[n],
		    p->at[n + 1] - p->at[n], err);
	return st;
}

/* "rows" is taken over. */
static enum status
wrap(json_object *rows, json_object **out, struct err *err)
{
	static const char word[] = "update";
	json_object *o = json_object_new_object();

	*out = o;
	if (o == NULL || json_object_object_add(o, "data", rows) != 0) {
		json_object_put(rows);
		return err_memory(err);
	}
	return json_add_text(o, "operation", word, strlen(word), err);
}

static enum status
put_all(struct compare *p, struct putting *what, struct err *err)
{
	json_object *document = NULL;
	enum status st = ST_OK;

	if (p->bare) {
		st = wrap(what->rows, &document, err);
		what->rows = NULL;
		if (st == ST_OK)
			st = json_put(&what->body, document, err);
	} else {
		st = buf_puts(&what->body, "]}", err);
	}
	if (st == ST_OK)
		return fetch_put(p->fetch, p->module, "update", &what->body,
		    document, p->put, p->as_of_us, NULL, err);
	json_object_put(document);
	return st;
}

static enum status
take_verdicts(struct compare *p, json_object *list, const PGresult *res,
    struct err *err)
{
	struct putting what = { .body = BUF_INIT(COLUMN_BYTES),
		.rows = json_object_new_array() };
	enum status st = what.rows != NULL ? ST_OK : err_memory(err);
	int i;

	p->put = 0;
	for (i = 0; st == ST_OK && i < PQntuples(res); i++) {
		const char *verdict = db_text(res, i, 1);
		int n = (int)db_i64(res, i, 0) - 1;

		if (strcmp(verdict, "same") == 0)
			continue;
		p->differing++;
		/* one that was restored is asked for, lest it be gone again */
		if (p->whole && strcmp(verdict, "restored") != 0)
			st = put_row(p, &what, json_at(list, p->place[n]), n,
			    err);
	}
	if (st == ST_OK && p->put > 0 && p->keep)
		st = put_all(p, &what, err);
	json_object_put(what.rows);
	buf_release(&what.body);
	return st;
}

enum status
compare_page(struct compare *compare, json_object *records, struct err *err)
{
	PGresult *res = NULL;
	enum status st = read_rows(compare, records, err);

	if (st == ST_OK)
		st = ask_here(compare, &res, err);
	if (st == ST_OK)
		st = take_verdicts(compare, records, res, err);
	PQclear(res);
	compare->found += compare->len;
	return st;
}
