/* Load what waits in the spool into the queue, in order, once. */
#ifndef UNSPOOL_H
#define UNSPOOL_H

#include <stdint.h>

#include "db.h"
#include "err.h"
#include "spool.h"

/*
 * Load all files that wait now, oldest first, a few hundred at a time,
 * until clock_passed_ms() is "until_ms" or the program is asked to end. A file
 * is removed after its commit. "*loaded" counts. What is no spool file goes to
 * "bad". Several drains may do this at once: a file is stored once.
 * ST_NONE   nothing waited
 * ST_RETRY  PostgreSQL or the disk failed on the way; the rest still waits
 */
MUST_CHECK
enum status unspool(struct db *db, const struct spool *spool, int64_t until_ms,
    int64_t *loaded, struct err *err);

#endif
