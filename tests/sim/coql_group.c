/* Values of a query, and its groups. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coql.h"

void
coql_value(struct world *w, struct module *m, uint32_t n,
    const struct column *col, struct value *v)
{
	struct module *to;

	value_of(w, m, n, col->field, v);
	if (col->dotted < 0)
		return;
	to = v->module;
	if (v->type == V_REF && col->dotted < to->nfields)
		value_of(w, to, (uint32_t)v->n, col->dotted, v);
	else
		v->type = V_NULL;
}

static double
number_of(const struct value *v)
{
	return v->type == V_JSON ? json_object_get_double(v->json)
				 : strtod(v->text, NULL);
}

int
coql_order(struct world *w, struct value *a, struct value *b)
{
	if (a->type == V_NULL || b->type == V_NULL)
		return (a->type != V_NULL) - (b->type != V_NULL);
	if (value_is_number(a) && value_is_number(b)) {
		double p = number_of(a), r = number_of(b);

		return p < r ? -1 : p > r;
	}
	if (a->type == V_TIME && b->type == V_TIME)
		return a->n < b->n ? -1 : a->n > b->n;
	value_text(w, a);
	value_text(w, b);
	return strcasecmp(a->text, b->text);
}

void
coql_put(struct world *w, struct out *o, const struct column *col,
    struct value *v)
{
	out_key(o, col->name);
	if (v->type != V_REF && v->type != V_USER) {
		value_crm(w, o, v, 0);
		return;
	}
	value_text(w, v);
	out_f(o, "{\"id\":\"%s\"}", v->text);
}

/* What has come together of one column of one group */
struct cell {
	double sum;
	uint32_t count; /* of values that are not null */
	uint32_t at;    /* the record with the least or the greatest */
};

struct group {
	char *key;
	uint32_t first; /* a record of it */
	struct cell *cells;
};

struct grouping {
	struct world *w;
	const struct coql *q;
	struct group *groups;
	long n;
	int64_t *table; /* by hash of the key, -1 for none */
	uint64_t mask;
};

static uint64_t
hash_text(const char *text)
{
	uint64_t h = 7;

	for (; *text != '\0'; text++)
		h = mix(h, (unsigned char)*text);
	return h;
}

/* The group of this record, a new one where it is the first */
static struct group *
group_of(struct grouping *g, uint32_t n)
{
	struct out key = OUT_INIT;
	struct value v;
	uint64_t at;
	int i;

	for (i = 0; i < g->q->ngroups; i++) {
		coql_value(g->w, g->q->m, n, &g->q->groups[i], &v);
		out_text(&key, v.type == V_NULL ? "-" : "+");
		value_text(g->w, &v);
		out_f(&key, "%zu:", v.len);
		out_bytes(&key, v.text, v.len);
	}
	at = hash_text(out_all(&key)) & g->mask;
	while (g->table[at] >= 0 &&
	    strcmp(g->groups[g->table[at]].key, out_all(&key)) != 0)
		at = (at + 1) & g->mask;
	if (g->table[at] < 0) {
		struct group *fresh = &g->groups[g->n];

		g->table[at] = g->n++;
		fresh->key = strdup(out_all(&key));
		fresh->first = n;
		fresh->cells = calloc((size_t)g->q->ncolumns + 1,
		    sizeof(*fresh->cells));
		if (fresh->key == NULL || fresh->cells == NULL)
			abort();
	}
	out_release(&key);
	return &g->groups[g->table[at]];
}

static void
add_value(struct grouping *g, struct cell *cell, const struct column *col,
    uint32_t n)
{
	struct value v, other;
	int order;

	coql_value(g->w, g->q->m, n, col, &v);
	if (v.type == V_NULL)
		return;
	if (col->aggregate == AGG_SUM || col->aggregate == AGG_AVG)
		cell->sum += number_of(&v);
	if (cell->count++ == 0) {
		cell->at = n;
	} else if (col->aggregate == AGG_MIN || col->aggregate == AGG_MAX) {
		coql_value(g->w, g->q->m, cell->at, col, &other);
		order = coql_order(g->w, &v, &other);
		if (col->aggregate == AGG_MIN ? order < 0 : order > 0)
			cell->at = n;
	}
}

/* A column of a group, as a value */
static void
cell_value(const struct grouping *g, const struct group *group, int column,
    struct value *v)
{
	const struct column *col = &g->q->columns[column];
	const struct cell *cell = &group->cells[column];
	double number = cell->count;

	if (col->aggregate == AGG_NONE) {
		coql_value(g->w, g->q->m, group->first, col, v);
		return;
	}
	v->type = V_NULL;
	if (cell->count == 0 && col->aggregate != AGG_COUNT)
		return;
	if (col->aggregate == AGG_MIN || col->aggregate == AGG_MAX) {
		coql_value(g->w, g->q->m, cell->at, col, v);
		return;
	}
	if (col->aggregate != AGG_COUNT)
		number = cell->sum;
	if (col->aggregate == AGG_AVG)
		number /= cell->count;
	v->type = V_NUMBER;
	snprintf(v->text, sizeof(v->text), "%.6f", number);
	v->len = strlen(v->text);
	while (v->text[v->len - 1] == '0')
		v->len--;
	if (v->text[v->len - 1] == '.')
		v->len--;
	v->text[v->len] = '\0';
}

static const struct grouping *sorted;

/* The column that an order is by: one of those selected, or one of the groups
 * that is not */
static void
order_value(const struct group *group, const struct column *order,
    struct value *v)
{
	const struct coql *q = sorted->q;
	int i;

	for (i = 0; i < q->ncolumns; i++)
		if (strcmp(q->columns[i].name, order->name) == 0) {
			cell_value(sorted, group, i, v);
			return;
		}
	coql_value(sorted->w, q->m, group->first, order, v);
}

static int
compare(const void *a, const void *b)
{
	const struct group *x = a, *y = b;
	struct value p, r;
	int i, order;

	for (i = 0; i < sorted->q->norders; i++) {
		order_value(x, &sorted->q->orders[i], &p);
		order_value(y, &sorted->q->orders[i], &r);
		order = coql_order(sorted->w, &p, &r);
		if (order != 0)
			return sorted->q->desc[i] ? -order : order;
	}
	return x->first < y->first ? -1 : x->first > y->first;
}

static void
gather(struct grouping *g, const uint32_t *at, long n)
{
	long i;
	int k;

	for (i = 0; i < n; i++) {
		struct group *group = group_of(g, at[i]);

		for (k = 0; k < g->q->ncolumns; k++)
			if (g->q->columns[k].aggregate != AGG_NONE)
				add_value(g, &group->cells[k],
				    &g->q->columns[k], at[i]);
	}
}

static void
write_groups(const struct grouping *g, struct out *o)
{
	struct value v;
	long i;
	int k;

	for (i = g->q->offset; i < g->n && i < g->q->offset + g->q->limit;
	     i++) {
		out_comma(o);
		out_text(o, "{");
		for (k = 0; k < g->q->ncolumns; k++) {
			cell_value(g, &g->groups[i], k, &v);
			coql_put(g->w, o, &g->q->columns[k], &v);
		}
		out_text(o, "}");
	}
}

long
coql_groups(struct world *w, struct out *o, const struct coql *q,
    const uint32_t *at, long n)
{
	struct grouping g = { .w = w, .q = q, .mask = 63 };
	long i;

	while (g.mask < (uint64_t)n * 2)
		g.mask = g.mask * 2 + 1;
	g.table = malloc((g.mask + 1) * sizeof(*g.table));
	g.groups = calloc((size_t)n + 1, sizeof(*g.groups));
	if (g.table == NULL || g.groups == NULL)
		abort();
	memset(g.table, 0xff, (g.mask + 1) * sizeof(*g.table));
	gather(&g, at, n);
	if (n == 0 && q->ngroups == 0) { /* nothing, counted */
		g.groups[0].cells = calloc((size_t)q->ncolumns + 1,
		    sizeof(struct cell));
		g.n = 1;
	}
	sorted = &g;
	if (q->norders > 0)
		qsort(g.groups, (size_t)g.n, sizeof(*g.groups), compare);
	write_groups(&g, o);
	for (i = 0; i < g.n; i++) {
		free(g.groups[i].key);
		free(g.groups[i].cells);
	}
	free(g.groups);
	free(g.table);
	return g.n;
}
