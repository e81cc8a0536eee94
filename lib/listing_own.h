/* What listing.c and listing_query.c share. */
#ifndef LISTING_OWN_H
#define LISTING_OWN_H

#include "date.h"
#include "listing.h"

enum { LISTING_TIME_MAX = DATE_TEXT_MAX + 8 };

/* As the CRM's pages show a time: by the second, with an offset, no "Z". */
void listing_put_time(char out[static LISTING_TIME_MAX], int64_t us);

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
