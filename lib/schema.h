/*
 * The schema files and what a database has of them.
 *
 * A file is applied in a transaction that records its number and the SHA-256
 * of its text; a file that changed after it was applied is an error, because
 * nobody can tell then what stands there. Its down file takes it back.
 */
#ifndef SCHEMA_H
#define SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

#include "db.h"
#include "digest.h"
#include "err.h"
#include "sql.h"

enum { SCHEMA_TIME_MAX = 24 };

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

/* Apply, or take back, one file in one transaction. */
MUST_CHECK
enum status
schema_up(struct db *db, const struct schema_state *state, struct err *err);
MUST_CHECK
enum status
schema_down(struct db *db, const struct schema_state *state, struct err *err);

/* Prepare nothing: the tables the statements name may not be there yet. */
MUST_CHECK
enum status schema_connect(struct db **out, const char *url, struct err *err);

#endif
