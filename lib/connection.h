/*
 * FastCGI connections in a loop: each is read, its request handed to
 * "handle", the answer sent. A slow one costs memory, not a thread.
 */
#ifndef CONNECTION_H
#define CONNECTION_H

#include "exchange.h"
#include "loop.h"

enum {
	CONNECTION_SILENT_MS = 30000,    /* then it is closed */
	CONNECTION_BODIES_MAX = 64 << 20 /* bytes of bodies on their way */
};

struct connections;

struct connection_options {
	size_t body_max;
	/* A request is read, or must be refused: "refuse" is its HTTP status
	 * and "why" the reason; else 0. Answers it, now or later. */
	void (*handle)(void *arg, struct exchange *x, int refuse,
	    const struct err *why);
	void *arg;
};

/* "loop" and "options" are borrowed. ST_FAULT: no memory. */
MUST_CHECK
enum status connections_open(struct connections **out, struct loop *loop,
    const struct connection_options *options, struct err *err);
void connections_close(struct connections *all);

/* Take over a connected socket that does not block. A body for which there
 * is no room (CONNECTION_BODIES_MAX) is answered 503. */
void connections_welcome(struct connections *all, int fd);

/* How many are open. */
int connections_count(const struct connections *all);

/* Close the one that has been silent longest; those whose request is being
 * worked on do not count. False where there is none. */
bool connections_drop_oldest(struct connections *all);

/* Close all that have been silent too long. */
void connections_drop_silent(struct connections *all);

/* No more requests: those that sent nothing yet are closed, those half read
 * have a few seconds, no connection is kept. */
void connections_end(struct connections *all);

#endif
