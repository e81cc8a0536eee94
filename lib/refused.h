/*
 * Counts of requests that proved nothing, kept in memory between writes, so
 * that a flood of them costs PostgreSQL a row a second and not one each.
 */
#ifndef REFUSED_H
#define REFUSED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db.h"
#include "err.h"

enum { REFUSED_SAMPLE_MAX = 512 };

/* One of them. Texts are borrowed for the call and are UTF-8. */
struct refused {
	const char *source;     /* whose proof was wanted */
	const char *event_type; /* signature_missing or signature_invalid */
	const char *route;
	const char *remote;
	const void *sample; /* the first REFUSED_SAMPLE_MAX bytes are kept */
	size_t sample_len;
};

struct refused_table;

/* NULL: no memory. */
struct refused_table *refused_open(void);
void refused_close(struct refused_table *table);

/* Any thread may call these two. */
void refused_count(struct refused_table *table, const struct refused *r);
bool refused_any(struct refused_table *table);

/* Write and forget, one row a kind, at most once a second unless "at_once".
 * A count that could not be written is kept. Status as group_send(). */
MUST_CHECK
enum status refused_flush(struct refused_table *table, struct db *db,
    bool prepare, int64_t deadline_ms, bool at_once, struct err *err);

#endif
