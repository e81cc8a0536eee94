/* status - is all well? Counts by state, ages, rates and the spool. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "db.h"
#include "job_main.h"
#include "json.h"
#include "spool.h"
#include "texts.h"
#include "tool.h"

enum { OPT_JSON, OPT_ACCOUNT };

static const struct job_option options[] = {
	[OPT_JSON] = { "json", NULL, "one JSON document" },
	[OPT_ACCOUNT] = { "account", NULL,
	    "count every request: received = finished + waiting" },
};

static const struct {
	const char *key;
	const char *label;
} lines[] = {
	{ "waiting", "waiting" },
	{ "due", "  of which due" },
	{ "retrying", "  of which tried before" },
	{ "oldest_waiting_s", "  oldest, seconds" },
	{ "spool_files", "in the spool" },
	{ "spool_bad", "set aside in the spool" },
	{ "dead", "dead letters" },
	{ "to_fetch", "to be fetched from Zoho" },
	{ "received_24h", "received, 24 h" },
	{ "repeats_24h", "repeats, 24 h" },
	{ "refused_24h", "refused, 24 h" },
	{ "conflicts_24h", "conflicts, 24 h" },
	{ "finished_last_minute", "finished, last minute" },
	{ "finished_last_hour", "finished, last hour" },
	{ "delay_p50_s", "delay p50, seconds" },
	{ "delay_p95_s", "delay p95, seconds" },
};

static void
print_modules(json_object *modules)
{
	size_t i;

	(void)printf("\n%-28s %14s  %-19s  %s\n", "module", "records, about",
	    "last change", "last whole run");
	for (i = 0; i < json_object_array_length(modules); i++) {
		json_object *m = json_object_array_get_idx(modules, i);
		const char *at = json_get_text(m, "last_change");
		const char *run = json_get_text(m, "last_sync");

		(void)printf("%-28s %14s  %-19.19s  %.19s\n",
		    json_get_text(m, "module"), json_get_text(m, "records"),
		    at != NULL ? at : "never", run != NULL ? run : "never");
	}
}

static void
print_budget(json_object *budget)
{
	size_t i;

	(void)printf("\n%-28s %14s  %-19s  %s\n", "limit of Zoho", "used",
	    "by midnight UTC", "closed until");
	for (i = 0; i < json_count(budget); i++) {
		json_object *b = json_at(budget, i);
		const char *later = json_get_text(b, "by_midnight");
		const char *closed = json_get_text(b, "closed_until");
		char used[40];

		(void)snprintf(used, sizeof(used), "%s of %s",
		    json_get_text(b, "used"), json_get_text(b, "most"));
		(void)printf("%-28s %14s  %-19s  %.19s\n",
		    json_get_text(b, "pool"), used, later != NULL ? later : "-",
		    closed != NULL ? closed : "-");
	}
}

static void
print_proofs(json_object *proofs)
{
	size_t i;

	if (json_count(proofs) == 0)
		return;
	(void)printf("\n%-28s %s\n", "proof of equality", "last");
	for (i = 0; i < json_count(proofs); i++) {
		json_object *p = json_at(proofs, i);

		(void)printf("%-28s %s: %s\n", json_get_text(p, "module"),
		    json_get_text(p, "state"), json_get_text(p, "message"));
	}
}

static void
print_text(json_object *o)
{
	json_object *outcomes = json_get(o, "outcomes_24h");
	const char *text;
	size_t i;

	for (i = 0; i < ARRAY_LEN(lines); i++) {
		text = json_get_text(o, lines[i].key);
		(void)printf("%-28s %14s\n", lines[i].label,
		    text != NULL ? text : "-");
	}
	json_object_object_foreach(outcomes, key, count)
	{
		char label[40];

		(void)snprintf(label, sizeof(label), "%s, 24 h", key);
		(void)printf("%-28s %14s\n", label, json_text(count));
	}
	print_modules(json_get(o, "modules"));
	print_proofs(json_get(o, "proofs"));
	print_budget(json_get(o, "budget"));
}

/* null where it is not known: this user may not look there. */
static enum status
add_count(json_object *o, const char *key, int64_t count, struct err *err)
{
	return count >= 0 ? json_add_i64(o, key, count, err)
			  : json_add_text(o, key, NULL, 0, err);
}

static enum status
add_spool(const struct job *job, json_object *o, struct err *err)
{
	const struct spool spool = {
		.dir = settings_text(&job->settings, SET_SPOOL_DIR),
	};
	struct spool_count c = spool_count(&spool);
	enum status st = add_count(o, "spool_files", c.files, err);

	return st == ST_OK ? add_count(o, "spool_bad", c.bad, err) : st;
}

static enum status
print_account(struct db *db, struct err *err)
{
	PGresult *res = NULL;
	enum status st = db_call(db, SQL_ADMIN_ACCOUNT, NULL, &res, err);
	long long received, finished, waiting;

	if (st != ST_OK)
		return st;
	received = db_i64(res, 0, 0);
	finished = db_i64(res, 0, 1);
	waiting = db_i64(res, 0, 2);
	PQclear(res);
	(void)printf("received %lld = finished %lld + waiting %lld%s\n",
	    received, finished, waiting,
	    received == finished + waiting ? "" : "  DOES NOT ADD UP");
	if (received == finished + waiting)
		return ST_OK;
	return err_set(err, ST_FAULT, "%lld requests are unaccounted for",
	    received - finished - waiting);
}

static enum status
print_status(const struct job *job, struct db *db, struct err *err)
{
	PGresult *res = NULL;
	json_object *o = NULL;
	enum status st = db_call(db, SQL_ADMIN_STATUS, NULL, &res, err);

	if (st == ST_OK)
		st = json_read(db_text(res, 0, 0), db_len(res, 0, 0), &o, err);
	if (st == ST_OK)
		st = add_spool(job, o, err);
	if (st == ST_OK && job->given[OPT_JSON] != NULL)
		st = tool_print_json(o, err);
	else if (st == ST_OK)
		print_text(o);
	json_object_put(o);
	PQclear(res);
	return st;
}

static enum status
status(struct job *job, struct err *err)
{
	struct db *db = NULL;
	enum status st = tool_connect(&db, &job->settings, "status", err);

	if (st == ST_OK)
		st = job->given[OPT_ACCOUNT] != NULL
		    ? print_account(db, err)
		    : print_status(job, db, err);
	db_close(db);
	return st;
}

static const struct job_program program = {
	.name = "status",
	.words = "",
	.summary = "Is all well? Counts by state, ages, rates and the spool.",
	.options = options,
	.options_len = ARRAY_LEN(options),
	.quiet_log = true,
	.run = status,
};

int
main(int argc, char **argv)
{
	return job_main(argc, argv, &program);
}
