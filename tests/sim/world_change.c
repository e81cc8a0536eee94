/* Changes of the company, and the orders that follow from them. */
#include <stdlib.h>
#include <string.h>

#include "world.h"

static uint32_t
now_of(const struct world *w)
{
	return (uint32_t)moment_now(&w->clock);
}

uint32_t
record_insert(struct world *w, struct module *m, json_object *patch, int user)
{
	struct rec *r;

	if (m->n == m->cap) {
		m->cap = m->cap * 2 + 64;
		m->recs = realloc(m->recs, m->cap * sizeof(*m->recs));
		if (m->recs == NULL)
			abort();
	}
	r = &m->recs[m->n];
	memset(r, 0, sizeof(*r));
	r->created = r->modified = now_of(w);
	r->user = (uint8_t)user;
	r->patch = patch;
	if (patch != NULL)
		r->flags = R_WRITTEN;
	m->version++;
	return m->n++;
}

void
record_touch(struct world *w, struct module *m, uint32_t n, int user)
{
	uint32_t now = now_of(w);

	if (m->recs[n].modified < now)
		m->recs[n].modified = now;
	m->recs[n].user = (uint8_t)user;
	m->version++;
}

void
record_set(struct module *m, uint32_t n, const char *api, json_object *value)
{
	struct rec *r = &m->recs[n];

	if (r->patch == NULL)
		r->patch = json_object_new_object();
	if (r->patch == NULL || json_object_object_add(r->patch, api, value))
		abort();
	m->version++;
}

bool
revision_changes(const struct world *w, const struct module *m, uint32_t n,
    uint32_t rev, int field)
{
	const struct field *f = &m->fields[field].def;
	uint64_t h;

	if ((f->flags & (F_READONLY | F_STILL)) != 0)
		return false;
	h = mix(mix(w->seed + (uint64_t)m->id, n), rev);
	return h % (uint64_t)m->nfields == (uint64_t)field ||
	    mix(h, (uint64_t)field) % (uint64_t)m->nfields < 3;
}

void
record_revise(struct world *w, struct module *m, uint32_t n, int user)
{
	struct rec *r = &m->recs[n];
	int i;

	if (r->rev < UINT16_MAX)
		r->rev++;
	for (i = 0; r->patch != NULL && i < m->nfields; i++) {
		const struct field *f = &m->fields[i].def;
		bool rows = kinds[f->kind].single_only;

		if (revision_changes(w, m, n, r->rev, i) &&
		    ((r->flags & R_WRITTEN) == 0 || !rows))
			json_object_object_del(r->patch, f->api);
	}
	record_touch(w, m, n, user);
}

void
record_delete(struct world *w, struct module *m, uint32_t n, int user,
    bool for_good)
{
	struct rec *r = &m->recs[n];

	r->deleted = now_of(w);
	r->deleter = (uint8_t)user;
	r->flags |= for_good ? R_DELETED | R_PURGED : R_DELETED;
	m->version++;
}

void
record_restore(struct world *w, struct module *m, uint32_t n, int user,
    bool touch)
{
	m->recs[n].flags &= (uint8_t)~R_DELETED;
	m->recs[n].deleted = 0;
	m->version++;
	if (touch)
		record_touch(w, m, n, user);
}

struct key {
	uint32_t time, n;
};

static int
compare(const void *a, const void *b)
{
	const struct key *x = a, *y = b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return x->n < y->n ? -1 : x->n > y->n;
}

const struct order *
module_order(struct module *m, int by)
{
	struct order *o = &m->orders[by];
	struct key *keys;
	uint32_t i;

	if (o->version == m->version)
		return o;
	keys = malloc((m->n + 1) * sizeof(*keys));
	o->at = realloc(o->at, (m->n + 1) * sizeof(*o->at));
	if (keys == NULL || o->at == NULL)
		abort();
	for (i = 0; i < m->n; i++)
		keys[i] = (struct key) {
			by == 0 ? m->recs[i].created : m->recs[i].modified, i
		};
	qsort(keys, m->n, sizeof(*keys), compare);
	for (i = 0; i < m->n; i++)
		o->at[i] = keys[i].n;
	o->n = m->n;
	o->version = m->version;
	free(keys);
	return o;
}
