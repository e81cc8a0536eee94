/* backfill - bring all that Zoho has, for the first time or once more. By
 * hand or from a script; goes on where it was cut off. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "asking.h"
#include "backfill.h"
#include "centre.h"
#include "chosen.h"
#include "clock.h"
#include "date.h"
#include "job_main.h"
#include "legacy.h"
#include "listing.h"
#include "rules.h"
#include "slot.h"
#include "stop.h"
#include "telling.h"

enum {
	OPT_MODULES,
	OPT_SINCE,
	OPT_ACTIVE,
	OPT_STOCK,
	OPT_IMAGES,
	OPT_BATCH,
	OPT_ANEW,
	OPT_DRY_RUN,
	OPT_JSON,
	OPT_UNTIL,
	OPT_LEGACY,
	OPT_ARCHIVE
};

static const struct job_option options[] = {
	[OPT_MODULES] = { "modules", "LIST",
	    "only these, comma-separated: crm.leads,books.items" },
	[OPT_SINCE] = { "modified-since", "TIME",
	    "only what changed since then: 2026-01-31T09:15:00Z" },
	[OPT_ACTIVE] = { "active-only", NULL,
	    "of items and contacts of Books: those in use" },
	[OPT_STOCK] = { "with-stock-only", NULL,
	    "of items of Books: those in stock" },
	[OPT_IMAGES] = { "sync-images", NULL,
	    "of items of Books: also those whose image changed" },
	[OPT_BATCH] = { "batch-size", "N",
	    "records in a page, to 200 (200); rows of a table, to 5000 (100)" },
	[OPT_ANEW] = { "anew", NULL,
	    "begin anew, not where a run was cut off" },
	[OPT_DRY_RUN] = { "dry-run", NULL,
	    "say what is missing, bring nothing" },
	[OPT_JSON] = { "json", NULL, "say how far it is as JSON, a line each" },
	[OPT_UNTIL] = { "until", "SECONDS",
	    "leave what is not done by then to the next run" },
	[OPT_LEGACY] = { "legacy", "FILE",
	    "bring the rows of a table, as this file maps them" },
	[OPT_ARCHIVE] = { "archive-legacy", NULL,
	    "rename that table once all of it is here" },
};

static const struct job_program program;

enum {
	STATEMENT_MS = 120000,
	WEEK_S = 7 * 86400,
	PATIENCE_MS = 70000, /* a minute of Books, and a little */
	LOCK_MS = 500,
	ROWS = 100, /* of a legacy table in a request */
	ROWS_MOST = 5000,
	SHOWN = 3
};

/* ---- the modules ---- */

static enum status
one(struct backfill *b, const struct module *module,
    struct session_tally *tally, struct err *err)
{
	struct telling *t = b->progress_arg;
	enum session_end end = SESSION_FAILED;
	struct session session;
	struct err said = ERR_INIT;
	enum status st;

	t->began_ms = clock_passed_ms();
	st = backfill_module(b, module, &session, &end, &said, err);
	progress_clear(&t->progress);
	if (st != ST_OK)
		return st;
	telling_end(t, module, &session, end, &said);
	session_count(tally, end, &said);
	return ST_OK;
}

static enum status
go(struct backfill *b, const struct chosen *chosen, struct err *err)
{
	struct session_tally t = { .whole = 0 };
	enum status st = slot_try(b->reconcile.db, "backfill", 0,
	    clock_passed_ms() + LOCK_MS, err);
	size_t i;

	if (st == ST_NONE)
		return err_class(err, ST_RETRY, "busy",
		    "another run of backfill is at work");
	for (i = 0; st == ST_OK && i < chosen->len && !stop_asked; i++)
		st = one(b, chosen->at[i], &t, err);
	t.left = (int)(chosen->len - i);
	return st == ST_OK ? session_verdict(&t, "loaded", err) : st;
}

static enum status
open_all(struct backfill *b, const struct job *job, struct module_list *modules,
    struct rules *rules, struct chosen *chosen, struct err *err)
{
	const struct settings *s = &job->settings;
	struct reconcile *r = &b->reconcile;
	enum status st = module_list_open(modules,
	    settings_text(s, SET_ZOHO_MODULES_TO_SYNC), err);

	if (st == ST_OK)
		st = chosen_open(chosen, modules, job->given[OPT_MODULES], err);
	if (st == ST_OK)
		st = asking_open(&r->db, s, "zohosync backfill", STATEMENT_MS,
		    modules, err);
	if (st == ST_OK)
		st = rules_read(rules, r->db, s, err);
	if (st == ST_OK)
		st = spot_open(b->spot, s, "zohosync backfill", modules,
		    &rules->normalise, err);
	return st;
}

/* ---- from Zoho ---- */

static enum status
from_zoho(struct backfill *b, const struct job *job,
    const struct chosen *chosen, struct err *err)
{
	struct zoho_options z = { .settings = &job->settings,
		.db = b->reconcile.db,
		.program = "zohosync",
		.rank = RANK_BACKFILL,
		.patience_ms = PATIENCE_MS };
	enum status st = zoho_open(&b->reconcile.zoho, &z, err);

	return st == ST_OK ? go(b, chosen, err) : st;
}

/* ---- from a legacy table ---- */

static void
say_counts(const struct legacy *l, const struct legacy_counts *n)
{
	(void)printf("%s: rows=%lld without_id=%lld ids=%lld here=%lld "
		     "from_zoho=%lld\n",
	    l->module->name, (long long)n->rows, (long long)n->without_id,
	    (long long)n->ids, (long long)n->here, (long long)n->from_zoho);
}

/* All that has an id is here, once (F172). */
static enum status
validate(const struct legacy *l, struct db *db, struct session *s,
    struct err *said, struct err *err)
{
	struct legacy_counts n;
	enum status st = legacy_count(l, db, &n, err);

	if (st != ST_OK)
		return st;
	say_counts(l, &n);
	s->expected = n.ids;
	return n.here == n.ids
	    ? ST_OK
	    : err_class(said, ST_NONE, "partial",
		  "%lld of %lld ids are here; the others wait for a drain, are "
		  "dead letters, or lack what a whole record has",
		  (long long)n.here, (long long)n.ids);
}

static enum status
bring_legacy(struct backfill *b, const struct legacy *l, struct session *s,
    struct err *said, struct err *err)
{
	struct legacy_run run = { .db = b->reconcile.db,
		.spot = b->spot,
		.session = s,
		.batch_size = b->batch_size,
		.progress = b->progress,
		.arg = b->progress_arg };
	enum session_end end = SESSION_COMPLETED;
	enum status st;

	memset(s, 0, sizeof(*s));
	s->db = b->reconcile.db;
	s->options = buf_text(&l->text);
	st = session_begin(s, "backfill", l->module->name,
	    b->reconcile.initiated_by, 0, err);
	if (st == ST_OK)
		st = legacy_load(l, &run, err);
	if (st == ST_OK)
		st = validate(l, run.db, s, said, err);
	if (st != ST_OK && st != ST_NONE)
		return st;
	if (st == ST_NONE)
		end = SESSION_PARTIAL;
	telling_end(b->progress_arg, l->module, s, end, said);
	st = session_finish(s, end, said->text, 0, err);
	if (st == ST_OK && end != SESSION_COMPLETED)
		*err = *said;
	return st == ST_OK && end != SESSION_COMPLETED ? ST_RETRY : st;
}

static enum status
from_table(struct backfill *b, const struct job *job, struct err *err)
{
	struct telling *t = b->progress_arg;
	struct err said = ERR_INIT;
	struct legacy_counts n;
	struct session session;
	struct legacy l;
	char name[80];
	enum status st = legacy_open(&l, job->given[OPT_LEGACY],
	    b->reconcile.modules, err);

	t->began_ms = clock_passed_ms();
	if (st == ST_OK)
		st = legacy_count(&l, b->reconcile.db, &n, err);
	if (st == ST_OK && !b->reconcile.keep) {
		st = legacy_show(&l, b->reconcile.db, b->reconcile.rules, SHOWN,
		    err);
		say_counts(&l, &n);
	} else if (st == ST_OK) {
		st = bring_legacy(b, &l, &session, &said, err);
	}
	if (st == ST_OK && job->given[OPT_ARCHIVE] != NULL &&
	    b->reconcile.keep) {
		st = legacy_archive(&l, b->reconcile.db, name, sizeof(name),
		    err);
		if (st == ST_OK)
			(void)printf("the table is %s now\n", name);
	}
	legacy_close(&l);
	return st;
}

static enum status
read_filter(const struct job *job, struct backfill *b, struct err *err)
{
	const char *since = job->given[OPT_SINCE];
	bool legacy = job->given[OPT_LEGACY] != NULL;
	long batch = 0, until = WEEK_S;
	enum status st = job_number(job, &program, OPT_BATCH, 1,
	    legacy ? ROWS_MOST : LISTING_PAGE, legacy ? ROWS : LISTING_PAGE,
	    &batch, err);

	if (st == ST_OK)
		st = job_number(job, &program, OPT_UNTIL, 1, WEEK_S, WEEK_S,
		    &until, err);
	b->batch_size = (int)batch;
	b->reconcile.deadline_ms = clock_passed_ms() + (int64_t)until * 1000;
	b->filter.active_only = job->given[OPT_ACTIVE] != NULL;
	b->filter.with_stock_only = job->given[OPT_STOCK] != NULL;
	b->filter.images = job->given[OPT_IMAGES] != NULL;
	if (st == ST_OK && since != NULL &&
	    date_read_time(since, &b->filter.since_us, err) != ST_OK)
		st = err_class(err, ST_REJECT, "usage",
		    "--modified-since: \"%.40s\" is no time with an offset, "
		    "like 2026-01-31T09:15:00Z",
		    since);
	return st;
}

static enum status
backfill(struct job *job, struct err *err)
{
	struct module_list modules = { .len = 0 };
	struct rules rules = { .fields = { .len = 0 } };
	struct chosen chosen = { .len = 0 };
	struct telling telling = { .progress = { .fd = STDERR_FILENO },
		.json = job->given[OPT_JSON] != NULL };
	struct spot spot = { .put = NULL };
	char who[SESSION_WHO_MAX];
	struct backfill b = { .reconcile = { .modules = &modules,
				  .rules = &rules.normalise,
				  .initiated_by = who,
				  .spot = &spot,
				  .keep = job->given[OPT_DRY_RUN] == NULL },
		.spot = &spot,
		.anew = job->given[OPT_ANEW] != NULL,
		.progress = telling_page,
		.progress_arg = &telling };
	bool legacy = job->given[OPT_LEGACY] != NULL;
	enum status st = read_filter(job, &b, err);

	if (st == ST_OK && !legacy)
		st = centre_must_ask(&job->settings, err);
	session_initiator(who);
	if (st == ST_OK)
		st = open_all(&b, job, &modules, &rules, &chosen, err);
	if (st == ST_OK)
		st = legacy ? from_table(&b, job, err)
			    : from_zoho(&b, job, &chosen, err);
	spot_close(&spot);
	zoho_close(b.reconcile.zoho);
	db_close(b.reconcile.db);
	rules_release(&rules);
	chosen_close(&chosen);
	module_list_close(&modules);
	return st;
}

static const struct job_program program = {
	.name = "backfill",
	.words = "",
	.summary = "Bring all that Zoho has of the modules in use.",
	.options = options,
	.options_len = ARRAY_LEN(options),
	.run = backfill,
};

int
main(int argc, char **argv)
{
	return job_main(argc, argv, &program);
}
