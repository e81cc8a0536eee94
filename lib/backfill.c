#include "backfill.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backfill_own.h"
#include "clock.h"
#include "date.h"
#include "json.h"
#include "stop.h"
#include "texts.h"

enum { PLACE_BYTES = 4096 };

/* ---- what is told ---- */

static bool
is_books(const struct module *module, const char *resource)
{
	return module->service == SERVICE_BOOKS &&
	    strcmp(module->resource, resource) == 0;
}

bool
load_is_books(const struct load *l, const char *resource)
{
	return is_books(l->module, resource);
}

bool
backfill_is_filtered(const struct backfill_filter *filter,
    const struct module *module)
{
	bool items = is_books(module, "items");

	return filter->since_us > 0 || (filter->with_stock_only && items) ||
	    (filter->active_only && (items || is_books(module, "contacts")));
}

static void
put_options(struct load *l)
{
	const struct backfill_filter *f = &l->b->filter;
	char since[DATE_TEXT_MAX];

	date_put_time(f->since_us, since);
	(void)snprintf(l->options, sizeof(l->options),
	    "{\"modified_since\":%s%s%s,\"active_only\":%s,"
	    "\"with_stock_only\":%s,\"sync_images\":%s,\"batch_size\":%d}",
	    f->since_us > 0 ? "\"" : "", f->since_us > 0 ? since : "null",
	    f->since_us > 0 ? "\"" : "", f->active_only ? "true" : "false",
	    f->with_stock_only ? "true" : "false", f->images ? "true" : "false",
	    l->list.per_page);
}

static enum status
tell(struct load *l, struct err *err)
{
	const struct zoho *zoho = l->b->reconcile.zoho;
	struct session *s = l->session;
	enum status st;

	s->calls = zoho_sent(zoho) - l->sent;
	s->credits = zoho_credits(zoho) - l->credits;
	s->applied = spot_changes(l->b->spot, VERDICT_APPLIED) - l->applied;
	st = session_progress(s, err);
	if (l->b->progress != NULL)
		l->b->progress(l->b->progress_arg, l->module, s);
	return st;
}

static bool
may_go_on(const struct load *l)
{
	return !stop_asked && clock_passed_ms() < l->b->reconcile.deadline_ms;
}

static enum status
time_is_up(struct load *l)
{
	(void)err_class(l->said, ST_RETRY, "time", "%s",
	    stop_asked ? "asked to end" : "its time was up");
	return ST_NONE;
}

/* ---- pages ---- */

static bool
is_in_stock(json_object *row)
{
	const char *text = json_get_text(row, "stock_on_hand");

	return text != NULL && strtod(text, NULL) > 0;
}

/* Take those that are not asked for out of the page. */
static void
sieve(struct load *l, json_object *rows)
{
	size_t i = json_count(rows);

	if (!l->b->filter.with_stock_only || !load_is_books(l, "items"))
		return;
	while (i-- > 0)
		if (!is_in_stock(json_at(rows, i)))
			(void)json_object_array_del_idx(rows, i, 1);
}

/* All that the page wants, before the place moves on. ST_NONE: there is no
 * time for it. */
static enum status
bring(struct load *l, struct err *err)
{
	enum status st = ST_OK;

	while (st == ST_OK && may_go_on(l)) {
		st = fetch_round(&l->fetch, err);
		if (st == ST_OK)
			st = tell(l, err);
	}
	l->session->failed = l->fetch.totals.failed;
	if (st == ST_OK)
		return time_is_up(l);
	return st == ST_NONE ? ST_OK : st;
}

/* All until the place that was noted is in the database: another run may go
 * on there. */
static enum status
save_place(struct load *l, struct err *err)
{
	enum status st;

	l->session->place = l->place.len > 0 ? buf_text(&l->place) : NULL;
	st = tell(l, err);
	l->session->place = NULL;
	return st;
}

static enum status
note_place(struct load *l, struct err *err)
{
	enum status st = ST_OK;

	buf_clear(&l->place);
	if (l->session->id == 0)
		return ST_OK;
	st = buf_printf(&l->place, err,
	    "{\"found\":%lld,\"list\":", (long long)l->session->found);
	if (st == ST_OK)
		st = listing_put_place(&l->list, &l->place, err);
	return st == ST_OK ? buf_puts(&l->place, "}", err) : st;
}

/* When it returns, what this page put may be on its way; all before is in. */
static enum status
one_page(struct load *l, struct err *err)
{
	struct session *s = l->session;
	enum status st;

	sieve(l, l->list.rows);
	l->page.whole = l->page.whole && !l->list.queried;
	l->page.as_of_us = l->list.as_of_us;
	st = page_take(&l->page, l->list.rows, err);
	s->found = l->before + l->page.found;
	s->differing = l->page.differing;
	if (st == ST_OK && !l->page.whole && l->page.keep)
		st = bring(l, err);
	else if (st == ST_OK && l->page.put == 0)
		st = l->b->spot->wait(l->b->spot, err);
	if (st == ST_OK)
		st = save_place(l, err);
	return st == ST_OK ? note_place(l, err) : st;
}

static bool
is_behind_since(const struct load *l)
{
	return l->module->service == SERVICE_BOOKS && l->list.since_us > 0 &&
	    l->page.sorted && l->page.oldest_us < l->list.since_us;
}

/* ST_NONE: Zoho gave no more, or there is no time. */
static enum status
all_pages(struct load *l, struct err *err)
{
	struct err why = ERR_INIT;
	enum status st = ST_OK;

	while (st == ST_OK && may_go_on(l)) {
		enum status asked = listing_next(&l->list, &why);

		if (asked == ST_NONE)
			return ST_OK;
		if (asked != ST_OK) {
			*l->said = why;
			return ST_NONE;
		}
		st = one_page(l, err);
		if (st == ST_OK && is_behind_since(l))
			return ST_OK;
	}
	return st == ST_OK ? time_is_up(l) : st;
}

/* The same, and what is on its way is in. */
static enum status
go_through(struct load *l, struct err *err)
{
	enum status st = all_pages(l, err), in;

	if (st != ST_OK && st != ST_NONE)
		return st;
	in = l->b->spot->wait(l->b->spot, err);
	if (in == ST_OK)
		in = save_place(l, err);
	return in == ST_OK ? st : in;
}

/* ---- the whole ---- */

/* Where a run with the same options was cut off. */
static enum status
find_place(struct load *l, struct err *err)
{
	struct args a = ARGS_INIT;
	PGresult *res = NULL;
	json_object *place = NULL;
	struct err why = ERR_INIT;
	enum status st;

	if (l->b->anew)
		return ST_OK;
	args_text(&a, l->module->name);
	args_text(&a, l->options);
	st = db_call(l->b->reconcile.db, SQL_BACKFILL_STANDING, &a, &res, err);
	if (st == ST_OK && PQntuples(res) > 0 &&
	    json_read(db_text(res, 0, 1), db_len(res, 0, 1), &place, &why) ==
		ST_OK &&
	    listing_set_place(&l->list, json_get(place, "list"), &why) ==
		ST_OK) {
		l->session->continues = db_i64(res, 0, 0);
		l->before = json_object_get_int64(json_get(place, "found"));
		l->session->found = l->before;
	}
	json_object_put(place);
	PQclear(res);
	return st;
}

static enum status
begin(struct load *l, struct err *err)
{
	struct session *s = l->session;
	enum status st;

	put_options(l);
	memset(s, 0, sizeof(*s));
	s->db = l->b->reconcile.db;
	s->expected = -1;
	s->options = l->options;
	st = find_place(l, err);
	if (st == ST_OK && l->page.keep)
		st = session_begin(s, "backfill", l->module->name,
		    l->b->reconcile.initiated_by, l->b->filter.since_us, err);
	return st;
}

/*
 * Lists show whole records where they can and most are new; where most are
 * here already, ids and times alone, and what differs is asked for.
 */
static enum status
choose_fields(struct load *l, struct err *err)
{
	int64_t here = 0;
	enum status st = load_count_here(l, &here, err);

	l->page.whole = crm_lists_whole(&l->fields) &&
	    here * 2 < l->session->expected;
	l->list.fields = l->page.whole || !l->page.bare ? &l->fields : NULL;
	return st;
}

/* ST_NONE: Zoho does not say what fields there are. */
static enum status
read_fields(struct load *l, struct err *err)
{
	struct err why = ERR_INIT;
	enum status st;

	if (l->module->service == SERVICE_BOOKS) {
		l->list.timed = true;
		l->page.bare = !l->b->filter.images;
		return ST_OK;
	}
	st = crm_fields_read(l->b->reconcile.zoho, l->b->reconcile.db,
	    l->module, &l->fields, &why);
	if (st != ST_OK) {
		*l->said = why;
		return db_is_lost(l->b->reconcile.db) ? (*err = why, st)
						      : ST_NONE;
	}
	l->list.timed = l->page.bare = l->fields.timed;
	return choose_fields(l, err);
}

static enum status
conclude(struct load *l, enum status st, enum session_end *end, struct err *err)
{
	struct session *s = l->session;

	*end = st == ST_OK                   ? SESSION_COMPLETED
	    : s->found > 0 || s->applied > 0 ? SESSION_PARTIAL
					     : SESSION_FAILED;
	if (st == ST_NONE)
		st = session_say(s, "error", l->said->text, err);
	if (st == ST_OK)
		st = tell(l, err);
	return st == ST_OK
	    ? session_finish(s, *end,
		  *end == SESSION_COMPLETED ? "" : l->said->text, 0, err)
	    : st;
}

static void
load_init(struct load *l)
{
	struct reconcile *r = &l->b->reconcile;

	l->fetch = (struct fetch) { .db = r->db,
		.zoho = r->zoho,
		.modules = r->modules,
		.origin = "backfill",
		.found_in = l->module,
		.spot = l->b->spot };
	l->page = (struct page) { .fetch = &l->fetch,
		.module = l->module,
		.rules = r->rules,
		.keep = r->keep };
	l->list = (struct listing) { .zoho = r->zoho,
		.module = l->module,
		.kind = l->module->service == SERVICE_BOOKS ? LISTING_CHANGED
							    : LISTING_ALL,
		.since_us = l->b->filter.since_us,
		.per_page = l->b->batch_size > 0 ? l->b->batch_size
						 : LISTING_PAGE,
		.active_only = l->b->filter.active_only };
	l->place.max = PLACE_BYTES;
	l->sent = zoho_sent(r->zoho);
	l->credits = zoho_credits(r->zoho);
	l->applied = spot_changes(l->b->spot, VERDICT_APPLIED);
	l->filtered = backfill_is_filtered(&l->b->filter, l->module);
}

enum status
backfill_module(struct backfill *backfill, const struct module *module,
    struct session *session, enum session_end *end, struct err *said,
    struct err *err)
{
	struct load l = { .b = backfill,
		.module = module,
		.session = session,
		.least = -1,
		.said = said };
	enum status st;

	load_init(&l);
	page_open(&l.page);
	st = begin(&l, err);
	if (st == ST_OK) {
		load_count(&l);
		st = read_fields(&l, err);
	}
	if (st == ST_OK)
		st = go_through(&l, err);
	if (st == ST_OK)
		st = load_prove(&l, err);
	if (st == ST_OK || st == ST_NONE)
		st = conclude(&l, st, end, err);
	page_close(&l.page);
	listing_close(&l.list);
	crm_fields_release(&l.fields);
	buf_release(&l.place);
	return st;
}
