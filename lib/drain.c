#include "drain.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "chores.h"
#include "clock.h"
#include "front.h"
#include "log.h"
#include "module.h"
#include "schema.h"
#include "mirror.h"
#include "rules.h"
#include "spool.h"
#include "texts.h"
#include "unspool.h"

enum { CONNECT_S = 5, CRASH_LIMIT = 3, RULES_MS = 10000 };

struct drain {
	const struct settings *settings;
	struct db *db;
	struct module_list modules;
	struct rules reading;
	struct batch_rules rules;
	struct retry_policy policy;
	struct spool spool;
	struct front front;
	int batch_max;
	int64_t rules_ms; /* when the rules of reading are read again */
	bool *changed;    /* of each module, since the last note */
	bool spool_fails; /* the last attempt to load it did */
};

static enum status
connect_db(struct drain *d, struct err *err)
{
	const struct db_options o = {
		.url = settings_text(d->settings, SET_DATABASE_URL),
		.program = "zohosync drain",
		.prepare = settings_on(d->settings, SET_DATABASE_PREPARE),
		.connect_timeout_s = CONNECT_S,
		.statement_timeout_ms = 60000,
	};
	const char *url;
	enum status st;

	st = settings_need(d->settings, SET_DATABASE_URL, &url, err);
	if (st == ST_OK)
		st = db_open(&d->db, &o, err);
	if (st == ST_OK)
		st = mirror_tune(d->db, err);
	if (st == ST_OK)
		st = schema_fits(d->db, err);
	return st;
}

enum status
drain_warm(struct drain *drain, struct err *err)
{
	enum status st = db_prepare(drain->db, sql_drain, sql_drain_len, err);

	if (st == ST_OK)
		st = db_prepare(drain->db, sql_projections, sql_projections_len,
		    err);
	return st;
}

static void
set_rules(struct drain *d, volatile int64_t *reading)
{
	const struct settings *s = d->settings;

	d->rules.modules = &d->modules;
	d->rules.normalise = &d->reading.normalise;
	d->rules.crash_limit = CRASH_LIMIT;
	d->rules.reading = reading;
	queue_policy(&d->policy, s);
	d->batch_max = (int)settings_number(s, SET_DRAIN_BATCH);
	d->spool.dir = settings_text(s, SET_SPOOL_DIR);
	d->spool.max_bytes = settings_number(s, SET_SPOOL_MAX_MB) *
	    (int64_t)MIB;
}

/* Fields come and change while a drain lingers. After a failure nothing is
 * read by half of the rules: this comes first again. */
static enum status
renew_rules(struct drain *d, struct err *err)
{
	enum status st;

	if (clock_passed_ms() < d->rules_ms)
		return ST_OK;
	rules_release(&d->reading);
	st = rules_read(&d->reading, d->db, d->settings, err);
	if (st == ST_OK)
		d->rules_ms = clock_passed_ms() + RULES_MS;
	return err_passing(st, err);
}

static enum status
open_into(struct drain *d, volatile int64_t *reading, struct err *err)
{
	enum status st;

	set_rules(d, reading);
	st = module_list_open(&d->modules,
	    settings_text(d->settings, SET_ZOHO_MODULES_TO_SYNC), err);
	if (st == ST_OK) {
		d->changed = calloc(d->modules.len, sizeof(*d->changed));
		if (d->changed == NULL)
			st = err_memory(err);
	}
	if (st == ST_OK)
		st = connect_db(d, err);
	if (st == ST_OK)
		st = renew_rules(d, err);
	return st;
}

enum status
drain_open(struct drain **out, const struct settings *settings,
    volatile int64_t *reading, struct err *err)
{
	struct drain *d = calloc(1, sizeof(*d));
	enum status st;

	*out = NULL;
	if (d == NULL)
		return err_memory(err);
	d->settings = settings;
	st = open_into(d, reading, err);
	if (st != ST_OK) {
		drain_close(d);
		return st;
	}
	*out = d;
	return ST_OK;
}

void
drain_close(struct drain *drain)
{
	if (drain == NULL)
		return;
	db_close(drain->db);
	rules_release(&drain->reading);
	module_list_close(&drain->modules);
	free(drain->changed);
	free(drain);
}

struct db *
drain_db(struct drain *drain)
{
	return drain->db;
}

static void
mark_changed(struct drain *d, const struct batch *batch)
{
	size_t i;

	for (i = 0; i < batch->items_len; i++)
		if (batch->items[i].verdict == VERDICT_APPLIED &&
		    batch->items[i].change->module != NULL)
			d->changed[batch->items[i].change->module -
			    d->modules.at] = true;
}

static int64_t
oldest_spooled(const struct drain *d)
{
	return d->spool_fails ? INT64_MAX : spool_oldest_us(&d->spool);
}

/* Whether it holds what came after "us". */
static bool
came_after(const struct batch *batch, int64_t us)
{
	size_t i;

	for (i = 0; i < batch->tasks_len; i++)
		if (batch->tasks[i].received_us > us)
			return true;
	return false;
}

static enum status
claim(struct drain *d, struct batch *batch, int max, struct err *err)
{
	enum status st;

	do {
		batch_release(batch);
		st = batch_claim(batch, d->db, max,
		    front_from(&d->front, clock_passed_ms()), &d->rules, err);
	} while (st == ST_NONE && front_again(&d->front));
	if (st == ST_OK)
		front_found(&d->front, batch->first_due_us, clock_passed_ms());
	return st;
}

static enum status
work(struct drain *d, struct batch *batch, const struct width *width,
    const char *end, struct queue_totals *totals, struct err *err)
{
	/* Before and after: another drain may be loading it just now. */
	int64_t before = oldest_spooled(d);
	enum status st = db_command(d->db, "begin", err);

	if (st == ST_OK)
		st = claim(d, batch, width_now(width, d->batch_max), err);
	if (st == ST_OK &&
	    (came_after(batch, before) || came_after(batch, oldest_spooled(d))))
		return err_class(err, ST_RETRY, "spool_first",
		    "what waits in the spool came first");
	if (st == ST_OK && !width_blame(width, batch))
		st = mirror_apply(d->db, batch, err);
	if (st == ST_OK)
		st = queue_settle(d->db, batch, &d->policy, totals, err);
	if (st == ST_OK)
		st = db_command(d->db, end, err);
	return st;
}

static enum status
run_batch(struct drain *drain, struct width *width, const char *end,
    struct queue_totals *totals, struct err *err)
{
	struct queue_totals after = *totals;
	struct err undone = ERR_INIT;
	struct batch batch;
	enum status st;

	memset(&batch, 0, sizeof(batch));
	st = work(drain, &batch, width, end, &after, err);
	if (st == ST_OK) {
		*totals = after;
		mark_changed(drain, &batch);
		width_worked(width);
	} else if (!db_is_lost(drain->db) &&
	    db_command(drain->db, "rollback", &undone) != ST_OK) {
		log_warn("rollback: %s", undone.text);
	}
	if (st != ST_OK)
		front_reset(&drain->front);
	st = err_passing(st, err); /* a smaller batch may find enough */
	if (st == ST_RETRY && strcmp(err->reason, "spool_first") != 0)
		width_failed(width, &batch, err);
	batch_release(&batch);
	return st;
}

enum status
drain_batch(struct drain *drain, struct width *width,
    struct queue_totals *totals, struct err *err)
{
	enum status st = renew_rules(drain, err);

	return st == ST_OK ? run_batch(drain, width, "commit", totals, err)
			   : st;
}

enum status
drain_preview(struct drain *drain, struct queue_totals *totals, struct err *err)
{
	struct width whole = { .shift = 0 };

	return run_batch(drain, &whole, "rollback", totals, err);
}

enum status
drain_spool(struct drain *drain, int64_t until_ms, int64_t *loaded,
    struct err *err)
{
	enum status st = ST_NONE;

	*loaded = 0;
	if (spool_oldest_us(&drain->spool) < INT64_MAX)
		st = unspool(drain->db, &drain->spool, until_ms, loaded, err);
	drain->spool_fails = st != ST_OK && st != ST_NONE;
	if (*loaded > 0)
		front_reset(&drain->front); /* it came before */
	return st;
}

enum status
drain_make_room(struct drain *drain, struct err *err)
{
	return chores_make_room(drain->db, &drain->modules, err);
}

enum status
drain_housekeeping(struct drain *drain, struct err *err)
{
	spool_tidy(&drain->spool);
	return chores_tidy(drain->db,
	    settings_number(drain->settings, SET_DEDUPE_TTL_SECONDS),
	    drain->policy.max_s, err);
}

enum status
drain_note_modules(struct drain *drain, struct err *err)
{
	struct array names;
	struct args a = ARGS_INIT;
	enum status st = ST_OK;
	size_t i;

	array_init(&names, ARRAY_TEXT, MIB);
	for (i = 0; st == ST_OK && i < drain->modules.len; i++) {
		if (drain->changed[i])
			st = array_text(&names, drain->modules.at[i].name, err);
		drain->changed[i] = false;
	}
	if (st == ST_OK && names.n > 0) {
		args_array(&a, &names);
		st = db_call(drain->db, SQL_DRAIN_CHANGED, &a, NULL, err);
	}
	array_release(&names);
	return st;
}

enum status
drain_note_crash(struct drain *drain, int64_t seq, int signal, struct err *err)
{
	struct args a = ARGS_INIT;
	char text[64];

	(void)snprintf(text, sizeof(text), "a drain died of signal %d", signal);
	args_i64(&a, seq);
	args_text(&a, text);
	return db_call(drain->db, SQL_DRAIN_CRASH, &a, NULL, err);
}
