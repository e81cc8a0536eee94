#include "world.h"

#include <stdlib.h>
#include <string.h>

enum {
	HISTORY_START = 1672531200, /* 2023-01-01 */
	HISTORY_END = 1767225600,   /* 2026-01-01 */
};

static const int64_t crm_base = 5725767000000000000;
static const int64_t books_base = 3285000000000000000;
static const int64_t module_span = 10000000000;

uint64_t
mix(uint64_t a, uint64_t b)
{
	uint64_t z = a * 0x9e3779b97f4a7c15u + b + 0x7f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

uint64_t
world_random(struct world *w)
{
	w->rng++;
	return mix(w->seed ^ 0x5eed, w->rng);
}

static struct rec
history(const struct world *w, const struct module *m, uint32_t n,
    uint32_t count)
{
	uint64_t h = mix(w->seed + (uint64_t)m->id, n);
	uint64_t span = HISTORY_END - HISTORY_START;
	struct rec r = { .patch = NULL };

	r.created = (uint32_t)(HISTORY_START + span * n / count);
	r.modified = r.created;
	if (h % 4 != 0)
		r.modified += (uint32_t)(mix(h, 1) % (HISTORY_END - r.created));
	r.user = (uint8_t)(mix(h, 2) % USERS);
	if ((m->def->flags & M_CONVERTS) != 0 && n % 11 == 3)
		r.flags = R_CONVERTED;
	if ((m->def->flags & M_BOOKS) != 0 && mix(h, 3) % 12 == 0)
		r.flags = R_INACTIVE;
	return r;
}

static void
fill(struct world *w, struct module *m, uint32_t count)
{
	uint32_t n;

	m->cap = count + 64;
	m->recs = calloc(m->cap, sizeof(*m->recs));
	if (m->recs == NULL)
		abort();
	for (n = 0; n < count; n++)
		m->recs[n] = history(w, m, n, count);
	m->n = m->base = count;
}

static void
add_fields(struct world *w, struct module *m)
{
	bool books = (m->def->flags & M_BOOKS) != 0;
	const struct field *f;

	m->fields = calloc(FIELDS_MAX, sizeof(*m->fields));
	if (m->fields == NULL)
		abort();
	for (f = books ? m->def->fields : crm_common; f->api != NULL; f++)
		if ((m->def->flags & M_NO_MODIFIED) == 0 ||
		    strncmp(f->api, "Modified_", 9) != 0)
			field_add(w, m, f);
	for (f = m->def->fields; !books && f->api != NULL; f++)
		field_add(w, m, f);
}

void
world_init(struct world *w, uint64_t seed, uint32_t records)
{
	const struct module_def *d;

	memset(w, 0, sizeof(*w));
	w->seed = seed;
	w->next_id = crm_base + 900 * module_span;
	moment_init(&w->clock, 60);
	for (d = module_defs; d->name != NULL; d++) {
		struct module *m = &w->modules[w->nmodules++];
		uint64_t count = (uint64_t)records * (uint64_t)d->share / 1000;

		m->def = d;
		m->id = new_id(w);
		m->version = 1;
		m->changed = HISTORY_START;
		add_fields(w, m);
		fill(w, m, (uint32_t)(count > 0 || d->share == 0 ? count : 1));
	}
}

void
world_release(struct world *w)
{
	int i, f, k;
	uint32_t n;

	for (i = 0; i < w->nmodules; i++) {
		struct module *m = &w->modules[i];

		for (n = 0; n < m->n; n++)
			json_object_put(m->recs[n].patch);
		for (f = 0; f < m->nfields; f++)
			for (k = 0; k < 4; k++)
				free(m->fields[f].owned[k]);
		free(m->fields);
		free(m->recs);
		free(m->orders[0].at);
		free(m->orders[1].at);
	}
}

struct module *
world_module(struct world *w, const char *name)
{
	int i;

	for (i = 0; i < w->nmodules; i++)
		if (strcmp(w->modules[i].def->name, name) == 0)
			return &w->modules[i];
	return NULL;
}

static struct module *
by_api(struct world *w, const char *api, unsigned books)
{
	int i;

	for (i = 0; i < w->nmodules; i++)
		if (strcmp(w->modules[i].def->api, api) == 0 &&
		    (w->modules[i].def->flags & M_BOOKS) == books)
			return &w->modules[i];
	return NULL;
}

struct module *
world_crm(struct world *w, const char *api)
{
	return by_api(w, api, 0);
}

struct module *
world_books(struct world *w, const char *api)
{
	return by_api(w, api, M_BOOKS);
}

int
module_index(const struct world *w, const struct module *m)
{
	return (int)(m - w->modules);
}

int
field_find(const struct module *m, const char *api)
{
	int i;

	for (i = 0; i < m->nfields; i++)
		if (!m->fields[i].gone &&
		    strcmp(m->fields[i].def.api, api) == 0)
			return i;
	return -1;
}

static const char *
own(struct field_live *f, int i, const char *text)
{
	if (text == NULL)
		return NULL;
	f->owned[i] = strdup(text);
	if (f->owned[i] == NULL)
		abort();
	return f->owned[i];
}

struct field_live *
field_add(struct world *w, struct module *m, const struct field *def)
{
	struct field_live *f;

	if (m->nfields == FIELDS_MAX)
		return NULL;
	f = &m->fields[m->nfields++];
	f->def = *def;
	f->def.api = own(f, 0, def->api);
	f->def.label = own(f, 1, def->label);
	f->def.of = own(f, 2, def->of);
	f->id = new_id(w);
	f->made = HISTORY_START;
	return f;
}

int64_t
new_id(struct world *w)
{
	w->next_id += 1 + (int64_t)(mix(w->seed, (uint64_t)w->next_id) % 7);
	return w->next_id;
}

static int64_t
low_digits(const struct world *w, uint32_t n)
{
	return (int64_t)(mix(w->seed ^ 77, n) % STEPS);
}

static int64_t
base_of(const struct world *w, const struct module *m)
{
	int64_t base = (m->def->flags & M_BOOKS) != 0 ? books_base : crm_base;

	return base + (module_index(w, m) + 1) * module_span;
}

int64_t
record_id(const struct world *w, const struct module *m, uint32_t n)
{
	return base_of(w, m) + (int64_t)n * STEPS + low_digits(w, n);
}

bool
id_wellformed(const char *id)
{
	size_t len = strlen(id);

	return len >= 5 && len <= 19 && strspn(id, "0123456789") == len;
}

uint32_t
record_find(const struct world *w, const struct module *m, const char *id)
{
	int64_t at;

	if (!id_wellformed(id))
		return UINT32_MAX;
	at = (int64_t)strtoull(id, NULL, 10) - base_of(w, m);
	if (at < 0 || at / STEPS >= m->n)
		return UINT32_MAX;
	if (at % STEPS != low_digits(w, (uint32_t)(at / STEPS)))
		return UINT32_MAX;
	return (uint32_t)(at / STEPS);
}

struct module *
record_module(struct world *w, const char *id)
{
	int i;

	for (i = 0; i < w->nmodules; i++)
		if (record_find(w, &w->modules[i], id) != UINT32_MAX)
			return &w->modules[i];
	return NULL;
}

int64_t
user_id(int user)
{
	return crm_base + 411001 + (int64_t)user * 2003;
}

int
user_find(const char *id)
{
	int i;

	for (i = 0; i < USERS; i++)
		if (strtoll(id, NULL, 10) == user_id(i))
			return i;
	return -1;
}
