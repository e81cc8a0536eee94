/*
 * PostgreSQL, thin over libpq.
 *
 * A handle belongs to one thread. Statements are files under sql/, prepared
 * when they are first called, so that a short run pays only for what it uses;
 * with the setting DATABASE_PREPARE off they are sent whole each time.
 * Results are binary: read them with db_i64() and its sisters.
 *
 * Failures are sorted by SQLSTATE: ST_RETRY (connection, shutdown, lock,
 * deadlock, time-out, read-only, resources), ST_REJECT (the data), ST_FAULT
 * (our statement, our rights).
 */
#ifndef DB_H
#define DB_H

#include <stdbool.h>
#include <stdint.h>
#include <libpq-fe.h>

#include "array.h"
#include "err.h"
#include "sql.h"

struct db;

struct db_options {
	const char *url;     /* libpq URL or key=value string */
	const char *program; /* application_name */
	bool prepare;
	int connect_timeout_s;
	int statement_timeout_ms; /* 0 for none */
};

/*
 * Connect. On failure "*out" is NULL.
 * ST_RETRY  out of reach; ST_FAULT  refused
 */
MUST_CHECK
enum status
db_open(struct db **out, const struct db_options *options, struct err *err);
void db_close(struct db *db);

/* The connection, for pipelines and notifications; prepared names are the
 * statements' names. Borrowed. */
PGconn *db_conn(struct db *db);

/* ---- calls ---- */

/* Prepare a whole set ahead of its first calls, unless it is off.
 * ST_FAULT: a statement is wrong, or the schema another one. */
MUST_CHECK
enum status
db_prepare(struct db *db, const struct sql *set, size_t len, struct err *err);

/*
 * Run one statement. "*out" (unless NULL) gets the result, which is yours to
 * PQclear(); it is NULL on failure.
 */
MUST_CHECK
enum status db_call(struct db *db, const struct sql *stmt,
    const struct args *args, PGresult **out, struct err *err);

/* Run a command without values, of our own text: begin, commit, savepoint. */
MUST_CHECK
enum status db_command(struct db *db, const char *command, struct err *err);

/* What a failed result means. "res" may be NULL. */
enum status db_failure(PGconn *conn, const PGresult *res, struct err *err);

/* Whether a failure says that this server or its tables are not what they
 * should be: it is nobody's data, and no other statement will fare better. */
bool db_is_unfit(const struct err *err);

/* Whether the connection is beyond use. */
bool db_is_lost(const struct db *db);

/* ---- results ---- */

bool db_null(const PGresult *res, int row, int col);
int64_t db_i64(const PGresult *res, int row, int col); /* int2, int4, int8 */
bool db_bool(const PGresult *res, int row, int col);
const char *db_text(const PGresult *res, int row, int col); /* borrowed */
size_t db_len(const PGresult *res, int row, int col);
int64_t db_time(const PGresult *res, int row, int col); /* unix microseconds */
double db_real(const PGresult *res, int row, int col);  /* float8 */

#endif
