/* Scripted faults: which call, after how many, how often, what happens. */
#ifndef FAULT_H
#define FAULT_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "out.h"

enum { FAULTS_MAX = 64, FAULT_TEXT = 120 };

struct fault {
	char match[FAULT_TEXT]; /* path starts so; a * at its end is let go */
	char method[16];
	char what[32];
	int64_t after, times; /* -1 for always */
	double rate;          /* 0 for every call that matches */
	uint64_t seed, drawn;
	int64_t ms;
	int64_t hits;
};

struct faults {
	struct fault at[FAULTS_MAX];
	int n;
};

struct call;

/* Add those of a JSON array or one object. NULL, or what is wrong. */
const char *faults_add(struct faults *f, json_object *list);
void faults_write(const struct faults *f, struct out *o);

/* Before the handler: true where a fault has answered in its place. What is to
 * happen to its answer afterwards is left in c->answer. */
bool fault_before(struct call *c);
/* Behind the handler: what changes its answer. */
void fault_after(struct call *c);

#endif
