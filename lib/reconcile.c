#include "reconcile.h"

#include <stdlib.h>
#include <string.h>

#include "date.h"
#include "reconcile_own.h"
#include "texts.h"

enum {
	IDS_BYTES = 256 * 1024 * 1024,
	SEQS_BYTES = 8 * 1024 * 1024,
	DOUBTED = 100, /* tombstones that are asked for at most */
	OVERLAP_S = 300,
	DAY_S = 86400,
	/* for each page of it, before the next one: where counts differ, and
	 * in any case */
	SWEEP_REST_S = 30,
	SWEEP_EACH_S = 300
};
static const int64_t second_us = 1000000;

static int64_t
since(int64_t until_us)
{
	return until_us > 0 ? until_us - OVERLAP_S * second_us : 0;
}

/* ---- what no list of changes shows ---- */

static enum status
count_call(struct run *run, const struct sql *stmt, const struct args *a,
    struct err *err)
{
	PGresult *res = NULL;
	enum status st = db_call(run->r->db, stmt, a, &res, err);

	if (st == ST_OK)
		run->session->differing += db_i64(res, 0, 0);
	PQclear(res);
	return st;
}

/* Deleted here: in Zoho as well? A restore need not change any time. */
static enum status
doubt_deletes(struct run *run, struct err *err)
{
	struct args a = ARGS_INIT;

	args_text(&a, run->module->name);
	args_i64(&a, DOUBTED);
	args_text(&a, run->r->keep ? "true" : "false");
	return count_call(run, SQL_RECONCILE_DOUBT, &a, err);
}

static enum status
want_absent(struct run *run, int64_t as_of_us, struct err *err)
{
	struct args a = ARGS_INIT;
	char as_of[DATE_TEXT_MAX];

	date_put_time(as_of_us, as_of);
	args_text(&a, run->module->name);
	args_array(&a, run->ids);
	args_text(&a, as_of);
	args_text(&a, run->r->keep ? "true" : "false");
	return count_call(run, SQL_RECONCILE_ABSENT, &a, err);
}

/* How many there are to look at, where Zoho counts them; a person sees it. */
static void
expect_all(struct run *run)
{
	struct session *s = run->session;
	struct err why = ERR_INIT;

	if (run->there < 0 && run->module->service == SERVICE_CRM &&
	    listing_count(run->r->zoho, run->module, false, &run->there,
		&why) != ST_OK)
		run->there = -1;
	s->expected = run->there < 0 ? -1 : s->found + run->there;
}

/* One listing, and with "all" also what it does not hold. */
static enum status
go_through(struct run *run, enum listing_kind kind, bool all, struct err *err)
{
	struct listing list = { .zoho = run->r->zoho,
		.module = run->module,
		.kind = kind,
		.fields = &run->fields,
		.timed = run->fields.timed,
		.since_us = all ? 0 : since(run->changed_us) };
	struct array ids;
	enum status st;

	if (all)
		expect_all(run);
	array_init(&ids, ARRAY_TEXT, IDS_BYTES);
	run->ids = all ? &ids : NULL;
	run->as_of_us = 0;
	st = reconcile_pages(run, &list,
	    all || run->module->service == SERVICE_CRM ? 0 : list.since_us,
	    err);
	if (st == ST_OK && all)
		st = want_absent(run, run->as_of_us, err);
	if (st == ST_OK && all)
		run->swept_us = run->as_of_us;
	if (run->until_us == 0)
		run->until_us = run->as_of_us;
	run->ids = NULL;
	array_release(&ids);
	listing_close(&list);
	return st;
}

static enum status
look_here(struct run *run, struct err *err)
{
	struct args a = ARGS_INIT;
	PGresult *res = NULL;
	enum status st;

	args_text(&a, run->module->name);
	st = db_call(run->r->db, SQL_RECONCILE_BEGIN, &a, &res, err);
	if (st == ST_OK) {
		run->changed_us = db_null(res, 0, 0) ? 0 : db_time(res, 0, 0);
		run->deleted_us = db_null(res, 0, 1) ? 0 : db_time(res, 0, 1);
		run->swept_us = db_null(res, 0, 2) ? 0 : db_time(res, 0, 2);
		run->alive = db_i64(res, 0, 3);
		run->spare = db_bool(res, 0, 4);
		run->computed = db_bool(res, 0, 5);
	}
	PQclear(res);
	return st;
}

/* A sweep costs a call a page: the more it costs, the rarer it comes. */
static bool
sweep_has_rested(const struct run *run, int page_s)
{
	int64_t pages = run->alive / LISTING_PAGE + 1;

	return run->as_of_us - run->swept_us >= pages * page_s * second_us;
}

/* What Zoho works out by itself changes while no time of change moves: only
 * the records themselves tell. */
static bool
refresh_is_due(const struct run *run)
{
	const int64_t rest_s = run->r->refresh_s - OVERLAP_S;

	return run->computed && run->r->refresh_s > 0 &&
	    run->as_of_us - run->swept_us >= rest_s * second_us;
}

/* Counts may agree where as much came as went. */
static bool
sweep_is_due(const struct run *run, int64_t more)
{
	if (more != 0)
		return sweep_has_rested(run, SWEEP_REST_S);
	return run->spare &&
	    (sweep_has_rested(run, SWEEP_EACH_S) || refresh_is_due(run));
}

/* "*more": so many more records live in Zoho than here. */
static enum status
compare_counts(struct run *run, int64_t *more, struct err *err)
{
	struct run now = { .r = run->r, .module = run->module };
	struct err why = ERR_INIT;
	enum status st;

	if (listing_count(run->r->zoho, run->module, false, &run->there,
		&why) != ST_OK) {
		*run->said = why;
		return ST_NONE;
	}
	st = look_here(&now, err);
	*more = run->there - now.alive;
	return st;
}

/* ---- steps of a run ---- */

/* As many here as there? Where not, those deleted here are doubted, then all
 * of it is swept; where they are, now and then. */
static enum status
mend_counts(struct run *run, struct err *err)
{
	bool applied = true;
	int64_t more = 0;
	enum status st = compare_counts(run, &more, err);

	if (st == ST_OK && more > 0)
		st = doubt_deletes(run, err);
	if (st == ST_OK && more > 0)
		st = reconcile_bring(run, &applied, err);
	if (st == ST_OK && more > 0 && applied)
		st = compare_counts(run, &more, err);
	if (st != ST_OK || !applied || !sweep_is_due(run, more))
		return st;
	st = go_through(run, LISTING_ALL, true, err);
	return st == ST_OK ? reconcile_bring(run, &applied, err) : st;
}

static enum status
crm_steps(struct run *run, struct err *err)
{
	bool all = run->changed_us == 0 || run->r->sweep || !run->fields.timed;
	bool applied = false;
	enum status st = go_through(run,
	    run->fields.timed ? LISTING_CHANGED : LISTING_ALL, all, err);

	if (st == ST_OK)
		st = reconcile_deleted(run, err);
	if (st == ST_OK)
		st = reconcile_bring(run, &applied, err);
	/* Where nothing is brought, what was found is still missing. */
	return st == ST_OK && applied && !all && run->r->keep
	    ? mend_counts(run, err)
	    : st;
}

/* Books has no list of deletes and no count: once a day all of it is looked
 * at. */
static enum status
books_steps(struct run *run, struct err *err)
{
	const int64_t due_us = (int64_t)(DAY_S - OVERLAP_S) * second_us;
	bool applied;
	enum status st = ST_OK;

	if (run->changed_us > 0 && !run->r->sweep)
		st = go_through(run, LISTING_CHANGED, false, err);
	if (st == ST_OK &&
	    (run->changed_us == 0 || run->r->sweep ||
		run->as_of_us - run->swept_us >= due_us))
		st = go_through(run, LISTING_ALL, true, err);
	return st == ST_OK ? reconcile_bring(run, &applied, err) : st;
}

static enum status
steps(struct run *run, struct err *err)
{
	struct err why = ERR_INIT;
	enum status st;

	if (run->module->service == SERVICE_BOOKS) {
		run->fields.timed = true;
		return books_steps(run, err);
	}
	st = crm_fields_read(run->r->zoho, run->r->db, run->module,
	    &run->fields, &why);
	if (st != ST_OK) {
		*run->said = why;
		return ST_NONE;
	}
	run->whole = crm_lists_whole(&run->fields);
	return crm_steps(run, err);
}

/* ---- the whole ---- */

static void
args_moment(struct args *a, int64_t us, char text[static DATE_TEXT_MAX])
{
	date_put_time(us, text);
	args_text(a, us > 0 ? text : NULL);
}

/* All until then is known here, or wanted. */
static enum status
move_watermark(struct run *run, struct err *err)
{
	char changed[DATE_TEXT_MAX], swept[DATE_TEXT_MAX];
	struct args a = ARGS_INIT;

	args_text(&a, run->module->name);
	args_moment(&a, run->until_us, changed);
	args_text(&a, run->module->service == SERVICE_CRM ? changed : NULL);
	args_moment(&a, run->swept_us, swept);
	return db_call(run->r->db, SQL_RECONCILE_DONE, &a, NULL, err);
}

static enum status
conclude(struct run *run, enum status st, enum session_end *end,
    struct err *err)
{
	struct session *s = run->session;
	bool any = s->found > 0 || s->applied > 0;

	s->calls = zoho_sent(run->r->zoho) - run->sent;
	s->credits = zoho_credits(run->r->zoho) - run->credits;
	*end = st == ST_OK ? SESSION_COMPLETED
	    : any          ? SESSION_PARTIAL
			   : SESSION_FAILED;
	if (st == ST_NONE) {
		st = session_say(s, "error", run->said->text, err);
	} else if (st == ST_OK && run->r->keep) {
		st = move_watermark(run, err);
	}
	if (st == ST_OK)
		st = session_finish(s, *end,
		    *end == SESSION_COMPLETED ? "" : run->said->text,
		    run->r->interval_s, err);
	return st;
}

enum status
reconcile_module(struct reconcile *reconcile, const struct module *module,
    struct session *session, enum session_end *end, struct err *said,
    struct err *err)
{
	struct run run = { .r = reconcile,
		.module = module,
		.session = session,
		.there = -1,
		.sent = zoho_sent(reconcile->zoho),
		.credits = zoho_credits(reconcile->zoho),
		.said = said };
	enum status st;

	if (reconcile->spot != NULL)
		run.on_spot = spot_changes(reconcile->spot, VERDICT_APPLIED);
	array_init(&run.seqs, ARRAY_I64, SEQS_BYTES);
	array_init(&run.gone, ARRAY_TEXT, SEQS_BYTES);
	memset(session, 0, sizeof(*session));
	session->db = reconcile->db;
	session->expected = -1;
	st = look_here(&run, err);
	if (st == ST_OK && reconcile->keep)
		st = session_begin(session, "reconcile", module->name,
		    reconcile->initiated_by, since(run.changed_us), err);
	if (st == ST_OK)
		st = steps(&run, err);
	if (st == ST_OK && module->service == SERVICE_CRM)
		st = reconcile_want_referrers(&run, err);
	if (st == ST_OK || st == ST_NONE)
		st = conclude(&run, st, end, err);
	crm_fields_release(&run.fields);
	array_release(&run.seqs);
	array_release(&run.gone);
	return st;
}

enum status
reconcile_is_due(const struct reconcile *reconcile, const struct module *module,
    bool *due, struct err *err)
{
	struct args a = ARGS_INIT;
	PGresult *res = NULL;
	enum status st;

	args_text(&a, module->name);
	st = db_call(reconcile->db, SQL_RECONCILE_DUE, &a, &res, err);
	*due = st == ST_OK && db_bool(res, 0, 0);
	PQclear(res);
	return st;
}
