/* What a run found is asked for, and applied by a drain. */
#include <stdio.h>

#include "clock.h"
#include "reconcile_own.h"
#include "stop.h"
#include "texts.h"

enum {
	STILL_MS = 3000, /* when nothing is applied for so long, no drain is */
	LOOK_MS = 50,
	NAMES_BYTES = 8 * 1024 * 1024
};

bool
reconcile_may_go_on(const struct run *run)
{
	return !stop_asked && clock_passed_ms() < run->r->deadline_ms;
}

enum status
reconcile_is_over(struct err *err)
{
	return err_class(err, ST_RETRY, "time", "%s",
	    stop_asked ? "asked to end" : "its time was up");
}

enum status
reconcile_tell(struct run *run, enum reconcile_step step, int64_t done,
    int64_t total, struct err *err)
{
	struct session *s = run->session;

	s->calls = zoho_sent(run->r->zoho) - run->sent;
	s->credits = zoho_credits(run->r->zoho) - run->credits;
	if (run->r->progress != NULL)
		run->r->progress(run->r->progress_arg, run->module, step, done,
		    total);
	return session_progress(s, err);
}

struct fetch
reconcile_fetch(struct run *run)
{
	return (struct fetch) { .db = run->r->db,
		.zoho = run->r->zoho,
		.modules = run->r->modules,
		.origin = "reconcile",
		.spot = run->r->spot,
		.found_in = run->module,
		.seqs = &run->seqs,
		.deleted = &run->gone };
}

static int64_t
asked_for(const struct fetch *f)
{
	return f->totals.fetched + f->totals.gone + f->totals.failed;
}

/* All that is wanted of this module. ST_NONE: not all of it came. */
static enum status
fetch_found(struct run *run, struct err *err)
{
	struct fetch fetch = reconcile_fetch(run);
	enum status st = ST_OK;

	while (st == ST_OK && reconcile_may_go_on(run)) {
		st = fetch_round(&fetch, err);
		if (st == ST_OK)
			st = reconcile_tell(run, STEP_ASK, asked_for(&fetch),
			    run->session->differing, err);
	}
	run->session->failed += fetch.totals.failed;
	if (st != ST_OK && st != ST_NONE)
		return st;
	if (fetch.totals.failed > 0)
		*run->said = fetch.last;
	else if (st == ST_OK)
		(void)reconcile_is_over(run->said);
	return fetch.totals.failed > 0 || st == ST_OK ? ST_NONE : ST_OK;
}

static enum status
look_at_outcome(struct run *run, int64_t *waiting, struct err *err)
{
	struct args a = ARGS_INIT;
	PGresult *res = NULL;
	enum status st;

	args_array(&a, &run->seqs);
	st = db_call(run->r->db, SQL_SESSION_OUTCOME, &a, &res, err);
	if (st == ST_OK) {
		*waiting = db_i64(res, 0, 0);
		run->session->applied = db_i64(res, 0, 1);
	}
	PQclear(res);
	return st;
}

/* "*applied" says whether a drain has done all of it. */
static enum status
wait_for_drain(struct run *run, bool *applied, struct err *err)
{
	const int64_t all = (int64_t)run->seqs.n;
	int64_t waiting = 0, before = 0, moved_ms = clock_passed_ms();
	enum status st = look_at_outcome(run, &waiting, err);

	if (st == ST_OK && waiting > 0)
		fetch_wake_drain(run->r->db);
	while (st == ST_OK && waiting > 0 && reconcile_may_go_on(run) &&
	    !run->r->no_drain) {
		before = waiting;
		clock_pause_ms(LOOK_MS);
		st = look_at_outcome(run, &waiting, err);
		if (st == ST_OK)
			st = reconcile_tell(run, STEP_APPLY, all - waiting, all,
			    err);
		if (waiting != before)
			moved_ms = clock_passed_ms();
		run->r->no_drain = clock_passed_ms() - moved_ms >= STILL_MS;
	}
	*applied = waiting == 0;
	return st == ST_OK && waiting > 0
	    ? session_say(run->session, "info",
		  "what was found waits for a drain to apply it", err)
	    : st;
}

/* What was put is applied by who put it. */
static enum status
wait_for_spot(struct run *run, bool *applied, struct err *err)
{
	enum status st = run->r->spot->wait(run->r->spot, err);

	run->session->applied = spot_changes(run->r->spot, VERDICT_APPLIED) -
	    run->on_spot;
	*applied = true;
	return st;
}

enum status
reconcile_bring(struct run *run, bool *applied, struct err *err)
{
	enum status st = run->r->keep ? fetch_found(run, err) : ST_OK;

	if (st != ST_OK)
		return st;
	return run->r->spot != NULL ? wait_for_spot(run, applied, err)
				    : wait_for_drain(run, applied, err);
}

enum status
reconcile_want_referrers(struct run *run, struct err *err)
{
	const struct module_list *modules = run->r->modules;
	char said[96];
	struct array names;
	struct args a = ARGS_INIT;
	PGresult *res = NULL;
	int64_t n = 0;
	enum status st = ST_OK;
	size_t i;

	if (run->gone.n == 0 || !run->r->keep)
		return ST_OK;
	array_init(&names, ARRAY_TEXT, NAMES_BYTES);
	for (i = 0; st == ST_OK && i < modules->len; i++)
		if (modules->at[i].service == SERVICE_CRM)
			st = array_text(&names, modules->at[i].name, err);
	args_array(&a, &names);
	args_array(&a, &run->gone);
	if (st == ST_OK)
		st = db_call(run->r->db, SQL_RECONCILE_REFERRERS, &a, &res,
		    err);
	if (st == ST_OK)
		n = db_i64(res, 0, 0);
	PQclear(res);
	array_release(&names);
	if (st != ST_OK || n == 0)
		return st;
	run->r->late = true;
	(void)snprintf(said, sizeof(said),
	    "%lld records refer to what is gone and are asked for",
	    (long long)n);
	return session_say(run->session, "info", said, err);
}

enum status
reconcile_late(struct reconcile *reconcile, const struct module *module,
    struct err *err)
{
	struct session none = { .db = reconcile->db };
	struct err said = ERR_INIT;
	struct run run = { .r = reconcile,
		.module = module,
		.session = &none,
		.said = &said };
	bool applied;
	enum status st;

	array_init(&run.seqs, ARRAY_I64, NAMES_BYTES);
	array_init(&run.gone, ARRAY_TEXT, NAMES_BYTES);
	st = reconcile_bring(&run, &applied, err);
	if (st == ST_NONE)
		*err = said;
	array_release(&run.seqs);
	array_release(&run.gone);
	return st;
}
