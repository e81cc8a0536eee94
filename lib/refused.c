#include "refused.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "texts.h"

enum { KINDS_MAX = 64 };

struct kind_count {
	char source[32], event_type[32], route[64], remote[64];
	char sample[REFUSED_SAMPLE_MAX];
	size_t sample_len;
	int hits;
};

struct refused_table {
	struct kind_count at[KINDS_MAX];
	size_t len;
};

/* One kind on its way; "call" is first: the call is this. */
struct sending {
	struct call call;
	struct refused_table *table;
	struct kind_count count;
};

struct refused_table *
refused_open(void)
{
	return calloc(1, sizeof(struct refused_table));
}

void
refused_close(struct refused_table *table)
{
	free(table);
}

static bool
same_kind(const struct kind_count *k, const struct refused *r)
{
	return strcmp(k->source, r->source) == 0 &&
	    strcmp(k->event_type, r->event_type) == 0 &&
	    strcmp(k->route, r->route) == 0;
}

/* The row for this kind; routes are few, and what has no room shares one. */
static struct kind_count *
find(struct refused_table *table, const struct refused *r)
{
	size_t i;

	for (i = 0; i < table->len; i++)
		if (same_kind(&table->at[i], r))
			return &table->at[i];
	if (i == KINDS_MAX)
		return &table->at[KINDS_MAX - 1];
	memset(&table->at[i], 0, sizeof(table->at[i]));
	table->len++;
	return &table->at[i];
}

static void
count(struct refused_table *table, const struct refused *r, int hits)
{
	struct kind_count *k = find(table, r);

	(void)snprintf(k->source, sizeof(k->source), "%s", r->source);
	(void)snprintf(k->event_type, sizeof(k->event_type), "%s",
	    r->event_type);
	(void)snprintf(k->route, sizeof(k->route), "%s", r->route);
	(void)snprintf(k->remote, sizeof(k->remote), "%s", r->remote);
	k->sample_len = r->sample_len < sizeof(k->sample) ? r->sample_len
							  : sizeof(k->sample);
	if (k->sample_len > 0)
		memcpy(k->sample, r->sample, k->sample_len);
	k->hits += hits;
}

void
refused_count(struct refused_table *table, const struct refused *r)
{
	count(table, r, 1);
}

bool
refused_any(const struct refused_table *table)
{
	return table->len > 0;
}

static void
answered(struct call *call, enum status said, const PGresult *res,
    const struct err *why)
{
	struct sending *one = (struct sending *)call;
	const struct kind_count *k = &one->count;
	const struct refused r = { .source = k->source,
		.event_type = k->event_type,
		.route = k->route,
		.remote = k->remote,
		.sample = k->sample,
		.sample_len = k->sample_len };

	(void)res;
	if (said == ST_RETRY)
		count(one->table, &r, k->hits);
	else if (said != ST_OK)
		log_warn("store: %d refusals of %s not counted: %s", k->hits,
		    k->route, why->text);
	free(one);
}

static void
send_one(const struct sending *one, struct pipeline *p, struct call *call)
{
	const struct kind_count *k = &one->count;
	struct args a = ARGS_INIT;

	args_text(&a, k->source);
	args_text(&a, k->event_type);
	args_text(&a, k->route);
	args_text(&a, k->remote);
	args_i64(&a, k->hits);
	args_bytes(&a, k->sample, k->sample_len);
	pipeline_send(p, SQL_INTAKE_REFUSE, &a, call);
}

void
refused_flush(struct refused_table *table, struct pipeline *p)
{
	size_t n = table->len;
	struct sending *one;

	/* Those that fail at once are counted again behind these. */
	while (n-- > 0) {
		one = calloc(1, sizeof(*one));
		if (one == NULL)
			return;
		one->call.answered = answered;
		one->table = table;
		one->count = table->at[0];
		table->len--;
		memmove(&table->at[0], &table->at[1],
		    table->len * sizeof(table->at[0]));
		send_one(one, p, &one->call);
	}
}
