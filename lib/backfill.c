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

enum status
load_tell(struct load *l, struct err *err)
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
		l->goes_on = true;
		l->was_whole = json_object_get_boolean(json_get(place,
		    "whole"));
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
	if (st == ST_OK && l->compare.keep)
		st = session_begin(s, "backfill", l->module->name,
		    l->b->reconcile.initiated_by, l->b->filter.since_us, err);
	return st;
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
		st = load_tell(l, err);
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
	l->compare = (struct compare) { .fetch = &l->fetch,
		.module = l->module,
		.rules = r->rules,
		.keep = r->keep };
	load_init_list(l);
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
	compare_open(&l.compare);
	st = begin(&l, err);
	if (st == ST_OK) {
		load_count(&l);
		st = load_read_fields(&l, err);
	}
	if (st == ST_OK)
		st = load_go_through(&l, err);
	if (st == ST_OK)
		st = load_prove(&l, err);
	if (st == ST_OK || st == ST_NONE)
		st = conclude(&l, st, end, err);
	compare_close(&l.compare);
	listing_close(&l.list);
	crm_fields_release(&l.fields);
	buf_release(&l.place);
	return st;
}
