#include "refused.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "group.h"
#include "texts.h"

enum { KINDS_MAX = 64, FLUSH_MS = 1000 };

struct kind_count {
	char source[32], event_type[32], route[64], remote[64];
	char sample[REFUSED_SAMPLE_MAX];
	size_t sample_len;
	int hits;
};

struct refused_table {
	pthread_mutex_t lock;
	struct kind_count at[KINDS_MAX];
	size_t len;
	int64_t flushed_ms;
};

struct refused_table *
refused_open(void)
{
	struct refused_table *t = calloc(1, sizeof(*t));

	if (t != NULL)
		(void)pthread_mutex_init(&t->lock, NULL);
	return t;
}

void
refused_close(struct refused_table *table)
{
	if (table != NULL)
		(void)pthread_mutex_destroy(&table->lock);
	free(table);
}

static bool
same_kind(const struct kind_count *k, const struct refused *r)
{
	return strcmp(k->source, r->source) == 0 &&
	    strcmp(k->event_type, r->event_type) == 0 &&
	    strcmp(k->route, r->route) == 0;
}

void
refused_count(struct refused_table *table, const struct refused *r)
{
	struct kind_count *k;
	size_t i;

	(void)pthread_mutex_lock(&table->lock);
	for (i = 0; i < table->len; i++)
		if (same_kind(&table->at[i], r))
			break;
	if (i == KINDS_MAX)
		i = KINDS_MAX - 1; /* routes are few; the rest shares a row */
	k = &table->at[i];
	if (i == table->len) {
		table->len++;
		memset(k, 0, sizeof(*k));
	}
	(void)snprintf(k->source, sizeof(k->source), "%s", r->source);
	(void)snprintf(k->event_type, sizeof(k->event_type), "%s",
	    r->event_type);
	(void)snprintf(k->route, sizeof(k->route), "%s", r->route);
	(void)snprintf(k->remote, sizeof(k->remote), "%s", r->remote);
	k->sample_len = r->sample_len < sizeof(k->sample) ? r->sample_len
							  : sizeof(k->sample);
	if (k->sample_len > 0)
		memcpy(k->sample, r->sample, k->sample_len);
	k->hits++;
	(void)pthread_mutex_unlock(&table->lock);
}

bool
refused_any(struct refused_table *table)
{
	bool any;

	(void)pthread_mutex_lock(&table->lock);
	any = table->len > 0;
	(void)pthread_mutex_unlock(&table->lock);
	return any;
}

static enum status
write_one(const struct kind_count *k, struct db *db, bool prepare,
    int64_t deadline_ms, struct err *err)
{
	struct args a = ARGS_INIT;

	args_text(&a, k->source);
	args_text(&a, k->event_type);
	args_text(&a, k->route);
	args_text(&a, k->remote);
	args_i64(&a, k->hits);
	args_bytes(&a, k->sample, k->sample_len);
	return group_send(db, prepare, SQL_INTAKE_REFUSE, &a, deadline_ms, err);
}

enum status
refused_flush(struct refused_table *table, struct db *db, bool prepare,
    int64_t deadline_ms, bool at_once, struct err *err)
{
	struct kind_count one;
	enum status st = ST_OK;
	int64_t now = clock_passed_ms();

	(void)pthread_mutex_lock(&table->lock);
	if (!at_once && now - table->flushed_ms < FLUSH_MS)
		goto out;
	table->flushed_ms = now;
	while (st == ST_OK && table->len > 0) {
		one = table->at[--table->len];
		(void)pthread_mutex_unlock(&table->lock);
		st = write_one(&one, db, prepare, deadline_ms, err);
		(void)pthread_mutex_lock(&table->lock);
		if (st != ST_OK && table->len < KINDS_MAX)
			table->at[table->len++] = one;
	}
out:
	(void)pthread_mutex_unlock(&table->lock);
	return st;
}
