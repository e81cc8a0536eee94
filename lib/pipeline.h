/*
 * Statements on one connection without waiting for each other: libpq's
 * pipeline in a loop.
 *
 * Each call is one statement in a transaction of its own (a Sync follows it),
 * so one that fails leaves the others alone. Calls are answered in the order
 * they were sent, and only after their commit. A connection that is lost, or
 * does not answer in time, ends them all with ST_RETRY: what became of them
 * is then unknown.
 */
#ifndef PIPELINE_H
#define PIPELINE_H

#include "db.h"
#include "err.h"
#include "loop.h"

struct pipeline;

/* "res" is the statement's result when "said" is ST_OK; else "why" says what
 * PostgreSQL said. Both are borrowed. The call is the owner's again. */
struct call {
	void (*answered)(struct call *call, enum status said,
	    const PGresult *res, const struct err *why);
	struct call *next; /* the pipeline's from here on */
	int64_t due_ms;
	PGresult *res;
	enum { CALL_RESULT, CALL_END, CALL_SYNC } wants;
};

struct pipeline_options {
	int timeout_ms; /* for each call */
	bool prepare;   /* as the connection was opened */
	/* After the last call was answered: the pipeline is of no more use
	 * and may be closed in here. */
	void (*lost)(void *arg, const struct err *why);
	void *arg;
};

/* "db" and "options" are borrowed; nothing else may use "db" now. */
MUST_CHECK
enum status pipeline_open(struct pipeline **out, struct loop *loop,
    struct db *db, const struct pipeline_options *options, struct err *err);

/* Calls still unanswered are answered with ST_RETRY. */
void pipeline_close(struct pipeline *p);

/* Hand a statement to the pipeline. Values are copied. "call" stays where it
 * is until it is answered, which may happen before this returns. */
void pipeline_send(struct pipeline *p, const struct sql *stmt,
    const struct args *args, struct call *call);

/* How many are not yet answered. */
int pipeline_waiting(const struct pipeline *p);

#endif
