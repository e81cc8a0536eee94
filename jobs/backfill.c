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
#include "json.h"
#include "log.h"
#include "progress.h"
#include "rules.h"
#include "slot.h"
#include "stop.h"
#include "tool.h"

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
	OPT_UNTIL
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
	[OPT_BATCH] = { "batch-size", "N", "records in a page, to 200 (200)" },
	[OPT_ANEW] = { "anew", NULL,
	    "begin anew, not where a run was cut off" },
	[OPT_DRY_RUN] = { "dry-run", NULL,
	    "say what is missing, bring nothing" },
	[OPT_JSON] = { "json", NULL, "say how far it is as JSON, a line each" },
	[OPT_UNTIL] = { "until", "SECONDS",
	    "leave what is not done by then to the next run" },
};

static const struct job_program program;

enum {
	STATEMENT_MS = 120000,
	WEEK_S = 7 * 86400,
	PATIENCE_MS = 70000, /* a minute of Books, and a little */
	LOCK_MS = 500
};

/* ---- what is said ---- */

struct teller {
	struct progress progress;
	bool json;
	const struct module *module;
	int64_t began_ms;
};

/* What goes wrong here is seen where the whole output is: at the end. */
static void
say_json(const struct module *module, const struct session *s,
    const char *state, const char *message)
{
	const struct {
		const char *key;
		int64_t n;
	} figures[] = { { "session", s->id }, { "found", s->found },
		{ "differing", s->differing }, { "applied", s->applied },
		{ "failed", s->failed }, { "calls", s->calls },
		{ "credits", s->credits } };
	json_object *o = json_object_new_object();
	struct err none = ERR_INIT;
	enum status st = json_add_text(o, "module", module->name,
	    strlen(module->name), &none);
	size_t i;

	if (st == ST_OK)
		st = json_add_text(o, "state", state, strlen(state), &none);
	if (st == ST_OK && s->expected >= 0)
		st = json_add_i64(o, "expected", s->expected, &none);
	for (i = 0; st == ST_OK && i < ARRAY_LEN(figures); i++)
		st = json_add_i64(o, figures[i].key, figures[i].n, &none);
	if (st == ST_OK && message[0] != '\0')
		st = json_add_text(o, "message", message, strlen(message),
		    &none);
	if (st == ST_OK)
		st = tool_print_json(o, &none);
	if (st != ST_OK)
		log_warn("%s: %s", module->name, none.text);
	(void)fflush(stdout);
	json_object_put(o);
}

/* A line a page where nobody watches, a bar where somebody does. */
static void
tell(void *arg, const struct module *module, const struct session *s)
{
	struct teller *t = arg;

	if (t->json) {
		say_json(module, s, "running", "");
		return;
	}
	progress_draw(&t->progress, module->name, s->found, s->expected);
	if (isatty(STDERR_FILENO))
		return;
	if (s->expected >= 0)
		(void)printf("%s: %lld of %lld, applied %lld, failed %lld\n",
		    module->name, (long long)s->found, (long long)s->expected,
		    (long long)s->applied, (long long)s->failed);
	else
		(void)printf("%s: %lld, applied %lld, failed %lld\n",
		    module->name, (long long)s->found, (long long)s->applied,
		    (long long)s->failed);
	(void)fflush(stdout);
}

static void
summarise(struct teller *t, const struct module *module,
    const struct session *s, enum session_end end, const struct err *said)
{
	const char *state = session_end_name(end);
	const char *message = end == SESSION_COMPLETED ? "" : said->text;
	char line[240];

	progress_clear(&t->progress);
	(void)snprintf(line, sizeof(line),
	    "%s: %s expected=%lld found=%lld differing=%lld applied=%lld "
	    "failed=%lld calls=%lld credits=%lld ms=%lld",
	    module->name, state, (long long)s->expected, (long long)s->found,
	    (long long)s->differing, (long long)s->applied,
	    (long long)s->failed, (long long)s->calls, (long long)s->credits,
	    (long long)(clock_passed_ms() - t->began_ms));
	log_info("backfilled %s", line);
	if (t->json)
		say_json(module, s, state, message);
	else
		(void)printf("%s\n", line);
	if (message[0] != '\0')
		log_warn("%s: %s", module->name, message);
}

/* ---- the modules ---- */

static enum status
one(struct backfill *b, const struct module *module,
    struct session_tally *tally, struct err *err)
{
	struct teller *t = b->progress_arg;
	enum session_end end = SESSION_FAILED;
	struct session session;
	struct err said = ERR_INIT;
	enum status st;

	t->began_ms = clock_passed_ms();
	st = backfill_module(b, module, &session, &end, &said, err);
	progress_clear(&t->progress);
	if (st != ST_OK)
		return st;
	summarise(t, module, &session, end, &said);
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
	struct zoho_options z = { .settings = s,
		.program = "zohosync",
		.rank = RANK_BACKFILL,
		.patience_ms = PATIENCE_MS };
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
	z.db = r->db;
	return st == ST_OK ? zoho_open(&r->zoho, &z, err) : st;
}

static enum status
read_filter(const struct job *job, struct backfill *b, struct err *err)
{
	const char *since = job->given[OPT_SINCE];
	long batch = 0, until = WEEK_S;
	enum status st = job_number(job, &program, OPT_BATCH, 1, 200, 200,
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
	struct teller teller = { .progress = { .fd = STDERR_FILENO },
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
		.progress = tell,
		.progress_arg = &teller };
	enum status st = read_filter(job, &b, err);

	if (st == ST_OK)
		st = centre_must_ask(&job->settings, err);
	session_initiator(who);
	if (st == ST_OK)
		st = open_all(&b, job, &modules, &rules, &chosen, err);
	if (st == ST_OK)
		st = go(&b, &chosen, err);
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
