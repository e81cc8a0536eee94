/* /{module}/{master}/actions/merge: two or three records become one. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "crm.h"
#include "json.h"
#include "sim.h"

#define CHILDREN "$.merge[0].data"

static void
wrong(struct call *c, const char *code, const char *api, const char *path,
    const char *more, const char *message)
{
	char details[240];

	snprintf(details, sizeof(details),
	    "{\"api_name\":\"%s\",\"json_path\":\"%s\"%s}", api, path, more);
	crm_error_in(c, 400, "merge", code, details, message);
}

/* The fields that a child gives; false, and answered, where one is wrong. */
static bool
read_fields(struct call *c, struct merge *g, json_object *list, int child)
{
	char path[80];
	size_t i;

	for (i = 0; json_object_is_type(list, json_type_array) &&
	     i < json_object_array_length(list);
	     i++) {
		const char *api = json_get_text(json_object_array_get_idx(list,
						    i),
		    "api_name");
		int f = api != NULL ? field_find(g->m, api) : -1;

		snprintf(path, sizeof(path),
		    CHILDREN "[%d]._fields[%zu].api_name", child, i);
		if (api == NULL)
			wrong(c, "MANDATORY_NOT_FOUND", "api_name", path, "",
			    "the field has no API name");
		else if (f < 0)
			wrong(c, "INVALID_DATA", "api_name", path, "",
			    "the field name given seems to be invalid");
		else if (g->giver[f] != 0)
			wrong(c, "DUPLICATE_DATA", "api_name", path, "",
			    "the field is named more than once");
		else {
			g->giver[f] = (uint8_t)(child + 1);
			continue;
		}
		return false;
	}
	return true;
}

static bool
read_child(struct call *c, struct merge *g, json_object *o, int at)
{
	const char *id = json_get_text(o, "id");
	uint32_t n = id == NULL ? UINT32_MAX
				: record_find(&c->sim->world, g->m, id);
	char path[60];

	snprintf(path, sizeof(path), CHILDREN "[%d].id", at);
	if (id == NULL || *id == '\0')
		wrong(c, "MANDATORY_NOT_FOUND", "id", path, "",
		    "required id not found");
	else if (n == UINT32_MAX || !record_lives(&g->m->recs[n]))
		wrong(c, "INVALID_DATA", "id", path, "",
		    "the id given seems to be invalid");
	else if (n == g->master || (at > 0 && n == g->children[0]))
		wrong(c, "DUPLICATE_DATA", "id", path, "",
		    "the records of a merge must differ");
	else if ((g->m->recs[n].flags & (R_MERGING | R_CONVERTED)) != 0)
		wrong(c, "NOT_ALLOWED", "id", path, "",
		    "This record id is not allowed to be merged");
	else {
		g->children[g->nchildren++] = n;
		return read_fields(c, g, json_get(o, "_fields"), at);
	}
	return false;
}

static bool
read_children(struct call *c, struct merge *g, json_object *list)
{
	size_t n = json_object_is_type(list, json_type_array)
	    ? json_object_array_length(list)
	    : 0;
	size_t i;

	if (n == 0) {
		wrong(c, "INVALID_DATA", "data", CHILDREN,
		    ",\"minimum_length\":1", "a child is wanted");
		return false;
	}
	if (n > MERGE_CHILDREN) {
		wrong(c, "INVALID_DATA", "data", CHILDREN,
		    ",\"maximum_length\":2", "no more than two children");
		return false;
	}
	for (i = 0; i < n; i++)
		if (!read_child(c, g, json_object_array_get_idx(list, i),
			(int)i))
			return false;
	return true;
}

/* The module and the master of the path; false, and answered, where they are
 * wrong. */
static bool
read_master(struct call *c, struct merge *g)
{
	bool formed;

	memset(g, 0, sizeof(*g));
	g->m = crm_module(c, 0);
	if (g->m == NULL)
		return false;
	if (!merge_fits(g->m)) {
		crm_error(c, 400, "INVALID_MODULE",
		    "{\"resource_path_index\":0}",
		    "the module name given seems to be invalid");
		return false;
	}
	g->master = crm_find(c, g->m, c->capture[1], &formed);
	if (g->master != UINT32_MAX && record_lives(&g->m->recs[g->master]) &&
	    (g->m->recs[g->master].flags & R_CONVERTED) == 0)
		return true;
	crm_error(c, 400, "INVALID_DATA", "{\"resource_path_index\":1}",
	    "Master record id is not available");
	return false;
}

static bool
read_merge(struct call *c, struct merge *g)
{
	json_object *list = json_get(call_json(c), "merge");

	if (!read_master(c, g))
		return false;
	if (list == NULL)
		wrong(c, "MANDATORY_NOT_FOUND", "merge", "$.merge", "",
		    "required field not found");
	else if (!json_object_is_type(list, json_type_array) ||
	    json_object_array_length(list) != 1)
		crm_error(c, 400, "INVALID_DATA", "{}", "invalid data");
	else if ((g->m->recs[g->master].flags & R_MERGING) != 0)
		crm_error_in(c, 400, "merge", "RECORD_LOCKED",
		    "{\"resource_path_index\":1}", "the record is locked");
	else
		return read_children(c, g,
		    json_get(json_object_array_get_idx(list, 0), "data"));
	return false;
}

void
crm_merge(struct call *c)
{
	int status = variant(&c->sim->variants, VAR_MERGE_STATUS) == 0 ? 202
								       : 201;
	const struct merge_job *job;
	struct merge g;

	if (!read_merge(c, &g))
		return;
	if (variant(&c->sim->variants, VAR_MERGE_SECONDS) == 0) {
		merge_do(c->sim, &g, 0);
		out_f(answer_json(c, 201),
		    "{\"merge\":[{\"code\":\"SUCCESS\",\"details\":{\"id\":"
		    "\"%" PRId64
		    "\"},\"message\":\"The records has been merged "
		    "successfully\",\"status\":\"success\"}]}",
		    record_id(&c->sim->world, g.m, g.master));
		return;
	}
	job = merge_order(c->sim, &g);
	if (job == NULL) {
		crm_error(c, 400, "LIMIT_EXCEEDED", "{\"limit\":64}",
		    "too many merges are running");
		return;
	}
	out_f(answer_json(c, status),
	    "{\"merge\":[{\"code\":\"SCHEDULED\",\"details\":{\"job_id\":"
	    "\"%" PRId64
	    "\"},\"message\":\"The records have been scheduled in a "
	    "scheduler\",\"status\":\"success\"}]}",
	    job->id);
}

void
crm_merge_status(struct call *c)
{
	static const char *const words[] = { "SCHEDULED", "running",
		"completed", "failed" };
	struct module *m = crm_module(c, 0);
	const char *id = call_param(c, "job_id");
	const struct merge_job *job;

	if (m == NULL)
		return;
	if (id == NULL) {
		crm_missing(c, "job_id");
		return;
	}
	job = merge_find(c->sim, id);
	if (job == NULL || job->merge.m != m)
		answer_empty(c, 204);
	else
		out_f(answer_json(c, 200),
		    "{\"merge\":[{\"job_id\":\"%" PRId64
		    "\",\"status\":\"%s\"}]}",
		    job->id, words[job->state]);
}
