/*
 * Runs that ask Zoho, as rows people can look at: what one expected, found
 * and did over one module (promise 7). Each statement is a transaction of its
 * own, so a run that dies leaves what it knew.
 */
#ifndef SESSION_H
#define SESSION_H

#include <stdint.h>

#include "db.h"
#include "err.h"

struct session {
	struct db *db;
	int64_t id;       /* 0: nothing is kept, the run only looks */
	int64_t expected; /* records to look at; -1 where Zoho does not say */
	int64_t found, differing, applied, failed, calls, credits;
	const char *options; /* JSON of what it was told, or NULL for nothing */
	int64_t continues;   /* the run that was cut off here, or 0 */
	const char *place;   /* JSON of how far it is, or NULL */
};

enum { SESSION_WHO_MAX = 64 };

/* Who begins a run: "cron", or who types at the terminal. */
void session_initiator(char out[static SESSION_WHO_MAX]);

/* A run over several modules as a whole. */
struct session_tally {
	int whole, cut, failed;
	int left;         /* modules it did not come to */
	struct err first; /* why the first of them was not whole */
};

enum session_end { SESSION_COMPLETED, SESSION_PARTIAL, SESSION_FAILED };
const char *session_end_name(enum session_end end);

void session_count(struct session_tally *tally, enum session_end end,
    const struct err *said);
/* ST_OK where all are whole, else ST_RETRY with how many are not, and why. */
MUST_CHECK
enum status session_verdict(const struct session_tally *tally, const char *done,
    struct err *err);

/* "since_us" is 0 for everything. Runs of the same kind over the same module
 * that died are marked. Status as db_call(), here and below. */
MUST_CHECK
enum status
session_begin(struct session *session, const char *kind, const char *module,
    const char *initiated_by, int64_t since_us, struct err *err);
MUST_CHECK
enum status session_progress(const struct session *session, struct err *err);
/* "level" is "error", "warn" or "info". */
MUST_CHECK
enum status session_say(const struct session *session, const char *level,
    const char *message, struct err *err);
MUST_CHECK
enum status session_finish(const struct session *session, enum session_end end,
    const char *message, int next_s, struct err *err);

#endif
