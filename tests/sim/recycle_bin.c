/* /settings/recycle_bin: what was deleted and can come back. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act.h"
#include "crm.h"
#include "json.h"
#include "record.h"
#include "sim.h"
#include "value.h"

static bool
in_bin(const struct module *m, uint32_t n)
{
	return (m->def->flags & M_BOOKS) == 0 &&
	    (m->recs[n].flags & (R_DELETED | R_PURGED)) == R_DELETED;
}

/* The record of this number that is in the bin; NULL where none is. */
static struct module *
find(struct world *w, const char *id, uint32_t *n)
{
	struct module *m = id != NULL ? record_module(w, id) : NULL;

	*n = m != NULL ? record_find(w, m, id) : 0;
	return m != NULL && in_bin(m, *n) ? m : NULL;
}

static void
put_row(struct world *w, struct out *o, struct module *m, uint32_t n)
{
	char time[MOMENT_MAX];
	struct value v;

	moment_crm(time, m->recs[n].deleted, w->clock.offset);
	out_comma(o);
	out_f(o,
	    "{\"id\":\"%" PRId64 "\",\"module\":{\"api_name\":\"%s\",\"id\":"
	    "\"%" PRId64 "\"},\"deleted_time\":\"%s\",\"deleted_by\":",
	    record_id(w, m, n), m->def->api, m->id, time);
	out_user(o, m->recs[n].deleter);
	value_of(w, m, n, field_find(m, "Owner"), &v);
	out_text(o, ",\"owner\":");
	out_user(o, v.type == V_USER ? (int)v.n : 0);
	value_name(w, m, n, &v);
	out_text(o, ",\"display_name\":");
	out_json(o, v.text);
	out_text(o, "}");
}

/* Whether the call's "ids" and "module" let it in */
static bool
asked_for(struct call *c, const struct module *m, uint32_t n)
{
	const char *module = call_param(c, "module");
	const char *ids = call_param(c, "ids");
	char id[24];

	if (!in_bin(m, n) ||
	    (module != NULL && strcmp(module, m->def->api) != 0))
		return false;
	snprintf(id, sizeof(id), "%" PRId64, record_id(&c->sim->world, m, n));
	return ids == NULL || strstr(ids, id) != NULL;
}

void
crm_recycle_bin(struct call *c)
{
	struct world *w = &c->sim->world;
	long page, per_page, seen = 0, count = 0;
	struct out *o;
	uint32_t n;
	int i;

	if (!crm_paging(c, &page, &per_page))
		return;
	o = answer_json(c, 200);
	out_text(o, "{\"recycle_bin\":[");
	for (i = 0; i < w->nmodules; i++) {
		struct module *m = &w->modules[i];

		for (n = 0; n < m->n; n++)
			if (asked_for(c, m, n) &&
			    seen++ >= (page - 1) * per_page &&
			    count < per_page) {
				put_row(w, o, m, n);
				count++;
			}
	}
	crm_end_page(c, o, count, page, per_page, seen > page * per_page);
}

void
crm_recycle_one(struct call *c)
{
	uint32_t n;
	struct module *m = find(&c->sim->world, c->capture[0], &n);

	if (m == NULL) {
		answer_empty(c, 204);
		return;
	}
	out_text(answer_json(c, 200), "{\"recycle_bin\":[");
	put_row(&c->sim->world, &c->answer.body, m, n);
	out_text(&c->answer.body, "]}");
}

/* One record comes back, or goes for good. */
static bool
move(struct call *c, const char *id, bool back)
{
	struct out *o = &c->answer.body;
	uint32_t n;
	struct module *m = find(&c->sim->world, id, &n);

	if (m == NULL) {
		out_error(o, "INVALID_DATA", "{}",
		    "the id given seems to be invalid");
		return false;
	}
	if (back)
		act_restore(c->sim, m, n, 0);
	else
		act_delete(c->sim, m, n, 0, true);
	out_comma(o);
	out_f(o,
	    "{\"code\":\"SUCCESS\",\"details\":{\"id\":\"%" PRId64
	    "\"},\"message\":\"record %s\",\"status\":\"success\"}",
	    record_id(&c->sim->world, m, n), back ? "restored" : "deleted");
	return true;
}

static void
finish(struct call *c, size_t good, size_t all)
{
	out_text(&c->answer.body, "]}");
	c->answer.status = good == all ? 200 : good > 0 ? 207 : 400;
}

/* {"recycle_bin":[{"id":"..."}]} */
void
crm_restore(struct call *c)
{
	json_object *list = json_get(call_json(c), "recycle_bin");
	size_t i, good = 0, all;

	if (!json_object_is_type(list, json_type_array)) {
		crm_error(c, 400, "MANDATORY_NOT_FOUND",
		    "{\"api_name\":\"recycle_bin\",\"json_path\":"
		    "\"$.recycle_bin\"}",
		    "required field not found");
		return;
	}
	all = json_object_array_length(list);
	out_text(answer_json(c, 200), "{\"recycle_bin\":[");
	for (i = 0; i < all; i++)
		good += move(c,
		    json_get_text(json_object_array_get_idx(list, i), "id"),
		    true);
	finish(c, good, all);
}

/* All of them */
static void
empty(struct call *c)
{
	struct world *w = &c->sim->world;
	uint32_t n;
	int i;

	for (i = 0; i < w->nmodules; i++)
		for (n = 0; n < w->modules[i].n; n++)
			if (asked_for(c, &w->modules[i], n))
				act_delete(c->sim, &w->modules[i], n, 0, true);
	out_text(answer_json(c, 200),
	    "{\"recycle_bin\":[{\"code\":\"SUCCESS\",\"details\":{},"
	    "\"message\":\"the recycle bin is empty\",\"status\":"
	    "\"success\"}]}");
}

/* One of the path, those of ?ids=, or all */
void
crm_purge(struct call *c)
{
	const char *ids = c->captures > 0 ? c->capture[0]
					  : call_param(c, "ids");
	size_t good = 0, all = 0;
	char id[24];

	if (ids == NULL) {
		empty(c);
		return;
	}
	out_text(answer_json(c, 200), "{\"recycle_bin\":[");
	while (*ids != '\0') {
		size_t len = strcspn(ids, ",");

		snprintf(id, sizeof(id), "%.*s", (int)len, ids);
		ids += len + (ids[len] == ',');
		good += move(c, id, false);
		all++;
	}
	finish(c, good, all);
}
