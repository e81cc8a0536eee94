/*
 * The fetcher: asks Zoho for what was announced, beside the workers of a
 * drain, in a process of its own, so that no webhook waits while Zoho takes
 * its time. One is at work on each host.
 */
#ifndef FETCHER_H
#define FETCHER_H

#include <stdbool.h>
#include <stdint.h>

#include "err.h"
#include "fetch.h"
#include "settings.h"

struct fetcher_orders {
	const struct settings *settings;
	bool once;           /* end when nothing is due */
	int64_t deadline_ms; /* end then (clock_passed_ms()) */
	struct fetch_totals *totals;
};

/* Status as worker_run(). What Zoho does not give is no failure here: it is
 * counted, and asked for again later. */
MUST_CHECK
enum status fetcher_run(const struct fetcher_orders *orders, struct err *err);

#endif
