/* verify - prove that all Zoho has stands here as it has it, and repair what
 * does not. Nightly, from cron. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "asking.h"
#include "centre.h"
#include "chosen.h"
#include "clock.h"
#include "date.h"
#include "job_main.h"
#include "log.h"
#include "progress.h"
#include "rules.h"
#include "slot.h"
#include "stop.h"
#include "verify.h"

enum { OPT_MODULES, OPT_FULL, OPT_SAMPLE, OPT_DRY_RUN, OPT_UNTIL };

static const struct job_option options[] = {
	[OPT_MODULES] = { "modules", "LIST",
	    "only these, comma-separated: crm.leads,books.items" },
	[OPT_FULL] = { "full", NULL,
	    "read each record singly where lists do not show all of it" },
	[OPT_SAMPLE] = { "sample", "N", "else so many of a module (50)" },
	[OPT_DRY_RUN] = { "dry-run", NULL, "say what differs, repair nothing" },
	[OPT_UNTIL] = { "until", "SECONDS", "end then, in part (14400)" },
};

static const struct job_program program;

enum {
	STATEMENT_MS = 120000,
	UNTIL_S = 4 * 3600,
	DAY_S = 86400,
	PATIENCE_MS = 70000, /* a minute of Books, and a little */
	LOCK_MS = 500,
	SAMPLE = 50,
	SAMPLE_MOST = 100000
};

static void
show_progress(void *arg, const struct module *module, int64_t done,
    int64_t total)
{
	progress_draw(arg, module->name, done, total);
}

static void
summarise(const struct module *module, const struct session *s,
    const struct proof_of *proof, enum session_end end, const struct err *said)
{
	char line[240], at[DATE_TEXT_MAX];

	date_put_time(proof->as_of_us, at);
	(void)snprintf(line, sizeof(line),
	    "%s: %s equal=%lld at=%.19sZ expected=%lld differing=%lld "
	    "repaired=%lld failed=%lld calls=%lld credits=%lld",
	    module->name, session_end_name(end), (long long)proof->equal, at,
	    (long long)s->expected, (long long)s->differing,
	    (long long)proof->repaired, (long long)s->failed,
	    (long long)s->calls, (long long)s->credits);
	log_info("verified %s", line);
	(void)printf("%s\n", line);
	if (end != SESSION_COMPLETED)
		log_warn("%s: %s", module->name, said->text);
}

static enum status
one(struct verify *v, const struct module *module, struct session_tally *t,
    struct err *err)
{
	enum session_end end = SESSION_FAILED;
	struct session session;
	struct proof_of proof;
	struct err said = ERR_INIT;
	enum status st = verify_module(v, module, &session, &proof, &end, &said,
	    err);

	progress_clear(v->progress_arg);
	if (st != ST_OK)
		return st;
	summarise(module, &session, &proof, end, &said);
	session_count(t, end, &said);
	return ST_OK;
}

static enum status
go(struct verify *v, const struct chosen *chosen, struct err *err)
{
	struct session_tally t = { .whole = 0 };
	enum status st = slot_try(v->db, "verify", 0,
	    clock_passed_ms() + LOCK_MS, err);
	size_t i;

	if (st == ST_NONE) {
		log_info("another run is at it, this one leaves");
		return ST_OK;
	}
	for (i = 0; st == ST_OK && i < chosen->len && !stop_asked; i++)
		st = one(v, chosen->at[i], &t, err);
	t.left = (int)(chosen->len - i);
	return st == ST_OK ? session_verdict(&t, "proven", err) : st;
}

static enum status
open_all(struct verify *v, const struct job *job, struct module_list *modules,
    struct rules *rules, struct chosen *chosen, struct err *err)
{
	const struct settings *s = &job->settings;
	struct zoho_options z = { .settings = s,
		.program = "zohosync",
		.rank = RANK_BACKFILL,
		.patience_ms = PATIENCE_MS };
	enum status st = module_list_open(modules,
	    settings_text(s, SET_ZOHO_MODULES_TO_SYNC), err);

	if (st == ST_OK)
		st = chosen_open(chosen, modules, job->given[OPT_MODULES], err);
	if (st == ST_OK)
		st = asking_open(&v->db, s, "zohosync verify", STATEMENT_MS,
		    modules, err);
	if (st == ST_OK)
		st = rules_read(rules, v->db, s, err);
	if (st == ST_OK)
		st = spot_open(v->spot, s, "zohosync verify", modules,
		    &rules->normalise, err);
	z.db = v->db;
	return st == ST_OK ? zoho_open(&v->zoho, &z, err) : st;
}

static enum status
verify(struct job *job, struct err *err)
{
	struct module_list modules = { .len = 0 };
	struct rules rules = { .fields = { .len = 0 } };
	struct chosen chosen = { .len = 0 };
	struct progress progress = { .fd = STDERR_FILENO };
	struct spot spot = { .put = NULL };
	char who[SESSION_WHO_MAX];
	struct verify v = { .modules = &modules,
		.rules = &rules.normalise,
		.initiated_by = who,
		.spot = &spot,
		.full = job->given[OPT_FULL] != NULL,
		.repair = job->given[OPT_DRY_RUN] == NULL,
		.progress = show_progress,
		.progress_arg = &progress };
	long until = UNTIL_S, sample = SAMPLE;
	enum status st = job_number(job, &program, OPT_UNTIL, 1, DAY_S, UNTIL_S,
	    &until, err);

	if (st == ST_OK)
		st = job_number(job, &program, OPT_SAMPLE, 0, SAMPLE_MOST,
		    SAMPLE, &sample, err);
	if (st == ST_OK)
		st = centre_must_ask(&job->settings, err);
	session_initiator(who);
	v.sample = (int)sample;
	v.deadline_ms = clock_passed_ms() + (int64_t)until * 1000;
	if (st == ST_OK)
		st = open_all(&v, job, &modules, &rules, &chosen, err);
	if (st == ST_OK)
		st = go(&v, &chosen, err);
	spot_close(&spot);
	zoho_close(v.zoho);
	db_close(v.db);
	rules_release(&rules);
	chosen_close(&chosen);
	module_list_close(&modules);
	return st;
}

static const struct job_program program = {
	.name = "verify",
	.words = "",
	.summary = "Prove that all Zoho has stands here, and repair what does "
		   "not.",
	.options = options,
	.options_len = ARRAY_LEN(options),
	.run = verify,
};

int
main(int argc, char **argv)
{
	return job_main(argc, argv, &program);
}
