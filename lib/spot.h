/*
 * A request applied on the spot, by who put it into the queue: for runs that
 * bring many records, behind which webhooks would else have to wait. It is
 * the drain's own path (task.h, mirror.h, queue.h) in one transaction; what
 * does not work at once stays in the queue and is a drain's.
 */
#ifndef SPOT_H
#define SPOT_H

#include "db.h"
#include "err.h"
#include "queue.h"
#include "settings.h"
#include "task.h"

struct spot {
	/*
	 * Read, apply and settle a request that was put into the queue by the
	 * open transaction. "totals" is what it adds, once it is committed. A
	 * pointer, so that a program that leaves all to the drain carries none
	 * of what applying takes.
	 * others than ST_OK  roll back; put it into the queue alone
	 */
	enum status (*apply)(struct spot *spot, const struct waiting *w,
	    struct queue_totals *totals, struct err *err);
	struct db *db;
	struct batch_rules rules;
	struct retry_policy policy;
	struct queue_totals totals; /* of what was committed */
};

/* "modules" and "normalise" are borrowed. Tunes the connection for applying,
 * as mirror_tune() says. */
MUST_CHECK
enum status spot_open(struct spot *spot, struct db *db,
    const struct settings *settings, const struct module_list *modules,
    const struct normalise_rules *normalise, struct err *err);

#endif
