/*
 * A worker of the drain: works while something is due, waits for a hint
 * while nothing is, and outlasts what may pass, such as PostgreSQL being
 * restarted. jobs/drain starts one or more, each in a process of its own.
 */
#ifndef WORKER_H
#define WORKER_H

#include <stdbool.h>
#include <stdint.h>

#include "err.h"
#include "queue.h"
#include "settings.h"

/* What a worker tells its parent; lies in shared memory. */
struct worker_report {
	volatile int64_t reading; /* request being read, 0 for none */
	struct queue_totals totals;
	int64_t loaded; /* requests taken out of the spool */
};

struct worker_orders {
	const struct settings *settings;
	int number;          /* from 0; the first also keeps house */
	bool once;           /* end when nothing is due */
	bool replaces;       /* one that was killed a moment ago */
	int64_t deadline_ms; /* end then (clock_passed_ms()) */
	struct worker_report *report;
};

/*
 * Work as ordered, until the end or until stop_asked.
 * ST_OK     the time is up
 * ST_NONE   once: nothing is due any more; or another run has this place
 * ST_RETRY  it ended while PostgreSQL was away
 */
MUST_CHECK
enum status worker_run(const struct worker_orders *orders, struct err *err);

#endif
