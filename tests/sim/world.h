/*
 * The company: what is true at this moment. Of a record only the state is
 * kept; what its fields hold is worked out by value.c from the seed, the
 * record's number and its revision, except where somebody set a value: such
 * values are in its patch.
 */
#ifndef WORLD_H
#define WORLD_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "field.h"
#include "moment.h"

enum {
	MODULES_MAX = 24,
	FIELDS_MAX = 400,
	USERS = 5,
	STEPS = 1000, /* between the ids of two records */
};

enum {
	R_DELETED = 1, /* in the recycle bin */
	R_PURGED = 2,  /* gone for good */
	R_CONVERTED = 4,
	R_WRITTEN = 8,   /* inserted by a call: what was not given is null */
	R_INACTIVE = 16, /* Books: status inactive */
	R_MERGING = 32,  /* locked until a merge ends */
	R_UNLISTED = 64, /* not even named among the deleted */
};

struct rec {
	uint32_t created, modified, deleted; /* seconds since 1970 */
	uint16_t rev;
	uint8_t flags;
	uint8_t user;    /* who modified it */
	uint8_t deleter; /* who deleted it */
	json_object *patch;
};

struct field_live {
	struct field def;
	int64_t id;
	int64_t made;
	bool gone;
	char *owned[4]; /* texts of a field made by a call */
	bool external;
};

struct order {
	uint32_t *at;
	uint32_t n;
	uint64_t version;
};

struct module {
	const struct module_def *def;
	struct field_live *fields;
	int nfields;
	struct rec *recs;
	uint32_t n, cap;
	uint32_t base;          /* records it began with */
	uint64_t version;       /* moves with every change */
	uint32_t formula_epoch; /* moves formulas without Modified_Time */
	struct order orders[2]; /* by Created_Time, by Modified_Time */
	int64_t id;
	int64_t changed; /* of its metadata */
};

struct world {
	uint64_t seed;
	struct module modules[MODULES_MAX];
	int nmodules;
	struct moment clock;
	int64_t next_id; /* of rows, jobs, lines: everything but records */
	uint64_t rng;
	bool deleted_lookup_null;
	bool bigint_number;
};

/* A company of about "records" records. The same seed and number give the
 * same company. */
void world_init(struct world *w, uint64_t seed, uint32_t records);
void world_release(struct world *w);

/* Well-mixed bits of these numbers. */
uint64_t mix(uint64_t a, uint64_t b);
uint64_t world_random(struct world *w);

struct module *world_module(struct world *w, const char *name);
/* By the API name in a path of CRM or Books. */
struct module *world_crm(struct world *w, const char *api);
struct module *world_books(struct world *w, const char *api);
/* The module of this number; index of a module. */
int module_index(const struct world *w, const struct module *m);

int field_find(const struct module *m, const char *api);
/* Add a field; its texts are copied. */
struct field_live *
field_add(struct world *w, struct module *m, const struct field *def);

int64_t record_id(const struct world *w, const struct module *m, uint32_t n);
/* The number of the record with this id, UINT32_MAX where there is none. A
 * deleted record is found too. */
uint32_t
record_find(const struct world *w, const struct module *m, const char *id);
/* The module whose record has this id. */
struct module *record_module(struct world *w, const char *id);
bool id_wellformed(const char *id);
int64_t new_id(struct world *w);
int64_t user_id(int user);
/* The user of this id, or -1. */
int user_find(const char *id);

/* Changes. Each moves the module's version. Times never go backward. */
uint32_t
record_insert(struct world *w, struct module *m, json_object *patch, int user);
void record_touch(struct world *w, struct module *m, uint32_t n, int user);
/* Set a value, NULL for null; "value" becomes the record's. */
void
record_set(struct module *m, uint32_t n, const char *api, json_object *value);
/* Let a revision pass: some fields change. */
void record_revise(struct world *w, struct module *m, uint32_t n, int user);
/* Whether this field changes with this revision. */
bool revision_changes(const struct world *w, const struct module *m, uint32_t n,
    uint32_t rev, int field);
void record_delete(struct world *w, struct module *m, uint32_t n, int user,
    bool for_good);
void record_restore(struct world *w, struct module *m, uint32_t n, int user,
    bool touch);

/* Whether lists show it at all. */
static inline bool
record_lives(const struct rec *r)
{
	return (r->flags & (R_DELETED | R_PURGED)) == 0;
}

/* Records in order of Created_Time (0) or Modified_Time (1), then number;
 * borrowed until the module changes. */
const struct order *module_order(struct module *m, int by);

#endif
