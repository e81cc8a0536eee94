/*
 * The proof of equality: every record Zoho lists against what stands here,
 * field by field, whatever its time of change says. What differs is brought
 * through the one path.
 *
 * A list shows fifty fields a call, so it is read once for each such group;
 * long texts take calls of their own. What only the read of one record shows,
 * subforms and the like, lines of documents in Books, is looked at in a sample,
 * another one each time, or in all with "full".
 */
#ifndef VERIFY_H
#define VERIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "module.h"
#include "normalise.h"
#include "session.h"
#include "spot.h"
#include "zoho.h"

struct verify {
	struct db *db;
	struct zoho *zoho;
	const struct module_list *modules;
	const struct normalise_rules *rules;
	const char *initiated_by;
	struct spot *spot;
	int64_t deadline_ms;
	int sample;  /* records of a module that are read singly */
	bool full;   /* read all of them so */
	bool repair; /* false: only look */
	/* Unless NULL, told now and then. "total" is -1 where nobody knows. */
	void (*progress)(void *arg, const struct module *module, int64_t done,
	    int64_t total);
	void *progress_arg;
};

/* What was proven. */
struct proof_of {
	int64_t equal;    /* records, repaired ones included */
	int64_t repaired; /* of these */
	int64_t as_of_us; /* at this moment, by Zoho's clock */
};

/*
 * One module, with its session. "*end" says how it went, "said" why it was not
 * whole. ST_RETRY, ST_FAULT  the database or this machine fails
 */
MUST_CHECK
enum status verify_module(struct verify *verify, const struct module *module,
    struct session *session, struct proof_of *proof, enum session_end *end,
    struct err *said, struct err *err);

#endif
