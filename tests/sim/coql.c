/* POST /coql */
#include "coql.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crm.h"
#include "json.h"
#include "oauth.h"
#include "sim.h"
#include "value.h"

struct hit {
	uint32_t n;
	int64_t key[2]; /* of times and numbers of the first two orders */
};

static struct world *sorting;
static const struct coql *sorted;

static bool
is_fast(const struct coql *q, int i)
{
	enum kind kind = q->m->fields[q->orders[i].field].def.kind;

	return q->orders[i].dotted < 0 && (kind == K_DATETIME || kind == K_ID);
}

/* What sorts a time or an id without its text */
static int64_t
fast_key(struct world *w, const struct coql *q, int i, uint32_t n)
{
	struct value v;

	if (q->m->fields[q->orders[i].field].def.kind == K_ID)
		return n;
	value_of(w, q->m, n, q->orders[i].field, &v);
	return v.type == V_TIME ? v.n : INT64_MIN;
}

static int
compare_slow(const struct hit *x, const struct hit *y, int i)
{
	struct value a, b;

	coql_value(sorting, sorted->m, x->n, &sorted->orders[i], &a);
	coql_value(sorting, sorted->m, y->n, &sorted->orders[i], &b);
	return coql_order(sorting, &a, &b);
}

static int
compare(const void *a, const void *b)
{
	const struct hit *x = a, *y = b;
	int i, order;

	for (i = 0; i < sorted->norders; i++) {
		if (i < 2 && is_fast(sorted, i))
			order = x->key[i] < y->key[i] ? -1
						      : x->key[i] > y->key[i];
		else
			order = compare_slow(x, y, i);
		if (order != 0)
			return sorted->desc[i] ? -order : order;
	}
	return x->n < y->n ? -1 : x->n > y->n;
}

static long
find(struct call *c, const struct coql *q, struct hit *at)
{
	struct world *w = &c->sim->world;
	long count = 0;
	uint32_t n;
	int i;

	for (n = 0; n < q->m->n; n++) {
		if (!crm_shows(q->m, &q->m->recs[n], "both") ||
		    !tree_holds(w, q->m, n, &q->tree))
			continue;
		at[count].n = n;
		for (i = 0; i < q->norders && i < 2 && !q->grouped; i++)
			at[count].key[i] = is_fast(q, i) ? fast_key(w, q, i, n)
							 : 0;
		count++;
	}
	sorting = w;
	sorted = q;
	if (q->norders > 0 && !q->grouped)
		qsort(at, (size_t)count, sizeof(*at), compare);
	return count;
}

static void
put_row(struct call *c, struct out *o, const struct coql *q, uint32_t n)
{
	struct world *w = &c->sim->world;
	struct value v;
	bool id = false;
	int i;

	out_comma(o);
	out_text(o, "{");
	for (i = 0; i < q->ncolumns; i++) {
		id = id || strcmp(q->columns[i].name, "id") == 0;
		coql_value(w, q->m, n, &q->columns[i], &v);
		coql_put(w, o, &q->columns[i], &v);
	}
	if (!id)
		out_f(o, ",\"id\":\"%" PRId64 "\"", record_id(w, q->m, n));
	out_text(o, "}");
}

/* Rows of the answer, from the offset to the limit; how many there would be
 * without either */
static long
put_rows(struct call *c, struct out *o, const struct coql *q,
    const struct hit *at, long count)
{
	uint32_t *all;
	long i;

	if (!q->grouped) {
		for (i = q->offset; i < count && i < q->offset + q->limit; i++)
			put_row(c, o, q, at[i].n);
		return count;
	}
	all = calloc((size_t)count + 1, sizeof(*all));
	if (all == NULL)
		abort();
	for (i = 0; i < count; i++)
		all[i] = at[i].n;
	count = coql_groups(&c->sim->world, o, q, all, count);
	free(all);
	return count;
}

static void
answer_rows(struct call *c, const struct coql *q)
{
	struct hit *at = calloc(q->m->n + 1, sizeof(*at));
	struct out *o = answer_json(c, 200);
	long count, shown;

	if (at == NULL)
		abort();
	out_text(o, "{\"data\":[");
	count = put_rows(c, o, q, at, find(c, q, at));
	free(at);
	shown = count - q->offset < q->limit ? count - q->offset : q->limit;
	if (shown <= 0)
		answer_empty(c, 204);
	else
		out_f(o, "],\"info\":{\"count\":%ld,\"more_records\":%s}}",
		    shown, q->offset + shown < count ? "true" : "false");
}

void
crm_coql(struct call *c)
{
	const char *text = json_get_text(call_json(c), "select_query");
	struct coql q;
	char scope[160];

	if (text == NULL) {
		crm_error(c, 400, "MANDATORY_NOT_FOUND",
		    "{\"api_name\":\"select_query\",\"json_path\":"
		    "\"$.select_query\"}",
		    "required field not found");
		return;
	}
	if (!coql_read(&q, &c->sim->world, text,
		variant(&c->sim->variants, VAR_COQL_JOINS) == 1)) {
		crm_error(c, 400, q.code, q.details, q.message);
		coql_release(&q);
		return;
	}
	snprintf(scope, sizeof(scope), "ZohoCRM.modules.%s.READ",
	    q.m->def->api);
	if (oauth_scope(c->sim, c->grant, scope))
		answer_rows(c, &q);
	else
		crm_error(c, 401, "OAUTH_SCOPE_MISMATCH", "{}",
		    "invalid oauth scope to access this URL");
	coql_release(&q);
}
