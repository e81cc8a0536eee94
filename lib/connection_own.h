/* What connections.c, which keeps the records of all, gives to connection.c,
 * which talks to each. */
#ifndef CONNECTION_OWN_H
#define CONNECTION_OWN_H

#include <sys/queue.h>

#include "connection.h"
#include "fcgi_wire.h"

enum {
	CONNECTION_READ_BYTES = 65536,
	CONNECTION_ANSWER_MAX = 2 << 20,
};

/* READING a request, WAITING for its answer, WRITING it, LINGERING until the
 * peer has sent what it had in hand. */
enum phase { READING, WAITING, WRITING, LINGERING };

struct connection {
	struct exchange exchange; /* first: what handlers hand back */
	struct connections *all;
	struct watch watch;
	enum phase phase;
	struct fastcgi in;
	struct buf out;
	size_t sent;
	int64_t heard_ms;
	bool listed;
	TAILQ_ENTRY(connection) link;
};

TAILQ_HEAD(connection_list, connection);

struct connections {
	struct loop *loop;
	const struct connection_options *options;
	/* Those that may be closed, the most silent first; WAITING ones are
	 * not in it. */
	struct connection_list heard;
	int open;
	size_t body_bytes;
	struct connection_list idle; /* records to be used again */
	int idle_len;
	bool ending;
	char scratch[CONNECTION_READ_BYTES];
};

/* A record for one that was accepted; NULL where there is no memory. */
struct connection *connection_new(struct connections *all);

/* It was heard of now; it is WAITING, and must not be closed. */
void connection_heard(struct connection *c);
void connection_unlist(struct connection *c);

/* What is read of this one no longer counts. */
void connection_forget(struct connection *c);

/* Close it; its record goes back. */
void connection_hang_up(struct connection *c);

#endif
