/*
 * Requests applied on the spot, by who puts them into the queue: for runs
 * that bring many records, behind which webhooks would else have to wait. It
 * is the drain's own path (task.h, mirror.h, queue.h), in a thread with a
 * connection of its own: while PostgreSQL writes one request, the next one is
 * asked for and read. What does not work at once stays in the queue and is a
 * drain's.
 */
#ifndef SPOT_H
#define SPOT_H

#include <pthread.h>
#include <stdbool.h>

#include "db.h"
#include "err.h"
#include "keep.h"
#include "queue.h"
#include "settings.h"
#include "task.h"

/* All but the first two is the spot's. Pointers, so that a program that
 * leaves all to the drain carries none of what applying takes. */
struct spot {
	/*
	 * Take over a request, and have it kept, applied and settled in one
	 * transaction. Returns while that is under way; an error may be that
	 * of an earlier one: nothing can go on.
	 */
	enum status (*put)(struct spot *spot, struct keeping *k,
	    struct err *err);
	/* All that was put is in the database. */
	enum status (*wait)(struct spot *spot, struct err *err);

	struct db *db;
	struct batch_rules rules;
	struct retry_policy policy;
	pthread_t thread;
	pthread_mutex_t lock; /* guards all below */
	pthread_cond_t moved;
	struct spot_order *order; /* in hand */
	struct spot_order *done;  /* for the first thread to release: what
				   * json-c counts must be counted there */
	struct queue_totals totals;
	bool started, stop;
	enum status st;
	struct err err;
};

/* "modules" and "normalise" are borrowed. Close it in any case. Status as
 * db_open(). */
MUST_CHECK
enum status spot_open(struct spot *spot, const struct settings *settings,
    const char *program, const struct module_list *modules,
    const struct normalise_rules *normalise, struct err *err);
/* Waits for what is in hand. */
void spot_close(struct spot *spot);

/* Changes of one kind so far. */
int64_t spot_changes(struct spot *spot, enum verdict verdict);

#endif
