/*
 * A listening socket and the connections that come over it. At most
 * "connections_max" are open: one more costs the one that has been silent
 * longest, so half-open ones keep nobody out.
 */
#ifndef SERVER_H
#define SERVER_H

#include "connection.h"

struct server;

struct server_options {
	int listen_fd; /* the server's from now on */
	int connections_max;
	struct connection_options connection;
};

/* "loop" and "options" are borrowed. ST_FAULT: no memory, not a socket. */
MUST_CHECK
enum status server_open(struct server **out, struct loop *loop,
    const struct server_options *options, struct err *err);

/* Take in what has been sent already, then no more. Requests in hand are
 * answered; those half read have a few seconds. */
void server_stop(struct server *server);
/* After server_stop(): nothing is left. */
bool server_idle(const struct server *server);

void server_close(struct server *server);

#endif
