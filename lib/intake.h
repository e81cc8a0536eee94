/*
 * Take one request in: prove it, name it, store it, and only then say yes.
 *
 *   proven and readable     202, stored (or counted as a repeat)
 *   proven, not readable    400 with the reason, stored all the same
 *   not proven              401, counted, a capped sample kept
 *   no secret configured    503, nobody is let in
 *   PostgreSQL away         202, in the spool
 *   the disk full as well   503 with Retry-After, the sender keeps it
 */
#ifndef INTAKE_H
#define INTAKE_H

#include <stdbool.h>

#include "err.h"
#include "exchange.h"
#include "loop.h"
#include "module.h"
#include "settings.h"

struct intake;

/* "loop" and "settings" are borrowed. For "many" requests statements are
 * prepared ahead.
 * ST_FAULT, ST_REJECT  a setting is missing or wrong */
MUST_CHECK
enum status intake_open(struct intake **out, struct loop *loop,
    const struct settings *settings, bool many, struct err *err);

/* After intake_settled(). */
void intake_close(struct intake *intake);

/* Take in a request for a route ("invoices", "Leads", "notifications", in the
 * request's memory or a literal) and answer it. 404 for one that is none. */
void
intake_receive(struct intake *intake, const char *route, struct exchange *x);

/* Answer the health report (F012); 200, or 503 where it says "down": nothing
 * could be let in or kept. */
void intake_health(struct intake *intake, struct exchange *x);

/* No more requests will come: send off what is left. True when nothing is. */
bool intake_settled(struct intake *intake);

#endif
