/*
 * A group of requests on its way into the queue: one statement, one commit,
 * each request with an answer of its own. What store.c sends.
 */
#ifndef GROUP_H
#define GROUP_H

#include <stdbool.h>

#include "envelope.h"
#include "err.h"
#include "pipeline.h"

/* How the receiver finds PostgreSQL. Borrowed. */
struct group_where {
	const char *url;
	const char *program; /* application_name */
	bool prepare;
};

/* Connect with the statements of sql/intake. Status as db_open(). */
MUST_CHECK
enum status group_connect(struct db **out, const struct group_where *where,
    struct err *err);

/* A request that waits for its commit. Lives with the caller of store_put. */
struct waiting {
	const struct envelope *envelope;
	void (*stored)(struct waiting *w); /* told once, with the four below */
	enum status status;
	bool repeat;
	struct err err;
	int tries; /* times it was sent */
	struct waiting *next;
};

/*
 * Send a chain of requests as one statement. Each one's status, repeat and
 * err are set before "done" gets the chain back:
 * ST_OK     committed
 * ST_RETRY  unknown, or PostgreSQL cannot now
 * ST_REJECT, ST_FAULT  refused. A chain of several comes back so as a whole,
 *           though one of them may be the cause: halve it and send again.
 */
void group_send(struct pipeline *p, struct waiting *chain,
    void (*done)(void *arg, struct waiting *chain), void *arg);

#endif
