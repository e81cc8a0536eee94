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

#include "err.h"
#include "module.h"
#include "request.h"
#include "settings.h"

struct intake;

/* "settings" is borrowed. "grouped": many threads will call at once.
 * ST_FAULT, ST_REJECT  a setting is missing or wrong */
MUST_CHECK
enum status intake_open(struct intake **out, const struct settings *settings,
    bool grouped, struct err *err);

/* Stores what still waits. */
void intake_close(struct intake *intake);

/* Take in a request for a route ("invoices", "Leads", "notifications"); any
 * thread may call. The reply is always filled. 404 for a route that is none. */
void intake_receive(struct intake *intake, const char *route,
    const struct request *req, struct reply *reply);

/* Answer the health report (F012); 200, or 503 where it says "down": nothing
 * could be let in or kept. */
void intake_health(struct intake *intake, struct reply *reply);

#endif
