/* After a load: is all of it here? */
#include "backfill_own.h"
#include "date.h"
#include "texts.h"

/* How many Zoho has of what is looked at; unknown where it does not say. */
void
load_count(struct load *l)
{
	const struct backfill_filter *f = &l->b->filter;
	struct err why = ERR_INIT;
	int64_t there = -1;

	l->session->expected = -1;
	if (f->since_us > 0 ||
	    (f->with_stock_only && load_is_books(l, "items")) ||
	    listing_count(l->b->reconcile.zoho, l->module, f->active_only,
		&there, &why) != ST_OK)
		return;
	l->session->expected = there;
	l->least = l->least < 0 || there < l->least ? there : l->least;
}

/* What changed meanwhile, and what only a comparison of all shows. */
static enum status
catch_up(struct load *l, bool sweep, struct err *err)
{
	struct session none;
	enum session_end end = SESSION_FAILED;
	bool before = l->b->reconcile.sweep;
	enum status st;

	l->b->reconcile.sweep = sweep;
	st = reconcile_module(&l->b->reconcile, l->module, &none, &end, l->said,
	    err);
	l->b->reconcile.sweep = before;
	l->session->failed += none.failed;
	return st == ST_OK && end != SESSION_COMPLETED ? ST_NONE : st;
}

enum status
load_count_here(const struct load *l, int64_t *alive, struct err *err)
{
	struct args a = ARGS_INIT;
	PGresult *res = NULL;
	enum status st;

	args_text(&a, l->module->name);
	st = db_call(l->b->reconcile.db, SQL_RECONCILE_BEGIN, &a, &res, err);
	*alive = st == ST_OK ? db_i64(res, 0, 3) : 0;
	PQclear(res);
	return st;
}

static enum status
too_few(struct load *l, int64_t n, const char *what)
{
	(void)err_class(l->said, ST_RETRY, "partial",
	    "Zoho counts %lld records, %lld are %s",
	    (long long)l->session->expected, (long long)n, what);
	return ST_NONE;
}

/* Fewer here than there: all ids are compared, once. */
static enum status
compare_counts(struct load *l, struct err *err)
{
	int64_t here = 0;
	enum status st = load_count_here(l, &here, err);

	if (st != ST_OK || l->session->expected < 0 ||
	    here >= l->session->expected)
		return st;
	st = catch_up(l, true, err);
	if (st == ST_OK)
		load_count(l);
	if (st == ST_OK)
		st = load_count_here(l, &here, err);
	return st == ST_OK && here < l->session->expected
	    ? too_few(l, here, "here")
	    : st;
}

/* From now on what changes since the load began is all there is to ask. */
static enum status
move_watermark(struct load *l, struct err *err)
{
	char as_of[DATE_TEXT_MAX];
	struct args a = ARGS_INIT;

	date_put_time(l->list.as_of_us, as_of);
	args_text(&a, l->module->name);
	args_text(&a, l->list.as_of_us > 0 ? as_of : NULL);
	args_text(&a, NULL);
	/* Pages of Books move while they are read: all ids are compared. */
	args_text(&a,
	    l->list.as_of_us > 0 && l->module->service == SERVICE_CRM ? as_of
								      : NULL);
	return db_call(l->b->reconcile.db, SQL_RECONCILE_DONE, &a, NULL, err);
}

enum status
load_prove(struct load *l, struct err *err)
{
	enum status st = ST_OK;

	load_count(l);
	if (l->session->failed > 0) {
		*l->said = l->fetch.last;
		return ST_NONE;
	}
	if (l->least >= 0 && l->session->found < l->least)
		return too_few(l, l->session->found, "listed");
	if (l->filtered || !l->compare.keep)
		return ST_OK;
	st = move_watermark(l, err);
	if (st == ST_OK)
		st = catch_up(l, false, err);
	return st == ST_OK ? compare_counts(l, err) : st;
}
