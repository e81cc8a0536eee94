#include "founding.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "schema.h"
#include "texts.h"

enum { CONNECT_S = 10 };

/* The cluster we are in, seen from its database "postgres". */
struct cluster {
	struct founding *f;
	const char *url; /* or NULL */
	struct db *db;
};

/* ---- connecting ---- */

static enum status
open_database(struct db **out, const char *url, const char *database,
    struct err *err)
{
	const struct conninfo_part name = { "dbname", database };
	char whole[CONNINFO_MAX];
	const struct db_options options = {
		.url = whole,
		.program = "zohosync setup",
		.prepare = false,
		.connect_timeout_s = CONNECT_S,
	};
	enum status st = conninfo_change(whole, url, &name, database != NULL,
	    err);

	*out = NULL;
	if (st == ST_OK)
		st = db_open(out, &options, err);
	explicit_bzero(whole, sizeof(whole));
	return st;
}

/* root is nobody to PostgreSQL, which knows the user postgres by his socket:
 * it looks at the effective user. */
static enum status
open_as_postgres(struct db **out, const char *url, const char *database,
    struct err *err)
{
	const struct passwd *postgres = url == NULL && geteuid() == 0
	    ? getpwnam("postgres")
	    : NULL;
	enum status st;

	*out = NULL;
	if (postgres != NULL && seteuid(postgres->pw_uid) != 0)
		return err_set(err, ST_FAULT, "could not become postgres");
	st = open_database(out, url != NULL ? url : "", database, err);
	if (postgres != NULL && seteuid(0) != 0)
		abort();
	return err_wrap(err, st, "as who may make databases");
}

/* ---- the cluster ---- */

static enum status
check_rights(struct cluster *c, struct err *err)
{
	PGresult *res = NULL;
	enum status st = db_call(c->db, SQL_SETUP_RIGHTS, NULL, &res, err);

	if (st == ST_OK && !db_bool(res, 0, 0))
		st = err_set(err, ST_FAULT,
		    "the login \"%s\" may not make databases and roles: name "
		    "one that may with --database-url, or use --no-database",
		    db_text(res, 0, 1));
	PQclear(res);
	return st;
}

/* A database that lets in the groups lets in everybody's logins. */
static enum status
check_others(struct cluster *c, struct err *err)
{
	struct args a = ARGS_INIT;
	PGresult *res = NULL;
	enum status st;

	args_text(&a, c->f->organisation->database);
	st = db_call(c->db, SQL_SETUP_OPEN, &a, &res, err);
	if (st == ST_OK && PQntuples(res) > 0)
		st = err_set(err, ST_REJECT,
		    "the database \"%s\" lets in the logins of every "
		    "organisation; run setup for that one first",
		    db_text(res, 0, 0));
	PQclear(res);
	return st;
}

static enum status
make_database(struct cluster *c, bool *there, struct err *err)
{
	const char *name = c->f->organisation->database;
	struct args a = ARGS_INIT;
	PGresult *res = NULL;
	char command[256];
	enum status st;

	args_text(&a, name);
	st = db_call(c->db, SQL_SETUP_DATABASE, &a, &res, err);
	*there = st == ST_OK && db_bool(res, 0, 0);
	PQclear(res);
	if (st == ST_OK && !*there)
		st = check_others(c, err);
	if (st != ST_OK || *there)
		return st;
	making_tell(c->f->making, "the database %s", name);
	if (c->f->making->dry)
		return ST_OK;
	/* a name of organisation_name(): nothing to quote */
	(void)snprintf(command, sizeof(command),
	    "create database \"%s\" template template0 encoding 'UTF8'", name);
	*there = true;
	return db_command(c->db, command, err);
}

/* ---- the schema ---- */

/* "theirs": the database is not ours alone. */
static enum status
check_contents(struct db *db, const char *database, bool theirs, bool *ours,
    struct err *err)
{
	PGresult *res = NULL;
	enum status st = db_call(db, SQL_SETUP_CONTENTS, NULL, &res, err);
	int col = theirs ? 1 : 2;

	*ours = st == ST_OK && db_bool(res, 0, 0);
	if (st == ST_OK && !*ours && !db_null(res, 0, col))
		st = err_set(err, ST_REJECT,
		    "the database \"%s\" holds something else: %s", database,
		    db_text(res, 0, col));
	PQclear(res);
	return st;
}

static enum status
raise_schema(struct founding *f, struct db *db, const char *alone,
    struct err *err)
{
	struct schema_state *states = NULL;
	enum status st = schema_compare(db, &states, err);
	size_t i;

	if (st == ST_OK)
		st = schema_is_unchanged(states, err);
	for (i = 0; st == ST_OK && i < sql_schema_len; i++) {
		if (states[i].applied)
			continue;
		making_tell(f->making, "the tables of %s",
		    states[i].file->name);
		if (!f->making->dry)
			st = schema_up(db, &states[i], alone, err);
	}
	free(states);
	return st;
}

static enum status
make_schema(struct cluster *c, struct err *err)
{
	const char *name = c->f->organisation->database;
	struct db *db = NULL;
	bool ours;
	enum status st = open_as_postgres(&db, c->url, name, err);

	if (st == ST_OK)
		st = schema_lock(db, err);
	if (st == ST_OK)
		st = check_contents(db, name, false, &ours, err);
	if (st == ST_OK)
		st = raise_schema(c->f, db, "", err);
	db_close(db);
	return st;
}

/* ---- all of it ---- */

static enum status
make_all(struct cluster *c, struct err *err)
{
	const struct access_way how = {
		.db = c->db,
		.url = c->url != NULL ? c->url : "",
		.passwords = c->f->passwords,
	};
	bool there = false;
	enum status st = check_rights(c, err);

	if (st == ST_OK)
		st = db_command(c->db,
		    "select pg_advisory_lock(hashtextextended("
		    "'zohosync setup', 0))",
		    err);
	if (st == ST_OK)
		st = make_database(c, &there, err);
	if (st == ST_OK && there)
		st = make_schema(c, err);
	if (st == ST_OK)
		st = access_make(c->f->organisation, c->f->making, &how,
		    c->f->urls, err);
	return st;
}

enum status
founding_make(struct founding *f, const char *url, struct err *err)
{
	struct cluster c = { .f = f, .url = url };
	enum status st = open_as_postgres(&c.db, url, "postgres", err);

	if (st == ST_OK)
		st = make_all(&c, err);
	db_close(c.db);
	return st;
}

/* Which login the tables are made for: groups, where they were. */
static enum status
whose(struct db *db, bool ours, char out[static SCHEMA_ROLE_MAX],
    struct err *err)
{
	if (ours)
		return schema_alone(db, out, err);
	(void)snprintf(out, SCHEMA_ROLE_MAX, "%s", PQuser(db_conn(db)));
	return ST_OK;
}

enum status
founding_alone(struct founding *f, const char *url, struct err *err)
{
	char database[DATABASE_NAME_MAX], alone[SCHEMA_ROLE_MAX];
	struct db *db = NULL;
	bool ours;
	enum status st;

	if (!conninfo_get(url, "dbname", database, sizeof(database)))
		return err_class(err, ST_REJECT, "usage",
		    "the URL names no database: it looks like "
		    "postgresql://USER:PASSWORD@HOST/DATABASE");
	st = open_database(&db, url, NULL, err);
	if (st == ST_OK)
		st = schema_lock(db, err);
	if (st == ST_OK)
		st = check_contents(db, database, true, &ours, err);
	if (st == ST_OK)
		st = whose(db, ours, alone, err);
	if (st == ST_OK)
		st = raise_schema(f, db, alone, err);
	db_close(db);
	(void)snprintf(f->urls[LOGIN_JOB], CONNINFO_MAX, "%s", url);
	(void)snprintf(f->urls[LOGIN_WEB], CONNINFO_MAX, "%s", url);
	return st;
}
