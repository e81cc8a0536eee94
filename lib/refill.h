/* The tables for people, made anew from the mirror. */
#ifndef REFILL_H
#define REFILL_H

#include "db.h"

/*
 * Run every projection over all records of its module, 500 in a transaction,
 * as the owner of the tables or the login that stands "alone". What is there
 * already stays right. "*projected" counts records.
 * ST_RETRY, ST_FAULT  as db_call(); may be run again
 */
MUST_CHECK
enum status
refill(struct db *db, const char *alone, int64_t *projected, struct err *err);

#endif
