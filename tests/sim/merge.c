#include "merge.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act.h"
#include "json.h"
#include "value.h"

/* What becomes of lookups that led to a child */
enum moving { MOVE_TOLD, MOVE_SILENT, MOVE_KEEP, MOVE_NULL };

/* What the list of the deleted says of a child */
enum listing { LIST_PERMANENT, LIST_RECYCLE, LIST_ABSENT };

bool
merge_fits(const struct module *m)
{
	return (m->def->flags & (M_BOOKS | M_SUBFORM | M_NO_LIST)) == 0;
}

/* A value as JSON; yours */
static json_object *
value_json(struct world *w, struct value *v)
{
	struct out text = OUT_INIT;
	struct err err = ERR_INIT;
	json_object *list = NULL, *one = NULL;

	out_text(&text, "[");
	value_crm(w, &text, v, 0);
	out_text(&text, "]");
	if (json_read(text.buf.at, text.buf.len, &list, &err) == ST_OK)
		one = json_object_get(json_object_array_get_idx(list, 0));
	json_object_put(list);
	out_release(&text);
	return one;
}

static bool
can_move(const struct field_live *f)
{
	enum kind kind = f->def.kind;

	return !f->gone && (f->def.flags & F_READONLY) == 0 &&
	    !kinds[kind].single_only && kind != K_TAG && kind != K_FORMULA &&
	    kind != K_ROLLUP && kind != K_AUTONUMBER;
}

/* Take the values over; "fields" gets what was set. */
static int
take_values(struct world *w, const struct merge *g, int fields[FIELDS_MAX])
{
	int n = 0, i;

	for (i = 0; i < g->m->nfields; i++) {
		const struct field_live *f = &g->m->fields[i];
		struct value v;

		if (g->giver[i] == 0 || !can_move(f))
			continue;
		value_of(w, g->m, g->children[g->giver[i] - 1], i, &v);
		record_set(g->m, g->master, f->def.api, value_json(w, &v));
		fields[n++] = i;
	}
	return n;
}

static json_object *
id_json(struct world *w, struct module *m, uint32_t n)
{
	char id[24];

	snprintf(id, sizeof(id), "%" PRId64, record_id(w, m, n));
	return json_object_new_string(id);
}

static bool
leads_to(struct world *w, struct module *from, uint32_t n, int field,
    const struct merge *g, uint32_t child)
{
	const struct rec *r = &from->recs[n];
	struct value v;

	if (!record_lives(r) || (r->flags & R_CONVERTED) != 0)
		return false;
	value_of(w, from, n, field, &v);
	return v.type == V_REF && v.module == g->m && (uint32_t)v.n == child;
}

/* One lookup of one module, all its records. A record that would lead to
 * itself leads nowhere. */
static void
move_lookup(struct sim *sim, struct module *from, int field,
    const struct merge *g, uint32_t child, enum moving how)
{
	struct world *w = &sim->world;
	const char *api = from->fields[field].def.api;
	uint32_t n;

	for (n = 0; n < from->n; n++) {
		bool own = from == g->m && n == g->master;

		if (!leads_to(w, from, n, field, g, child))
			continue;
		record_set(from, n, api,
		    how == MOVE_NULL || own ? NULL
					    : id_json(w, g->m, g->master));
		if (how != MOVE_TOLD)
			continue;
		record_touch(w, from, n, 0);
		act_tell(sim, from, EVENT_EDIT, n, &field, 1, false);
	}
}

static void
move_lookups(struct sim *sim, const struct merge *g, uint32_t child)
{
	enum moving how = (enum moving)variant(&sim->variants,
	    VAR_MERGED_LOOKUP);
	struct world *w = &sim->world;
	int i, f;

	for (i = 0; how != MOVE_KEEP && i < w->nmodules; i++) {
		struct module *from = &w->modules[i];

		if ((from->def->flags & M_BOOKS) != 0)
			continue;
		for (f = 0; f < from->nfields; f++) {
			const struct field_live *live = &from->fields[f];

			if (live->def.kind == K_LOOKUP && can_move(live) &&
			    live->def.of != NULL &&
			    strcmp(live->def.of, g->m->def->api) == 0)
				move_lookup(sim, from, f, g, child, how);
		}
	}
}

static void
drop_child(struct sim *sim, const struct merge *g, uint32_t child, int user)
{
	enum listing how = (enum listing)variant(&sim->variants,
	    VAR_MERGED_DELETED);

	record_delete(&sim->world, g->m, child, user, how != LIST_RECYCLE);
	g->m->recs[child].flags &= (uint8_t)~R_MERGING;
	if (how == LIST_ABSENT)
		g->m->recs[child].flags |= R_UNLISTED;
}

void
merge_do(struct sim *sim, const struct merge *g, int user)
{
	bool tell = variant(&sim->variants, VAR_QUIET_NOTIFIES) == 0;
	int fields[FIELDS_MAX], n, i;

	n = take_values(&sim->world, g, fields);
	record_touch(&sim->world, g->m, g->master, user);
	g->m->recs[g->master].flags &= (uint8_t)~R_MERGING;
	for (i = 0; i < g->nchildren; i++)
		drop_child(sim, g, g->children[i], user);
	for (i = 0; i < g->nchildren; i++) {
		if (tell)
			act_tell(sim, g->m, EVENT_DELETE, g->children[i], NULL,
			    0, false);
		move_lookups(sim, g, g->children[i]);
	}
	if (tell)
		act_tell(sim, g->m, EVENT_EDIT, g->master, fields, n, false);
}

/* ---- merges that take their time ---- */

static void
lock(const struct merge *g, bool on)
{
	int i;

	for (i = -1; i < g->nchildren; i++) {
		uint32_t n = i < 0 ? g->master : g->children[i];

		g->m->recs[n].flags &= (uint8_t)~R_MERGING;
		if (on)
			g->m->recs[n].flags |= R_MERGING;
	}
}

const struct merge_job *
merge_order(struct sim *sim, const struct merge *merge)
{
	struct merges *all = &sim->merges;
	struct merge_job *job = &all->at[all->n % MERGES_MAX];

	if (job->id != 0 && job->state < MERGE_DONE)
		return NULL;
	all->n++;
	job->id = new_id(&sim->world);
	job->merge = *merge;
	job->state = MERGE_SCHEDULED;
	job->start = sim_now(sim);
	job->due = job->start + variant(&sim->variants, VAR_MERGE_SECONDS);
	lock(merge, true);
	return job;
}

/* Whether all of its records are still there */
static bool
whole(const struct merge *g)
{
	bool lives = record_lives(&g->m->recs[g->master]);
	int i;

	for (i = 0; i < g->nchildren; i++)
		lives = lives && record_lives(&g->m->recs[g->children[i]]);
	return lives;
}

static void
step(struct sim *sim, struct merge_job *job)
{
	int64_t now = sim_now(sim);

	if (now > job->start)
		job->state = MERGE_RUNNING;
	if (now < job->due)
		return;
	lock(&job->merge, false);
	job->state = whole(&job->merge) ? MERGE_DONE : MERGE_FAILED;
	if (job->state == MERGE_DONE)
		merge_do(sim, &job->merge, 0);
}

void
merges_step(struct sim *sim)
{
	int i;

	for (i = 0; i < MERGES_MAX; i++) {
		struct merge_job *job = &sim->merges.at[i];

		if (job->id != 0 && job->state < MERGE_DONE)
			step(sim, job);
	}
}

const struct merge_job *
merge_find(const struct sim *sim, const char *id)
{
	int64_t number = strtoll(id, NULL, 10);
	int i;

	for (i = 0; i < MERGES_MAX; i++)
		if (number != 0 && sim->merges.at[i].id == number)
			return &sim->merges.at[i];
	return NULL;
}
