#include "fetcher.h"

#include <string.h>

#include "asking.h"
#include "clock.h"
#include "log.h"
#include "slot.h"
#include "stop.h"

enum {
	STATEMENT_MS = 60000,
	ONCE_WAIT_MS = 900,
	LOOK_MS = 1000, /* at what is due */
	PAUSE_MS = 500, /* after a failure that may pass */
	PATIENCE_MS = 30000
};

struct fetcher {
	const struct fetcher_orders *o;
	struct db *db;
	struct zoho *zoho;
	struct module_list modules;
	int64_t calls;   /* of earlier connections */
	struct err said; /* the last warning, not to be said again */
};

/* ST_NONE: another run has this place. */
static enum status
start(struct fetcher *f, struct err *err)
{
	struct zoho_options z = { .settings = f->o->settings,
		.program = "zohosync",
		.rank = RANK_FOLLOW_UP,
		.patience_ms = PATIENCE_MS };
	enum status st = asking_open(&f->db, f->o->settings, "zohosync fetch",
	    STATEMENT_MS, &f->modules, err);

	if (st == ST_OK && f->o->once)
		st = slot_try(f->db, "fetch-once", 0,
		    clock_passed_ms() + ONCE_WAIT_MS, err);
	if (st == ST_OK && !f->o->once)
		st = slot_take(f->db, "fetch", 0, f->o->deadline_ms, err);
	z.db = f->db;
	if (st == ST_OK)
		st = zoho_open(&f->zoho, &z, err);
	return st;
}

static void
stop(struct fetcher *f)
{
	if (f->zoho != NULL)
		f->calls += zoho_sent(f->zoho);
	zoho_close(f->zoho);
	db_close(f->db);
	f->zoho = NULL;
	f->db = NULL;
}

static bool
time_is_up(const struct fetcher *f)
{
	return stop_asked || clock_passed_ms() >= f->o->deadline_ms;
}

static void
warn(struct fetcher *f, const struct err *err)
{
	if (strcmp(f->said.text, err->text) != 0)
		log_warn("fetch: %s", err->text);
	f->said = *err;
}

/* Until nothing is due (ST_NONE), the time is up (ST_OK) or it fails. */
static enum status
work(struct fetcher *f, struct err *err)
{
	struct fetch fetch = { .db = f->db,
		.zoho = f->zoho,
		.modules = &f->modules,
		.origin = "fetch" };
	enum status st = ST_OK;

	while (st == ST_OK && !time_is_up(f)) {
		st = fetch_round(&fetch, err);
		f->o->totals->fetched += fetch.totals.fetched;
		f->o->totals->gone += fetch.totals.gone;
		f->o->totals->failed += fetch.totals.failed;
		f->o->totals->calls = f->calls + zoho_sent(f->zoho);
		if (fetch.totals.failed > 0)
			warn(f, &fetch.last);
		memset(&fetch.totals, 0, sizeof(fetch.totals));
	}
	return st;
}

static enum status
linger(struct fetcher *f, struct err *err)
{
	enum status st = start(f, err);

	while (st != ST_NONE || f->zoho != NULL) {
		if (st == ST_OK)
			st = work(f, err);
		if (time_is_up(f) || (f->o->once && st != ST_OK))
			break;
		if (st == ST_NONE) {
			clock_pause_ms(LOOK_MS);
			st = ST_OK;
		} else if (st == ST_RETRY) {
			warn(f, err);
			clock_pause_ms(PAUSE_MS);
			stop(f);
			st = start(f, err);
		} else if (st != ST_OK) {
			break;
		}
	}
	return st;
}

enum status
fetcher_run(const struct fetcher_orders *orders, struct err *err)
{
	struct fetcher f = { .o = orders };
	enum status st = module_list_open(&f.modules,
	    settings_text(orders->settings, SET_ZOHO_MODULES_TO_SYNC), err);

	if (st == ST_OK)
		st = linger(&f, err);
	stop(&f);
	module_list_close(&f.modules);
	return st;
}
