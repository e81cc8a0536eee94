/* Exact counts of every call and of every overrun of a limit. */
#ifndef COUNTER_H
#define COUNTER_H

#include <stdint.h>

#include "out.h"

enum overrun {
	OVER_CREDITS,
	OVER_CONCURRENCY,
	OVER_SUB,
	OVER_DOWNLOADS,
	OVER_TOKENS,
	OVER_LIVE_TOKENS,
	OVER_BOOKS_MINUTE,
	OVER_BOOKS_DAY,
	OVER_BOOKS_CONCURRENCY,
	OVERRUNS
};

enum { ENDPOINTS_MAX = 160 };

struct counters {
	uint64_t calls[ENDPOINTS_MAX]; /* by route */
	uint64_t status[6];            /* by hundreds */
	uint64_t unknown;              /* paths of no route */
	uint64_t overruns[OVERRUNS];
	uint64_t tokens;
	uint64_t faults;
	uint64_t crm_calls, books_calls, credits;
	int peak_crm, peak_sub, peak_books;
};

struct sim;

static inline void
counter_overrun(struct counters *c, enum overrun what)
{
	c->overruns[what]++;
}

/* All of it as JSON. */
void counters_write(const struct sim *sim, struct out *o);

#endif
