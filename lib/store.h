/*
 * The one way to store a request: PostgreSQL, committed, or no.
 *
 * Requests that wait are sent as one group with one commit, and then all are
 * answered. While a group is in flight the next one gathers, so its size
 * follows the load and nobody waits for a timer. Where PostgreSQL refuses a
 * group, its halves are tried, so that what is wrong fails alone.
 *
 * PostgreSQL gets "timeout_ms" for a group. When it is away, refuses or is
 * too slow, callers get ST_RETRY at once until it is back; a helper thread
 * keeps trying to connect meanwhile. What the caller was told is final: ST_OK
 * means on disk, anything else means the caller still owns the event.
 */
#ifndef STORE_H
#define STORE_H

#include <stdbool.h>

#include "err.h"
#include "group.h"
#include "loop.h"
#include "refused.h"

struct store_options {
	struct group_where where;
	int timeout_ms;
};

struct store;

/* Connects when it is first needed. "loop" and "options" are borrowed for its
 * life. ST_FAULT: no memory or no helper. */
MUST_CHECK
enum status store_open(struct store **out, struct loop *loop,
    const struct store_options *options, struct err *err);
void store_close(struct store *store);

/*
 * Store one request durably; w->stored is told, perhaps before this returns:
 * ST_OK     committed; w->repeat tells that it was a repeat, only counted
 * ST_RETRY  PostgreSQL is away, refuses or is too slow
 * ST_REJECT, ST_FAULT  PostgreSQL refused this request
 */
void store_put(struct store *store, struct waiting *w);

/* A request that proved nothing; counted in memory, written once a second. */
void store_refused(struct store *store, const struct refused *refused);

/* Ask PostgreSQL whether the receiver may insert what it wants to.
 * "answered" is told, perhaps before this returns; ST_RETRY: out of reach. */
void store_probe(struct store *store, struct call *call);

/* Send off what is left: counts, a last hint. True when nothing is. */
bool store_settled(struct store *store);

#endif
