/* Pages of a listing against what stands here. */
#include <string.h>

#include "date.h"
#include "json.h"
#include "compare.h"
#include "reconcile_own.h"
#include "texts.h"

enum { COLUMN_BYTES = 64 * 1024 * 1024 };

/* Zoho gives no more: the run is not whole. A failure of the database is of
 * another kind. */
static enum status
cut_short(struct run *run, const struct err *why)
{
	*run->said = *why;
	return ST_NONE;
}

/* Whether a record is asked for because another edit of the same second may
 * have followed the one we know. Books has few calls a day. */
static bool
may_prove(const struct run *run)
{
	return !run->whole &&
	    (run->module->service == SERVICE_CRM || run->spare);
}

static enum status
one_page(struct run *run, struct compare *p, const struct listing *list,
    struct err *err)
{
	struct session *s = run->session;
	enum status st;

	p->whole = run->whole;
	p->bare = list->queried;
	p->prove = may_prove(run);
	p->as_of_us = run->as_of_us;
	p->found = p->differing = 0;
	st = compare_page(p, list->rows, err);
	s->found += p->found;
	s->differing += p->differing;
	return st == ST_OK
	    ? reconcile_tell(run, STEP_COMPARE, s->found, s->expected, err)
	    : st;
}

enum status
reconcile_pages(struct run *run, struct listing *list, int64_t known_us,
    struct err *err)
{
	struct fetch fetch = reconcile_fetch(run);
	struct compare p = { .fetch = &fetch,
		.module = run->module,
		.rules = run->r->rules,
		.keep = run->r->keep,
		.ids = run->ids };
	struct err why = ERR_INIT;
	enum status st = ST_OK, asked = ST_OK;

	compare_open(&p);
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
		if (list->queried)
			run->whole = false;
		st = one_page(run, &p, list, err);
		if (p.sorted && p.oldest_us < known_us)
			break;
	}
	if (run->as_of_us == 0)
		run->as_of_us = list->as_of_us;
	compare_close(&p);
	if (st == ST_OK && asked != ST_OK && asked != ST_NONE)
		return cut_short(run, &why);
	return st;
}

/* ---- deletes ---- */

/* One page of what was deleted. */
struct deleted {
	struct run *run;
	struct array ids, times;
};

static enum status
read_deleted(struct deleted *d, json_object *list, struct err *err)
{
	static const char time_field[] = "deleted_time";
	enum status st = ST_OK;
	size_t i;

	array_clear(&d->ids);
	array_clear(&d->times);
	for (i = 0; st == ST_OK && i < json_count(list); i++) {
		json_object *row = json_at(list, i);
		const char *id = json_get_text(row, "id");
		const char *time = json_get_text(row, time_field);
		struct err none = ERR_INIT;
		int64_t us;

		if (id == NULL || time == NULL ||
		    date_read_time(time, &us, &none) != ST_OK)
			continue;
		st = array_text(&d->ids, id, err);
		if (st == ST_OK)
			st = array_time(&d->times, us, err);
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
put_deleted(struct deleted *d, json_object *list, const PGresult *res,
    struct err *err)
{
	const struct module *module = d->run->module;
	struct fetch fetch = reconcile_fetch(d->run);
	struct buf body = BUF_INIT(COLUMN_BYTES);
	enum status st = ST_OK;
	int i;

	for (i = 0; st == ST_OK && i < PQntuples(res); i++)
		if (db_bool(res, i, 2) &&
		    is_permanent(list, db_text(res, i, 0)))
			st = array_text(&d->run->gone, db_text(res, i, 0), err);
	for (i = 0; st == ST_OK && i < PQntuples(res); i++)
		st = buf_printf(&body, err, "%s{\"%s\":\"%s\",\"%s\":\"%s\"}",
		    i > 0 ? "," : "{\"operation\":\"delete\",\"data\":[",
		    module->id_field, db_text(res, i, 0), module->changed_field,
		    db_text(res, i, 1));
	d->run->session->differing += i;
	if (st == ST_OK && i > 0 && d->run->r->keep)
		st = buf_puts(&body, "]}", err);
	if (st == ST_OK && i > 0 && d->run->r->keep)
		st = fetch_put(&fetch, module, "delete", &body, NULL, i,
		    d->run->as_of_us, NULL, err);
	buf_release(&body);
	return st;
}

static enum status
deleted_page(struct deleted *d, json_object *list, struct err *err)
{
	struct run *run = d->run;
	struct args a = ARGS_INIT;
	PGresult *res = NULL;
	enum status st = read_deleted(d, list, err);

	args_text(&a, run->module->name);
	args_array(&a, &d->ids);
	args_array(&a, &d->times);
	/* On the first run all that was ever deleted is listed. */
	args_text(&a, run->deleted_us > 0 ? "true" : "false");
	if (st == ST_OK)
		st = db_call(run->r->db, SQL_RECONCILE_DELETED, &a, &res, err);
	if (st == ST_OK)
		st = put_deleted(d, list, res, err);
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
	struct deleted d = { .run = run };
	struct err why = ERR_INIT;
	enum status st = ST_OK, asked = ST_OK;
	int pages = 0;

	array_init(&d.ids, ARRAY_TEXT, COLUMN_BYTES);
	array_init(&d.times, ARRAY_TIME, COLUMN_BYTES);
	while (st == ST_OK && asked == ST_OK && reconcile_may_go_on(run)) {
		asked = listing_next(&list, &why);
		pages++;
		if (asked == ST_OK)
			st = deleted_page(&d, list.rows, err);
	}
	array_release(&d.ids);
	array_release(&d.times);
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
