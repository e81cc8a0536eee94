/*
 * The one function that stores a request: PostgreSQL, committed, or no.
 *
 * Grouped (a FastCGI process with threads): every caller hands its envelope
 * to one writer thread, which sends all that wait as one pipeline with one
 * commit, and then lets them all go on. While a group is in flight the next
 * one gathers, so its size follows the load and nobody waits for a timer. A
 * group that fails is sent again one by one, so that it fails alone.
 * Single (plain CGI, mod_fcgid): the caller's own thread stores and commits.
 *
 * PostgreSQL gets "timeout_ms" for a group. When it is away, refuses or is
 * too slow, callers get ST_RETRY at once until it is back; the writer keeps
 * trying to connect meanwhile. What the caller was told is final: ST_OK means
 * on disk, anything else means the caller still owns the event.
 */
#ifndef STORE_H
#define STORE_H

#include <stdbool.h>

#include "envelope.h"
#include "err.h"
#include "group.h"
#include "refused.h"

struct store_options {
	struct group_where where;
	bool grouped;
	int timeout_ms;
};

struct store;

/* Does not connect yet. "options" is borrowed for the life of the store.
 * ST_FAULT: no memory or no thread. */
MUST_CHECK
enum status store_open(struct store **out, const struct store_options *options,
    struct err *err);

/* Stores what still waits, then stops. */
void store_close(struct store *store);

/*
 * Store one request durably; returns after the commit. Any thread may call.
 * ST_OK     committed; "*repeat" tells that it was a repeat, only counted
 * ST_RETRY  PostgreSQL is away, refuses or is too slow
 * ST_REJECT, ST_FAULT  PostgreSQL refused this statement
 */
MUST_CHECK
enum status store_put(struct store *store, const struct envelope *e,
    bool *repeat, struct err *err);

/* A request that proved nothing; counted in memory and written now and then,
 * at the latest by store_close(). */
void store_refused(struct store *store, const struct refused *refused);

#endif
