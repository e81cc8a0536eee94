/*
 * The one way into the mirror. Whatever the origin of a change, it is applied
 * here: judged against the standing record, written with its history, and
 * carried into the tables for people, all inside the caller's transaction.
 */
#ifndef MIRROR_H
#define MIRROR_H

#include "db.h"
#include "err.h"
#include "task.h"

/* Set up a connection that will apply. Status as db_command(). */
MUST_CHECK
enum status mirror_tune(struct db *db, struct err *err);

/*
 * Apply every item that has no verdict yet, and give it one. Sets of items
 * are applied together; where a set fails for what one of them holds, it is
 * halved until that one stands alone with VERDICT_RETRY (its error says
 * why), and the rest goes on.
 * ST_RETRY  the transaction as a whole cannot go on (connection, deadlock,
 *           time-out ...): roll it back; verdicts mean nothing
 */
MUST_CHECK
enum status mirror_apply(struct db *db, struct batch *batch, struct err *err);

#endif
