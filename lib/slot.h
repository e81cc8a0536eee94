/*
 * One place, one holder: how runs of a job that cron starts hand over.
 *
 * A place is an advisory lock of PostgreSQL, named by job, host and number.
 * The next run waits beside the one that holds it, as its successor, and goes
 * on within milliseconds of its end. There is one successor; a third run
 * finds both taken and has nothing to do. Locks go with the connection, so a
 * killed holder leaves no trace.
 */
#ifndef SLOT_H
#define SLOT_H

#include <stdint.h>

#include "db.h"
#include "err.h"

/*
 * Wait for the place until "deadline_ms" (clock_passed_ms()).
 * ST_OK    it is ours until the connection ends
 * ST_NONE  a successor waits already, the deadline passed, or the program
 *          was asked to end
 */
MUST_CHECK
enum status slot_take(struct db *db, const char *job, int number,
    int64_t deadline_ms, struct err *err);

/* Without a line of successors: ask until the deadline, then leave it.
 * ST_NONE  somebody still holds it */
MUST_CHECK
enum status slot_try(struct db *db, const char *job, int number,
    int64_t deadline_ms, struct err *err);

#endif
