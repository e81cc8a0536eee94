/*
 * Counts of requests that proved nothing, kept in memory between writes, so
 * that a flood of them costs PostgreSQL a row a second and not one each.
 */
#ifndef REFUSED_H
#define REFUSED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline.h"

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

void refused_count(struct refused_table *table, const struct refused *r);
bool refused_any(const struct refused_table *table);

/* Send all counts, one row a kind, and forget them. What a lost connection
 * took is counted again; what PostgreSQL refuses is logged and gone. */
void refused_flush(struct refused_table *table, struct pipeline *p);

#endif
