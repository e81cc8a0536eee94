/* The pages of a load, and the places between them. */
#include <stdlib.h>
#include <string.h>

#include "backfill_own.h"
#include "clock.h"
#include "json.h"
#include "stop.h"
#include "texts.h"

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
			st = load_tell(l, err);
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
	st = load_tell(l, err);
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
	    "{\"found\":%lld,\"whole\":%s,\"list\":",
	    (long long)l->session->found, l->compare.whole ? "true" : "false");
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
	l->compare.whole = l->compare.whole && !l->list.queried;
	l->compare.as_of_us = l->list.as_of_us;
	st = compare_page(&l->compare, l->list.rows, err);
	s->found = l->before + l->compare.found;
	s->differing = l->compare.differing;
	if (st == ST_OK && !l->compare.whole && l->compare.keep)
		st = bring(l, err);
	else if (st == ST_OK && l->compare.put == 0)
		st = l->b->spot->wait(l->b->spot, err);
	if (st == ST_OK)
		st = save_place(l, err);
	return st == ST_OK ? note_place(l, err) : st;
}

static bool
is_behind_since(const struct load *l)
{
	return l->module->service == SERVICE_BOOKS && l->list.since_us > 0 &&
	    l->compare.sorted && l->compare.oldest_us < l->list.since_us;
}

void
load_init_list(struct load *l)
{
	l->list = (struct listing) { .zoho = l->b->reconcile.zoho,
		.module = l->module,
		.kind = l->module->service == SERVICE_BOOKS ? LISTING_CHANGED
							    : LISTING_ALL,
		.since_us = l->b->filter.since_us,
		.per_page = l->b->batch_size > 0 ? l->b->batch_size
						 : LISTING_PAGE,
		.active_only = l->b->filter.active_only };
}

/*
 * Lists show whole records where they can and most are new; where most are
 * here already, ids and times alone, and what differs is asked for. Behind a
 * place the list is asked for as it was.
 */
static enum status
choose_fields(struct load *l, struct err *err)
{
	int64_t here = 0;
	enum status st = load_count_here(l, &here, err);

	l->compare.whole = crm_lists_whole(&l->fields) &&
	    (l->goes_on ? l->was_whole : here * 2 < l->session->expected);
	l->list.fields = l->compare.whole || !l->compare.bare ? &l->fields
							      : NULL;
	return st;
}

enum status
load_read_fields(struct load *l, struct err *err)
{
	struct err why = ERR_INIT;
	enum status st;

	crm_fields_release(&l->fields);
	if (l->module->service == SERVICE_BOOKS) {
		l->list.timed = true;
		l->compare.bare = !l->b->filter.images;
		return ST_OK;
	}
	st = crm_fields_read(l->b->reconcile.zoho, l->b->reconcile.db,
	    l->module, &l->fields, &why);
	if (st != ST_OK) {
		*l->said = why;
		return db_is_lost(l->b->reconcile.db) ? (*err = why, st)
						      : ST_NONE;
	}
	l->list.timed = l->compare.bare = l->fields.timed;
	return choose_fields(l, err);
}

/* Zoho has forgotten the place, or what is asked for has changed. */
static enum status
begin_anew(struct load *l, struct err *err)
{
	enum status st = session_say(l->session, "info",
	    "Zoho no longer knows the place where the last run was cut off: "
	    "from the beginning",
	    err);

	listing_close(&l->list);
	load_init_list(l);
	l->goes_on = false;
	l->before = l->session->found = 0;
	return st == ST_OK ? load_read_fields(l, err) : st;
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
		if (asked != ST_OK && l->goes_on && l->compare.found == 0 &&
		    l->list.call.said.is == ANSWER_PAGES) {
			st = begin_anew(l, err);
			continue;
		}
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

/* ... and what is on its way is in. */
enum status
load_go_through(struct load *l, struct err *err)
{
	enum status st = all_pages(l, err), in;

	if (st != ST_OK && st != ST_NONE)
		return st;
	in = l->b->spot->wait(l->b->spot, err);
	if (in == ST_OK)
		in = save_place(l, err);
	return in == ST_OK ? st : in;
}
