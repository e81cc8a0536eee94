#include "act.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control.h"
#include "json.h"
#include "value.h"

void
act_tell(struct sim *sim, struct module *m, enum event event, uint32_t n,
    const int *fields, int nfields, bool hooks)
{
	if ((m->def->flags & M_BOOKS) == 0)
		watch_tell(sim, m, event, &n, 1, fields, nfields);
	if (hooks)
		webhook_tell(sim, m, event, n);
}

uint32_t
act_create(struct sim *sim, struct module *m, int user)
{
	uint32_t n = record_insert(&sim->world, m, NULL, user);

	act_tell(sim, m, EVENT_CREATE, n, NULL, 0, true);
	return n;
}

void
act_edit(struct sim *sim, struct module *m, uint32_t n, int user)
{
	int fields[FIELDS_MAX], nfields = 0, i;

	record_revise(&sim->world, m, n, user);
	for (i = 0; i < m->nfields; i++)
		if (!kinds[m->fields[i].def.kind].single_only &&
		    revision_changes(&sim->world, m, n, m->recs[n].rev, i))
			fields[nfields++] = i;
	act_tell(sim, m, EVENT_EDIT, n, fields, nfields, true);
}

void
act_delete(struct sim *sim, struct module *m, uint32_t n, int user,
    bool for_good)
{
	bool lived = record_lives(&m->recs[n]);

	record_delete(&sim->world, m, n, user, for_good);
	if (lived)
		act_tell(sim, m, EVENT_DELETE, n, NULL, 0, true);
}

void
act_restore(struct sim *sim, struct module *m, uint32_t n, int user)
{
	bool touch = variant(&sim->variants, VAR_RESTORE_MOVES_TIME) == 0;

	record_restore(&sim->world, m, n, user, touch);
	if (variant(&sim->variants, VAR_QUIET_NOTIFIES) == 0)
		act_tell(sim, m, EVENT_CREATE, n, NULL, 0, false);
}

static json_object *
id_object(struct sim *sim, struct module *m, uint32_t n)
{
	char id[24];

	snprintf(id, sizeof(id), "%" PRId64, record_id(&sim->world, m, n));
	return json_object_new_string(id);
}

/* A record whose name is that of the lead's */
static uint32_t
from_lead(struct sim *sim, struct module *lead, uint32_t n, struct module *to,
    const char *take, const char *put, int user)
{
	json_object *patch = json_object_new_object();
	struct value v;

	value_of(&sim->world, lead, n, field_find(lead, take), &v);
	value_text(&sim->world, &v);
	json_object_object_add(patch, put, json_object_new_string(v.text));
	return record_insert(&sim->world, to, patch, user);
}

void
act_convert(struct sim *sim, uint32_t n, int user, uint32_t made[3])
{
	static const char *const names[3][3] = {
		{ "Accounts", "Company", "Account_Name" },
		{ "Contacts", "Last_Name", "Last_Name" },
		{ "Deals", "Company", "Deal_Name" },
	};
	static const char *const links[3] = { "Converted_Account",
		"Converted_Contact", "Converted_Deal" };
	struct world *w = &sim->world;
	struct module *lead = world_crm(w, "Leads");
	struct module *to[3];
	bool tell = variant(&sim->variants, VAR_QUIET_NOTIFIES) == 0;
	int i;

	for (i = 0; i < 3; i++) {
		to[i] = world_crm(w, names[i][0]);
		made[i] = from_lead(sim, lead, n, to[i], names[i][1],
		    names[i][2], user);
		record_set(lead, n, links[i], id_object(sim, to[i], made[i]));
	}
	for (i = 1; i < 3; i++)
		record_set(to[i], made[i], "Account_Name",
		    id_object(sim, to[0], made[0]));
	lead->recs[n].flags |= R_CONVERTED;
	record_touch(w, lead, n, user);
	for (i = 0; i < 3; i++)
		act_tell(sim, to[i], EVENT_CREATE, made[i], NULL, 0, true);
	if (tell)
		act_tell(sim, lead, EVENT_EDIT, n, NULL, 0, false);
}

/* ---- one act, by control path ---- */

static void
set_values(struct call *c, struct module *m, uint32_t n, json_object *set)
{
	struct sim *sim = c->sim;
	int fields[FIELDS_MAX], nfields = 0;

	json_object_object_foreach(set, key, value)
	{
		int i = field_find(m, key);

		if (i < 0 || nfields == FIELDS_MAX)
			continue;
		record_set(m, n, key, json_object_get(value));
		fields[nfields++] = i;
	}
	record_touch(&sim->world, m, n, 1);
	act_tell(sim, m, EVENT_EDIT, n, fields, nfields, true);
}

/* "children" are merged into it; they give what "fields" name. */
static bool
merge_into(struct call *c, struct module *m, uint32_t n)
{
	struct world *w = &c->sim->world;
	json_object *ids = json_get(call_json(c), "children");
	json_object *fields = json_get(call_json(c), "fields");
	struct merge g = { .m = m, .master = n };
	size_t i,
	    count = json_object_is_type(ids, json_type_array)
	    ? json_object_array_length(ids)
	    : 0;
	int f;

	for (i = 0; i < count && i < MERGE_CHILDREN; i++) {
		const char *id =
		    json_object_get_string(json_object_array_get_idx(ids, i));
		uint32_t child = id != NULL ? record_find(w, m, id)
					    : UINT32_MAX;

		if (child == UINT32_MAX || child == n ||
		    !record_lives(&m->recs[child]))
			return false;
		g.children[g.nchildren++] = child;
	}
	for (i = 0; json_object_is_type(fields, json_type_array) &&
	     i < json_object_array_length(fields);
	     i++) {
		const char *api = json_text(json_object_array_get_idx(fields,
		    i));

		f = api != NULL ? field_find(m, api) : -1;
		if (f >= 0)
			g.giver[f] = 1;
	}
	if (g.nchildren == 0 || !merge_fits(m) || !record_lives(&m->recs[n]))
		return false;
	merge_do(c->sim, &g, 1);
	return true;
}

static void
act_on(struct call *c, struct module *m, uint32_t n, const char *act)
{
	struct sim *sim = c->sim;
	json_object *set = json_get(call_json(c), "set");
	uint32_t made[3];

	if (strcmp(act, "edit") == 0 && set != NULL)
		set_values(c, m, n, set);
	else if (strcmp(act, "edit") == 0)
		act_edit(sim, m, n, 1);
	else if (strcmp(act, "delete") == 0)
		act_delete(sim, m, n, 1, (m->def->flags & M_BOOKS) != 0);
	else if (strcmp(act, "purge") == 0)
		act_delete(sim, m, n, 1, true);
	else if (strcmp(act, "restore") == 0 &&
	    (m->recs[n].flags & (R_DELETED | R_PURGED)) == R_DELETED)
		act_restore(sim, m, n, 1);
	else if (strcmp(act, "convert") == 0 &&
	    (m->def->flags & M_CONVERTS) != 0 &&
	    (m->recs[n].flags & R_CONVERTED) == 0)
		act_convert(sim, n, 1, made);
	else if (strcmp(act, "inactive") == 0) {
		m->recs[n].flags |= R_INACTIVE;
		record_touch(&sim->world, m, n, 1);
		act_tell(sim, m, EVENT_EDIT, n, NULL, 0, true);
	} else if (strcmp(act, "merge") != 0 || !merge_into(c, m, n)) {
		control_wrong(c, "that cannot be done to it");
		return;
	}
	control_ok(c);
}

/* Formulas move and no time does; with stocks times may. */
static void
recompute(struct sim *sim, struct module *m, bool stock)
{
	bool touch = stock &&
	    variant(&sim->variants, VAR_STOCK_MOVES_TIME) == 0;
	uint32_t n;

	m->formula_epoch++;
	m->version++;
	for (n = 0; touch && n < m->n; n++)
		if (record_lives(&m->recs[n]))
			record_touch(&sim->world, m, n, 0);
}

void
act_call(struct call *c)
{
	struct world *w = &c->sim->world;
	json_object *o = call_json(c);
	const char *act = json_get_text(o, "act");
	const char *name = json_get_text(o, "module");
	const char *id = json_get_text(o, "id");
	struct module *m = name != NULL ? world_module(w, name) : NULL;
	uint32_t n;

	if (m == NULL || act == NULL) {
		control_wrong(c, "\"act\" and a known \"module\" are wanted");
		return;
	}
	if (strcmp(act, "formula") == 0 || strcmp(act, "stock") == 0) {
		recompute(c->sim, m, strcmp(act, "stock") == 0);
		control_ok(c);
		return;
	}
	if (strcmp(act, "field") == 0) {
		const char *field = json_get_text(o, "field");

		if (field != NULL &&
		    act_field(c->sim, m, field, json_get(o, "set")))
			control_ok(c);
		else
			control_wrong(c, "no such field, or not possible");
		return;
	}
	if (strcmp(act, "create") == 0) {
		n = act_create(c->sim, m, 1);
		out_f(answer_json(c, 200),
		    "{\"ok\":true,\"id\":\"%" PRId64 "\"}", record_id(w, m, n));
		return;
	}
	n = id != NULL ? record_find(w, m, id) : UINT32_MAX;
	if (n == UINT32_MAX)
		control_wrong(c, "no such record");
	else
		act_on(c, m, n, act);
}
