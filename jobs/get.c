/* get - print records as Zoho has them: from here where they are fresh, else
 * from Zoho. */
#include <stdio.h>
#include <string.h>

#include "asking.h"
#include "centre.h"
#include "crm.h"
#include "job_main.h"
#include "listing.h"
#include "lookup.h"
#include "rules.h"
#include "tool.h"

enum { OPT_MAX_AGE, OPT_FRESH, OPT_SEARCH, OPT_COUNT };

static const struct job_option options[] = {
	[OPT_MAX_AGE] = { "max-age", "SECONDS",
	    "take what was known to stand so by then (300)" },
	[OPT_FRESH] = { "fresh", NULL, "ask Zoho in any case" },
	[OPT_SEARCH] = { "search", "CRITERIA",
	    "records of the CRM that meet them: (Last_Name:equals:Okoro)" },
	[OPT_COUNT] = { "count", NULL, "how many a module of the CRM has" },
};

static const struct job_program program;

enum {
	STATEMENT_MS = 60000,
	PATIENCE_MS = 70000,
	MAX_AGE_S = 300,
	YEAR_S = 365 * 86400,
	NOTES_BYTES = 1024 * 1024,
	ID_MOST = 19
};

/* What prints a record. */
struct printer {
	const struct module *module;
	const struct normalise_rules *rules;
	int missing;
};

static enum status
print_record(void *arg, const char *id, json_object *record, struct err *err)
{
	struct printer *p = arg;
	struct buf notes = BUF_INIT(NOTES_BYTES);
	struct owner owner;
	enum status st;

	if (record == NULL) {
		(void)fprintf(stderr, "get: Zoho has no %s %s\n",
		    p->module->name, id);
		p->missing++;
		return ST_OK;
	}
	st = normalise(p->rules, p->module->name, record, &notes, &owner, err);
	if (st == ST_OK)
		st = tool_print_json(record, err);
	buf_release(&notes);
	return st;
}

/* ---- what is asked ---- */

static enum status
count(struct zoho *zoho, const struct module *module, struct err *err)
{
	int64_t n = 0;
	enum status st = listing_count(zoho, module, false, &n, err);

	if (st == ST_OK)
		(void)printf("%lld\n", (long long)n);
	return st;
}

static enum status
by_ids(struct lookup *l, const struct module *module, char *const *ids, int n,
    struct err *err)
{
	enum status st = ST_OK;
	int i, some;

	for (i = 0; st == ST_OK && i < n; i += some) {
		some = n - i < CRM_IDS_MOST ? n - i : CRM_IDS_MOST;
		st = lookup_ids(l, module, ids + i, (size_t)some, err);
	}
	if (st == ST_OK && l->fetch.totals.failed > 0) {
		*err = l->fetch.last;
		st = ST_RETRY;
	}
	return st;
}

static enum status
answer(const struct job *job, struct lookup *l, const struct module *module,
    struct err *err)
{
	const struct printer *p = l->fetch.arg;
	enum status st;

	if (job->given[OPT_COUNT] != NULL)
		return count(l->fetch.zoho, module, err);
	if (job->given[OPT_SEARCH] != NULL)
		return lookup_search(l, module, job->given[OPT_SEARCH], err);
	st = by_ids(l, module, job->words + 1, job->words_len - 1, err);
	return st == ST_OK && p->missing > 0
	    ? err_class(err, ST_REJECT, "missing",
		  "%d of %d records are not in Zoho", p->missing,
		  job->words_len - 1)
	    : st;
}

/* ---- whether it makes sense ---- */

static enum status
check_ids(const struct job *job, struct err *err)
{
	int i;

	for (i = 1; i < job->words_len; i++)
		if (job->words[i][0] == '\0' ||
		    strlen(job->words[i]) > ID_MOST ||
		    job->words[i][strspn(job->words[i], "0123456789")] != '\0')
			return err_class(err, ST_REJECT, "usage",
			    "\"%.40s\" is no id: Zoho's have up to 19 digits",
			    job->words[i]);
	return ST_OK;
}

static enum status
check_words(const struct job *job, const struct module_list *modules,
    const struct module **out, struct err *err)
{
	bool search = job->given[OPT_SEARCH] != NULL ||
	    job->given[OPT_COUNT] != NULL;

	if (job->words_len < (search ? 1 : 2))
		return err_class(err, ST_REJECT, "usage",
		    "which records? get MODULE ID..., get --search CRITERIA "
		    "MODULE or get --count MODULE");
	*out = module_by_name(modules, job->words[0]);
	if (*out == NULL)
		return err_class(err, ST_REJECT, "usage",
		    "no module in use is called \"%.60s\"; they are named like "
		    "crm.leads and books.items",
		    job->words[0]);
	if (search && ((*out)->service != SERVICE_CRM || job->words_len > 1))
		return err_class(err, ST_REJECT, "usage",
		    "--search and --count take one module of the CRM, and no "
		    "ids");
	return check_ids(job, err);
}

static enum status
open_all(const struct settings *s, struct lookup *l, struct rules *rules,
    struct err *err)
{
	struct zoho_options z = { .settings = s,
		.program = "zohosync",
		.rank = RANK_PERSON,
		.patience_ms = PATIENCE_MS };
	enum status st = asking_open(&l->fetch.db, s, "zohosync get",
	    STATEMENT_MS, l->fetch.modules, err);

	if (st == ST_OK)
		st = rules_read(rules, l->fetch.db, s, err);
	z.db = l->fetch.db;
	return st == ST_OK ? zoho_open(&l->fetch.zoho, &z, err) : st;
}

static enum status
get(struct job *job, struct err *err)
{
	struct module_list modules = { .len = 0 };
	struct rules rules = { .fields = { .len = 0 } };
	struct printer printer = { .rules = &rules.normalise };
	struct lookup l = { .fetch = { .modules = &modules,
				.origin = "fetch",
				.told = print_record,
				.arg = &printer } };
	long max_age = MAX_AGE_S;
	enum status st = job_number(job, &program, OPT_MAX_AGE, 0, YEAR_S,
	    MAX_AGE_S, &max_age, err);

	l.max_age_s = job->given[OPT_FRESH] != NULL ? 0 : max_age;
	if (st == ST_OK)
		st = module_list_open(&modules,
		    settings_text(&job->settings, SET_ZOHO_MODULES_TO_SYNC),
		    err);
	if (st == ST_OK)
		st = check_words(job, &modules, &printer.module, err);
	if (st == ST_OK)
		st = centre_must_ask(&job->settings, err);
	if (st == ST_OK)
		st = open_all(&job->settings, &l, &rules, err);
	if (st == ST_OK)
		st = answer(job, &l, printer.module, err);
	zoho_close(l.fetch.zoho);
	db_close(l.fetch.db);
	rules_release(&rules);
	module_list_close(&modules);
	return st;
}

static const struct job_program program = {
	.name = "get",
	.words = "MODULE [ID...]",
	.summary = "Print records as Zoho has them.",
	.options = options,
	.options_len = ARRAY_LEN(options),
	.quiet_log = true,
	.run = get,
};

int
main(int argc, char **argv)
{
	return job_main(argc, argv, &program);
}
