#include "login.h"

#include <string.h>

#include "passfile.h"
#include "texts.h"

static const struct {
	const char *word, *group;
} parts[LOGIN_COUNT] = {
	[LOGIN_WEB] = { "web", "zohosync_web" },
	[LOGIN_JOB] = { "job", "zohosync_job" },
	[LOGIN_ADMIN] = { "admin", "zohosync_admin" },
	[LOGIN_OWNER] = { "owner", "zohosync_owner" },
	[LOGIN_REPORT] = { "report", "zohosync_report" },
};

enum { COMMAND_MAX = 2048 };

const char *
login_word(enum login_part part)
{
	return parts[part].word;
}

enum status
login_look(struct db *db, const struct login *login, const char *database,
    struct login_state *state, struct err *err)
{
	struct args a = ARGS_INIT;
	PGresult *res = NULL;
	enum status st;

	args_text(&a, login->name);
	args_text(&a, parts[login->part].group);
	args_text(&a, database);
	st = db_call(db, SQL_SETUP_LOGIN, &a, &res, err);
	if (st == ST_OK) {
		state->there = db_bool(res, 0, 0);
		state->member = db_bool(res, 0, 1);
		state->connects = db_bool(res, 0, 2);
	}
	PQclear(res);
	return st;
}

enum status
login_is_taken(struct db *db, const char *name, const char *database,
    bool *taken, struct err *err)
{
	struct args a = ARGS_INIT;
	PGresult *res = NULL;
	enum status st;

	args_text(&a, name);
	args_text(&a, database);
	st = db_call(db, SQL_SETUP_TAKEN, &a, &res, err);
	*taken = st == ST_OK && db_bool(res, 0, 0);
	PQclear(res);
	return st;
}

static enum status
put_name(struct buf *out, struct db *db, const char *name, struct err *err)
{
	char *quoted = PQescapeIdentifier(db_conn(db), name, strlen(name));
	enum status st = quoted != NULL ? buf_puts(out, quoted, err)
					: err_memory(err);

	PQfreemem(quoted);
	return st;
}

/* A command with two names in it, or with "two" NULL only one. */
static enum status
run(struct db *db, const char *before, const char *one, const char *between,
    const char *two, struct err *err)
{
	struct buf command = BUF_INIT(COMMAND_MAX);
	enum status st = buf_puts(&command, before, err);

	if (st == ST_OK)
		st = put_name(&command, db, one, err);
	if (st == ST_OK)
		st = buf_puts(&command, between, err);
	if (st == ST_OK && two != NULL)
		st = put_name(&command, db, two, err);
	if (st == ST_OK)
		st = db_command(db, buf_text(&command), err);
	buf_release(&command);
	return st;
}

enum status
login_make(struct db *db, const struct login *login, const char *database,
    const struct login_state *state, struct err *err)
{
	enum status st = ST_OK;

	if (!state->there)
		st = run(db, "create role ", login->name, " login", NULL, err);
	if (st == ST_OK && !state->member)
		st = run(db, "grant ", parts[login->part].group, " to ",
		    login->name, err);
	if (st == ST_OK && !state->connects)
		st = run(db, "grant connect on database ", database, " to ",
		    login->name, err);
	return err_wrap(err, st, "login \"%s\"", login->name);
}

/* The server is given the hash, so that no log of its can hold the text. */
static enum status
put_password(struct db *db, const char *name, const char *password,
    struct err *err)
{
	struct buf command = BUF_INIT(COMMAND_MAX);
	char *hash = PQencryptPasswordConn(db_conn(db), password, name,
	    "scram-sha-256");
	enum status st = hash != NULL ? buf_puts(&command, "alter role ", err)
				      : err_memory(err);

	if (st == ST_OK)
		st = put_name(&command, db, name, err);
	if (st == ST_OK) /* a hash has no quotes in it */
		st = buf_printf(&command, err, " password '%s'", hash);
	if (st == ST_OK)
		st = db_command(db, buf_text(&command), err);
	PQfreemem(hash);
	buf_release(&command);
	return st;
}

enum status
login_set_password(struct db *db, const struct login *login, struct err *err)
{
	char password[SECRET_TEXT_MAX];
	enum status st = passfile_find(login->passfile, login->name, password,
	    err);

	if (st == ST_NONE)
		st = err_set(err, ST_FAULT, "\"%s\" has no password for it",
		    login->passfile);
	if (st == ST_OK)
		st = put_password(db, login->name, password, err);
	explicit_bzero(password, sizeof(password));
	return err_wrap(err, st, "login \"%s\"", login->name);
}

enum status
login_close_groups(struct db *db, const char *database, bool dry, int *closed,
    struct err *err)
{
	struct args a = ARGS_INIT;
	PGresult *res = NULL;
	enum status st;
	int i;

	*closed = 0;
	args_text(&a, database);
	st = db_call(db, SQL_SETUP_GROUPS, &a, &res, err);
	for (i = 0; st == ST_OK && i < PQntuples(res); i++) {
		(*closed)++;
		if (!dry)
			st = run(db, "revoke connect on database ", database,
			    " from ", db_text(res, i, 0), err);
	}
	PQclear(res);
	return st;
}
