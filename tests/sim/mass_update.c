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
	bool tell;
};

static bool
change(struct call *c, const struct mass *a, uint32_t n)
{
	if (n == UINT32_MAX || !record_lives(&a->m->recs[n]) ||
	    (a->m->recs[n].flags & (R_CONVERTED | R_MERGING)) != 0)
		return false;
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
		    !tree_holds(&c->sim->world, a->m, n, tree))
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
run(struct call *c, struct mass *a)
{
	json_object *body = call_json(c), *ids = json_get(body, "ids");
	json_object *criteria = json_get(body, "criteria");
	struct tree tree;

	tree_init(&tree);
	if (json_object_is_type(ids, json_type_array)) {
		if (json_object_array_length(ids) > MOST_IDS)
			crm_error(c, 400, "LIMIT_EXCEEDED",
			    "{\"limit\":500,\"api_name\":\"ids\"}",
			    "the limit of ids for one call is exceeded");
		else
			by_ids(c, a, ids);
		return;
	}
	if (criteria == NULL && json_get(body, "cvid") == NULL &&
	    json_get(body, "territory") == NULL) {
		crm_error(c, 400, "MANDATORY_NOT_FOUND",
		    "{\"api_name\":\"ids\",\"json_path\":\"$.ids\"}",
		    "required field not found");
		return;
	}
	if (criteria != NULL && !criteria_json(&tree, a->m, criteria))
		crm_error(c, 400, "INVALID_DATA",
		    "{\"api_name\":\"criteria\",\"json_path\":\"$.criteria\"}",
		    "invalid data");
	else
		scheduled(c, a, &tree);
	tree_release(&tree);
}

void
crm_mass_update(struct call *c)
{
	json_object *data = json_get(call_json(c), "data");
	struct mass a = { .m = crm_module(c, 0) };
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
	a.tell = variant(&c->sim->variants, VAR_MASS_NOTIFIES) == 0;
	if (!row_check(c, &wrong, a.m, json_object_array_get_idx(data, 0), 0, 0,
		&a.patch, a.fields, &a.nfields)) {
		struct out *o = answer_json(c, 400);

		out_text(o, "{\"data\":[");
		out_text(o, out_all(&wrong));
		out_text(o, "]}");
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
