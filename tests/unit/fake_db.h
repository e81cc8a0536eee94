/*
 * PostgreSQL played: a program that links fake_db.c with --wrap=db_call and
 * --wrap=db_command sends its statements here. Each becomes a line of text:
 * its name, then a bracket for each row of its arrays.
 *
 *   drain_resolve (7 0) (7 1)
 *   savepoint s
 */
#ifndef FAKE_DB_H
#define FAKE_DB_H

#include "buf.h"
#include "db.h"

struct fake_db {
	struct buf said;    /* the lines so far */
	const char *refuse; /* what stands in a line that fails, or NULL */
	int refusals;       /* how many such lines fail; -1 for all */
	enum status status; /* of those */
	const char *reason;
	int races; /* so many answers of drain_apply say that it raced */
	const char *verdict; /* what the others say of each row */
};

extern struct fake_db fake_db;

/* Forget everything: nothing fails, every row is applied. */
void fake_db_reset(void);
void fake_db_release(void);

#endif
