/*
 * A group of requests on one connection: sent as a pipeline, one commit.
 * What store.c, refused.c and health.c use.
 */
#ifndef GROUP_H
#define GROUP_H

#include <stdbool.h>
#include <stdint.h>

#include "db.h"
#include "envelope.h"
#include "err.h"

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
	struct waiting *next;
	bool done;
	bool repeat;
	enum status status;
	struct err err;
};

/*
 * Order a chain by key; returns its new head. Two processes that store the
 * same events at once then wait for each other in one order, and none for
 * both. Requests of one group have no order of their own to lose: each of
 * their senders still waits for his answer.
 */
struct waiting *group_sort(struct waiting *chain);

/*
 * Store a chain of requests in one transaction and set each one's status.
 * Waits for PostgreSQL until "deadline_ms" (clock_passed_ms()). Where the
 * transaction fails for one of them, each is stored in a transaction of its
 * own. Returns ST_RETRY where the connection is of no more use: those not
 * decided carry ST_RETRY, and the caller must close it.
 */
MUST_CHECK
enum status group_store(struct db *db, bool prepare, struct waiting *chain,
    int64_t deadline_ms, struct err *err);

/* Send one statement of sql/intake and wait for its end, within the
 * deadline, without looking at its rows. */
MUST_CHECK
enum status group_send(struct db *db, bool prepare, const struct sql *stmt,
    const struct args *args, int64_t deadline_ms, struct err *err);

#endif
