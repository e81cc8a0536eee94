#include "rows.h"

void
rows_init(struct rows *r, const enum array_type *types, int n, size_t max_bytes)
{
	int i;

	r->n = n;
	for (i = 0; i < n; i++)
		array_init(&r->columns[i], types[i], max_bytes);
}

void
rows_release(struct rows *r)
{
	int i;

	for (i = 0; i < r->n; i++)
		array_release(&r->columns[i]);
}

void
rows_clear(struct rows *r)
{
	int i;

	for (i = 0; i < r->n; i++)
		array_clear(&r->columns[i]);
}

int
rows_count(const struct rows *r)
{
	return r->columns[0].n;
}

void
rows_args(const struct rows *r, struct args *a)
{
	int i;

	for (i = 0; i < r->n; i++)
		args_array(a, &r->columns[i]);
}
