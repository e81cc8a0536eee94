/*
 * Let the logins of an organisation into its database, and find the way in
 * for each.
 */
#ifndef ACCESS_H
#define ACCESS_H

#include <stdbool.h>

#include "conninfo.h"
#include "db.h"
#include "err.h"
#include "making.h"
#include "organisation.h"

/* How we came in. */
struct access_way {
	struct db *db;   /* as who may make roles */
	const char *url; /* with which that was opened, "" for defaults */
	bool passwords;  /* no login shall be a user of this machine */
};

/*
 * Make the logins, their passwords and their rights to connect, as far as
 * they are missing; take that right from the groups; and try each login as
 * the user who will use it. Passwords go to their files first, so that a run
 * that was killed can be repeated. "urls" says what the settings know
 * already, "" for nothing, and gets what they are to say.
 *
 * A login is a user of this machine where root runs this, PostgreSQL took our
 * word for being postgres, and no other organisation has that login.
 * ST_FAULT  no right to do it, or a login does not get in
 */
MUST_CHECK
enum status access_make(struct organisation *o, struct making *making,
    const struct access_way *way, char urls[static LOGIN_COUNT][CONNINFO_MAX],
    struct err *err);

#endif
