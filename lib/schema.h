/*
 * The schema files and what a database has of them.
 *
 * A file is applied in a transaction that records its number and the SHA-256
 * of its text; a file that changed after it was applied is an error, because
 * nobody can tell then what stands there. Its down file takes it back.
 *
 * The files grant rights to the groups zohosync_owner, _web, _job, _admin and
 * _report. Where only one login is to be had, it stands "alone": the files
 * are applied with its name in place of theirs. Which way a database was made
 * is told by who owns it.
 */
#ifndef SCHEMA_H
#define SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

#include "db.h"
#include "digest.h"
#include "err.h"
#include "sql.h"

enum { SCHEMA_TIME_MAX = 24, SCHEMA_ROLE_MAX = 64 };

struct schema_state {
	const struct sql_schema_file *file;
	bool applied;
	bool changed; /* the recorded sum is not this file's */
	char checksum[DIGEST_HEX];
	char applied_at[SCHEMA_TIME_MAX]; /* UTC, "" where not applied */
};

/*
 * Compare the compiled-in files with the database. "*out" has sql_schema_len
 * rows and is yours to free().
 * ST_FAULT  the database knows a file this program does not: it is newer
 */
MUST_CHECK
enum status
schema_compare(struct db *db, struct schema_state **out, struct err *err);

/*
 * Whether the database has exactly this version's files.
 * ST_FAULT  one is missing (older) or not known here (newer); it says which
 */
MUST_CHECK
enum status schema_fits(struct db *db, struct err *err);

/* Wait until nobody else changes the schema of this database, and keep others
 * waiting until the connection ends. */
MUST_CHECK
enum status schema_lock(struct db *db, struct err *err);

/*
 * ST_FAULT  a file is not the one that was applied
 */
MUST_CHECK
enum status
schema_is_unchanged(const struct schema_state *states, struct err *err);

/* The login that stands alone in this database; "" where the groups are used
 * or nothing was applied yet. */
MUST_CHECK
enum status
schema_alone(struct db *db, char out[static SCHEMA_ROLE_MAX], struct err *err);

/*
 * Apply, or take back, one file in one transaction. "alone" is that login, or
 * "" for the groups. Where somebody holds a lock it is tried again for about
 * a minute, waiting only a moment each time, so that nobody waits behind it.
 * ST_RETRY   still locked
 * ST_REJECT  a login whose name has other letters than a-z A-Z 0-9 _ . @ -
 */
MUST_CHECK
enum status schema_up(struct db *db, const struct schema_state *state,
    const char *alone, struct err *err);
MUST_CHECK
enum status schema_down(struct db *db, const struct schema_state *state,
    const char *alone, struct err *err);

/* Prepare nothing: the tables the statements name may not be there yet. */
MUST_CHECK
enum status schema_connect(struct db **out, const char *url, struct err *err);

#endif
