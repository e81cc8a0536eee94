#include "schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "texts.h"

enum { CONNECT_S = 10 };

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
			return err_set(err, ST_FAULT,
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

enum status
schema_up(struct db *db, const struct schema_state *state, struct err *err)
{
	enum status st = db_command(db, "begin", err);

	if (st == ST_OK)
		st = db_command(db, state->file->up, err);
	if (st == ST_OK)
		st = record(db, state, err);
	return finish(db, state, st, err);
}

enum status
schema_down(struct db *db, const struct schema_state *state, struct err *err)
{
	enum status st = db_command(db, "begin", err);

	if (st == ST_OK)
		st = db_command(db, "set local role zohosync_owner", err);
	if (st == ST_OK)
		st = forget(db, state, err);
	if (st == ST_OK)
		st = db_command(db, state->file->down, err);
	return finish(db, state, st, err);
}
