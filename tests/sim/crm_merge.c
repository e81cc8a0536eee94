/* What somebody wrote becomes the record's. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "crm_check.h"
#include "json.h"
#include "line.h"
#include "sim.h"
#include "value.h"

static json_object *
row_by_id(json_object *rows, const char *id)
{
	size_t i;

	for (i = 0; json_object_is_type(rows, json_type_array) &&
	     i < json_object_array_length(rows);
	     i++) {
		json_object *row = json_object_array_get_idx(rows, i);
		const char *has = json_get_text(row, "id");

		if (has != NULL && strcmp(has, id) == 0)
			return row;
	}
	return NULL;
}

static void
add_text(json_object *o, const char *key, const char *text)
{
	json_object_object_add(o, key, json_object_new_string(text));
}

/* {"name","id"} of a record */
static json_object *
named(struct world *w, struct module *m, uint32_t n)
{
	json_object *o = json_object_new_object();
	struct value name;
	char id[24];

	value_name(w, m, n, &name);
	json_object_object_add(o, "name",
	    name.type == V_TEXT
		? json_object_new_string_len(name.text, (int)name.len)
		: NULL);
	snprintf(id, sizeof(id), "%" PRId64, record_id(w, m, n));
	add_text(o, "id", id);
	return o;
}

/* What a row looks up is shown with its name. */
static json_object *
shown(struct world *w, json_object *value)
{
	const char *id = json_object_is_type(value, json_type_object)
	    ? json_get_text(value, "id")
	    : NULL;
	struct module *m = id != NULL && json_get(value, "name") == NULL
	    ? record_module(w, id)
	    : NULL;

	return m != NULL ? named(w, m, record_find(w, m, id))
			 : json_object_get(value);
}

/* Rows with an id are kept and changed, "_delete" takes one away, rows without
 * an id are new; rows not named stay, as in the single record. */
static json_object *
merged_rows(struct call *c, struct module *m, uint32_t n, json_object *old,
    json_object *given)
{
	struct world *w = &c->sim->world;
	json_object *rows = json_object_new_array(), *dead;
	char id[24], time[MOMENT_MAX];
	size_t i;

	moment_crm(time, sim_now(c->sim), w->clock.offset);
	for (i = 0; json_object_is_type(old, json_type_array) &&
	     i < json_object_array_length(old);
	     i++) {
		json_object *row = json_object_array_get_idx(old, i);
		const char *has = json_get_text(row, "id");

		if (has == NULL || row_by_id(given, has) == NULL)
			json_object_array_add(rows, json_object_get(row));
	}
	for (i = 0; i < json_object_array_length(given); i++) {
		json_object *row = json_object_array_get_idx(given, i);
		const char *has = json_get_text(row, "id");
		json_object *before = has != NULL ? row_by_id(old, has) : NULL;
		json_object *one = before != NULL ? before
						  : json_object_new_object();

		if (json_object_object_get_ex(row, "_delete", &dead))
			continue;
		if (!json_object_is_type(row, json_type_object)) {
			json_object_put(one);
			continue;
		}
		json_object_object_foreach(row, key, value)
		{
			json_object_object_add(one, key, shown(w, value));
		}
		if (before == NULL) {
			snprintf(id, sizeof(id), "%" PRId64, new_id(w));
			add_text(one, "id", id);
			add_text(one, "Created_Time", time);
			json_object_object_add(one, "Parent_Id",
			    named(w, m, n));
		} else {
			json_object_get(one);
		}
		add_text(one, "Modified_Time", time);
		json_object_array_add(rows, one);
	}
	return rows;
}

/* The rows that stand; yours, NULL for none */
static json_object *
standing(struct world *w, struct module *m, uint32_t n, int field)
{
	struct out now = OUT_INIT;
	struct err err = ERR_INIT;
	json_object *rows = NULL;

	if ((m->recs[n].flags & R_WRITTEN) == 0 || m->recs[n].patch != NULL)
		rows_text(w, &now, m, n, field);
	if (now.buf.len > 0 &&
	    json_read(now.buf.at, now.buf.len, &rows, &err) != ST_OK)
		rows = NULL;
	out_release(&now);
	return rows;
}

size_t
row_unknown(struct call *c, struct module *m, uint32_t n, int field,
    json_object *given)
{
	json_object *rows = standing(&c->sim->world, m, n, field);
	size_t i, all = json_object_array_length(given);

	for (i = 0; i < all; i++) {
		const char *id =
		    json_get_text(json_object_array_get_idx(given, i), "id");

		if (id != NULL && row_by_id(rows, id) == NULL)
			break;
	}
	json_object_put(rows);
	return i;
}

void
row_merge(struct call *c, struct module *m, uint32_t n, json_object *patch)
{
	struct world *w = &c->sim->world;

	json_object_object_foreach(patch, key, value)
	{
		int field = field_find(m, key);
		enum kind kind = m->fields[field].def.kind;

		if (kinds[kind].single_only &&
		    json_object_is_type(value, json_type_array)) {
			json_object *old = standing(w, m, n, field), *rows;

			rows = merged_rows(c, m, n, old, value);
			json_object_put(old);
			record_set(m, n, key, rows);
		} else {
			record_set(m, n, key, json_object_get(value));
		}
	}
}
