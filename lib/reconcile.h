/*
 * Reconcile: what Zoho has against what stands here, module by module, and
 * what differs brought up to date by the one path, inbox and queue. Finds what
 * a lost webhook would have said: changes since the watermark, deletes,
 * restores, and by counts and ids what no list of changes shows.
 *
 * What is found is wanted in the database before the watermark moves, so a
 * run that is cut short loses nothing.
 */
#ifndef RECONCILE_H
#define RECONCILE_H

#include <stdbool.h>
#include <stdint.h>

#include "fetch.h"
#include "module.h"
#include "normalise.h"
#include "session.h"
#include "zoho.h"

/* What a module's run is at. */
enum reconcile_step {
	STEP_COMPARE, /* records looked at, of those Zoho counts */
	STEP_ASK,     /* records asked for, of those that differ */
	STEP_APPLY    /* requests a drain has applied, of those that were put */
};

struct reconcile {
	struct db *db;
	struct zoho *zoho;
	const struct module_list *modules;
	const struct normalise_rules *rules;
	const char *initiated_by; /* "cron", or who types */
	struct spot *spot;   /* unless NULL, what is found is applied at once */
	int64_t deadline_ms; /* what is not done then waits for the next */
	int interval_s;      /* to the next run */
	int64_t refresh_s; /* all records of a module with formulas or roll-ups
			    * are compared so often; 0: when their turn comes */
	bool sweep;        /* compare all ids, whatever is due */
	bool keep;         /* false: only look */
	bool no_drain;     /* it found none at work: set by it */
	bool late;         /* a module asked for records of others: set by it */
	/* Unless NULL, told now and then how far a module is; "total" is -1
	 * where nobody knows. */
	void (*progress)(void *arg, const struct module *module,
	    enum reconcile_step step, int64_t done, int64_t total);
	void *progress_arg;
};

/* Whether a module's interval is over: its last run was whole, and the next
 * one is due in more than a minute, or not. Status as db_call(). */
MUST_CHECK
enum status reconcile_is_due(const struct reconcile *reconcile,
    const struct module *module, bool *due, struct err *err);

/*
 * One module, with its session. "*end" says how it went and "said" why it was
 * not whole; the others can go on.
 * ST_RETRY, ST_FAULT  the database fails: nothing can go on
 */
MUST_CHECK
enum status reconcile_module(struct reconcile *reconcile,
    const struct module *module, struct session *session, enum session_end *end,
    struct err *said, struct err *err);

/*
 * What runs over later modules asked for in this one: where "late" is set,
 * once all have had their turn. ST_NONE: not all came, they are asked for
 * again; "err" says why. Others as reconcile_module().
 */
MUST_CHECK
enum status reconcile_late(struct reconcile *reconcile,
    const struct module *module, struct err *err);

#endif
