/* Bulk write: the work, row by row. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>

#include "bulk.h"
#include "bulk_cell.h"
#include "crm_check.h"
#include "csv.h"
#include "json.h"
#include "sim.h"
#include "value.h"

struct writer {
	struct sim *sim;
	struct job *job;
	struct module *m;
	const char *operation;
	int find_by;
	int column_of[FIELDS_MAX]; /* by field, -1 for none */
	json_object *mapping_of[FIELDS_MAX];
	struct call call; /* for the checks of rows */
	bool ignore_empty;
};

/* The first file of the archive, or the one named; yours */
static char *
unpack(const char *archive, const char *name, size_t *len)
{
	int wrong;
	zip_t *z = zip_open(archive, ZIP_RDONLY, &wrong);
	zip_int64_t at = 0;
	zip_file_t *f;
	zip_stat_t st;
	char *text = NULL;

	if (z == NULL)
		return NULL;
	if (name != NULL)
		at = zip_name_locate(z, name, 0);
	if (at < 0)
		at = 0;
	f = zip_fopen_index(z, (zip_uint64_t)at, 0);
	if (f != NULL && zip_stat_index(z, (zip_uint64_t)at, 0, &st) == 0 &&
	    st.size < 200 * MIB) {
		text = malloc(st.size + 1);
		if (text != NULL &&
		    zip_fread(f, text, st.size) == (zip_int64_t)st.size) {
			text[st.size] = '\0';
			*len = st.size;
		} else {
			free(text);
			text = NULL;
		}
	}
	if (f != NULL)
		zip_fclose(f);
	zip_discard(z);
	return text;
}

/* The field of a column by its head; a lookup is also headed Account_Name.id.
 */
static int
headed(const struct module *m, const char *head)
{
	size_t len = strlen(head);
	char name[128];
	int f;

	if (len < 4 || strcmp(head + len - 3, ".id") != 0)
		return field_find(m, head);
	snprintf(name, sizeof(name), "%.*s", (int)(len - 3), head);
	f = field_find(m, name);
	return f >= 0 && m->fields[f].def.kind == K_LOOKUP ? f : -1;
}

static bool
map_columns(struct writer *w, json_object *map, const struct csv *head)
{
	size_t k;
	int i;

	for (i = 0; i < FIELDS_MAX; i++)
		w->column_of[i] = -1;
	for (i = 0; map == NULL && i < head->n; i++) {
		int f = headed(w->m, head->cells[i]);

		if (f >= 0)
			w->column_of[f] = i;
	}
	for (k = 0; map != NULL && k < json_object_array_length(map); k++) {
		json_object *one = json_object_array_get_idx(map, k);
		int f = field_find(w->m, json_get_text(one, "api_name"));

		i = json_object_get_int(json_get(one, "index"));
		if (f < 0 || i < 0 || i >= head->n)
			return false;
		w->column_of[f] = i;
		w->mapping_of[f] = one;
	}
	return true;
}

static json_object *
row_json(struct writer *w, const struct csv *row)
{
	json_object *o = json_object_new_object();
	int f;

	for (f = 0; f < w->m->nfields; f++) {
		int col = w->column_of[f];
		const char *text = col >= 0 && col < row->n ? row->cells[col]
							    : NULL;

		if (text == NULL || (*text == '\0' && w->ignore_empty) ||
		    w->m->fields[f].def.kind == K_ID)
			continue;
		json_object_object_add(o, w->m->fields[f].def.api,
		    cell_json(&w->sim->world, &w->m->fields[f].def, text,
			w->mapping_of[f]));
	}
	return o;
}

static uint32_t
find_row(struct writer *w, const struct csv *row)
{
	int col = w->find_by >= 0 ? w->column_of[w->find_by] : -1;

	if (col < 0 || col >= row->n || row->cells[col][0] == '\0')
		return UINT32_MAX;
	if (w->m->fields[w->find_by].def.kind == K_ID)
		return record_find(&w->sim->world, w->m, row->cells[col]);
	return value_owner(&w->sim->world, w->m, w->find_by, row->cells[col]);
}

/* The columns that the result adds: STATUS, RECORD_ID, ERRORS */
static void
write_row(struct writer *w, const struct csv *row, struct out *o)
{
	struct world *world = &w->sim->world;
	json_object *json = row_json(w, row), *patch = NULL;
	struct out wrong = OUT_INIT;
	int fields[FIELDS_MAX], nfields;
	uint32_t n = strcmp(w->operation, "insert") == 0 ? UINT32_MAX
							 : find_row(w, row);
	const char *status = "SKIPPED", *errors = "";

	if (n == UINT32_MAX && strcmp(w->operation, "update") == 0) {
		errors = "NOT_FOUND";
	} else if (n != UINT32_MAX && (w->m->recs[n].flags & R_MERGING) != 0) {
		errors = "RECORD_LOCKED";
	} else if (!row_check(&w->call, &wrong, w->m, json, n, 0, &patch,
		       fields, &nfields)) {
		errors = strstr(out_all(&wrong), "DUPLICATE") != NULL
		    ? "DUPLICATE_DATA"
		    : strstr(out_all(&wrong), "MANDATORY") != NULL
		    ? "MANDATORY_NOT_FOUND"
		    : "INVALID_DATA";
	} else if (n == UINT32_MAX) {
		n = record_insert(world, w->m, json_object_new_object(), 0);
		row_merge(&w->call, w->m, n, patch);
		status = "ADDED";
		w->job->added++;
	} else {
		row_merge(&w->call, w->m, n, patch);
		record_touch(world, w->m, n, 0);
		status = "UPDATED";
		w->job->updated++;
	}
	w->job->skipped += *errors != '\0';
	w->job->count++;
	for (int i = 0; i < row->n; i++) {
		out_csv(o, row->cells[i], strlen(row->cells[i]));
		out_text(o, ",");
	}
	out_f(o, "%s,", status);
	if (*errors == '\0')
		out_int(o, record_id(world, w->m, n));
	out_f(o, ",%s\n", errors);
	json_object_put(json);
	json_object_put(patch);
	out_release(&wrong);
}

static bool
do_rows(struct writer *w, struct csv *csv, json_object *map, struct out *o)
{
	int i;

	if (csv_next(csv) && csv->n > WRITE_COLUMNS) {
		snprintf(w->job->error, sizeof(w->job->error),
		    "HEADER_LIMIT_EXCEEDED");
		return false;
	}
	if (csv->n == 0 || !map_columns(w, map, csv)) {
		snprintf(w->job->error, sizeof(w->job->error),
		    "COLUMN_INDEX_NOT_FOUND");
		return false;
	}
	for (i = 0; i < csv->n; i++)
		out_f(o, "%s,", csv->cells[i]);
	out_text(o, "STATUS,RECORD_ID,ERRORS\n");
	while (csv_next(csv)) {
		if (w->job->count == WRITE_ROWS) {
			snprintf(w->job->error, sizeof(w->job->error),
			    "ROW_LIMIT_EXCEEDED");
			return false;
		}
		write_row(w, csv, o);
	}
	return true;
}

static bool
save(struct sim *sim, struct job *job, const struct out *o)
{
	char path[300], zip[300], name[40];
	FILE *f;
	bool good;

	bulk_job_path(sim, job, ".csv", path);
	bulk_job_path(sim, job, ".zip", zip);
	snprintf(name, sizeof(name), "%" PRId64 ".csv", job->id);
	f = fopen(path, "w");
	if (f == NULL)
		return false;
	good = fwrite(out_all(o), 1, o->buf.len, f) == o->buf.len;
	good = fclose(f) == 0 && good && bulk_zip(zip, path, name);
	unlink(path);
	return good;
}

static bool
do_job(struct sim *sim, struct job *job, json_object *one, char *text,
    size_t len)
{
	const char *find_by = json_get_text(one, "find_by");
	struct writer w = { .sim = sim, .job = job };
	struct out o = OUT_INIT;
	struct csv csv;
	bool good;

	w.m = world_crm(&sim->world,
	    json_get_text(json_get(one, "module"), "api_name"));
	w.operation = json_get_text(job->order, "operation");
	w.find_by = find_by != NULL ? field_find(w.m, find_by) : -1;
	w.ignore_empty = json_object_get_boolean(json_get(job->order,
	    "ignore_empty"));
	call_init(&w.call, sim);
	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		csv_open(&csv, text + 3, len - 3);
	else
		csv_open(&csv, text, len);
	good = do_rows(&w, &csv, json_get(one, "field_mappings"), &o) &&
	    save(sim, job, &o);
	out_release(&o);
	call_release(&w.call);
	return good;
}

void
bulk_write_do(struct sim *sim, struct job *job)
{
	json_object *one =
	    json_object_array_get_idx(json_get(job->order, "resource"), 0);
	json_object *names = json_get(one, "file_names");
	const char *name = json_object_is_type(names, json_type_array)
	    ? json_object_get_string(json_object_array_get_idx(names, 0))
	    : NULL;
	char path[300], *text;
	size_t len = 0;
	bool good = false;

	snprintf(path, sizeof(path), "%.200s/up-%s.zip", sim->dir,
	    json_get_text(one, "file_id"));
	text = unpack(path, name, &len);
	pthread_mutex_lock(&sim->lock);
	if (text != NULL)
		good = do_job(sim, job, one, text, len);
	else
		snprintf(job->error, sizeof(job->error), "INVALID_FILE_ID");
	job->state = good ? JOB_DONE : JOB_FAILED;
	bulk_callback(sim, job);
	pthread_mutex_unlock(&sim->lock);
	free(text);
}
