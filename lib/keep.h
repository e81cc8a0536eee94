/*
 * What Zoho answered, as a request like any other: kept in the inbox, waiting
 * in the queue, in the shape that webhooks have.
 */
#ifndef KEEP_H
#define KEEP_H

#include <json-c/json.h>
#include <stdint.h>

#include "buf.h"
#include "db.h"
#include "err.h"
#include "module.h"
#include "rows.h"

struct keeping {
	const struct module *module;
	const char *operation; /* update, restore or delete */
	const char *origin;    /* fetch, reconcile or backfill */
	int n;                 /* records in the body */
	int64_t as_of_us;      /* when it stood so, by Zoho's clock */
	struct buf body, event;
	struct rows keys; /* id, seq, hits of sync.fetch: what it answers */
	json_object *document; /* the body as it was read, or NULL; ours */

	int64_t seq, received_us; /* what it got, once it is kept */
};

/* The caller has filled in what is above, and the document. Takes over "body"
 * and "keys" (NULL for none) and leaves them empty. Give
 * back with keep_release(), whatever is returned. */
MUST_CHECK
enum status keep_init(struct keeping *keeping, struct buf *body,
    struct rows *keys, struct err *err);
void keep_release(struct keeping *keeping);

/* Status as db_call(). */
MUST_CHECK
enum status keep_store(struct db *db, struct keeping *keeping, struct err *err);

#endif
