#include "spot.h"

#include <string.h>

#include "mirror.h"

static enum status
apply(struct spot *spot, const struct waiting *w, struct queue_totals *totals,
    struct err *err)
{
	struct batch batch;
	enum status st = batch_take(&batch, w, &spot->rules, err);

	memset(totals, 0, sizeof(*totals));
	if (st == ST_OK)
		st = mirror_apply(spot->db, &batch, err);
	if (st == ST_OK)
		st = queue_settle(spot->db, &batch, &spot->policy, totals, err);
	batch_release(&batch);
	return st;
}

enum status
spot_open(struct spot *spot, struct db *db, const struct settings *settings,
    const struct module_list *modules, const struct normalise_rules *normalise,
    struct err *err)
{
	memset(spot, 0, sizeof(*spot));
	spot->apply = apply;
	spot->db = db;
	spot->rules.modules = modules;
	spot->rules.normalise = normalise;
	spot->rules.crash_limit = 1;
	queue_policy(&spot->policy, settings);
	return mirror_tune(db, err);
}
