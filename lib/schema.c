#include "schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "clock.h"
#include "texts.h"

enum { CONNECT_S = 10, TEXT_MAX = 256 * 1024, LOCK_TRIES = 60, PAUSE_MS = 800 };

enum status
schema_connect(struct db **out, const char *url, struct err *err)
{
	const struct db_options o = {
		.url = url,
		.program = "zohosync migrate",
		.prepare = false,
		.connect_timeout_s = CONNECT_S,
	};

	return db_open(out, &o, err);
}

static enum status
fill_files(struct schema_state *states, struct err *err)
{
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < sql_schema_len; i++) {
		const char *up = sql_schema[i].up;
		const struct piece text = { up, strlen(up) };
		unsigned char sum[DIGEST_BYTES];

		states[i].file = &sql_schema[i];
		st = digest_sha256(&text, 1, sum, err);
		if (st == ST_OK)
			digest_hex(sum, states[i].checksum);
	}
	return st;
}

static enum status
fill_applied(struct schema_state *states, const PGresult *res, struct err *err)
{
	int row;

	for (row = 0; row < PQntuples(res); row++) {
		int64_t number = db_i64(res, row, 0);
		struct schema_state *s;

		if (number < 1 || number > (int64_t)sql_schema_len)
			return err_class(err, ST_FAULT, "schema",
			    "the database has schema file \"%s\", which this "
			    "version does not know: install the newer one",
			    db_text(res, row, 1));
		s = &states[number - 1];
		s->applied = true;
		s->changed = strcmp(s->checksum, db_text(res, row, 2)) != 0;
		(void)snprintf(s->applied_at, sizeof(s->applied_at), "%s",
		    db_text(res, row, 3));
	}
	return ST_OK;
}

static enum status
read_applied(struct db *db, struct schema_state *states, struct err *err)
{
	PGresult *res = NULL;
	bool there;
	enum status st = db_call(db, SQL_MIGRATE_EXISTS, NULL, &res, err);

	if (st != ST_OK)
		return st;
	there = db_bool(res, 0, 0);
	PQclear(res);
	if (!there)
		return ST_OK;
	st = db_call(db, SQL_MIGRATE_APPLIED, NULL, &res, err);
	if (st == ST_OK)
		st = fill_applied(states, res, err);
	PQclear(res);
	return st;
}

enum status
schema_compare(struct db *db, struct schema_state **out, struct err *err)
{
	struct schema_state *states = calloc(sql_schema_len, sizeof(*states));
	enum status st;

	*out = NULL;
	if (states == NULL)
		return err_memory(err);
	st = fill_files(states, err);
	if (st == ST_OK)
		st = read_applied(db, states, err);
	if (st != ST_OK)
		free(states);
	else
		*out = states;
	return st;
}

enum status
schema_fits(struct db *db, struct err *err)
{
	struct schema_state *states = NULL;
	enum status st = schema_compare(db, &states, err);
	size_t i;

	for (i = 0; st == ST_OK && states != NULL && i < sql_schema_len; i++)
		if (!states[i].applied)
			st = err_class(err, ST_FAULT, "schema",
			    "the database lacks schema file \"%s\": run "
			    "zohosync migrate",
			    states[i].file->name);
	free(states);
	return st;
}

static enum status
record(struct db *db, const struct schema_state *state, struct err *err)
{
	struct args a = ARGS_INIT;

	args_i64(&a, state->file->number);
	args_text(&a, state->file->name);
	args_text(&a, state->checksum);
	return db_call(db, SQL_MIGRATE_RECORD, &a, NULL, err);
}

static enum status
forget(struct db *db, const struct schema_state *state, struct err *err)
{
	struct args a = ARGS_INIT;

	args_i64(&a, state->file->number);
	return db_call(db, SQL_MIGRATE_FORGET, &a, NULL, err);
}

enum status
schema_lock(struct db *db, struct err *err)
{
	return db_command(db,
	    "select pg_advisory_lock(hashtextextended('zohosync migrate', 0))",
	    err);
}

enum status
schema_is_unchanged(const struct schema_state *states, struct err *err)
{
	size_t i;

	for (i = 0; i < sql_schema_len; i++)
		if (states[i].changed)
			return err_set(err, ST_FAULT,
			    "%s is not the file that was applied on %s: "
			    "install the version that fits this database",
			    states[i].file->name, states[i].applied_at);
	return ST_OK;
}

/* ---- one login in place of the groups ---- */

enum status
schema_alone(struct db *db, char out[static SCHEMA_ROLE_MAX], struct err *err)
{
	PGresult *res = NULL;
	enum status st = db_call(db, SQL_MIGRATE_ALONE, NULL, &res, err);

	out[0] = '\0';
	if (st == ST_OK && PQntuples(res) > 0)
		(void)snprintf(out, SCHEMA_ROLE_MAX, "%s", db_text(res, 0, 0));
	PQclear(res);
	return st;
}

/* Length of the group's name that stands at "text", 0 for none. */
static size_t
group_at(const char *text)
{
	static const char *const words[] = { "owner", "web", "job", "admin",
		"report" };
	static const char prefix[] = "zohosync_";
	size_t i, len;

	if (strncmp(text, prefix, sizeof(prefix) - 1) != 0)
		return 0;
	for (i = 0; i < ARRAY_LEN(words); i++) {
		len = sizeof(prefix) - 1 + strlen(words[i]);
		if (strncmp(text + sizeof(prefix) - 1, words[i],
			strlen(words[i])) == 0 &&
		    strspn(text + len, "abcdefghijklmnopqrstuvwxyz_") == 0)
			return len;
	}
	return 0;
}

/* Copy "text" with "alone" for each group: quoted as a name, but bare where
 * the group stands in quotes of its own, as a value. */
static enum status
put_alone(struct buf *out, const char *text, const char *alone, struct err *err)
{
	enum status st = ST_OK;
	const char *from = text, *at;
	const char *quote;
	size_t len;

	for (at = text; st == ST_OK && *at != '\0'; at++) {
		len = group_at(at);
		if (len == 0)
			continue;
		quote = at > text && at[-1] == '\'' && at[len] == '\'' ? ""
								       : "\"";
		st = buf_put(out, from, (size_t)(at - from), err);
		if (st == ST_OK)
			st = buf_printf(out, err, "%s%s%s", quote, alone,
			    quote);
		from = at + len;
		at = from - 1;
	}
	return st == ST_OK ? buf_puts(out, from, err) : st;
}

/* Run a file's text. */
static enum status
run_text(struct db *db, const char *text, const char *alone, struct err *err)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz0123456789_.@-";
	struct buf changed = BUF_INIT(TEXT_MAX);
	enum status st;

	if (*alone == '\0')
		return db_command(db, text, err);
	if (strspn(alone, plain) != strlen(alone))
		return err_set(err, ST_REJECT,
		    "cannot use the login \"%s\": its name has other letters "
		    "than a-z A-Z 0-9 _ . @ -",
		    alone);
	st = put_alone(&changed, text, alone, err);
	if (st == ST_OK)
		st = db_command(db, buf_text(&changed), err);
	buf_release(&changed);
	return st;
}

/* ---- up and down ---- */

static enum status
finish(struct db *db, const struct schema_state *state, enum status st,
    struct err *err)
{
	struct err ignored = ERR_INIT;

	if (st == ST_OK)
		st = db_command(db, "commit", err);
	else if (db_command(db, "rollback", &ignored) != ST_OK)
		(void)0; /* the connection is gone, and with it the change */
	return err_wrap(err, st, "%s", state->file->name);
}

/* Who waits for a lock on a busy table holds up everybody behind him: wait
 * shortly, and try again. */
static enum status
begin(struct db *db, struct err *err)
{
	return db_command(db,
	    "begin; set local lock_timeout = '200ms';"
	    " set local client_connection_check_interval = '500ms'",
	    err);
}

static enum status
up_once(struct db *db, const struct schema_state *state, const char *alone,
    struct err *err)
{
	enum status st = begin(db, err);

	if (st == ST_OK)
		st = run_text(db, state->file->up, alone, err);
	if (st == ST_OK)
		st = record(db, state, err);
	return finish(db, state, st, err);
}

static enum status
down_once(struct db *db, const struct schema_state *state, const char *alone,
    struct err *err)
{
	enum status st = begin(db, err);

	if (st == ST_OK)
		st = run_text(db, "set local role zohosync_owner", alone, err);
	if (st == ST_OK)
		st = forget(db, state, err);
	if (st == ST_OK)
		st = run_text(db, state->file->down, alone, err);
	return finish(db, state, st, err);
}

static enum status
patiently(enum status (*once)(struct db *db, const struct schema_state *state,
	      const char *alone, struct err *err),
    struct db *db, const struct schema_state *state, const char *alone,
    struct err *err)
{
	enum status st = once(db, state, alone, err);
	int tries;

	for (tries = 1; st == ST_RETRY && strcmp(err->reason, "lock") == 0 &&
	     tries < LOCK_TRIES;
	     tries++) {
		clock_pause_ms(PAUSE_MS);
		st = once(db, state, alone, err);
	}
	return st;
}

enum status
schema_up(struct db *db, const struct schema_state *state, const char *alone,
    struct err *err)
{
	return patiently(up_once, db, state, alone, err);
}

enum status
schema_down(struct db *db, const struct schema_state *state, const char *alone,
    struct err *err)
{
	return patiently(down_once, db, state, alone, err);
}
