/* migrate - bring the tables of a database to this version, or back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "job_main.h"
#include "refill.h"
#include "schema.h"
#include "texts.h"

enum { OPT_TO, OPT_DRY_RUN, OPT_FORCE };

static const struct job_option options[] = {
	[OPT_TO] = { "to", "N",
	    "up or down to schema file N; 0 takes all back" },
	[OPT_DRY_RUN] = { "dry-run", NULL, "say what would be done" },
	[OPT_FORCE] = { "force", NULL,
	    "go down though that loses what was received" },
};

static const struct job_program program;

static void
print_status(const struct schema_state *states)
{
	size_t i;

	for (i = 0; i < sql_schema_len; i++) {
		const struct schema_state *s = &states[i];
		const char *word = !s->applied ? "pending"
		    : s->changed               ? "changed"
					       : "applied";

		(void)printf("%-24s %-8s %s\n", s->file->name, word,
		    s->applied_at);
	}
}

/* What stands now, so that a person can check (F159). */
static enum status
print_tables(struct db *db, struct err *err)
{
	PGresult *res = NULL;
	enum status st = db_call(db, SQL_MIGRATE_TABLES, NULL, &res, err);
	const char *last = "";
	int i;

	for (i = 0; st == ST_OK && i < PQntuples(res); i++) {
		if (strcmp(last, db_text(res, i, 0)) != 0)
			(void)printf("%s%s:", *last != '\0' ? "\n" : "",
			    db_text(res, i, 0));
		last = db_text(res, i, 0);
		(void)printf(" %s", db_text(res, i, 2));
	}
	if (st == ST_OK)
		(void)puts(*last != '\0' ? "" : "no tables");
	PQclear(res);
	return st;
}

/* Which way to go, and whether to go at all. */
struct move {
	size_t to;
	bool dry, force;
	char alone[SCHEMA_ROLE_MAX];
};

static enum status
step(struct db *db, const struct schema_state *s, bool up,
    const struct move *move, struct err *err)
{
	(void)printf("%s%s %s\n", move->dry ? "would " : "",
	    up ? "apply" : "take back", s->file->name);
	if (move->dry)
		return ST_OK;
	return up ? schema_up(db, s, move->alone, err)
		  : schema_down(db, s, move->alone, err);
}

/* The file that makes the tables of Books. The mirror may hold records for
 * them, where they were taken back. */
static bool
made_tables(const struct schema_state *states, const struct move *move)
{
	enum { TABLES = 7 };

	return move->to >= TABLES && !states[TABLES - 1].applied;
}

static enum status
fill_tables(struct db *db, const struct move *move, struct err *err)
{
	int64_t n;
	enum status st = refill(db, move->alone, &n, err);

	if (st == ST_OK && n > 0)
		(void)printf("filled the tables of Books from %lld records\n",
		    (long long)n);
	return st;
}

/* The files below hold what cannot be had again. */
static enum status
may_go_down(struct db *db, const struct schema_state *states,
    const struct move *move, struct err *err)
{
	enum { RECEIVING = 2, OUTCOME = 4 };
	PGresult *res = NULL;
	enum status st;

	if (move->to >= OUTCOME || !states[RECEIVING - 1].applied ||
	    move->dry || move->force)
		return ST_OK;
	st = db_call(db, SQL_MIGRATE_RECEIVED, NULL, &res, err);
	if (st == ST_OK && db_bool(res, 0, 0))
		st = err_class(err, ST_REJECT, "data",
		    "going down to %zu loses the requests that were received: "
		    "take a dump, then say --force",
		    move->to);
	PQclear(res);
	return st;
}

static enum status
move_to(struct db *db, const struct schema_state *states,
    const struct move *move, struct err *err)
{
	enum status st = schema_is_unchanged(states, err);
	size_t i;

	if (st == ST_OK)
		st = may_go_down(db, states, move, err);
	for (i = sql_schema_len; st == ST_OK && i > move->to; i--)
		if (states[i - 1].applied)
			st = step(db, &states[i - 1], false, move, err);
	for (i = 0; st == ST_OK && i < move->to; i++)
		if (!states[i].applied)
			st = step(db, &states[i], true, move, err);
	if (st == ST_OK && !move->dry)
		st = print_tables(db, err);
	if (st == ST_OK && !move->dry && made_tables(states, move))
		st = fill_tables(db, move, err);
	return st;
}

static enum status
with_database(const struct job *job, struct db *db, long to, struct err *err)
{
	struct move move = { .to = (size_t)to,
		.dry = job->given[OPT_DRY_RUN] != NULL,
		.force = job->given[OPT_FORCE] != NULL };
	struct schema_state *states = NULL;
	enum status st = schema_lock(db, err);

	if (st == ST_OK)
		st = schema_compare(db, &states, err);
	if (st == ST_OK)
		st = schema_alone(db, move.alone, err);
	if (st == ST_OK && job->words_len > 0)
		print_status(states);
	else if (st == ST_OK)
		st = move_to(db, states, &move, err);
	free(states);
	return st;
}

static enum status
migrate(struct job *job, struct err *err)
{
	const char *url = settings_text(&job->settings, SET_OWNER_DATABASE_URL);
	struct db *db = NULL;
	enum status st = ST_OK;
	long to;

	if (job->words_len > 1 ||
	    (job->words_len == 1 && strcmp(job->words[0], "status") != 0))
		return err_class(err, ST_REJECT, "usage",
		    "\"%s\" is not status", job->words[job->words_len - 1]);
	st = job_number(job, &program, OPT_TO, 0, (long)sql_schema_len,
	    (long)sql_schema_len, &to, err);
	if (st == ST_OK && *url == '\0')
		st = settings_need(&job->settings, SET_DATABASE_URL, &url, err);
	if (st == ST_OK)
		st = schema_connect(&db, url, err);
	if (st == ST_OK)
		st = with_database(job, db, to, err);
	db_close(db);
	return st;
}

static const struct job_program program = {
	.name = "migrate",
	.words = "[status]",
	.summary = "Bring the tables of a database to this version, or back.",
	.options = options,
	.options_len = ARRAY_LEN(options),
	.quiet_log = true,
	.run = migrate,
};

int
main(int argc, char **argv)
{
	return job_main(argc, argv, &program);
}
