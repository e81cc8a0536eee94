/*
 * Merges: a master takes over what is wanted of one or two other records of
 * its module, its children, and they cease to exist. A merge that somebody
 * orders runs for some time; until it ends, its records are locked.
 */
#ifndef MERGE_H
#define MERGE_H

#include "world.h"

enum { MERGES_MAX = 64, MERGE_CHILDREN = 2 };

struct merge {
	struct module *m;
	uint32_t master, children[MERGE_CHILDREN];
	int nchildren;
	/* by field: the number of the child that gives it, 0 for none */
	uint8_t giver[FIELDS_MAX];
};

enum merge_state { MERGE_SCHEDULED, MERGE_RUNNING, MERGE_DONE, MERGE_FAILED };

struct merge_job {
	int64_t id; /* 0 where none */
	int64_t start, due;
	struct merge merge;
	enum merge_state state;
};

struct merges {
	struct merge_job at[MERGES_MAX];
	int64_t n; /* ever */
};

struct sim;

/* Whether records of the module can be merged at all. */
bool merge_fits(const struct module *m);

/* Merge at once, and tell who listens. */
void merge_do(struct sim *sim, const struct merge *merge, int user);

/* Lock the records and let the merge end later. NULL where too many run. */
const struct merge_job *merge_order(struct sim *sim, const struct merge *merge);

/* End those whose time has come. */
void merges_step(struct sim *sim);

/* The job of this number; NULL where there is none. */
const struct merge_job *merge_find(const struct sim *sim, const char *id);

#endif
