/*
 * Rows on their way into a statement that takes whole columns: an array for
 * each, filled row by row.
 */
#ifndef ROWS_H
#define ROWS_H

#include "array.h"

enum { ROWS_COLUMNS_MAX = 14 };

struct rows {
	struct array columns[ROWS_COLUMNS_MAX];
	int n; /* columns */
};

/* "n" columns of these types, each of up to "max_bytes". */
void rows_init(struct rows *r, const enum array_type *types, int n,
    size_t max_bytes);
void rows_release(struct rows *r);
void rows_clear(struct rows *r);

/* How many there are, by the first column. */
int rows_count(const struct rows *r);

/* Append the columns to a statement's arguments; borrowed until the call. */
void rows_args(const struct rows *r, struct args *a);

#endif
