/* Pages of a listing against what stands here. */
#include <string.h>

#include "date.h"
#include "json.h"
#include "reconcile_own.h"
#include "texts.h"

enum { COLUMN_BYTES = 64 * 1024 * 1024, NO_TIME = 0 };
enum { COL_ID, COL_TIME, COL_DOC, COLS };

/* Rows of one page. */
struct page {
	struct run *run;
	struct rows rows;
	struct buf raw; /* each as Zoho gave it, one after the other */
	size_t at[LISTING_PAGE + 1];
	int len;
	int64_t oldest_us; /* of those with a time; INT64_MAX for none */
	bool sorted;       /* the newest first, as was asked for */
	bool bare;         /* id and time of change, no documents */
};

static void
page_open(struct page *p, struct run *run)
{
	static const enum array_type types[COLS] = { ARRAY_TEXT, ARRAY_TIME,
		ARRAY_JSONB };

	memset(p, 0, sizeof(*p));
	p->run = run;
	p->raw.max = COLUMN_BYTES;
	p->sorted = true;
	p->oldest_us = INT64_MAX;
	rows_init(&p->rows, types, COLS, COLUMN_BYTES);
}

static void
page_close(struct page *p)
{
	rows_release(&p->rows);
	buf_release(&p->raw);
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
	enum status st = normalise(p->run->r->rules, p->run->module->name, row,
	    &notes, &owner, err);

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
	const char *id = json_get_text(row, p->run->module->id_field);
	int64_t us = NO_TIME;
	bool timed = time_of(p->run->module, row, &us);
	enum status st;

	if (id == NULL || p->len == LISTING_PAGE)
		return ST_OK;
	if (timed && us > p->oldest_us)
		p->sorted = false;
	if (timed)
		p->oldest_us = us;
	p->at[p->len++] = p->raw.len;
	st = array_text(&p->rows.columns[COL_ID], id, err);
	if (st == ST_OK && p->run->ids != NULL)
		st = array_text(p->run->ids, id, err);
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

/* Whether a record is asked for because another edit of the same second may
 * have followed the one we know. Books has few calls a day. */
static bool
may_prove(const struct run *run)
{
	return !run->whole &&
	    (run->module->service == SERVICE_CRM || run->spare);
}

static enum status
compare(struct page *p, PGresult **res, struct err *err)
{
	const struct run *run = p->run;
	struct args a = ARGS_INIT;
	char as_of[DATE_TEXT_MAX];

	date_put_time(run->as_of_us, as_of);
	args_text(&a, run->module->name);
	rows_args(&p->rows, &a);
	args_text(&a, run->whole ? "true" : "false");
	args_text(&a, as_of);
	args_text(&a, run->r->keep ? "true" : "false");
	args_text(&a, may_prove(run) ? "true" : "false");
	return db_call(run->r->db, SQL_RECONCILE_COMPARE, &a, res, err);
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
put_body(struct page *p, struct buf *body, int n, struct err *err)
{
	static const enum array_type types[] = { ARRAY_TEXT, ARRAY_I64,
		ARRAY_I32 };
	struct fetch fetch = reconcile_fetch(p->run);
	struct rows none;
	enum status st = buf_puts(body, "]}", err);

	rows_init(&none, types, ARRAY_LEN(types), KIB);
	if (st == ST_OK)
		st = fetch_put(&fetch, p->run->module, "update", body, n,
		    p->run->as_of_us, &none, err);
	rows_release(&none);
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
		p->run->session->differing++;
		/* one that was restored is asked for, lest it be gone again */
		if (!p->run->whole || strcmp(verdict, "restored") == 0)
			continue;
		st = put_row(p, &body, (int)db_i64(res, i, 0) - 1, err);
		put++;
	}
	if (st == ST_OK && put > 0 && p->run->r->keep)
		st = put_body(p, &body, put, err);
	buf_release(&body);
	return st;
}

static enum status
one_page(struct page *p, json_object *list, struct err *err)
{
	PGresult *res = NULL;
	enum status st = read_rows(p, list, err);

	if (st == ST_OK)
		st = compare(p, &res, err);
	if (st == ST_OK)
		st = take_verdicts(p, res, err);
	PQclear(res);
	p->run->session->found += p->len;
	return st == ST_OK
	    ? reconcile_tell(p->run, STEP_COMPARE, p->run->session->found,
		  p->run->session->expected, err)
	    : st;
}

/* Zoho gives no more: the run is not whole. A failure of the database is of
 * another kind. */
static enum status
cut_short(struct run *run, const struct err *why)
{
	*run->said = *why;
	return ST_NONE;
}

enum status
reconcile_pages(struct run *run, struct listing *list, int64_t known_us,
    struct err *err)
{
	struct page p;
	struct err why = ERR_INIT;
	enum status st = ST_OK, asked = ST_OK;

	page_open(&p, run);
	while (st == ST_OK && asked == ST_OK) {
		if (!reconcile_may_go_on(run)) {
			asked = reconcile_is_over(&why);
			break;
		}
		asked = listing_next(list, &why);
		if (asked != ST_OK)
			break;
		if (run->as_of_us == 0)
			run->as_of_us = list->as_of_us;
		p.bare = list->queried;
		if (p.bare)
			run->whole = false;
		st = one_page(&p, list->rows, err);
		if (p.sorted && p.oldest_us < known_us)
			break;
	}
	if (run->as_of_us == 0)
		run->as_of_us = list->as_of_us;
	page_close(&p);
	if (st == ST_OK && asked != ST_OK && asked != ST_NONE)
		return cut_short(run, &why);
	return st;
}

/* ---- deletes ---- */

static enum status
read_deleted(struct page *p, json_object *list, struct err *err)
{
	static const char time_field[] = "deleted_time";
	enum status st = ST_OK;
	size_t i;

	rows_clear(&p->rows);
	for (i = 0; st == ST_OK && i < json_count(list); i++) {
		json_object *row = json_at(list, i);
		const char *id = json_get_text(row, "id");
		const char *time = json_get_text(row, time_field);
		struct err none = ERR_INIT;
		int64_t us;

		if (id == NULL || time == NULL ||
		    date_read_time(time, &us, &none) != ST_OK)
			continue;
		st = array_text(&p->rows.columns[COL_ID], id, err);
		if (st == ST_OK)
			st = array_time(&p->rows.columns[COL_TIME], us, err);
	}
	return st;
}

/* Whether the list says that a record passed no recycle bin. */
static bool
is_permanent(json_object *list, const char *id)
{
	size_t i;

	for (i = 0; i < json_count(list); i++) {
		const char *of = json_get_text(json_at(list, i), "id");
		const char *type = json_get_text(json_at(list, i), "type");

		if (of != NULL && strcmp(of, id) == 0)
			return type != NULL && strcmp(type, "permanent") == 0;
	}
	return false;
}

/* {"id":"...","Modified_Time":"..."}: a delete and its time. */
static enum status
put_deleted(struct page *p, json_object *list, const PGresult *res,
    struct err *err)
{
	const struct module *module = p->run->module;
	struct buf body = BUF_INIT(COLUMN_BYTES);
	enum status st = ST_OK;
	int i;

	for (i = 0; st == ST_OK && i < PQntuples(res); i++)
		if (db_bool(res, i, 2) &&
		    is_permanent(list, db_text(res, i, 0)))
			st = array_text(&p->run->gone, db_text(res, i, 0), err);
	for (i = 0; st == ST_OK && i < PQntuples(res); i++)
		st = buf_printf(&body, err, "%s{\"%s\":\"%s\",\"%s\":\"%s\"}",
		    i > 0 ? "," : "{\"operation\":\"delete\",\"data\":[",
		    module->id_field, db_text(res, i, 0), module->changed_field,
		    db_text(res, i, 1));
	p->run->session->differing += i;
	if (st == ST_OK && i > 0 && p->run->r->keep)
		st = put_body(p, &body, i, err);
	buf_release(&body);
	return st;
}

static enum status
deleted_page(struct page *p, json_object *list, struct err *err)
{
	struct run *run = p->run;
	struct args a = ARGS_INIT;
	PGresult *res = NULL;
	enum status st = read_deleted(p, list, err);

	args_text(&a, run->module->name);
	args_array(&a, &p->rows.columns[COL_ID]);
	args_array(&a, &p->rows.columns[COL_TIME]);
	/* On the first run all that was ever deleted is listed. */
	args_text(&a, run->deleted_us > 0 ? "true" : "false");
	if (st == ST_OK)
		st = db_call(run->r->db, SQL_RECONCILE_DELETED, &a, &res, err);
	if (st == ST_OK)
		st = put_deleted(p, list, res, err);
	PQclear(res);
	return st;
}

enum status
reconcile_deleted(struct run *run, struct err *err)
{
	struct listing list = { .zoho = run->r->zoho,
		.module = run->module,
		.kind = LISTING_DELETED,
		.since_us = run->deleted_us };
	struct page p;
	struct err why = ERR_INIT;
	enum status st = ST_OK, asked = ST_OK;
	int pages = 0;

	page_open(&p, run);
	while (st == ST_OK && asked == ST_OK && reconcile_may_go_on(run)) {
		asked = listing_next(&list, &why);
		pages++;
		if (asked == ST_OK)
			st = deleted_page(&p, list.rows, err);
	}
	page_close(&p);
	listing_close(&list);
	if (st == ST_OK && asked == ST_OK)
		asked = reconcile_is_over(&why);
	/* Some answer no more than ten pages; the rest shows in the counts. */
	if (st == ST_OK && asked == ST_REJECT && pages > 1)
		asked = ST_NONE;
	if (st == ST_OK && asked != ST_NONE)
		return cut_short(run, &why);
	return st;
}
