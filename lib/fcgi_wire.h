/*
 * The FastCGI protocol, one connection's side of it: bytes in, one whole
 * request out, and its answer as bytes. It touches no socket.
 *
 * Why not libfcgi: it holds a thread for each connection, also for one that
 * sends nothing; it passes on parameters that broke off as if they were
 * whole; and a GET_VALUES with repeated names overruns a buffer in it. Its
 * header gives us the record types.
 *
 * Served: the role RESPONDER, FCGI_KEEP_CONN, GET_VALUES. Other roles, a
 * second request beside the first and unknown record types are refused as the
 * specification says. What breaks its rules ends the connection.
 */
#ifndef FCGI_WIRE_H
#define FCGI_WIRE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "fcgi_params.h"

enum fastcgi_state {
	FASTCGI_READING,
	FASTCGI_READY,  /* a request is there, or what is to be refused */
	FASTCGI_BROKEN, /* close the connection */
};

struct fastcgi {
	enum fastcgi_state state;
	bool begun; /* a request has begun */
	bool keep;  /* the server wants to keep the connection */
	bool whole; /* the body's end was seen */
	uint16_t id;
	unsigned char head[8];
	size_t head_len;
	size_t content_left, padding_left;
	unsigned char small[8]; /* of a BEGIN_REQUEST */
	size_t small_len;
	struct fcgi_params params; /* params.env is there when READY */
	struct buf body;           /* up to body_max + 1 bytes */
	size_t body_taken;
	struct buf values; /* of a GET_VALUES */
	struct buf out;    /* what the protocol itself has to say */
	struct err why;    /* READY with a text: refuse it with 431 */
};

void fastcgi_init(struct fastcgi *f, size_t body_max);
void fastcgi_release(struct fastcgi *f);

/* Make ready for the next request on the same connection, or another one. */
void fastcgi_reset(struct fastcgi *f);

/* Take in bytes as they came. Stops at the end of a request; what follows it
 * is not kept. "f->out" may hold bytes to be sent. */
enum fastcgi_state fastcgi_feed(struct fastcgi *f, const void *at, size_t len);

/* Hand out up to "len" bytes of the body: the count, 0 at its end. */
int fastcgi_read(struct fastcgi *f, char *at, int len);

/* Append the records of a whole answer. */
MUST_CHECK
enum status fastcgi_answer(const struct fastcgi *f, const char *text,
    size_t len, struct buf *out, struct err *err);

#endif
