/* The spool beside a loop: what waits for the disk waits in a helper
 * thread, and all that came meanwhile shares the next syncs. */
#ifndef SPOOLER_H
#define SPOOLER_H

#include "aside.h"
#include "spool.h"

struct spooler;

/* One request for the spool, or a count of it. Lives with the caller. */
struct spooling {
	struct errand errand; /* the spooler's */
	bool count_only;
	struct spool_item item;
	struct spool_count count;
	void (*done)(struct spooling *s); /* told once */
};

/* "spool" and "loop" are borrowed. ST_FAULT: no memory or descriptor. */
MUST_CHECK
enum status spooler_open(struct spooler **out, struct loop *loop,
    const struct spool *spool, struct err *err);
void spooler_close(struct spooler *spooler);

/* Keep s->item.envelope. Its status is set when s->done is told. */
void spooler_put(struct spooler *spooler, struct spooling *s);

/* Count what waits into s->count. */
void spooler_count(struct spooler *spooler, struct spooling *s);

#endif
