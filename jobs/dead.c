/* dead - look at what could not be applied, and decide. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db.h"
#include "job_main.h"
#include "json.h"
#include "texts.h"
#include "tool.h"

enum { LIST_MAX = 1000 };

enum { OPT_JSON };

static const struct job_option options[] = {
	[OPT_JSON] = { "json", NULL, "one JSON document a line" },
};

/* Columns of sql/admin/dead_list.sql and, from COL_STATE, dead_show.sql. */
enum {
	COL_DEAD_ID,
	COL_SEQ,
	COL_ORD,
	COL_CREATED,
	COL_MODULE,
	COL_ID,
	COL_EVENT_TYPE,
	COL_REASON,
	COL_ERROR,
	COL_TRIES,
	COL_RETRY_COUNT,
	COL_STATE,
	COL_ROUTE,
	COL_SOURCE,
	COL_RECEIVED,
	COL_QUERY,
	COL_CONTENT_TYPE,
	COL_HEADERS,
	COL_BODY
};

static const char *const names[] = { "dead_id", "request", "change", "created",
	"module", "id", "event_type", "reason", "error", "tries", "retries",
	"state", "route", "source", "received", "query", "content_type",
	"headers", "body" };

static bool
is_number(int col)
{
	return col == COL_DEAD_ID || col == COL_SEQ || col == COL_ORD ||
	    col == COL_TRIES || col == COL_RETRY_COUNT;
}

static enum status
fill(json_object *o, const PGresult *res, int row, struct err *err)
{
	enum status st = ST_OK;
	int col;

	for (col = 0; st == ST_OK && col < PQnfields(res); col++) {
		bool null = db_null(res, row, col);

		if (is_number(col) && !null)
			st = json_add_i64(o, names[col], db_i64(res, row, col),
			    err);
		else
			st = json_add_text(o, names[col],
			    null ? NULL : db_text(res, row, col),
			    db_len(res, row, col), err);
	}
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

static enum status
list(const struct job *job, struct db *db, struct err *err)
{
	struct args a = ARGS_INIT;
	PGresult *res = NULL;
	enum status st;
	int i;

	args_i64(&a, LIST_MAX);
	st = db_call(db, SQL_ADMIN_DEAD_LIST, &a, &res, err);
	for (i = 0; st == ST_OK && i < PQntuples(res); i++) {
		if (job->given[OPT_JSON] != NULL) {
			st = print_json(res, i, err);
			continue;
		}
		(void)printf("%6" PRId64 "  %s  %-24s %-20s %-12s %s\n",
		    db_i64(res, i, COL_DEAD_ID), db_text(res, i, COL_CREATED),
		    db_text(res, i, COL_EVENT_TYPE), db_text(res, i, COL_ID),
		    db_text(res, i, COL_REASON), db_text(res, i, COL_ERROR));
	}
	if (st == ST_OK && PQntuples(res) == 0 && job->given[OPT_JSON] == NULL)
		(void)puts("no dead letters");
	PQclear(res);
	return st;
}

static enum status
show(const struct job *job, struct db *db, const struct args *a,
    struct err *err)
{
	PGresult *res = NULL;
	enum status st = db_call(db, SQL_ADMIN_DEAD_SHOW, a, &res, err);
	int col;

	if (st == ST_OK && PQntuples(res) == 0) {
		st = err_set(err, ST_REJECT, "there is no dead letter %s",
		    job->words[1]);
	} else if (st == ST_OK && job->given[OPT_JSON] != NULL) {
		st = print_json(res, 0, err);
	} else if (st == ST_OK) {
		for (col = 0; col < COL_BODY; col++) {
			if (is_number(col))
				(void)printf("%-13s %" PRId64 "\n", names[col],
				    db_i64(res, 0, col));
			else
				(void)printf("%-13s %s\n", names[col],
				    db_text(res, 0, col));
		}
		(void)putchar('\n');
		(void)fwrite(db_text(res, 0, COL_BODY), 1,
		    db_len(res, 0, COL_BODY), stdout);
		(void)putchar('\n');
	}
	PQclear(res);
	return st;
}

static enum status
retry(const struct job *job, struct db *db, const struct args *a,
    struct err *err)
{
	static const struct {
		const char *state, *says;
	} refusals[] = {
		{ "exhausted", "it was tried again 10 times: drop it" },
		{ "waiting", "its request waits in the queue already" },
		{ "resolved", "it is settled already" },
		{ "gone", "its request is no longer in the inbox" },
	};
	PGresult *res = NULL;
	enum status st = db_call(db, SQL_ADMIN_DEAD_RETRY, a, &res, err);
	const char *state = "";
	size_t i;

	if (st == ST_OK && PQntuples(res) == 0)
		st = err_set(err, ST_REJECT, "there is no dead letter %s",
		    job->words[1]);
	if (st == ST_OK)
		state = db_text(res, 0, 0);
	for (i = 0; st == ST_OK && i < ARRAY_LEN(refusals); i++)
		if (strcmp(state, refusals[i].state) == 0)
			st = err_set(err, ST_REJECT, "dead letter %s: %s",
			    job->words[1], refusals[i].says);
	if (st == ST_OK)
		(void)puts("back in the queue; the next drain tries it");
	PQclear(res);
	return st;
}

static enum status
drop(const struct job *job, struct db *db, const struct args *a,
    struct err *err)
{
	PGresult *res = NULL;
	enum status st = db_call(db, SQL_ADMIN_DEAD_DROP, a, &res, err);

	if (st == ST_OK && db_i64(res, 0, 0) == 0)
		st = err_set(err, ST_REJECT, "no dead letter %s waits",
		    job->words[1]);
	if (st == ST_OK)
		(void)puts("dropped; its request stays in the inbox");
	PQclear(res);
	return st;
}

static enum status
read_id(const struct job *job, struct args *a, struct err *err)
{
	char *end;
	int64_t id;

	if (job->words_len != 2)
		return err_class(err, ST_REJECT, "usage",
		    "dead %s takes one ID, as dead list shows it",
		    job->words[0]);
	errno = 0;
	id = strtoll(job->words[1], &end, 10);
	if (*job->words[1] == '\0' || *end != '\0' || errno != 0 || id < 1)
		return err_class(err, ST_REJECT, "usage",
		    "\"%s\" is no ID of a dead letter", job->words[1]);
	args_i64(a, id);
	return ST_OK;
}

static const struct {
	const char *word;
	enum status (*run)(const struct job *job, struct db *db,
	    const struct args *a, struct err *err);
} acts[] = {
	{ "show", show },
	{ "retry", retry },
	{ "drop", drop },
};

static enum status
dead(struct job *job, struct err *err)
{
	const char *word = job->words_len > 0 ? job->words[0] : "list";
	bool is_list = strcmp(word, "list") == 0 && job->words_len <= 1;
	struct args a = ARGS_INIT;
	struct db *db = NULL;
	enum status st = ST_OK;
	size_t i;

	for (i = 0; !is_list && i < ARRAY_LEN(acts); i++)
		if (strcmp(word, acts[i].word) == 0)
			break;
	if (!is_list && i == ARRAY_LEN(acts))
		return err_class(err, ST_REJECT, "usage",
		    "\"%s\" is not list, show, retry or drop", word);
	if (!is_list)
		st = read_id(job, &a, err);
	if (st == ST_OK)
		st = tool_connect(&db, &job->settings, "dead", err);
	if (st == ST_OK)
		st = is_list ? list(job, db, err)
			     : acts[i].run(job, db, &a, err);
	db_close(db);
	return st;
}

static const struct job_program program = {
	.name = "dead",
	.words = "list|show ID|retry ID|drop ID",
	.summary = "Look at what could not be applied, and decide.",
	.options = options,
	.options_len = ARRAY_LEN(options),
	.quiet_log = true,
	.run = dead,
};

int
main(int argc, char **argv)
{
	return job_main(argc, argv, &program);
}
