/*
 * Logins of an organisation.
 *
 * The schema grants its rights to five groups, and groups belong to the whole
 * cluster: a member may do in every database that lets it in what its group
 * may do there. So a database of ours lets in logins and no group, and each
 * login is let into one database.
 *
 * A login proves itself with a password from a file (passfile.h), or where it
 * is called as a user of this machine, by being that user ("peer").
 */
#ifndef LOGIN_H
#define LOGIN_H

#include <limits.h>
#include <stdbool.h>

#include "db.h"
#include "err.h"

enum login_part {
	LOGIN_WEB,
	LOGIN_JOB,
	LOGIN_ADMIN,
	LOGIN_OWNER,
	LOGIN_REPORT,
	LOGIN_COUNT
};

enum { LOGIN_TEXT_MAX = 64 };

struct login {
	enum login_part part;
	char name[LOGIN_TEXT_MAX];
	char passfile[PATH_MAX]; /* "" for one that is a user of this machine */
};

/* What is missing of a login. */
struct login_state {
	bool there, member, connects;
};

/* "web", "job", "admin", "owner", "report". */
const char *login_word(enum login_part part);

MUST_CHECK
enum status login_look(struct db *db, const struct login *login,
    const char *database, struct login_state *state, struct err *err);

/* Whether the name must not be used here: it is another organisation's, or has
 * rights of its own over the cluster. */
MUST_CHECK
enum status login_is_taken(struct db *db, const char *name,
    const char *database, bool *taken, struct err *err);

/*
 * Make what "state" says is missing.
 * ST_FAULT  no right to
 */
MUST_CHECK
enum status login_make(struct db *db, const struct login *login,
    const char *database, const struct login_state *state, struct err *err);

/* Give it the password of its file; the text itself does not leave us. */
MUST_CHECK
enum status
login_set_password(struct db *db, const struct login *login, struct err *err);

/*
 * Take from the groups the right to connect, which the first schema file
 * gives. "*closed" says how many had it; with "dry" none loses it.
 */
MUST_CHECK
enum status login_close_groups(struct db *db, const char *database, bool dry,
    int *closed, struct err *err);

#endif
