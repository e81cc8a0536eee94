/* Whether the receiver could store now: asked of PostgreSQL itself. */
#ifndef HEALTH_H
#define HEALTH_H

#include <stdbool.h>

#include "group.h"

struct health {
	bool database; /* it answers */
	bool queue;    /* we may insert into inbox and work */
	bool dedupe;   /* and into seen */
};

struct health_probe;

/* "where" is borrowed. NULL: no memory. */
struct health_probe *health_open(const struct group_where *where);
void health_close(struct health_probe *probe);

/* Ask over a connection of its own, at most once a second: nobody can load
 * PostgreSQL by asking often. Any thread may call. */
struct health health_ask(struct health_probe *probe);

#endif
