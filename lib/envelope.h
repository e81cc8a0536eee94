/*
 * A proven request on its way into the queue, with all that is stored of it.
 * The receiver makes one; it goes to PostgreSQL at once, or into a spool file
 * and from there.
 */
#ifndef ENVELOPE_H
#define ENVELOPE_H

#include <stdint.h>

#include "buf.h"
#include "digest.h"
#include "err.h"
#include "rows.h"

/* Texts are borrowed from the request, or from "block" after
 * envelope_read(). All are UTF-8 without NUL. */
struct envelope {
	unsigned char key[DIGEST_BYTES]; /* equal keys are one event */
	int64_t received_us;             /* unix time in microseconds */
	const char *source;
	const char *route;
	const char *module;    /* or NULL */
	const char *operation; /* or NULL */
	const char *event_type;
	int changes;
	const char *query;
	const char *content_type;
	const char *headers;
	const char *remote;
	const char *body;
	size_t body_len;
	void *block; /* what envelope_read() must give back */
};

/*
 * Append the envelope as the content of a spool file: a line with a check
 * sum over the rest, a line of JSON, the raw body.
 */
MUST_CHECK
enum status
envelope_put(const struct envelope *e, struct buf *out, struct err *err);

/*
 * Read such a file. On ST_OK "e" borrows from "text" and from its own block;
 * envelope_release() gives that back.
 * ST_REJECT  not one, or the check sum differs
 */
MUST_CHECK
enum status envelope_read(struct envelope *e, const char *text, size_t len,
    struct err *err);
void envelope_release(struct envelope *e);

/* The columns that sql/intake/store.sql and sql/drain/load.sql begin with: key,
 * source, route, module, operation, event_type, changes, query, content_type,
 * headers, remote, body. */
enum { ENVELOPE_COLUMNS = 12 };
extern const enum array_type envelope_types[ENVELOPE_COLUMNS];

/* Append it to them. ST_FAULT  no memory, or no room */
MUST_CHECK
enum status
envelope_row(const struct envelope *e, struct rows *rows, struct err *err);

#endif
