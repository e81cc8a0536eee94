/* The health report: whether a request could be let in and kept now (F012). */
#ifndef HEALTH_H
#define HEALTH_H

#include "exchange.h"
#include "proof.h"
#include "spooler.h"
#include "store.h"

struct health;

/* All are borrowed. ST_FAULT: no memory. */
MUST_CHECK
enum status health_open(struct health **out, struct store *store,
    struct spooler *spooler, struct proofs *proofs, struct err *err);
void health_close(struct health *health);

/* Answer 200, or 503 where it says "down". PostgreSQL and the disk are asked
 * at most once a second, so that nobody can load them by asking often. */
void health_report(struct health *health, struct exchange *x);

#endif
