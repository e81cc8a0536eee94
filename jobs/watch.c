/* watch - keep the notification channels of the CRM alive, and show them.
 * From cron, each hour. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "asking.h"
#include "centre.h"
#include "clock.h"
#include "hook.h"
#include "job_main.h"
#include "log.h"
#include "slot.h"
#include "stop.h"
#include "texts.h"
#include "tool.h"
#include "watch.h"

enum { OPT_DRY_RUN, OPT_JSON };

static const struct job_option options[] = {
	[OPT_DRY_RUN] = { "dry-run", NULL, "say what would be done" },
	[OPT_JSON] = { "json", NULL, "list: a line of JSON each" },
};

enum {
	STATEMENT_MS = 60000,
	PATIENCE_MS = 30000,
	LOCK_MS = 5000,
	COL_MODULE = 0,
	COL_STATE,
	COL_ID,
	COL_EVENTS,
	COL_URL,
	COL_GRANTED,
	COL_HALF,
	COL_HEARD,
	COL_LAPSED,
	COL_ERROR
};

/* ---- list ---- */

static enum status
fill(json_object *o, const PGresult *res, int row, struct err *err)
{
	enum status st = ST_OK;
	int col;

	for (col = 0; st == ST_OK && col <= COL_ERROR; col++)
		st = col == COL_ID
		    ? json_add_i64(o, PQfname(res, col), db_i64(res, row, col),
			  err)
		    : json_add_text(o, PQfname(res, col),
			  db_null(res, row, col) ? NULL
						 : db_text(res, row, col),
			  db_len(res, row, col), err);
	return st;
}

static enum status
print_json(const PGresult *res, int row, struct err *err)
{
	json_object *o = json_object_new_object();
	enum status st = o != NULL ? fill(o, res, row, err) : err_memory(err);

	if (st == ST_OK)
		st = tool_print_json(o, err);
	json_object_put(o);
	return st;
}

static const char *
time_of(const PGresult *res, int row, int col)
{
	return db_null(res, row, col) ? "-" : db_text(res, row, col);
}

static void
print_channel(const PGresult *res, int row)
{
	(void)printf("%-24s %-11s %-20s  %-20s  %-20s\n",
	    db_text(res, row, COL_MODULE), db_text(res, row, COL_STATE),
	    time_of(res, row, COL_GRANTED), time_of(res, row, COL_HALF),
	    time_of(res, row, COL_HEARD));
	(void)printf("  %s to %s\n", db_text(res, row, COL_EVENTS),
	    db_text(res, row, COL_URL));
	if (db_len(res, row, COL_ERROR) > 0)
		(void)printf("  %s\n", db_text(res, row, COL_ERROR));
}

static enum status
list(const struct job *job, struct err *err)
{
	bool json = job->given[OPT_JSON] != NULL;
	struct db *db = NULL;
	PGresult *res = NULL;
	enum status st = tool_connect(&db, &job->settings, "zohosync watch",
	    err);
	int i;

	if (st == ST_OK)
		st = db_call(db, SQL_ADMIN_CHANNELS, NULL, &res, err);
	if (st == ST_OK && !json && PQntuples(res) > 0)
		(void)printf("%-24s %-11s %-20s  %-20s  %-20s\n", "module",
		    "state", "granted until", "half of that", "last heard");
	else if (st == ST_OK && !json)
		(void)puts("no channels");
	for (i = 0; st == ST_OK && i < PQntuples(res); i++)
		if (json)
			st = print_json(res, i, err);
		else
			print_channel(res, i);
	PQclear(res);
	db_close(db);
	return st;
}

/* ---- the others ask Zoho ---- */

static void
told(void *arg, const char *module, enum watch_deed deed, const char *why)
{
	static const char *const deeds[] = { [WATCH_MADE] = "made",
		[WATCH_RENEWED] = "renewed",
		[WATCH_MENDED] = "mended",
		[WATCH_ENDED] = "ended",
		[WATCH_LEFT_OUT] = "left out",
		[WATCH_FAILED] = "failed" };
	const struct watch *w = arg;

	if (!w->keep || isatty(STDOUT_FILENO))
		(void)printf("%s: %s%s: %s\n", module,
		    w->keep ? "" : "would be ", deeds[deed], why);
	if (w->keep && deed == WATCH_FAILED)
		log_warn("channel of %s: %s", module, why);
	else if (w->keep)
		log_info("channel of %s: %s: %s", module, deeds[deed], why);
}

static enum status
verdict(const struct watch *w, struct err *err)
{
	if (w->well == w->wanted && !stop_asked)
		return ST_OK;
	return err_class(err, ST_RETRY, "partial",
	    "%d channels are well, %d are not: %.300s", w->well,
	    w->wanted - w->well,
	    w->well < w->wanted ? w->first.text : "asked to end");
}

typedef enum status act(struct watch *w, struct err *err);

/* cron's run leaves what another one does; a person wants it done. */
static enum status
go(struct watch *w, act *run, bool by_cron, struct err *err)
{
	enum status st = slot_try(w->db, "watch", 0,
	    clock_passed_ms() + LOCK_MS, err);

	if (st == ST_NONE && by_cron) {
		log_info("another run is at it, this one leaves");
		return ST_OK;
	}
	if (st == ST_NONE)
		return err_class(err, ST_RETRY, "busy",
		    "another run is at it; try again in a minute");
	if (st == ST_OK)
		st = run(w, err);
	if (st == ST_OK && w->keep)
		log_info("watched: channels=%d well=%d calls=%lld", w->wanted,
		    w->well, (long long)zoho_sent(w->zoho));
	return st == ST_OK ? verdict(w, err) : st;
}

static enum status
check_names(const struct watch *w, struct err *err)
{
	const struct module *module;
	int i;

	for (i = 0; w->only != NULL && i < w->only_len; i++) {
		module = module_by_name(w->modules, w->only[i]);
		if (module == NULL || module->service != SERVICE_CRM)
			return err_class(err, ST_REJECT, "usage",
			    "no module of the CRM in use is called \"%.60s\"; "
			    "they are named like crm.leads",
			    w->only[i]);
	}
	return ST_OK;
}

static enum status
read_token(struct watch *w, const struct settings *s, struct err *err)
{
	enum status st = settings_need(s, SET_ZOHO_NOTIFICATION_TOKEN,
	    &w->token, err);

	w->allowed = settings_text(s, SET_ZOHO_NOTIFICATION_CHANNELS);
	return st == ST_OK && strlen(w->token) > CHANNEL_TOKEN_MAX
	    ? err_class(err, ST_REJECT, "settings",
		  "ZOHO_NOTIFICATION_TOKEN has more than the %d characters "
		  "that Zoho takes",
		  CHANNEL_TOKEN_MAX)
	    : st;
}

static enum status
open_all(struct watch *w, const struct settings *s, struct err *err)
{
	struct zoho_options z = { .settings = s,
		.program = "zohosync",
		.rank = isatty(STDERR_FILENO) ? RANK_PERSON : RANK_RECONCILE,
		.patience_ms = PATIENCE_MS };
	enum status st = asking_open(&w->db, s, "zohosync watch", STATEMENT_MS,
	    w->modules, err);

	z.db = w->db;
	return st == ST_OK ? zoho_open(&w->zoho, &z, err) : st;
}

static enum status
ask(const struct job *job, act *run, bool renew, struct err *err)
{
	const struct settings *s = &job->settings;
	struct module_list modules = { .len = 0 };
	char base[HOOK_URL_MAX], url[HOOK_URL_MAX + sizeof("/notifications")];
	struct watch w = { .modules = &modules,
		.url = url,
		.only = job->words_len > 1 ? job->words + 1 : NULL,
		.only_len = job->words_len - 1,
		.renew = renew,
		.keep = job->given[OPT_DRY_RUN] == NULL,
		.told = told };
	enum status st = hook_base(s, base, err);

	w.arg = &w;
	(void)snprintf(url, sizeof(url), "%s/notifications", base);
	if (st == ST_OK)
		st = read_token(&w, s, err);
	if (st == ST_OK)
		st = centre_must_ask(s, err);
	if (st == ST_OK)
		st = module_list_open(&modules,
		    settings_text(s, SET_ZOHO_MODULES_TO_SYNC), err);
	if (st == ST_OK)
		st = check_names(&w, err);
	if (st == ST_OK)
		st = open_all(&w, s, err);
	if (st == ST_OK)
		st = go(&w, run, job->words_len == 0, err);
	zoho_close(w.zoho);
	db_close(w.db);
	module_list_close(&modules);
	return st;
}

static enum status
watch(struct job *job, struct err *err)
{
	const char *word = job->words_len > 0 ? job->words[0] : "";
	bool lists = strcmp(word, "list") == 0 && job->words_len == 1;

	if (job->given[lists ? OPT_DRY_RUN : OPT_JSON] != NULL)
		return err_class(err, ST_REJECT, "usage",
		    "--json belongs to list, --dry-run to the others");
	if (lists)
		return list(job, err);
	if (*word == '\0')
		return ask(job, watch_run, false, err);
	if (strcmp(word, "renew") == 0)
		return ask(job, watch_run, true, err);
	if (strcmp(word, "drop") == 0)
		return ask(job, watch_drop, false, err);
	return err_class(err, ST_REJECT, "usage",
	    "watch takes nothing, list, renew [MODULE...] or drop [MODULE...]");
}

static const struct job_program program = {
	.name = "watch",
	.words = "list|renew [MODULE...]|drop [MODULE...]",
	.summary = "Keep the notification channels of the CRM alive.",
	.options = options,
	.options_len = ARRAY_LEN(options),
	.run = watch,
};

int
main(int argc, char **argv)
{
	return job_main(argc, argv, &program);
}
