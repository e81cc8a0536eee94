/* Insert, update, upsert: one result for each row, in order. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act.h"
#include "crm.h"
#include "crm_check.h"
#include "json.h"
#include "record.h"
#include "sim.h"
#include "value.h"

enum { MOST_ROWS = 100 };

struct writing {
	struct module *m;
	json_object *data;
	bool upsert, hooks;
	int good, bad;
	int status;
	bool modified; /* somebody was there before */
	bool since_set;
	int64_t since;
};

/* The rows of the body; NULL, and answered, where they are none. */
static json_object *
rows_of(struct call *c)
{
	json_object *body = call_json(c), *data = json_get(body, "data");

	if (body == NULL || !json_object_is_type(body, json_type_object))
		crm_error(c, 400, "INVALID_DATA",
		    "{\"expected_data_type\":\"jsonobject\"}", "invalid data");
	else if (data == NULL)
		crm_error_in(c, 400, "data", "MANDATORY_NOT_FOUND",
		    "{\"api_name\":\"data\",\"json_path\":\"$.data\"}",
		    "required field not found");
	else if (!json_object_is_type(data, json_type_array) ||
	    json_object_array_length(data) == 0)
		crm_error_in(c, 400, "data", "INVALID_DATA",
		    "{\"expected_data_type\":\"jsonarray\",\"api_name\":"
		    "\"data\",\"json_path\":\"$.data\"}",
		    "invalid data");
	else if (json_object_array_length(data) > MOST_ROWS)
		crm_error_in(c, 400, "data", "INVALID_DATA",
		    "{\"maximum_length\":100,\"api_name\":\"data\","
		    "\"json_path\":\"$.data\"}",
		    "invalid data");
	else
		return data;
	return NULL;
}

/* trigger: absent runs all, [] none; its words are known. False, and
 * answered, where it is wrong. */
static bool
read_trigger(struct call *c, bool *workflows)
{
	static const char *const words[] = { "workflow", "approval",
		"blueprint", "pathfinder", "orchestration" };
	json_object *trigger = json_get(call_json(c), "trigger");
	bool list = json_object_is_type(trigger, json_type_array);
	size_t i, k;

	*workflows = trigger == NULL;
	for (i = 0; list && i < json_object_array_length(trigger); i++) {
		json_object *one = json_object_array_get_idx(trigger, i);

		for (k = 0; k < ARRAY_LEN(words); k++)
			if (json_object_is_type(one, json_type_string) &&
			    strcmp(json_object_get_string(one), words[k]) == 0)
				break;
		*workflows = *workflows || k == 0;
		list = k < ARRAY_LEN(words);
	}
	if (list || trigger == NULL)
		return true;
	crm_error(c, 400, "INVALID_DATA",
	    "{\"expected_data_type\":\"jsonarray\",\"api_name\":\"trigger\","
	    "\"json_path\":\"$.trigger\"}",
	    "invalid data");
	return false;
}

/* If-Unmodified-Since. False, and answered, where it is no time. */
static bool
read_since(struct call *c, struct writing *w)
{
	const char *text = call_header(c, "if-unmodified-since");

	w->since_set = text != NULL;
	if (text == NULL || moment_read(text, true, &w->since))
		return true;
	crm_error(c, 400, "INVALID_DATA",
	    "{\"header\":\"If-Unmodified-Since\","
	    "\"expected_data_type\":\"datetime\"}",
	    "the value given is invalid");
	return false;
}

static void
put_result(struct call *c, struct out *o, struct module *m, uint32_t n,
    const char *message, const char *action, const char *field)
{
	struct world *w = &c->sim->world;
	char created[MOMENT_MAX], modified[MOMENT_MAX];

	moment_crm(created, m->recs[n].created, w->clock.offset);
	moment_crm(modified, m->recs[n].modified, w->clock.offset);
	out_comma(o);
	out_text(o, "{\"code\":\"SUCCESS\",");
	if (action != NULL) {
		out_f(o, "\"action\":\"%s\",\"duplicate_field\":", action);
		out_json(o, field);
		out_text(o, ",");
	}
	out_f(o,
	    "\"details\":{\"Modified_Time\":\"%s\",\"Modified_By\":", modified);
	out_user(o, m->recs[n].user);
	out_f(o, ",\"Created_Time\":\"%s\",\"id\":\"%" PRId64 "\",", created,
	    record_id(w, m, n));
	out_text(o, "\"Created_By\":");
	out_user(o, (m->recs[n].flags & R_WRITTEN) != 0 ? 0 : (int)(n % USERS));
	out_f(o,
	    ",\"$approval_state\":\"approved\"},\"message\":\"%s\","
	    "\"status\":\"success\"}",
	    message);
}

static void
insert_row(struct call *c, struct writing *w, struct out *o, json_object *row,
    int at, const char *action)
{
	int fields[FIELDS_MAX], nfields;
	json_object *patch;
	uint32_t n;

	if (!row_check(c, o, w->m, row, UINT32_MAX, at, &patch, fields,
		&nfields)) {
		w->bad++;
		return;
	}
	n = record_insert(&c->sim->world, w->m, json_object_new_object(), 0);
	row_merge(c, w->m, n, patch);
	json_object_put(patch);
	w->good++;
	put_result(c, o, w->m, n, "record added", action, NULL);
	act_tell(c->sim, w->m, EVENT_CREATE, n, NULL, 0, w->hooks);
}

/* Whether the record may be changed; else the error is written. */
static bool
changeable(struct writing *w, struct out *o, uint32_t n, int at)
{
	char details[120];

	snprintf(details, sizeof(details),
	    "{\"api_name\":\"id\",\"json_path\":\"$.data[%d].id\"}", at);
	if (n == UINT32_MAX || !record_lives(&w->m->recs[n]))
		out_error(o, "INVALID_DATA", details,
		    "the id given seems to be invalid");
	else if ((w->m->recs[n].flags & R_CONVERTED) != 0)
		out_error(o, "ID_ALREADY_CONVERTED", details,
		    "id already converted");
	else if ((w->m->recs[n].flags & R_MERGING) != 0)
		out_error(o, "RECORD_LOCKED", details, "the record is locked");
	else if (w->since_set && w->m->recs[n].modified > w->since) {
		w->modified = true;
		out_error(o, "ALREADY_MODIFIED", "{}",
		    "the record has been modified since the time given");
	} else
		return true;
	w->bad++;
	return false;
}

static void
update_row(struct call *c, struct writing *w, struct out *o, json_object *row,
    uint32_t n, int at, const char *action, const char *field)
{
	int fields[FIELDS_MAX], nfields;
	json_object *patch;

	if (!changeable(w, o, n, at))
		return;
	if (!row_check(c, o, w->m, row, n, at, &patch, fields, &nfields)) {
		w->bad++;
		return;
	}
	row_merge(c, w->m, n, patch);
	json_object_put(patch);
	record_touch(&c->sim->world, w->m, n, 0);
	w->good++;
	put_result(c, o, w->m, n, "record updated", action, field);
	act_tell(c->sim, w->m, EVENT_EDIT, n, fields, nfields, w->hooks);
}

/* 200 or 201 for all, 207 for some, what the variant says for none */
static void
finish(struct call *c, const struct writing *w)
{
	static const int failed[] = { 400, 202, 207 };

	out_text(&c->answer.body, "]}");
	c->answer.status = w->status;
	if (w->bad > 0)
		c->answer.status = w->good > 0
		    ? 207
		    : failed[variant(&c->sim->variants, VAR_FAILED_WRITE)];
	if (w->modified && w->good == 0)
		c->answer.status = 412;
}

static bool
start(struct call *c, struct writing *w, int status)
{
	memset(w, 0, sizeof(*w));
	w->m = crm_module(c, 0);
	if (w->m == NULL)
		return false;
	if ((w->m->def->flags & M_SUBFORM) != 0) {
		crm_error(c, 400, "NOT_SUPPORTED", "{}",
		    "rows of a subform are written with their record");
		return false;
	}
	w->data = rows_of(c);
	w->status = status;
	if (w->data == NULL || !read_trigger(c, &w->hooks) || !read_since(c, w))
		return false;
	out_text(answer_json(c, status), "{\"data\":[");
	return true;
}

void
crm_insert(struct call *c)
{
	struct writing w;
	size_t i;

	if (!start(c, &w, 201))
		return;
	for (i = 0; i < json_object_array_length(w.data); i++)
		insert_row(c, &w, &c->answer.body,
		    json_object_array_get_idx(w.data, i), (int)i, NULL);
	finish(c, &w);
}

void
crm_update(struct call *c)
{
	struct writing w;
	bool formed;
	size_t i;

	if (!start(c, &w, 200))
		return;
	for (i = 0; i < json_object_array_length(w.data); i++) {
		json_object *row = json_object_array_get_idx(w.data, i);
		const char *id = json_get_text(row, "id");
		char details[120];

		if (id == NULL) {
			snprintf(details, sizeof(details),
			    "{\"api_name\":\"id\",\"json_path\":"
			    "\"$.data[%zu].id\"}",
			    i);
			out_error(&c->answer.body, "MANDATORY_NOT_FOUND",
			    details, "required field not found");
			w.bad++;
			continue;
		}
		update_row(c, &w, &c->answer.body, row,
		    crm_find(c, w.m, id, &formed), (int)i, NULL, NULL);
	}
	finish(c, &w);
}

void
crm_update_one(struct call *c)
{
	struct writing w;
	uint32_t n;
	bool formed;

	if (!start(c, &w, 200))
		return;
	n = crm_find(c, w.m, c->capture[1], &formed);
	if (!formed) {
		crm_error(c, 400, "INVALID_DATA", "{\"resource_path_index\":1}",
		    "the id given seems to be invalid");
		return;
	}
	update_row(c, &w, &c->answer.body, json_object_array_get_idx(w.data, 0),
	    n, 0, NULL, NULL);
	finish(c, &w);
}

/* ---- upsert ---- */

/* The fields that are looked for, in order: those asked for; else the system's
 * and then the unique ones. Unique ones are always looked for. */
static int
check_fields(struct call *c, const struct writing *w, int at[FIELDS_MAX])
{
	json_object *list = json_get(call_json(c), "duplicate_check_fields");
	int n = 0, i;
	size_t k;

	if (json_object_is_type(list, json_type_array)) {
		for (k = 0; k < json_object_array_length(list); k++) {
			const char *api = json_object_get_string(
			    json_object_array_get_idx(list, k));

			i = api != NULL ? field_find(w->m, api) : -1;
			if (i < 0 ||
			    (w->m->fields[i].def.flags &
				(F_UNIQUE | F_DUPCHECK)) == 0)
				return -1;
			at[n++] = i;
		}
	} else {
		for (i = 0; i < w->m->nfields; i++)
			if ((w->m->fields[i].def.flags & F_DUPCHECK) != 0)
				at[n++] = i;
	}
	for (i = 0; i < w->m->nfields; i++)
		if ((w->m->fields[i].def.flags & F_UNIQUE) != 0 &&
		    !w->m->fields[i].gone && n < FIELDS_MAX)
			at[n++] = i;
	return n;
}

static uint32_t
find_twin(struct call *c, const struct writing *w, json_object *row,
    const int *at, int n, const char **field)
{
	const char *id = json_get_text(row, "id");
	int i;

	*field = NULL;
	if (id != NULL) {
		*field = "id";
		return record_find(&c->sim->world, w->m, id);
	}
	for (i = 0; i < n; i++) {
		const char *text = json_get_text(row,
		    w->m->fields[at[i]].def.api);
		uint32_t owner;

		if (text == NULL || *text == '\0')
			continue;
		owner = value_owner(&c->sim->world, w->m, at[i], text);
		if (owner != UINT32_MAX) {
			*field = w->m->fields[at[i]].def.api;
			return owner;
		}
	}
	return UINT32_MAX;
}

void
crm_upsert(struct call *c)
{
	struct writing w;
	int at[FIELDS_MAX], n;
	size_t i;

	if (!start(c, &w, 200))
		return;
	n = check_fields(c, &w, at);
	if (n < 0) {
		crm_error(c, 400, "INVALID_DATA",
		    "{\"api_name\":\"duplicate_check_fields\",\"json_path\":"
		    "\"$.duplicate_check_fields[0]\"}",
		    "invalid data");
		return;
	}
	for (i = 0; i < json_object_array_length(w.data); i++) {
		json_object *row = json_object_array_get_idx(w.data, i);
		const char *field;
		uint32_t twin = find_twin(c, &w, row, at, n, &field);

		if (twin != UINT32_MAX || field != NULL)
			update_row(c, &w, &c->answer.body, row, twin, (int)i,
			    "update", field);
		else
			insert_row(c, &w, &c->answer.body, row, (int)i,
			    "insert");
	}
	w.status = variant(&c->sim->variants, VAR_UPSERT_STATUS) == 1 ? 201
								      : 200;
	finish(c, &w);
}
