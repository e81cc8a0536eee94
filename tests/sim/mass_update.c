/* /{module}/actions/mass_update: one value into many records. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act.h"
#include "crm.h"
#include "crm_check.h"
#include "json.h"
#include "sim.h"
#include "value.h"
#include "view.h"

enum { MOST_IDS = 500, MOST_SCHEDULED = 50000, MASS_JOBS = 32 };

static struct mass_job {
	int64_t id;
	int total, updated, failed, polls;
} jobs[MASS_JOBS];
static int njobs;

struct mass {
	struct module *m;
	json_object *patch;
	int fields[FIELDS_MAX], nfields;
	bool tell, over_write;
	enum view view;
};

/* Without over_write only what is empty is filled. */
static bool
wanted(struct call *c, const struct mass *a, uint32_t n)
{
	struct value v;
	int i;

	for (i = 0; i < a->nfields && !a->over_write; i++) {
		value_of(&c->sim->world, a->m, n, a->fields[i], &v);
		value_text(&c->sim->world, &v);
		if (v.len > 0)
			return false;
	}
	return true;
}

static bool
change(struct call *c, const struct mass *a, uint32_t n)
{
	if (n == UINT32_MAX || !record_lives(&a->m->recs[n]) ||
	    (a->m->recs[n].flags & (R_CONVERTED | R_MERGING)) != 0)
		return false;
	if (!wanted(c, a, n))
		return true;
	row_merge(c, a->m, n, a->patch);
	record_touch(&c->sim->world, a->m, n, 0);
	if (a->tell)
		act_tell(c->sim, a->m, EVENT_EDIT, n, a->fields, a->nfields,
		    true);
	return true;
}

static void
by_ids(struct call *c, const struct mass *a, json_object *ids)
{
	struct out *o = answer_json(c, 200);
	size_t i, good = 0, all = json_object_array_length(ids);

	out_text(o, "{\"data\":[");
	for (i = 0; i < all; i++) {
		const char *id =
		    json_object_get_string(json_object_array_get_idx(ids, i));
		uint32_t n = id != NULL ? record_find(&c->sim->world, a->m, id)
					: UINT32_MAX;

		if (!change(c, a, n)) {
			out_error(o, "INVALID_DATA", "{}",
			    "the id given seems to be invalid");
			continue;
		}
		good++;
		out_comma(o);
		out_f(o,
		    "{\"code\":\"SUCCESS\",\"details\":{\"id\":\"%s\"},"
		    "\"message\":\"record updated\",\"status\":\"success\"}",
		    id);
	}
	out_text(o, "]}");
	c->answer.status = good == all ? 200 : good > 0 ? 207 : 400;
}

static void
scheduled(struct call *c, const struct mass *a, const struct tree *tree)
{
	struct mass_job *job = &jobs[njobs++ % MASS_JOBS];
	uint32_t n, end = a->m->n;

	memset(job, 0, sizeof(*job));
	job->id = new_id(&c->sim->world);
	for (n = 0; n < end && job->total < MOST_SCHEDULED; n++) {
		if (!crm_shows(a->m, &a->m->recs[n], NULL) ||
		    !tree_holds(&c->sim->world, a->m, n, tree) ||
		    !view_holds(&c->sim->world, a->m, n, a->view))
			continue;
		job->total++;
		if (change(c, a, n))
			job->updated++;
		else
			job->failed++;
	}
	out_f(answer_json(c, 200),
	    "{\"data\":[{\"code\":\"SUCCESS\",\"details\":{\"job_id\":"
	    "\"%" PRId64
	    "\"},\"message\":\"mass update scheduled successfully\","
	    "\"status\":\"success\"}]}",
	    job->id);
}

static void
refuse(struct call *c, const char *code, const char *api, const char *message)
{
	char details[120];

	snprintf(details, sizeof(details),
	    "{\"api_name\":\"%s\",\"json_path\":\"$.%s\"}", api, api);
	crm_error(c, 400, code, details, message);
}

/* Exactly one says which records are meant; its name, or NULL and answered. */
static const char *
chooser(struct call *c)
{
	static const char *const ways[] = { "ids", "cvid", "territory",
		"criteria" };
	const char *found = NULL;
	char details[160];
	size_t i;

	for (i = 0; i < ARRAY_LEN(ways); i++) {
		if (json_get(call_json(c), ways[i]) == NULL)
			continue;
		if (found != NULL) {
			snprintf(details, sizeof(details),
			    "{\"ambiguity_due_to\":[{\"api_name\":\"%s\","
			    "\"json_path\":\"$.%s\"},{\"api_name\":\"%s\","
			    "\"json_path\":\"$.%s\"}]}",
			    found, found, ways[i], ways[i]);
			crm_error(c, 400, "AMBIGUITY_DURING_PROCESSING",
			    details, "ambiguity while processing the request");
			return NULL;
		}
		found = ways[i];
	}
	if (found == NULL)
		refuse(c, "MANDATORY_NOT_FOUND", "ids",
		    "required field not found");
	return found;
}

static void
by_criteria(struct call *c, const struct mass *a, json_object *criteria)
{
	struct tree tree;

	tree_init(&tree);
	if (criteria != NULL && !criteria_json(&tree, a->m, criteria))
		refuse(c, "INVALID_DATA", "criteria", "invalid data");
	else
		scheduled(c, a, &tree);
	tree_release(&tree);
}

static void
run(struct call *c, struct mass *a)
{
	json_object *body = call_json(c), *ids = json_get(body, "ids");
	const char *way = chooser(c), *view = json_get_text(body, "cvid");

	if (way == NULL)
		return;
	if (strcmp(way, "ids") == 0) {
		if (!json_object_is_type(ids, json_type_array) ||
		    json_object_array_length(ids) == 0)
			refuse(c, "INVALID_DATA", "ids", "invalid data");
		else if (json_object_array_length(ids) > MOST_IDS)
			crm_error(c, 400, "LIMIT_EXCEEDED",
			    "{\"limit\":500,\"api_name\":\"ids\"}",
			    "the limit of ids for one call is exceeded");
		else
			by_ids(c, a, ids);
		return;
	}
	if (strcmp(way, "cvid") == 0)
		a->view = view != NULL ? view_find(a->m, view) : VIEWS;
	if (a->view == VIEWS || strcmp(way, "territory") == 0)
		refuse(c, "INVALID_DATA", way,
		    "the id given seems to be invalid");
	else
		by_criteria(c, a, json_get(body, "criteria"));
}

void
crm_mass_update(struct call *c)
{
	json_object *data = json_get(call_json(c), "data");
	json_object *over = json_get(call_json(c), "over_write");
	struct mass a = { .m = crm_module(c, 0), .view = VIEW_ALL };
	struct out wrong = OUT_INIT;

	if (a.m == NULL)
		return;
	if (!json_object_is_type(data, json_type_array) ||
	    json_object_array_length(data) != 1) {
		crm_error(c, 400, "MANDATORY_NOT_FOUND",
		    "{\"api_name\":\"data\",\"json_path\":\"$.data\"}",
		    "required field not found");
		return;
	}
	a.over_write = over == NULL || json_object_get_boolean(over);
	a.tell = variant(&c->sim->variants, VAR_MASS_NOTIFIES) == 0;
	if (!row_check(c, &wrong, a.m, json_object_array_get_idx(data, 0), 0, 0,
		&a.patch, a.fields, &a.nfields)) {
		struct out *o = answer_json(c, 400);

		out_text(o, "{\"data\":[");
		out_text(o, out_all(&wrong));
		out_text(o, "]}");
	} else if (a.nfields == 0) {
		refuse(c, "INVALID_DATA", "data",
		    "the field name given seems to be invalid");
	} else {
		run(c, &a);
	}
	json_object_put(a.patch);
	out_release(&wrong);
}

void
crm_mass_status(struct call *c)
{
	const char *id = call_param(c, "job_id");
	int i;

	if (crm_module(c, 0) == NULL)
		return;
	if (id == NULL) {
		crm_missing(c, "job_id");
		return;
	}
	for (i = 0; i < MASS_JOBS; i++) {
		struct mass_job *j = &jobs[i];
		static const char *const states[] = { "SCHEDULED", "RUNNING",
			"COMPLETED" };
		int state = j->polls < 2 ? j->polls : 2;
		int done = state == 2 ? j->updated : j->updated * state / 2;

		if (j->id == 0 || strtoll(id, NULL, 10) != j->id)
			continue;
		j->polls++;
		out_f(answer_json(c, 200),
		    "{\"data\":[{\"Status\":\"%s\",\"Total_Count\":%d,"
		    "\"Updated_Count\":%d,\"Failed_Count\":%d,"
		    "\"Not_Updated_Count\":%d}]}",
		    states[state], j->total, done, j->failed,
		    j->total - done - j->failed);
		return;
	}
	crm_error(c, 400, "INVALID_DATA", "{\"param_name\":\"job_id\"}",
	    "the job id given seems to be invalid");
}
