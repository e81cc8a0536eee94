/* Bulk write: the upload, the job, its poll and its result. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bulk.h"
#include "bulk_cell.h"
#include "crm.h"
#include "json.h"
#include "record.h"
#include "sim.h"

enum { UPLOAD_MAX = 25 * 1024 * 1024 };

static void
upload_error(struct call *c, const char *code, const char *message)
{
	out_f(answer_json(c, 400),
	    "{\"ERROR_CODE\":\"%s\",\"x-error\":\"%s\",\"info\":\"%s\","
	    "\"x-info\":\"%s\",\"http_status\":\"400\"}",
	    code, code, message, message);
}

static bool
store(const char *path, const char *bytes, size_t len)
{
	FILE *f = fopen(path, "w");
	bool good;

	if (f == NULL)
		return false;
	good = fwrite(bytes, 1, len, f) == len;
	return fclose(f) == 0 && good;
}

void
bulk_upload(struct call *c)
{
	struct bulk *b = &c->sim->bulk;
	const char *feature = call_header(c, "feature");
	const char *org = call_header(c, "x-crm-org");
	struct upload *u;
	const char *bytes;
	char time[MOMENT_MAX];
	size_t len = 0;

	if (feature == NULL || strcmp(feature, "bulk-write") != 0) {
		upload_error(c, "INVALID_FEATURE", "the feature is not known");
		return;
	}
	if (org == NULL || strcmp(org, c->sim->zgid) != 0) {
		upload_error(c, "INVALID_ORG", "the organisation is not known");
		return;
	}
	bytes = multipart_part(call_header(c, "content-type"),
	    out_all(&c->body), c->body.buf.len, "file", &len);
	if (bytes == NULL) {
		upload_error(c, "MISSING_FILE", "no part named file");
		return;
	}
	if (len > UPLOAD_MAX) {
		crm_error(c, 413, "FILE_TOO_LARGE", "{}",
		    "the file is larger than 25 MB");
		return;
	}
	if (len < 4 || memcmp(bytes, "PK", 2) != 0) {
		crm_error(c, 400, "INVALID_FILE_FORMAT", "{}",
		    "a zip file is expected");
		return;
	}
	u = &b->uploads[b->nuploads++ % UPLOADS_MAX];
	u->id = new_id(&c->sim->world);
	snprintf(u->path, sizeof(u->path), "%.200s/up-%" PRId64 ".zip",
	    c->sim->dir, u->id);
	if (!store(u->path, bytes, len)) {
		crm_error(c, 500, "INTERNAL_ERROR", "{}", "no room");
		return;
	}
	moment_crm(time, sim_now(c->sim), c->sim->world.clock.offset);
	out_f(answer_json(c, 200),
	    "{\"status\":\"success\",\"code\":\"FILE_UPLOAD_SUCCESS\","
	    "\"message\":\"file uploaded.\",\"details\":{\"file_id\":"
	    "\"%" PRId64 "\",\"created_time\":\"%s\"}}",
	    u->id, time);
}

static const struct upload *
upload_of(struct sim *sim, const char *id)
{
	int i;

	for (i = 0; id != NULL && i < UPLOADS_MAX; i++)
		if (sim->bulk.uploads[i].id != 0 &&
		    sim->bulk.uploads[i].id == strtoll(id, NULL, 10))
			return &sim->bulk.uploads[i];
	return NULL;
}

/* What is wrong with the one resource; its code, NULL where nothing is. */
static const char *
resource_wrong(struct call *c, json_object *one, bool fresh, bool found,
    char what[80])
{
	const char *module = json_get_text(json_get(one, "module"), "api_name");
	const char *find_by = json_get_text(one, "find_by");
	struct module *m = module != NULL ? world_crm(&c->sim->world, module)
					  : NULL;
	const char *code;
	int at;

	snprintf(what, 80, "resource[0].module");
	if (m == NULL || (m->def->flags & (M_NO_LIST | M_SUBFORM)) != 0)
		return "INVALID_MODULE";
	snprintf(what, 80, "resource[0].file_id");
	if (upload_of(c->sim, json_get_text(one, "file_id")) == NULL)
		return "INVALID_FILE_ID";
	snprintf(what, 80, "resource[0].find_by");
	if (found && find_by == NULL)
		return "MANDATORY_NOT_FOUND";
	if (found && field_find(m, find_by) < 0)
		return "INVALID_DATA";
	code = mappings_wrong(&c->sim->world, m,
	    json_get(one, "field_mappings"), fresh, &at);
	if (at < 0)
		snprintf(what, 80, "resource[0].field_mappings");
	else
		snprintf(what, 80, "resource[0].field_mappings[%d]", at);
	return code;
}

/* The same of the whole order; "what" is its place. */
static const char *
order_wrong(struct call *c, json_object *body, char what[80])
{
	json_object *list = json_get(body, "resource");
	const char *operation = json_get_text(body, "operation");
	bool insert = operation != NULL && strcmp(operation, "insert") == 0;
	bool update = operation != NULL && strcmp(operation, "update") == 0;

	snprintf(what, 80, "operation");
	if (operation == NULL)
		return "MANDATORY_NOT_FOUND";
	if (!insert && !update && strcmp(operation, "upsert") != 0)
		return "INVALID_DATA";
	snprintf(what, 80, "resource");
	if (!json_object_is_type(list, json_type_array) ||
	    json_object_array_length(list) == 0)
		return "MANDATORY_NOT_FOUND";
	return resource_wrong(c, json_object_array_get_idx(list, 0), !update,
	    !insert, what);
}

void
bulk_write_create(struct call *c)
{
	json_object *body = call_json(c);
	const char *type = call_header(c, "content-type");
	const char *url = json_get_text(json_get(body, "callback"), "url");
	const char *code;
	struct job *job;
	char details[160], what[80];

	if (type == NULL || strncasecmp(type, "application/json", 16) != 0) {
		crm_error(c, 415, "MEDIA_TYPE_NOT_SUPPORTED", "{}",
		    "Content-Type application/json is expected");
		return;
	}
	if (!bulk_callback_right(c))
		return;
	code = order_wrong(c, body, what);
	if (code != NULL) {
		const char *dot = strrchr(what, '.');

		dot = dot != NULL ? dot + 1 : what;
		snprintf(details, sizeof(details),
		    "{\"api_name\":\"%.*s\",\"json_path\":\"$.%s\"}",
		    (int)strcspn(dot, "["), dot, what);
		crm_error(c, 400, code, details, "the order is wrong");
		return;
	}
	job = bulk_new(c->sim, c->grant, true);
	job->order = json_object_get(body);
	if (url != NULL)
		snprintf(job->callback, sizeof(job->callback), "%.500s", url);
	out_f(answer_json(c, 201),
	    "{\"status\":\"success\",\"code\":\"SUCCESS\",\"message\":"
	    "\"success\",\"details\":{\"id\":\"%" PRId64 "\",\"created_by\":",
	    job->id);
	out_user(&c->answer.body, 0);
	out_text(&c->answer.body, "}}");
}

void
bulk_write_write(struct sim *sim, struct out *o, const struct job *job,
    enum job_state state)
{
	static const char *const words[] = { "ADDED", "INPROGRESS",
		"IN PROGRESS", "COMPLETED", "FAILED" };
	json_object *one =
	    json_object_array_get_idx(json_get(job->order, "resource"), 0);
	json_object *names = json_get(one, "file_names");
	const char *name = json_object_is_type(names, json_type_array)
	    ? json_object_get_string(json_object_array_get_idx(names, 0))
	    : NULL;
	char time[MOMENT_MAX];

	moment_crm(time, job->made, sim->world.clock.offset);
	out_f(o, "{\"status\":\"%s\",\"character_encoding\":\"UTF-8\",",
	    words[state]);
	out_f(o,
	    "\"resource\":[{\"status\":\"%s\",\"type\":\"data\",\"module\":{"
	    "\"api_name\":\"%s\"},\"file\":{\"status\":\"%s\",\"name\":",
	    words[state], json_get_text(json_get(one, "module"), "api_name"),
	    words[state]);
	out_json(o, name);
	out_f(o,
	    ",\"added_count\":%ld,\"skipped_count\":%ld,\"updated_count\":%ld,"
	    "\"total_count\":%ld}}],\"id\":\"%" PRId64 "\",",
	    state == JOB_DONE ? job->added : 0,
	    state == JOB_DONE ? job->skipped : 0,
	    state == JOB_DONE ? job->updated : 0,
	    state == JOB_DONE ? job->count : 0, job->id);
	if (state == JOB_DONE)
		out_f(o,
		    "\"result\":{\"download_url\":\"/v8/crm/org%s/bulk-write/"
		    "%" PRId64 "/%" PRId64 ".zip\"},",
		    sim->zgid, job->id, job->id);
	if (state == JOB_FAILED)
		out_f(o, "\"error\":\"%s\",", job->error);
	out_f(o, "\"operation\":\"%s\",\"created_by\":",
	    json_get_text(job->order, "operation"));
	out_user(o, 0);
	out_f(o, ",\"created_time\":\"%s\"}", time);
}

void
bulk_write_poll(struct call *c)
{
	struct job *job = bulk_find(c->sim, c->capture[0], true);

	if (job == NULL)
		crm_error(c, 400, "INVALID_DATA", "{\"resource_path_index\":2}",
		    "the id given seems to be invalid");
	else
		bulk_write_write(c->sim, answer_json(c, 200), job,
		    bulk_step(c->sim, job));
}

void
bulk_write_result(struct call *c)
{
	struct job *job = bulk_find(c->sim, c->capture[1], true);

	if (job == NULL || job->state != JOB_DONE) {
		crm_error(c, 400, "INVALID_DATA", "{}",
		    "the job has no result");
		return;
	}
	bulk_send_zip(c, job, c->capture[1]);
}
