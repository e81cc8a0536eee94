/*
 * An organisation: a database, a settings file, and what belongs to them.
 *
 * The first has no name: database zohosync, zohosync.conf. Another is called
 * NAME: database zohosync_NAME, zohosync_NAME.conf. Everything else is named
 * after these two.
 */
#ifndef ORGANISATION_H
#define ORGANISATION_H

#include <limits.h>
#include <stdbool.h>

#include "account.h"
#include "err.h"
#include "login.h"
#include "place.h"
#include "settings.h"

enum { ORGANISATION_NAME_MAX = 32, DATABASE_NAME_MAX = 64 };

struct organisation {
	char database[DATABASE_NAME_MAX];
	char conf[PATH_MAX];    /* settings */
	char keys[PATH_MAX];    /* API keys; "" for none */
	char spool[PATH_MAX];   /* folder */
	char log_dir[PATH_MAX]; /* folder */
	char log[PATH_MAX];     /* file in it; "" where it is none */
	struct account web;     /* who runs the web server's programs */
	struct account cron;    /* who runs the jobs */
	struct account self;    /* who runs us, and keeps the owner's login */
	struct login logins[LOGIN_COUNT];
};

/* "name" is NULL for the first. ST_REJECT (usage): not [a-z][a-z0-9_]{0,30} */
MUST_CHECK
enum status
organisation_name(struct organisation *o, const char *name, struct err *err);

/* Fill in the paths: settings in "conf", or where that is NULL in "etc_dir";
 * spool and log below "var_dir". ST_REJECT: too long, or not absolute. */
MUST_CHECK
enum status organisation_paths(struct organisation *o, const char *conf,
    const char *etc_dir, const char *var_dir, struct err *err);

/* Take the places from settings that stand. ST_REJECT: too long. */
MUST_CHECK
enum status organisation_stands(struct organisation *o,
    const struct settings *s, struct err *err);

/*
 * Fill in the users; NULL is www-data and zohosync for root, who hands out,
 * and oneself for anybody else.
 * ST_REJECT  no such user, or the web server's is not in the group of the
 *            jobs', which is how they share settings and spool
 */
MUST_CHECK
enum status organisation_users(struct organisation *o, const char *web,
    const char *cron, struct err *err);

/* Whether one user does it all, and nobody else needs to read anything. */
bool organisation_is_private(const struct organisation *o);

/* Who logs in as this part. */
const struct account *
organisation_user(const struct organisation *o, enum login_part part);

/* Name a login and its password file after the organisation; or, with "peer",
 * after the user. */
void
organisation_login(struct organisation *o, enum login_part part, bool peer);

/* Make the password files that logins name and that are not there.
 * ST_FAULT: could not. */
MUST_CHECK
enum status
organisation_passwords(const struct organisation *o, struct err *err);

/*
 * Make spool, log and their folders, those that are missing.
 * ST_FAULT  could not
 */
MUST_CHECK
enum status organisation_folders(const struct organisation *o, struct err *err);

/*
 * Make the settings file, with fresh secrets, the URLs of the logins and "url"
 * of the webhooks (NULL: left out).
 * ST_REJECT  there is one
 */
MUST_CHECK
enum status organisation_settings(const struct organisation *o,
    const char *const urls[static LOGIN_COUNT], const char *url,
    const char *alias, struct err *err);

/* Make an empty file of API keys where there is none. */
MUST_CHECK
enum status organisation_keys(const struct organisation *o, struct err *err);

/* Do what the programs will do, as the users who run them: read settings and
 * keys, write to spool and log. ST_FAULT: one cannot. */
MUST_CHECK
enum status organisation_try(const struct organisation *o, struct err *err);

#endif
