/* What bulk read and bulk write share: jobs, the thread, archives. */
#include "bulk.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>

#include "crm.h"
#include "json.h"
#include "limit.h"
#include "sim.h"

static pthread_t worker;

struct job *
bulk_new(struct sim *sim, int grant, bool write)
{
	struct bulk *b = &sim->bulk;
	struct job *job = &b->at[b->njobs++ % JOBS_MAX];
	char path[300];

	if (job->id != 0) {
		bulk_job_path(sim, job, ".zip", path);
		unlink(path);
		json_object_put(job->order);
		tree_release(&job->tree);
	}
	memset(job, 0, sizeof(*job));
	tree_init(&job->tree);
	job->id = new_id(&sim->world);
	job->write = write;
	job->grant = grant;
	job->made = sim_now(sim);
	job->state = JOB_ADDED;
	return job;
}

struct job *
bulk_find(struct sim *sim, const char *id, bool write)
{
	int i;

	for (i = 0; i < JOBS_MAX; i++)
		if (sim->bulk.at[i].id != 0 && sim->bulk.at[i].write == write &&
		    sim->bulk.at[i].id == strtoll(id, NULL, 10))
			return &sim->bulk.at[i];
	return NULL;
}

enum job_state
bulk_step(struct sim *sim, struct job *job)
{
	int polls = variant(&sim->variants, VAR_BULK_POLLS);

	job->polls++;
	if (job->polls > polls)
		return job->state;
	if (job->polls == 1)
		return polls > 1 ? JOB_QUEUED : JOB_RUNNING;
	return JOB_RUNNING;
}

void
bulk_job_path(struct sim *sim, const struct job *job, const char *end,
    char out[300])
{
	snprintf(out, 300, "%.200s/%" PRId64 "%s", sim->dir, job->id, end);
}

bool
bulk_zip(const char *archive, const char *file, const char *name)
{
	int wrong;
	zip_t *z = zip_open(archive, ZIP_CREATE | ZIP_TRUNCATE, &wrong);
	zip_source_t *s;
	zip_int64_t at;

	if (z == NULL)
		return false;
	s = zip_source_file(z, file, 0, -1);
	at = s != NULL ? zip_file_add(z, name, s, ZIP_FL_OVERWRITE) : -1;
	if (at < 0) {
		zip_discard(z);
		return false;
	}
	zip_set_file_compression(z, (zip_uint64_t)at, ZIP_CM_DEFLATE, 1);
	if (zip_close(z) != 0) {
		zip_discard(z);
		return false;
	}
	return true;
}

void
bulk_callback(struct sim *sim, struct job *job)
{
	struct delivery d = { .body = OUT_INIT };

	if (job->callback[0] == '\0')
		return;
	if (job->write)
		bulk_write_write(sim, &d.body, job, job->state);
	else
		bulk_read_write(sim, &d.body, job, job->state);
	d.url = strdup(job->callback);
	d.method = strdup("POST");
	pairs_add(&d.headers, "Content-Type", "application/json");
	deliver_put(sim, &d);
}

bool
bulk_callback_right(struct call *c)
{
	json_object *callback = json_get(call_json(c), "callback");
	const char *url = json_get_text(callback, "url");
	const char *method = json_get_text(callback, "method");
	const char *wrong = NULL;
	char details[120];

	if (callback == NULL)
		return true;
	if (url == NULL ||
	    (strncmp(url, "http://", 7) != 0 &&
		strncmp(url, "https://", 8) != 0))
		wrong = "url";
	else if (method == NULL || strcasecmp(method, "post") != 0)
		wrong = "method";
	if (wrong == NULL)
		return true;
	snprintf(details, sizeof(details),
	    "{\"api_name\":\"%s\",\"json_path\":\"$.callback.%s\"}", wrong,
	    wrong);
	crm_error(c, 400, "INVALID_DATA", details, "invalid data");
	return false;
}

static struct job *
next_job(struct sim *sim, bool *stop)
{
	struct job *job = NULL;
	int i;

	pthread_mutex_lock(&sim->lock);
	*stop = sim->bulk.stop;
	for (i = 0; i < JOBS_MAX && job == NULL; i++)
		if (sim->bulk.at[i].id != 0 &&
		    sim->bulk.at[i].state == JOB_ADDED)
			job = &sim->bulk.at[i];
	if (job != NULL)
		job->state = JOB_RUNNING;
	pthread_mutex_unlock(&sim->lock);
	return job;
}

static void *
work(void *arg)
{
	struct sim *sim = arg;
	bool stop = false;

	while (!stop) {
		struct job *job = next_job(sim, &stop);

		if (job == NULL)
			usleep(10000);
		else if (job->write)
			bulk_write_do(sim, job);
		else
			bulk_read_do(sim, job);
	}
	return NULL;
}

void
bulk_send_zip(struct call *c, const struct job *job, const char *id)
{
	char path[300], name[80];

	if (!limit_download(c))
		return;
	bulk_job_path(c->sim, job, ".zip", path);
	answer_text(c, 200, "application/zip", "");
	snprintf(name, sizeof(name), "attachment;filename=\"%.40s.zip\"", id);
	answer_header(c, "Content-Disposition", name);
	c->answer.file = strdup(path);
}

void
bulk_start(struct sim *sim)
{
	if (pthread_create(&worker, NULL, work, sim) != 0)
		abort();
}

void
bulk_stop(struct sim *sim)
{
	int i;

	pthread_mutex_lock(&sim->lock);
	sim->bulk.stop = true;
	pthread_mutex_unlock(&sim->lock);
	pthread_join(worker, NULL);
	for (i = 0; i < JOBS_MAX; i++) {
		if (sim->bulk.at[i].id == 0)
			continue;
		json_object_put(sim->bulk.at[i].order);
		tree_release(&sim->bulk.at[i].tree);
	}
}
