/* fields - read from Zoho what modules and fields there are, and make views of
 * them; show what is known of them. From cron, once a day. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "asking.h"
#include "centre.h"
#include "clock.h"
#include "job_main.h"
#include "log.h"
#include "metadata.h"
#include "slot.h"
#include "stop.h"
#include "texts.h"
#include "tool.h"

enum { OPT_UNTIL, OPT_CUSTOM, OPT_DAYS, OPT_JSON };

static const struct job_option options[] = {
	[OPT_UNTIL] = { "until", "SECONDS",
	    "try views that somebody reads again until then (600)" },
	[OPT_CUSTOM] = { "custom", NULL, "list: only fields that people made" },
	[OPT_DAYS] = { "days", "N", "drift: look back so far (30)" },
	[OPT_JSON] = { "json", NULL, "one JSON document a line" },
};

static const struct job_program program;

enum {
	STATEMENT_MS = 120000,
	PATIENCE_MS = 70000,
	LOCK_MS = 500,
	UNTIL_S = 600,
	AGAIN_MS = 2000,
	DAYS = 30,
	DAYS_MOST = 36500
};

/* ---- reading ---- */

enum state { STATE_UNREAD, STATE_READ, STATE_MADE };

struct reading {
	struct metadata metadata;
	enum state *states; /* by place in the list of modules */
	int64_t deadline_ms;
	int modules, read, made;
	struct err first; /* why the first of them was not */
};

static void
note_failure(struct reading *r, const struct module *module, const char *what,
    const struct err *why)
{
	log_warn("%s: %s: %s", module->name, what, why->text);
	if (r->first.text[0] == '\0')
		r->first = *why;
}

/* What fails costs its module only, unless the database is gone. */
static enum status
read_each(struct reading *r, struct err *err)
{
	const struct module_list *modules = r->metadata.modules;
	size_t i;

	for (i = 0; i < modules->len && !stop_asked; i++) {
		const struct module *module = &modules->at[i];

		if (module->service != SERVICE_CRM)
			continue;
		if (metadata_fields(&r->metadata, module, err) == ST_OK) {
			r->states[i] = STATE_READ;
			r->read++;
			continue;
		}
		note_failure(r, module, "its fields are not read", err);
		if (db_is_lost(r->metadata.db))
			return ST_RETRY;
	}
	return ST_OK;
}

/* One try for each that is left; "last" is the last one. */
static enum status
make_each(struct reading *r, bool last, struct err *err)
{
	const struct module_list *modules = r->metadata.modules;
	enum status st;
	size_t i;

	for (i = 0; i < modules->len; i++) {
		if (r->states[i] != STATE_READ)
			continue;
		st = metadata_views(&r->metadata, &modules->at[i], err);
		if (st == ST_OK) {
			r->states[i] = STATE_MADE;
			r->made++;
			continue;
		}
		if (db_is_lost(r->metadata.db))
			return ST_RETRY;
		if (last || st != ST_RETRY) {
			note_failure(r, &modules->at[i],
			    "its views stay as they were", err);
			r->states[i] = STATE_UNREAD;
		}
	}
	return ST_OK;
}

static enum status
make_views(struct reading *r, struct err *err)
{
	bool last = false;
	enum status st = ST_OK;

	while (st == ST_OK && !last && r->made < r->read) {
		last = stop_asked || clock_passed_ms() >= r->deadline_ms;
		st = make_each(r, last, err);
		if (st == ST_OK && !last && r->made < r->read)
			clock_pause_ms(AGAIN_MS);
	}
	return st;
}

static enum status
verdict(const struct reading *r, struct err *err)
{
	log_info("fields: modules=%d read=%d views=%d changes=%d", r->modules,
	    r->read, r->made, r->metadata.changes);
	if (isatty(STDOUT_FILENO))
		(void)printf("%d of %d modules read, %d changes, views of %d "
			     "as they should be\n",
		    r->read, r->modules, r->metadata.changes, r->made);
	if (r->made == r->modules)
		return ST_OK;
	return err_class(err, ST_RETRY, "partial",
	    "%d of %d modules are read, views of %d made: %.300s", r->read,
	    r->modules, r->made,
	    r->first.text[0] != '\0' ? r->first.text : "asked to end");
}

static enum status
read_all(struct reading *r, struct err *err)
{
	const struct module_list *modules = r->metadata.modules;
	enum status st;
	size_t i;

	for (i = 0; i < modules->len; i++)
		r->modules += modules->at[i].service == SERVICE_CRM;
	r->states = calloc(modules->len + 1, sizeof(*r->states));
	if (r->states == NULL)
		return err_memory(err);
	st = metadata_modules(&r->metadata, err);
	if (st == ST_OK)
		st = read_each(r, err);
	if (st == ST_OK)
		st = make_views(r, err);
	free(r->states);
	return st == ST_OK ? verdict(r, err) : st;
}

static enum status
read_alone(struct reading *r, struct err *err)
{
	enum status st = slot_try(r->metadata.db, "fields", 0,
	    clock_passed_ms() + LOCK_MS, err);

	if (st == ST_NONE) {
		log_info("another run is at it, this one leaves");
		return ST_OK;
	}
	return st == ST_OK ? read_all(r, err) : st;
}

static enum status
read_from_zoho(struct job *job, struct err *err)
{
	const struct settings *s = &job->settings;
	struct module_list modules = { .len = 0 };
	struct reading r = { .metadata = { .modules = &modules } };
	struct zoho_options z = { .settings = s,
		.program = "zohosync",
		.rank = isatty(STDERR_FILENO) ? RANK_PERSON : RANK_RECONCILE,
		.patience_ms = PATIENCE_MS };
	long until = UNTIL_S;
	enum status st = job_number(job, &program, OPT_UNTIL, 1, 86400, UNTIL_S,
	    &until, err);

	r.deadline_ms = clock_passed_ms() + (int64_t)until * 1000;
	if (st == ST_OK)
		st = centre_must_ask(s, err);
	if (st == ST_OK)
		st = module_list_open(&modules,
		    settings_text(s, SET_ZOHO_MODULES_TO_SYNC), err);
	if (st == ST_OK)
		st = asking_open(&r.metadata.db, s, "zohosync fields",
		    STATEMENT_MS, &modules, err);
	z.db = r.metadata.db;
	if (st == ST_OK)
		st = zoho_open(&r.metadata.zoho, &z, err);
	if (st == ST_OK)
		st = read_alone(&r, err);
	zoho_close(r.metadata.zoho);
	db_close(r.metadata.db);
	module_list_close(&modules);
	return st;
}

/* ---- showing ---- */

static enum status
show_drift(const struct job *job, struct db *db, struct err *err)
{
	struct args a = ARGS_INIT;
	PGresult *res = NULL;
	long days = DAYS;
	enum status st = job_number(job, &program, OPT_DAYS, 1, DAYS_MOST, DAYS,
	    &days, err);

	args_i64(&a, days);
	if (st == ST_OK)
		st = db_call(db, SQL_ADMIN_FIELDS_DRIFT, &a, &res, err);
	if (st == ST_OK && PQntuples(res) == 0 && job->given[OPT_JSON] == NULL)
		(void)puts("nothing has changed");
	else if (st == ST_OK)
		tool_print_table(res, job->given[OPT_JSON] != NULL);
	PQclear(res);
	return st;
}

static enum status
unknown(const struct job *job, struct err *err)
{
	return err_set(err, ST_REJECT,
	    "nothing is known of a module \"%.60s\"; they are named like "
	    "crm.leads and books.items",
	    job->words[1]);
}

static enum status
show_list(const struct job *job, struct db *db, struct err *err)
{
	struct args a = ARGS_INIT;
	PGresult *res = NULL;
	enum status st;

	args_text(&a, job->words[1]);
	args_text(&a, job->given[OPT_CUSTOM] != NULL ? "true" : "false");
	st = db_call(db, SQL_ADMIN_FIELDS_LIST, &a, &res, err);
	if (st == ST_OK && PQntuples(res) == 0 &&
	    job->given[OPT_CUSTOM] == NULL)
		st = unknown(job, err);
	if (st == ST_OK)
		tool_print_table(res, job->given[OPT_JSON] != NULL);
	PQclear(res);
	return st;
}

static enum status
show_module(const struct job *job, struct db *db, struct err *err)
{
	struct args a = ARGS_INIT;
	PGresult *res = NULL;
	enum status st;

	args_text(&a, job->words[1]);
	st = db_call(db, SQL_ADMIN_FIELDS_MODULE, &a, &res, err);
	if (st == ST_OK && PQntuples(res) == 0)
		st = unknown(job, err);
	if (st == ST_OK)
		tool_print_row(res, job->given[OPT_JSON] != NULL);
	PQclear(res);
	return st;
}

static enum status
show_coverage(const struct job *job, struct db *db, struct err *err)
{
	struct args a = ARGS_INIT;
	PGresult *res = NULL;
	enum status st;

	args_text(&a, job->words_len > 1 ? job->words[1] : NULL);
	st = db_call(db, SQL_ADMIN_FIELDS_COVERAGE, &a, &res, err);
	if (st == ST_OK)
		tool_print_table(res, job->given[OPT_JSON] != NULL);
	PQclear(res);
	return st;
}

static const struct {
	const char *word;
	int least, most; /* words, with this one */
	enum status (*show)(const struct job *job, struct db *db,
	    struct err *err);
} shows[] = {
	{ "drift", 1, 1, show_drift },
	{ "list", 2, 2, show_list },
	{ "module", 2, 2, show_module },
	{ "coverage", 1, 2, show_coverage },
};

static enum status
fields(struct job *job, struct err *err)
{
	struct db *db = NULL;
	enum status st;
	size_t i;

	if (job->words_len == 0)
		return read_from_zoho(job, err);
	for (i = 0; i < ARRAY_LEN(shows); i++)
		if (strcmp(job->words[0], shows[i].word) == 0)
			break;
	if (i == ARRAY_LEN(shows) || job->words_len < shows[i].least ||
	    job->words_len > shows[i].most)
		return err_class(err, ST_REJECT, "usage",
		    "fields takes nothing, drift, list MODULE, module MODULE "
		    "or coverage [MODULE]");
	st = tool_connect(&db, &job->settings, "zohosync fields", err);
	if (st == ST_OK)
		st = shows[i].show(job, db, err);
	db_close(db);
	return st;
}

static const struct job_program program = {
	.name = "fields",
	.words = "[drift|list MODULE|module MODULE|coverage [MODULE]]",
	.summary = "Read what modules and fields Zoho has; show them.",
	.options = options,
	.options_len = ARRAY_LEN(options),
	.run = fields,
};

int
main(int argc, char **argv)
{
	return job_main(argc, argv, &program);
}
