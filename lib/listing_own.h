/* What listing.c and listing_query.c share. */
#ifndef LISTING_OWN_H
#define LISTING_OWN_H

#include "listing.h"

/* What a list of Books is filtered and sorted by. */
MUST_CHECK
enum status listing_put_filter(struct buf *path, const struct module *module,
    bool active_only, struct err *err);

/*
 * The query that goes on behind the last record that was seen, as the body of
 * a call in l->path. ST_REJECT: none was seen.
 */
MUST_CHECK
enum status listing_put_query(struct listing *l, struct err *err);

#endif
