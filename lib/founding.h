/*
 * Make the database of an organisation, its schema and its logins, as far as
 * they are missing, and see that each login gets in.
 */
#ifndef FOUNDING_H
#define FOUNDING_H

#include <stdbool.h>

#include "access.h"
#include "conninfo.h"
#include "err.h"
#include "making.h"
#include "organisation.h"

struct founding {
	struct organisation *organisation;
	struct making *making;
	bool passwords; /* no login is a user of this machine */
	/* Of each login: what the settings say already, "" for nothing; then
	 * what they are to say. */
	char urls[LOGIN_COUNT][CONNINFO_MAX];
};

/*
 * As who may make databases and roles. "url" says how to connect; NULL is
 * what libpq does by itself, for root as the user postgres.
 * ST_REJECT  the database holds something else, or another database lets in
 *            every organisation
 * ST_RETRY   PostgreSQL is out of reach
 * ST_FAULT   no right to do it, a login does not get in, or the schema is
 *            newer than this program
 */
MUST_CHECK
enum status founding_make(struct founding *f, const char *url, struct err *err);

/*
 * In a database that the host gave, with its one login, named by "url".
 * Statuses as above; what else the database holds is left alone.
 */
MUST_CHECK
enum status
founding_alone(struct founding *f, const char *url, struct err *err);

#endif
