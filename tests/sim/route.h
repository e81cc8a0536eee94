/* Which handler a call has, what it costs and which scope it wants: a table. */
#ifndef ROUTE_H
#define ROUTE_H

#include "call.h"
#include "out.h"

enum {
	RT_SUB = 1,      /* counts in the sub-concurrency pool */
	RT_SUB_SORT = 2, /* where sort_by or cvid is given */
	RT_ROWS = 4,     /* a credit for each ten records of the body */
	RT_COQL = 8,
	RT_ORG_FREE = 16, /* Books: no organization_id wanted */
	RT_BULK = 32,     /* credits of a bulk read */
};

typedef void handler_fn(struct call *c);

struct route {
	const char *method, *path; /* {} is one part of it */
	handler_fn *handle;
	int credits;
	unsigned flags;
	const char *scope; /* {} is the module in lower case */
};

/* Fixed words stand before {}: the first that fits is taken. */
extern const struct route routes[];
extern const size_t nroutes;

/* Answer the call, whatever it is. Called under the lock. */
void route_call(struct call *c);

/* "METHOD path": count, of each route that was called. */
void routes_write(const struct sim *sim, struct out *o);

#endif
