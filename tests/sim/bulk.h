/* Jobs of bulk read and bulk write, and files that were uploaded. */
#ifndef BULK_H
#define BULK_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "criteria.h"
#include "out.h"

enum {
	JOBS_MAX = 64,
	JOB_ROWS = 200000,
	JOB_FIELDS = 200,
	UPLOADS_MAX = 64,
	WRITE_ROWS = 25000,
	WRITE_COLUMNS = 200,
};

/* What follows the dot behind a user, or nothing. */
enum { DOT_NONE = -1, DOT_LAST_NAME = -2, DOT_EMAIL = -3 };

enum job_state { JOB_ADDED, JOB_QUEUED, JOB_RUNNING, JOB_DONE, JOB_FAILED };

struct job {
	int64_t id; /* 0 for none */
	bool write;
	int64_t made;
	int grant;
	char module[64];
	int fields[JOB_FIELDS], dotted[JOB_FIELDS],
	    nfields; /* dotted: below zero a part of a user */
	struct tree tree;
	long page;
	uint32_t from;    /* the first record of its page */
	uint32_t reached; /* where the next page starts */
	long count;
	bool more;
	char token[40]; /* of the next page */
	char callback[520];
	enum job_state state, shown;
	long polls;
	char error[160];
	json_object *order; /* of a bulk write */
	long added, updated, skipped;
};

struct upload {
	int64_t id;
	char path[300];
};

struct bulk {
	struct job at[JOBS_MAX];
	uint64_t njobs;
	struct upload uploads[UPLOADS_MAX];
	uint64_t nuploads;
	bool stop, running;
};

struct call;
struct sim;

/* Whether the body's callback has a URL and the method post; false, and
 * answered, where it is wrong. */
bool bulk_callback_right(struct call *c);

/* The thread that does the jobs. */
void bulk_start(struct sim *sim);
void bulk_stop(struct sim *sim);

/* Do one job; called without the lock. */
void bulk_read_do(struct sim *sim, struct job *job);
void bulk_write_do(struct sim *sim, struct job *job);
void bulk_job_path(struct sim *sim, const struct job *job, const char *end,
    char out[300]);
/* Tell the callback of a job what its poll says. */
void bulk_callback(struct sim *sim, struct job *job);
void bulk_read_write(struct sim *sim, struct out *o, const struct job *job,
    enum job_state state);
void bulk_write_write(struct sim *sim, struct out *o, const struct job *job,
    enum job_state state);
struct job *bulk_new(struct sim *sim, int grant, bool write);
struct job *bulk_find(struct sim *sim, const char *id, bool write);
/* Move what polls see one step on. */
enum job_state bulk_step(struct sim *sim, struct job *job);
/* Send what a job made, as often as Zoho allows. */
void bulk_send_zip(struct call *c, const struct job *job, const char *id);
/* Pack one file into a new archive under this name. */
bool bulk_zip(const char *archive, const char *file, const char *name);

#endif
