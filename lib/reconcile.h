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

struct reconcile {
	struct db *db;
	struct zoho *zoho;
	const struct module_list *modules;
	const struct normalise_rules *rules;
	const char *initiated_by; /* "cron", or who types */
	int64_t deadline_ms;      /* what is not done then waits for the next */
	int interval_s;           /* to the next run */
	bool sweep;               /* compare all ids, whatever is due */
	bool keep;                /* false: only look */
	/* Unless NULL, told now and then how far a module is. */
	void (*progress)(const struct module *module, const struct session *s);
};

/*
 * One module, with its session. "*end" says how it went and "said" why it was
 * not whole; the others can go on.
 * ST_RETRY, ST_FAULT  the database fails: nothing can go on
 */
MUST_CHECK
enum status reconcile_module(struct reconcile *reconcile,
    const struct module *module, struct session *session, enum session_end *end,
    struct err *said, struct err *err);

#endif
