/* reconcile - compare with Zoho what is mirrored here, and bring what differs.
 * From cron, each quarter of an hour; by hand for chosen modules. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "asking.h"
#include "centre.h"
#include "chosen.h"
#include "clock.h"
#include "failures.h"
#include "job_main.h"
#include "log.h"
#include "progress.h"
#include "reconcile.h"
#include "rules.h"
#include "slot.h"
#include "stop.h"

enum { OPT_MODULES, OPT_SWEEP, OPT_DRY_RUN, OPT_DUE, OPT_UNTIL };

static const struct job_option options[] = {
	[OPT_MODULES] = { "modules", "LIST",
	    "only these, comma-separated: crm.leads,books.items" },
	[OPT_SWEEP] = { "sweep", NULL,
	    "compare all records, not what changed" },
	[OPT_DRY_RUN] = { "dry-run", NULL, "say what differs, bring nothing" },
	[OPT_DUE] = { "due", NULL,
	    "only modules whose ZOHO_SYNC_INTERVAL_MINUTES are over" },
	[OPT_UNTIL] = { "until", "SECONDS",
	    "leave what is not done by then to the next run (840)" },
};

static const struct job_program program;

enum {
	STATEMENT_MS = 120000,
	UNTIL_S = 840,
	PATIENCE_MS = 70000, /* a minute of Books, and a little */
	LOCK_MS = 500
};

/* ---- what a person sees ---- */

static void
show_progress(void *arg, const struct module *module, enum reconcile_step step,
    int64_t done, int64_t total)
{
	static const char *const steps[] = { [STEP_COMPARE] = "compared",
		[STEP_ASK] = "asked for",
		[STEP_APPLY] = "applied" };
	char what[PROGRESS_WHAT_MAX];

	(void)snprintf(what, sizeof(what), "%.30s %s", module->name,
	    steps[step]);
	progress_draw(arg, what, done, total);
}

static void
summarise(const struct module *module, const struct session *s,
    enum session_end end, const struct err *said, int64_t took_ms)
{
	char line[240];

	(void)snprintf(line, sizeof(line),
	    "%s: %s found=%lld differing=%lld applied=%lld failed=%lld "
	    "calls=%lld credits=%lld ms=%lld",
	    module->name, session_end_name(end), (long long)s->found,
	    (long long)s->differing, (long long)s->applied,
	    (long long)s->failed, (long long)s->calls, (long long)s->credits,
	    (long long)took_ms);
	log_info("reconciled %s", line);
	if (isatty(STDOUT_FILENO))
		(void)printf("%s\n", line);
	if (end != SESSION_COMPLETED)
		log_warn("%s: %s", module->name, said->text);
}

/* ---- the modules ---- */

static enum status
one(struct reconcile *r, const struct module *module, struct session_tally *t,
    struct err *err)
{
	const int64_t began_ms = clock_passed_ms();
	enum session_end end = SESSION_FAILED;
	struct session session;
	struct err said = ERR_INIT;
	enum status st = reconcile_module(r, module, &session, &end, &said,
	    err);

	progress_clear(r->progress_arg);
	if (st != ST_OK)
		return st;
	summarise(module, &session, end, &said, clock_passed_ms() - began_ms);
	session_count(t, end, &said);
	return ST_OK;
}

/* Nothing where it is not its turn. */
static enum status
one_if_due(struct reconcile *r, const struct module *module, bool only_due,
    struct session_tally *t, struct err *err)
{
	bool due = true;
	enum status st = ST_OK;

	if (only_due)
		st = reconcile_is_due(r, module, &due, err);
	return st == ST_OK && due ? one(r, module, t, err) : st;
}

/* What later modules asked for in this one; what does not come is asked for
 * again by the next run. */
static enum status
late(struct reconcile *r, const struct module *module, struct err *err)
{
	enum status st = reconcile_late(r, module, err);

	progress_clear(r->progress_arg);
	if (st == ST_NONE)
		log_warn("%s: %s", module->name, err->text);
	return st == ST_NONE ? ST_OK : st;
}

static enum status
each(struct reconcile *r, const struct job *job, const struct chosen *chosen,
    struct session_tally *t, struct err *err)
{
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < chosen->len && !stop_asked; i++)
		st = one_if_due(r, chosen->at[i], job->given[OPT_DUE] != NULL,
		    t, err);
	t->left = (int)(chosen->len - i);
	for (i = 0; st == ST_OK && r->late && i < chosen->len && !stop_asked;
	     i++)
		st = late(r, chosen->at[i], err);
	return st;
}

/* What it names is fetched with its module. */
static enum status
read_failures(struct reconcile *r, struct err *err)
{
	struct err why = ERR_INIT;
	int64_t found = 0;
	enum status st = failures_read(r->zoho, r->db, r->modules, r->keep,
	    &found, &why);

	if (st == ST_NONE)
		log_info("the list of failed webhooks is not read: %s",
		    why.text);
	else if (st != ST_OK)
		*err = why;
	if (found > 0)
		log_info("failed webhooks: %lld records are asked for",
		    (long long)found);
	return st == ST_NONE ? ST_OK : st;
}

static enum status
go(struct reconcile *r, const struct job *job, const struct chosen *chosen,
    struct err *err)
{
	struct session_tally t = { .whole = 0 };
	enum status st = slot_try(r->db, "reconcile", 0,
	    clock_passed_ms() + LOCK_MS, err);

	if (st == ST_NONE) {
		log_info("another run is at it, this one leaves");
		return ST_OK;
	}
	if (st == ST_OK && job->given[OPT_MODULES] == NULL)
		st = read_failures(r, err);
	if (st == ST_OK)
		st = each(r, job, chosen, &t, err);
	return st == ST_OK ? session_verdict(&t, "reconciled", err) : st;
}

/* Modules and rules stand while "r" is used. */
static enum status
open_all(struct reconcile *r, const struct settings *s,
    struct module_list *modules, struct rules *rules, struct chosen *chosen,
    const char *only, struct err *err)
{
	struct zoho_options z = { .settings = s,
		.program = "zohosync",
		.rank = isatty(STDERR_FILENO) ? RANK_PERSON : RANK_RECONCILE,
		.patience_ms = PATIENCE_MS };
	enum status st = module_list_open(modules,
	    settings_text(s, SET_ZOHO_MODULES_TO_SYNC), err);

	if (st == ST_OK)
		st = chosen_open(chosen, modules, only, err);
	if (st == ST_OK)
		st = asking_open(&r->db, s, "zohosync reconcile", STATEMENT_MS,
		    modules, err);
	if (st == ST_OK)
		st = rules_read(rules, r->db, s, err);
	z.db = r->db;
	return st == ST_OK ? zoho_open(&r->zoho, &z, err) : st;
}

static enum status
reconcile(struct job *job, struct err *err)
{
	const struct settings *s = &job->settings;
	struct module_list modules = { .len = 0 };
	struct rules rules = { .fields = { .len = 0 } };
	struct progress progress = { .fd = STDERR_FILENO };
	struct chosen chosen = { .len = 0 };
	char who[SESSION_WHO_MAX];
	struct reconcile r = { .modules = &modules,
		.rules = &rules.normalise,
		.initiated_by = who,
		.interval_s = 60 *
		    (int)settings_number(s, SET_ZOHO_SYNC_INTERVAL_MINUTES),
		.refresh_s = 3600 *
		    (int64_t)settings_number(s, SET_FORMULA_REFRESH_HOURS),
		.sweep = job->given[OPT_SWEEP] != NULL,
		.keep = job->given[OPT_DRY_RUN] == NULL,
		.progress = show_progress,
		.progress_arg = &progress };
	long until = UNTIL_S;
	enum status st = job_number(job, &program, OPT_UNTIL, 1, 86400, UNTIL_S,
	    &until, err);

	if (st == ST_OK)
		st = centre_must_ask(s, err);
	if (st != ST_OK)
		return st;
	session_initiator(who);
	r.deadline_ms = clock_passed_ms() + (int64_t)until * 1000;
	st = open_all(&r, s, &modules, &rules, &chosen, job->given[OPT_MODULES],
	    err);
	if (st == ST_OK)
		st = go(&r, job, &chosen, err);
	zoho_close(r.zoho);
	db_close(r.db);
	rules_release(&rules);
	chosen_close(&chosen);
	module_list_close(&modules);
	return st;
}

static const struct job_program program = {
	.name = "reconcile",
	.words = "",
	.summary = "Compare with Zoho what is mirrored here, and bring what "
		   "differs.",
	.options = options,
	.options_len = ARRAY_LEN(options),
	.run = reconcile,
};

int
main(int argc, char **argv)
{
	return job_main(argc, argv, &program);
}
