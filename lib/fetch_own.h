/* What fetch.c and fetch_ask.c share. */
#ifndef FETCH_OWN_H
#define FETCH_OWN_H

#include "fetch.h"

/* One record that is wanted. */
struct want {
	const char *id; /* borrowed */
	int64_t seq;
	int hits;
	bool restored; /* a tombstone stands here, Zoho listed it */
	bool unknown;  /* nothing stands here, so nothing can be deleted */

	json_object *record; /* all of it, once it came; ours */
	size_t parts;        /* groups of fields that came */
	bool torn;           /* they are of different moments */
	bool gone;           /* Zoho has it no more */
	int64_t as_of_us;    /* the earliest moment of what came */
	struct err err;      /* else: why it did not come */
};

/*
 * Ask for these records of one module and note in each what came. ST_RETRY
 * and ST_FAULT: the database or this machine fails, nothing can be said.
 */
MUST_CHECK
enum status fetch_ask(struct fetch *f, const struct module *module,
    struct want *wants, size_t n, struct err *err);

/*
 * Ask for them, put what came into the queue, tell f->told of each, and put
 * off what did not come. The records are given back.
 */
MUST_CHECK
enum status fetch_set(struct fetch *f, const struct module *module,
    struct want *wants, size_t n, struct err *err);

#endif
