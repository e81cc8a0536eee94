#include "access.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CONNECT_S = 10, BASES = 2 };

struct access {
	struct organisation *o;
	struct making *making;
	const struct access_way *way;
	char (*urls)[CONNINFO_MAX];
	bool peers; /* users of this machine may log in as themselves */
	/* For logins with a password: the way we came, then TCP. */
	char bases[BASES][CONNINFO_MAX];
	int bases_len;
};

/* How a login with a password gets in: the way we did, with what was said
 * of it; and where that was a socket, whose rules may want another proof, by
 * TCP as well. */
static enum status
note_ways(struct access *a, struct err *err)
{
	PGconn *conn = db_conn(a->way->db);
	const char *from = a->way->url, *port = PQport(conn);
	char hosts[CONNINFO_MAX], ports[CONNINFO_MAX];
	struct conninfo_part parts[] = {
		{ "host", PQhost(conn) },
		{ "port", strcmp(port, "5432") == 0 ? NULL : port },
		{ "dbname", a->o->database },
		{ "user", NULL },
		{ "password", NULL },
		{ "passfile", NULL },
	};
	bool socket = parts[0].value[0] == '/';
	enum status st;

	/* Several hosts stay several. */
	if (conninfo_get(from, "host", hosts, sizeof(hosts)))
		parts[0].value = hosts;
	if (conninfo_get(from, "port", ports, sizeof(ports)))
		parts[1].value = ports;
	st = conninfo_change(a->bases[0], from, parts, ARRAY_LEN(parts), err);
	a->bases_len = 1;
	if (st == ST_OK && socket) {
		parts[0].value = "localhost";
		st = conninfo_change(a->bases[1], from, parts, ARRAY_LEN(parts),
		    err);
		a->bases_len = 2;
	}
	a->peers = geteuid() == 0 && socket && !a->way->passwords &&
	    !PQconnectionUsedPassword(conn);
	return st;
}

/* Who it is: as the settings have it, or else whom it fits. */
static enum status
name_login(struct access *a, enum login_part part, struct err *err)
{
	struct organisation *o = a->o;
	struct login *login = &o->logins[part];
	const char *url = a->urls[part];
	const char *user = organisation_user(o, part)->name;
	bool taken = true;
	enum status st = ST_OK;

	if (*url != '\0') {
		login->part = part;
		if (!conninfo_get(url, "user", login->name,
			sizeof(login->name)))
			(void)snprintf(login->name, sizeof(login->name), "%s",
			    user);
		(void)conninfo_get(url, "passfile", login->passfile,
		    sizeof(login->passfile));
		return ST_OK;
	}
	if (a->peers && part != LOGIN_REPORT)
		st = login_is_taken(a->way->db, user, o->database, &taken, err);
	organisation_login(o, part, !taken);
	return st;
}

static enum status
make_login(struct access *a, const struct login *login, struct err *err)
{
	const char *database = a->o->database;
	struct login_state state = { .there = false };
	enum status st = login_look(a->way->db, login, database, &state, err);

	if (st != ST_OK || (state.there && state.member && state.connects))
		return st;
	making_tell(a->making, "the login %s (%s)", login->name,
	    login_word(login->part));
	if (a->making->dry)
		return ST_OK;
	st = login_make(a->way->db, login, database, &state, err);
	if (st == ST_OK && !state.there && login->passfile[0] != '\0')
		st = login_set_password(a->way->db, login, err);
	return st;
}

/* Cron and the web server start programs without these. */
static void
forget_libpq(void)
{
	char name[64];
	size_t i = 0;

	while (environ[i] != NULL) {
		if (strncmp(environ[i], "PG", 2) != 0) {
			i++;
			continue;
		}
		(void)snprintf(name, sizeof(name), "%.*s",
		    (int)strcspn(environ[i], "="), environ[i]);
		if (unsetenv(name) != 0 || getenv(name) != NULL)
			i++;
	}
}

/* In a process of its own. */
static enum status
try_url(const void *arg, struct err *err)
{
	const struct db_options options = {
		.url = arg,
		.program = "zohosync setup",
		.prepare = false,
		.connect_timeout_s = CONNECT_S,
	};
	struct db *db;
	enum status st;

	forget_libpq();
	st = db_open(&db, &options, err);

	db_close(db);
	return st;
}

/* See that it gets in, as the user who will use it, and note how. */
static enum status
find_way(struct access *a, const struct login *login, struct err *err)
{
	const struct account *user = organisation_user(a->o, login->part);
	const char *passfile = login->passfile;
	const struct conninfo_part parts[] = {
		{ "user", login->name },
		{ "passfile", *passfile != '\0' ? passfile : NULL },
	};
	char *url = a->urls[login->part];
	bool known = *url != '\0';
	enum status st = ST_FAULT;
	int i;

	for (i = 0; i < (*passfile != '\0' ? a->bases_len : 1); i++) {
		st = known ? ST_OK
			   : conninfo_change(url, a->bases[i], parts,
				 ARRAY_LEN(parts), err);
		if (st == ST_OK)
			st = account_try(user, try_url, url, err);
		if (st == ST_OK || known)
			break;
	}
	return st;
}

static enum status
try_login(struct access *a, const struct login *login, struct err *err)
{
	bool known = a->urls[login->part][0] != '\0';
	enum status st = find_way(a, login, err);

	if (st == ST_OK)
		return st;
	if (!known)
		a->urls[login->part][0] = '\0';
	if (login->passfile[0] != '\0') {
		/* A run that was killed may have left another one. */
		st = login_set_password(a->way->db, login, err);
		if (st == ST_OK)
			st = find_way(a, login, err);
	}
	if (st == ST_OK)
		return st;
	return err_wrap(err, ST_FAULT,
	    "the login \"%s\" does not get in as the user \"%s\"%s",
	    login->name, organisation_user(a->o, login->part)->name,
	    login->passfile[0] == '\0' ? " (--passwords may help)" : "");
}

static enum status
make_passwords(struct access *a, struct err *err)
{
	const struct organisation *o = a->o;
	const char *last = "";
	int part;

	for (part = 0; part < LOGIN_COUNT; part++) {
		const char *path = o->logins[part].passfile;

		if (*path != '\0' && strcmp(path, last) != 0 &&
		    !place_is_there(path))
			making_tell(a->making, "passwords in %s", path);
		last = path;
	}
	return a->making->dry ? ST_OK : organisation_passwords(o, err);
}

static enum status
make_logins(struct access *a, struct err *err)
{
	const struct organisation *o = a->o;
	enum status st = ST_OK;
	int part, closed;

	for (part = 0; st == ST_OK && part < LOGIN_COUNT; part++)
		st = name_login(a, (enum login_part)part, err);
	if (st == ST_OK)
		st = make_passwords(a, err);
	for (part = 0; st == ST_OK && part < LOGIN_COUNT; part++)
		st = make_login(a, &o->logins[part], err);
	if (st == ST_OK)
		st = login_close_groups(a->way->db, o->database, a->making->dry,
		    &closed, err);
	for (part = 0; st == ST_OK && !a->making->dry && part < LOGIN_COUNT;
	     part++)
		st = try_login(a, &o->logins[part], err);
	return st;
}

enum status
access_make(struct organisation *o, struct making *making,
    const struct access_way *way, char urls[static LOGIN_COUNT][CONNINFO_MAX],
    struct err *err)
{
	struct access a = {
		.o = o, .making = making, .way = way, .urls = urls
	};
	enum status st = note_ways(&a, err);

	return st == ST_OK ? make_logins(&a, err) : st;
}
