#include "db.h"

#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Seconds from 1970-01-01 to 2000-01-01, where PostgreSQL's time begins. */
#define PG_EPOCH_US (INT64_C(946684800) * 1000000)

enum { BINARY = 1, KNOWN_MAX = 128 };

struct db {
	PGconn *conn;
	bool lost; /* an answer was missed: the next would be another's */
	bool prepare;
	const struct sql *known[KNOWN_MAX]; /* were called or prepared */
	bool prepared[KNOWN_MAX];
	size_t known_len;
};

static const char no_tables[] =
    ": are the tables of this version there? Run zohosync migrate";
static const char no_prepare[] =
    ": behind a pool of connections DATABASE_PREPARE must be off";

/* SQLSTATE prefixes, the longer before the shorter. */
static const struct {
	const char *prefix;
	enum status st;
	const char *reason, *hint;
} states[] = {
	{ "25006", ST_RETRY, "read_only", "" },
	{ "26000", ST_FAULT, "prepare", no_prepare },
	{ "42P05", ST_FAULT, "prepare", no_prepare },
	{ "3F000", ST_FAULT, "schema", no_tables },
	{ "42501", ST_FAULT, "rights", "" },
	{ "42703", ST_FAULT, "schema", no_tables },
	{ "42883", ST_FAULT, "schema", no_tables },
	{ "42P01", ST_FAULT, "schema", no_tables },
	{ "40001", ST_RETRY, "serialization", "" },
	{ "40P01", ST_RETRY, "deadlock", "" },
	{ "55P03", ST_RETRY, "lock", "" },
	{ "57014", ST_RETRY, "timeout", "" },
	{ "57P", ST_RETRY, "connection", "" },
	{ "08", ST_RETRY, "connection", "" },
	{ "53", ST_RETRY, "resources", "" },
	{ "58", ST_RETRY, "io", "" },
	{ "54", ST_REJECT, "value", "" },
	{ "22", ST_REJECT, "value", "" },
	{ "23", ST_REJECT, "value", "" },
	{ "", ST_FAULT, "database", "" },
};

static bool
is_unfit(const char *reason)
{
	static const char *const reasons[] = { "read_only", "prepare", "schema",
		"rights" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(reasons); i++)
		if (strcmp(reason, reasons[i]) == 0)
			return true;
	return false;
}

/* The server says so itself, at each change. */
static bool
only_reads(PGconn *conn)
{
	static const char *const names[] = { "in_hot_standby",
		"default_transaction_read_only" };
	const char *value;
	size_t i;

	for (i = 0; i < ARRAY_LEN(names); i++) {
		value = PQparameterStatus(conn, names[i]);
		if (value != NULL && strcmp(value, "on") == 0)
			return true;
	}
	return false;
}

/* What fits no statement of ours is our fault, unless it comes out of a
 * function, which may be anybody's trigger: "function" says so. */
static enum status
by_state(const char *sqlstate, const char *message, bool function,
    struct err *err)
{
	size_t i;

	/* The last row fits everything. */
	for (i = 0; i < ARRAY_LEN(states) - 1; i++)
		if (strncmp(sqlstate, states[i].prefix,
			strlen(states[i].prefix)) == 0)
			break;
	if (function && is_unfit(states[i].reason))
		i = ARRAY_LEN(states) - 1;
	return err_class(err, states[i].st, states[i].reason,
	    "PostgreSQL says \"%s\" (%s)%s", message, sqlstate, states[i].hint);
}

bool
db_is_unfit(const struct err *err)
{
	return is_unfit(err->reason);
}

enum status
db_failure(PGconn *conn, const PGresult *res, struct err *err)
{
	const char *state = NULL, *message = NULL;
	char text[256];

	if (res != NULL) {
		state = PQresultErrorField(res, PG_DIAG_SQLSTATE);
		message = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);
	}
	if (state != NULL && message != NULL)
		return by_state(state, message,
		    PQresultErrorField(res, PG_DIAG_CONTEXT) != NULL &&
			!only_reads(conn),
		    err);
	(void)snprintf(text, sizeof(text), "%s", PQerrorMessage(conn));
	text[strcspn(text, "\n")] = '\0';
	if (text[0] == '\0')
		(void)snprintf(text, sizeof(text), "no reason given");
	return err_class(err, ST_RETRY, "connection",
	    "could not talk to PostgreSQL: %s", text);
}

static enum status
finish(struct db *db, PGresult *res, PGresult **out, struct err *err)
{
	ExecStatusType got = PQresultStatus(res);
	enum status st;

	if (got == PGRES_TUPLES_OK || got == PGRES_COMMAND_OK) {
		if (out != NULL)
			*out = res;
		else
			PQclear(res);
		return ST_OK;
	}
	st = db_failure(db->conn, res, err);
	/* What libpq says itself may leave the server's answer on its way. */
	if (PQresultErrorField(res, PG_DIAG_SQLSTATE) == NULL)
		db->lost = true;
	PQclear(res);
	return st;
}

static enum status
check_not_lost(const struct db *db, struct err *err)
{
	return db->lost ? err_class(err, ST_RETRY, "connection",
			      "the connection to PostgreSQL was given up")
			: ST_OK;
}

enum status
db_command(struct db *db, const char *command, struct err *err)
{
	if (check_not_lost(db, err) != ST_OK)
		return ST_RETRY;
	return finish(db, PQexec(db->conn, command), NULL, err);
}

/* Its place among the known, where it is one from now on; KNOWN_MAX where there
 * is no room. */
static size_t
place_of(struct db *db, const struct sql *stmt, bool *known)
{
	size_t i;

	for (i = 0; i < db->known_len; i++)
		if (db->known[i] == stmt)
			break;
	*known = i < db->known_len;
	if (!*known && i < KNOWN_MAX)
		db->known[db->known_len++] = stmt;
	return i;
}

/* What there is no room for is sent whole each time. */
static enum status
prepare(struct db *db, const struct sql *stmt, size_t place, struct err *err)
{
	enum status st;

	if (!db->prepare || place == KNOWN_MAX || db->prepared[place])
		return ST_OK;
	st = finish(db, PQprepare(db->conn, stmt->name, stmt->text, 0, NULL),
	    NULL, err);
	db->prepared[place] = st == ST_OK;
	return err_wrap(err, st, "%s", stmt->name);
}

enum status
db_prepare(struct db *db, const struct sql *set, size_t len, struct err *err)
{
	enum status st = check_not_lost(db, err);
	size_t i;
	bool known;

	for (i = 0; st == ST_OK && i < len; i++)
		st = prepare(db, &set[i], place_of(db, &set[i], &known), err);
	return st;
}

enum status
db_call(struct db *db, const struct sql *stmt, const struct args *args,
    PGresult **out, struct err *err)
{
	static const struct args none = ARGS_INIT;
	const struct args *a = args != NULL ? args : &none;
	size_t place;
	bool known;
	PGresult *res;
	enum status st = check_not_lost(db, err);

	if (out != NULL)
		*out = NULL;
	if (st != ST_OK)
		return st;
	if (a->n != stmt->nparams)
		return err_class(err, ST_FAULT, "database",
		    "%s wants %d values, not %d", stmt->name, stmt->nparams,
		    a->n);
	/* The first call goes without: many are made once in a session. */
	place = place_of(db, stmt, &known);
	if (known)
		st = prepare(db, stmt, place, err);
	if (st != ST_OK)
		return st;
	if (place < KNOWN_MAX && db->prepared[place])
		res = PQexecPrepared(db->conn, stmt->name, a->n, a->values,
		    a->lengths, a->formats, BINARY);
	else
		res = PQexecParams(db->conn, stmt->text, a->n, NULL, a->values,
		    a->lengths, a->formats, BINARY);
	st = finish(db, res, out, err);
	return err_wrap(err, st, "%s", stmt->name);
}

static enum status
open_into(struct db *db, const struct db_options *o, struct err *err)
{
	char timeout[16], command[64];
	/* A host that went away without a word is noticed in half a minute,
	 * unless the URL, which comes after them, says otherwise. */
	const char *const keys[] = { "keepalives_idle", "keepalives_interval",
		"keepalives_count", "tcp_user_timeout", "dbname",
		"fallback_application_name", "connect_timeout",
		"client_encoding", NULL };
	const char *const values[] = { "15", "5", "3", "30000", o->url,
		o->program, timeout, "UTF8", NULL };
	enum status st = ST_OK;

	(void)snprintf(timeout, sizeof(timeout), "%d", o->connect_timeout_s);
	db->conn = PQconnectdbParams(keys, values, 1);
	if (PQstatus(db->conn) != CONNECTION_OK)
		return db_failure(db->conn, NULL, err);
	db->prepare = o->prepare;
	if (o->statement_timeout_ms > 0) {
		(void)snprintf(command, sizeof(command),
		    "set statement_timeout = %d", o->statement_timeout_ms);
		st = db_command(db, command, err);
	}
	return st;
}

static void
ignore_notice(void *arg, const PGresult *res)
{
	(void)arg;
	(void)res;
}

enum status
db_open(struct db **out, const struct db_options *options, struct err *err)
{
	struct db *db = calloc(1, sizeof(*db));
	enum status st;

	*out = NULL;
	if (db == NULL)
		return err_memory(err);
	st = open_into(db, options, err);
	if (st != ST_OK) {
		db_close(db);
		return st;
	}
	(void)PQsetNoticeReceiver(db->conn, ignore_notice, NULL);
	*out = db;
	return ST_OK;
}

void
db_close(struct db *db)
{
	if (db == NULL)
		return;
	PQfinish(db->conn);
	free(db);
}

PGconn *
db_conn(struct db *db)
{
	return db->conn;
}

bool
db_is_lost(const struct db *db)
{
	return db->lost || PQstatus(db->conn) != CONNECTION_OK;
}

/* ---- results ---- */

bool
db_null(const PGresult *res, int row, int col)
{
	return PQgetisnull(res, row, col) != 0;
}

int64_t
db_i64(const PGresult *res, int row, int col)
{
	const char *at = PQgetvalue(res, row, col);
	uint16_t two;
	uint32_t four;
	uint64_t eight;

	switch (PQgetlength(res, row, col)) {
	case 2:
		memcpy(&two, at, 2);
		return (int16_t)be16toh(two);
	case 4:
		memcpy(&four, at, 4);
		return (int32_t)be32toh(four);
	case 8:
		memcpy(&eight, at, 8);
		return (int64_t)be64toh(eight);
	default:
		return 0;
	}
}

bool
db_bool(const PGresult *res, int row, int col)
{
	return *PQgetvalue(res, row, col) != 0;
}

const char *
db_text(const PGresult *res, int row, int col)
{
	return PQgetvalue(res, row, col);
}

size_t
db_len(const PGresult *res, int row, int col)
{
	return (size_t)PQgetlength(res, row, col);
}

int64_t
db_time(const PGresult *res, int row, int col)
{
	int64_t pg = db_i64(res, row, col);

	/* the infinities stay what they are */
	if (pg == INT64_MIN || pg > INT64_MAX - PG_EPOCH_US)
		return pg;
	return pg + PG_EPOCH_US;
}

double
db_real(const PGresult *res, int row, int col)
{
	uint64_t bits = (uint64_t)db_i64(res, row, col);
	double value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}
