/* /crm/bulk/v8/read: jobs, their polls and their files. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bulk.h"
#include "crm.h"
#include "json.h"
#include "record.h"
#include "sim.h"
#include "value.h"

enum { PAGE_LIFE_S = 86400, RESULT_LIFE_S = 86400 };

/* ---- orders ---- */

static bool
add_field(struct call *c, struct job *job, struct module *m, const char *name)
{
	const char *dot = strchr(name, '.');
	struct module *to;
	char first[100];
	int i, dotted = DOT_NONE;

	snprintf(first, sizeof(first), "%.*s",
	    dot != NULL ? (int)(dot - name) : 99, name);
	i = field_find(m, first);
	if (i < 0 || job->nfields == JOB_FIELDS)
		return false;
	if (dot != NULL) {
		const struct field *f = &m->fields[i].def;
		bool user = f->kind == K_OWNER || f->kind == K_USER;

		to = f->kind == K_LOOKUP ? world_crm(&c->sim->world, f->of)
					 : NULL;
		if (to != NULL)
			dotted = field_find(to, dot + 1);
		else if (user && strcmp(dot + 1, "last_name") == 0)
			dotted = DOT_LAST_NAME;
		else if (user && strcmp(dot + 1, "email") == 0)
			dotted = DOT_EMAIL;
		if (dotted == DOT_NONE)
			return false;
	}
	job->fields[job->nfields] = i;
	job->dotted[job->nfields++] = dotted;
	return true;
}

static bool
read_fields(struct call *c, struct job *job, struct module *m,
    json_object *list)
{
	size_t k;
	int i;

	if (list == NULL) {
		for (i = 0; i < m->nfields; i++)
			if (!m->fields[i].gone &&
			    !kinds[m->fields[i].def.kind].single_only) {
				job->fields[job->nfields] = i;
				job->dotted[job->nfields++] = -1;
			}
		return true;
	}
	if (!json_object_is_type(list, json_type_array))
		return false;
	for (k = 0; k < json_object_array_length(list); k++) {
		const char *name =
		    json_object_get_string(json_object_array_get_idx(list, k));

		if (name == NULL || !add_field(c, job, m, name)) {
			char details[160];

			snprintf(details, sizeof(details),
			    "{\"api_name\":\"fields\",\"json_path\":"
			    "\"$.query.fields[%zu]\"}",
			    k);
			crm_error(c, 400, "INVALID_DATA", details,
			    "the field name given seems to be invalid");
			return false;
		}
	}
	return true;
}

/* A later page of another job: the same query goes on. */
static bool
go_on(struct call *c, struct job *job, const char *token)
{
	struct bulk *b = &c->sim->bulk;
	int i;

	for (i = 0; i < JOBS_MAX; i++) {
		const struct job *from = &b->at[i];

		if (from->id == 0 || from->write || from == job ||
		    from->grant != job->grant || from->token[0] == '\0' ||
		    strcmp(from->token, token) != 0)
			continue;
		if (strcmp(from->module, job->module) != 0) {
			crm_error(c, 400, "TOKEN_BOUND_DATA_MISMATCH",
			    "{\"api_name\":\"page_token\"}",
			    "the query is not that of the page_token");
			return false;
		}
		if (sim_now(c->sim) - from->made >= PAGE_LIFE_S) {
			crm_error(c, 400, "EXPIRED_VALUE",
			    "{\"api_name\":\"page_token\"}",
			    "the page_token given has expired");
			return false;
		}
		job->from = from->reached;
		job->page = from->page + 1;
		return true;
	}
	crm_error(c, 400, "INVALID_DATA", "{\"api_name\":\"page_token\"}",
	    "the page_token given seems to be invalid");
	return false;
}

/* No order, no groups; a page by its number or by its token. */
static bool
query_right(struct call *c, json_object *query)
{
	static const char *const never[] = { "sort_by", "sort_order",
		"group_by" };
	char details[120];
	size_t i;

	for (i = 0; i < ARRAY_LEN(never); i++) {
		if (json_get(query, never[i]) == NULL)
			continue;
		snprintf(details, sizeof(details),
		    "{\"api_name\":\"%s\",\"json_path\":\"$.query.%s\"}",
		    never[i], never[i]);
		crm_error(c, 400, "INVALID_DATA", details, "invalid data");
		return false;
	}
	if (json_get(query, "page") == NULL ||
	    json_get(query, "page_token") == NULL)
		return true;
	crm_error(c, 400, "AMBIGUITY_DURING_PROCESSING",
	    "{\"ambiguity_due_to\":[{\"api_name\":\"page\",\"json_path\":"
	    "\"$.query.page\"},{\"api_name\":\"page_token\",\"json_path\":"
	    "\"$.query.page_token\"}]}",
	    "ambiguity while processing the request");
	return false;
}

static bool
read_order(struct call *c, struct job *job, json_object *query)
{
	json_object *module = json_get(query, "module");
	json_object *criteria = json_get(query, "criteria");
	json_object *page = json_get(query, "page");
	const char *token = json_get_text(query, "page_token");
	const char *name = json_object_is_type(module, json_type_object)
	    ? json_get_text(module, "api_name")
	    : json_object_get_string(module);
	struct module *m = name != NULL ? world_crm(&c->sim->world, name)
					: NULL;

	if (!query_right(c, query))
		return false;
	if (m == NULL || (m->def->flags & M_NO_LIST) != 0) {
		crm_error(c, 400,
		    name == NULL ? "MANDATORY_NOT_FOUND" : "INVALID_MODULE",
		    "{\"api_name\":\"module\",\"json_path\":"
		    "\"$.query.module\"}",
		    name == NULL ? "required field not found"
				 : "the module name given seems to be invalid");
		return false;
	}
	snprintf(job->module, sizeof(job->module), "%s", m->def->name);
	job->page = page != NULL ? json_object_get_int64(page) : 1;
	if (job->page < 1) {
		crm_error(c, 400, "INVALID_DATA", "{\"api_name\":\"page\"}",
		    "invalid data");
		return false;
	}
	if (!read_fields(c, job, m, json_get(query, "fields")))
		return false;
	if (criteria != NULL && !criteria_json(&job->tree, m, criteria)) {
		crm_error(c, 400, "INVALID_QUERY",
		    "{\"api_name\":\"criteria\",\"json_path\":"
		    "\"$.query.criteria\"}",
		    "the query given seems to be invalid");
		return false;
	}
	return token == NULL || go_on(c, job, token);
}

static bool
json_typed(struct call *c)
{
	const char *type = call_header(c, "content-type");

	if (type != NULL && strncasecmp(type, "application/json", 16) == 0)
		return true;
	crm_error(c, 415, "MEDIA_TYPE_NOT_SUPPORTED", "{}",
	    "Content-Type application/json is expected");
	return false;
}

static void
put_made(struct call *c, struct out *o, const struct job *job)
{
	char time[MOMENT_MAX];

	moment_crm(time, job->made, c->sim->world.clock.offset);
	out_f(o,
	    "{\"data\":[{\"status\":\"success\",\"code\":"
	    "\"ADDED_SUCCESSFULLY\",\"message\":\"Added successfully.\","
	    "\"details\":{\"id\":\"%" PRId64
	    "\",\"operation\":\"read\",\"state\":\"ADDED\",\"created_by\":",
	    job->id);
	out_user(o, 0);
	out_f(o, ",\"created_time\":\"%s\"}}],\"info\":{}}", time);
}

void
bulk_read_create(struct call *c)
{
	json_object *query = json_get(call_json(c), "query");
	json_object *callback = json_get(call_json(c), "callback");
	const char *url = json_get_text(callback, "url");
	const char *type = json_get_text(call_json(c), "file_type");
	struct job *job;

	if (!json_typed(c) || !bulk_callback_right(c))
		return;
	if (call_json(c) == NULL) {
		crm_error(c, 400, "INVALID_DATA",
		    "{\"expected_data_type\":\"jsonobject\"}", "invalid data");
		return;
	}
	if (query == NULL) {
		crm_error(c, 400, "MANDATORY_NOT_FOUND",
		    "{\"api_name\":\"query\",\"json_path\":\"$.query\"}",
		    "required field not found");
		return;
	}
	if (type != NULL && strcmp(type, "csv") != 0) {
		crm_error(c, 400, "INVALID_DATA",
		    "{\"api_name\":\"file_type\"}", "invalid data");
		return;
	}
	job = bulk_new(c->sim, c->grant, false);
	job->state = JOB_FAILED; /* until it is read */
	if (url != NULL)
		snprintf(job->callback, sizeof(job->callback), "%.500s", url);
	if (!read_order(c, job, query)) {
		job->id = 0;
		tree_release(&job->tree);
		return;
	}
	job->state = JOB_ADDED;
	put_made(c, answer_json(c, 201), job);
}

void
bulk_read_write(struct sim *sim, struct out *o, const struct job *job,
    enum job_state state)
{
	static const char *const words[] = { "ADDED", "QUEUED", "IN PROGRESS",
		"COMPLETED", "FAILURE" };
	struct module *m = world_module(&sim->world, job->module);
	char time[MOMENT_MAX];

	moment_crm(time, job->made, sim->world.clock.offset);
	out_f(o,
	    "{\"data\":[{\"id\":\"%" PRId64
	    "\",\"operation\":\"read\",\"state\":\"%s\",\"query\":{\"module\":"
	    "{\"api_name\":\"%s\"},\"page\":%ld},\"created_by\":",
	    job->id, words[state], m->def->api, job->page);
	out_user(o, 0);
	out_f(o, ",\"created_time\":\"%s\",\"file_type\":\"csv\"", time);
	if (state == JOB_DONE) {
		out_f(o,
		    ",\"result\":{\"page\":%ld,\"per_page\":%d,\"count\":%ld,"
		    "\"download_url\":\"/crm/bulk/v8/read/%" PRId64
		    "/result\",\"more_records\":%s,\"next_page_token\":",
		    job->page, JOB_ROWS, job->count, job->id,
		    job->more ? "true" : "false");
		out_json(o, job->token[0] != '\0' ? job->token : NULL);
		out_text(o, "}");
	}
	if (state == JOB_FAILED)
		out_f(o,
		    ",\"result\":{\"error_message\":{\"status\":\"error\","
		    "\"code\":\"INTERNAL_ERROR\",\"message\":\"%s\","
		    "\"details\":{}}}",
		    job->error);
	out_text(o, "}]}");
}

static struct job *
job_of(struct call *c)
{
	struct job *job = bulk_find(c->sim, c->capture[0], false);

	if (job == NULL)
		crm_error(c, 400, "INVALID_DATA", "{\"resource_path_index\":2}",
		    "the id given seems to be invalid");
	return job;
}

void
bulk_read_poll(struct call *c)
{
	struct job *job = job_of(c);

	if (job != NULL)
		bulk_read_write(c->sim, answer_json(c, 200), job,
		    bulk_step(c->sim, job));
}

void
bulk_read_result(struct call *c)
{
	struct job *job = job_of(c);

	if (job == NULL)
		return;
	if (job->state != JOB_DONE ||
	    sim_now(c->sim) - job->made > RESULT_LIFE_S) {
		crm_error(c, 400, "INVALID_DATA", "{\"resource_path_index\":2}",
		    "the job has no result");
		return;
	}
	bulk_send_zip(c, job, c->capture[0]);
}
