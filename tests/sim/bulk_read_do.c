/* Bulk read: the work, in slices that hold the lock for a moment each. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bulk.h"
#include "json.h"
#include "line.h"
#include "sim.h"
#include "value.h"

enum { SLICE = 2000 };

static void
put_head(struct sim *sim, struct out *o, const struct job *job,
    const struct module *m)
{
	bool lower = variant(&sim->variants, VAR_BULK_ID) == 1;
	int i;

	for (i = 0; i < job->nfields; i++) {
		const struct field *f = &m->fields[job->fields[i]].def;

		out_text(o, i > 0 ? "," : "");
		out_text(o, f->kind == K_ID ? lower ? "id" : "Id" : f->api);
		if (job->dotted[i] == DOT_LAST_NAME)
			out_text(o, ".last_name");
		else if (job->dotted[i] == DOT_EMAIL)
			out_text(o, ".email");
		else if (job->dotted[i] >= 0)
			out_f(o, ".%s",
			    world_crm(&sim->world, f->of)
				->fields[job->dotted[i]]
				.def.api);
	}
	out_text(o, "\n");
}

static void
put_row(struct world *w, struct out *o, const struct job *job, struct module *m,
    uint32_t n)
{
	struct value v;
	int i;

	for (i = 0; i < job->nfields; i++) {
		value_of(w, m, n, job->fields[i], &v);
		if (i > 0)
			out_bytes(o, ",", 1);
		if (job->dotted[i] == DOT_LAST_NAME && v.type == V_USER) {
			out_csv(o, user_name((int)v.n),
			    strlen(user_name((int)v.n)));
			continue;
		}
		if (job->dotted[i] == DOT_EMAIL && v.type == V_USER) {
			out_f(o, "user%d@example.com", (int)v.n + 1);
			continue;
		}
		if (job->dotted[i] >= 0 && v.type == V_REF)
			value_of(w, v.module, (uint32_t)v.n, job->dotted[i],
			    &v);
		value_text(w, &v);
		out_csv(o, v.text, v.len);
	}
	out_bytes(o, "\n", 1);
}

/* A field of the record with this id, as text */
static void
behind(struct world *w, const char *id, int field, struct value *v)
{
	struct module *m = record_module(w, id);

	v->type = V_NULL;
	if (m != NULL && field < m->nfields)
		value_of(w, m, record_find(w, m, id), field, v);
	value_text(w, v);
}

/* A row of a subform: what stands in the single record of its parent */
static void
put_sub(struct world *w, struct out *o, const struct job *job,
    const struct module *m, json_object *row, const char *parent)
{
	struct value v;
	int i;

	for (i = 0; i < job->nfields; i++) {
		const char *api = m->fields[job->fields[i]].def.api;
		json_object *value = json_get(row, api);
		const char *text = "";

		if (strcmp(api, "Parent_Id") == 0)
			text = parent;
		else if (json_object_is_type(value, json_type_object))
			text = json_get_text(value, "id");
		else if (value != NULL)
			text = json_text(value);
		if (job->dotted[i] >= 0) {
			behind(w, text, job->dotted[i], &v);
			text = v.text;
		}
		if (i > 0)
			out_bytes(o, ",", 1);
		out_csv(o, text, strlen(text));
	}
	out_bytes(o, "\n", 1);
}

static void
put_subs(struct sim *sim, struct out *o, struct job *job,
    const struct module *m, struct module *parent, uint32_t n, long *skip)
{
	struct world *w = &sim->world;
	struct out text = OUT_INIT;
	struct err err = ERR_INIT;
	json_object *rows = NULL;
	char id[24];
	size_t i;
	int f;

	for (f = 0; f < parent->nfields; f++)
		if (parent->fields[f].def.kind == K_SUBFORM &&
		    strcmp(parent->fields[f].def.of, m->def->api) == 0)
			break;
	if (f < parent->nfields)
		rows_text(w, &text, parent, n, f);
	snprintf(id, sizeof(id), "%" PRId64, record_id(w, parent, n));
	if (text.buf.len > 0 &&
	    json_read(text.buf.at, text.buf.len, &rows, &err) == ST_OK)
		for (i = 0; i < json_object_array_length(rows); i++) {
			if (*skip > 0) {
				(*skip)--;
				continue;
			}
			put_sub(w, o, job, m,
			    json_object_array_get_idx(rows, i), id);
			job->count++;
		}
	json_object_put(rows);
	out_release(&text);
}

/* The rows of a subform, parent by parent; a page may end a few rows late. */
static bool
write_subs(struct sim *sim, struct out *o, struct job *job, struct module *m,
    uint32_t *n, long *skip)
{
	const struct field *f = &m->fields[field_find(m, "Parent_Id")].def;
	struct module *parent = world_crm(&sim->world, f->of);
	uint32_t end = *n + SLICE;

	for (; *n < parent->n && *n < end; (*n)++) {
		if (job->count >= JOB_ROWS) {
			job->more = true;
			return false;
		}
		if (record_lives(&parent->recs[*n]))
			put_subs(sim, o, job, m, parent, *n, skip);
	}
	return *n < parent->n;
}

/* Rows up to the end of the slice; false where the page is full or all are
 * through. */
static bool
write_slice(struct sim *sim, struct out *o, struct job *job, struct module *m,
    uint32_t *n, long *skip)
{
	uint32_t end = *n + SLICE;

	for (; *n < m->n && *n < end; (*n)++) {
		if (!record_lives(&m->recs[*n]) ||
		    !tree_holds(&sim->world, m, *n, &job->tree))
			continue;
		if (*skip > 0) {
			(*skip)--;
			continue;
		}
		if (job->count == JOB_ROWS) {
			job->more = true;
			return false;
		}
		put_row(&sim->world, o, job, m, *n);
		job->count++;
	}
	return *n < m->n;
}

static bool
write_rows(struct sim *sim, struct job *job, FILE *f)
{
	struct module *m = world_module(&sim->world, job->module);
	struct out o = OUT_INIT;
	long skip = job->from > 0 ? 0 : (job->page - 1) * JOB_ROWS;
	uint32_t n = job->from;
	bool more = true, good = true;
	bool sub = (m->def->flags & M_SUBFORM) != 0;

	put_head(sim, &o, job, m);
	while (more && good) {
		pthread_mutex_lock(&sim->lock);
		more = sub ? write_subs(sim, &o, job, m, &n, &skip)
			   : write_slice(sim, &o, job, m, &n, &skip);
		pthread_mutex_unlock(&sim->lock);
		good = fwrite(out_all(&o), 1, o.buf.len, f) == o.buf.len;
		out_clear(&o);
	}
	job->reached = n;
	out_release(&o);
	return good;
}

void
bulk_read_do(struct sim *sim, struct job *job)
{
	char csv[300], zip[300], name[40];
	bool good = false;
	FILE *f;

	bulk_job_path(sim, job, ".csv", csv);
	bulk_job_path(sim, job, ".zip", zip);
	snprintf(name, sizeof(name), "%" PRId64 ".csv", job->id);
	f = fopen(csv, "w");
	if (f != NULL) {
		good = write_rows(sim, job, f);
		good = fclose(f) == 0 && good && bulk_zip(zip, csv, name);
		unlink(csv);
	}
	pthread_mutex_lock(&sim->lock);
	if (!good)
		snprintf(job->error, sizeof(job->error),
		    "the file could not be made");
	if (job->more)
		snprintf(job->token, sizeof(job->token), "%016" PRIx64,
		    mix(sim->world.seed ^ 0xb1, (uint64_t)job->id));
	job->state = good ? JOB_DONE : JOB_FAILED;
	bulk_callback(sim, job);
	pthread_mutex_unlock(&sim->lock);
}
