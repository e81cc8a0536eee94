/*
 * Every call that can fail fails once: memory, json-c, OpenSSL, files. A test
 * runs its function again and again; in the first run the first such call
 * fails, in the second the second one, and so on until a run comes through.
 * What a failure leaks shows under "make check-sanitized".
 *
 * A program that uses this links fails.c, with the names of fails.wrap.
 */
#ifndef FAILS_H
#define FAILS_H

#include <stdbool.h>

#include "table.h"

#include "err.h"

/* Only what is called between these two counts and fails. The second returns
 * the name of the call that failed, NULL for none. */
void fails_begin(void);
const char *fails_end(void);

/* The call of this number is the one that fails, from 1; fails_row() sees to
 * that itself. */
void fails_at(int number);

/* For what a test itself calls meanwhile: stop counting, and go on as it
 * was. */
bool fails_pause(void);
void fails_go_on(bool as_it_was);

/* The statement, with its calls counted. */
#define FAILING(statement)         \
	do {                       \
		fails_begin();     \
		statement;         \
		(void)fails_end(); \
	} while (0)

/* "run" does its work within FAILING() and returns its status; where that is
 * ST_OK it has looked at the result. */
struct fails_case {
	const char *says;
	enum status (*run)(struct err *err);
};

/* A row as a test: each failure is ST_FAULT with a reason, and ST_OK is
 * returned where nothing failed. */
void fails_row(void **state);

#endif
