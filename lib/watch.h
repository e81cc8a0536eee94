/*
 * Keep the notification channels of the CRM as they should be: one for each
 * module in use, renewed at half of the life Zoho granted, mended where they
 * differ, made anew after a lapse. What is known of each stands in
 * sync.channel.
 *
 * All moments but two are Zoho's, told by its clock: a wrong clock here ends
 * no channel. A channel of a module each, so that one that Zoho does not take
 * leaves the others alone.
 */
#ifndef WATCH_H
#define WATCH_H

#include "channel.h"
#include "db.h"
#include "module.h"
#include "zoho.h"

enum watch_deed {
	WATCH_MADE,
	WATCH_RENEWED,
	WATCH_MENDED,
	WATCH_ENDED,
	WATCH_LEFT_OUT, /* Zoho has none for this module */
	WATCH_FAILED
};

/* One deed, and why; in a run that only looks, what would be done. */
typedef void watch_told(void *arg, const char *module, enum watch_deed deed,
    const char *why);

struct watch {
	struct zoho *zoho;
	struct db *db;
	const struct module_list *modules;
	const char *url;     /* what channels tell */
	const char *token;   /* what proves it, up to CHANNEL_TOKEN_MAX */
	const char *allowed; /* numbers the receiver lets in; "" for all */
	char *const *only;   /* names of modules, or NULL for all in use */
	int only_len;
	bool renew; /* also what needs it not; by name, what was dropped */
	bool keep;  /* false: only look */
	watch_told *told;
	void *arg;

	/* the run's */
	int wanted, well;
	struct err first; /* why the first of them is not well */
};

/*
 * One run over all channels that are wanted, or over "only". The gap of one
 * that was away is closed by the next reconcile of its module, which is made
 * due: its watermark is older than the gap, or it looked meanwhile.
 * ST_OK     see wanted and well; what Zoho has no channels for is well
 * others    Zoho's list or the database
 */
MUST_CHECK
enum status watch_run(struct watch *watch, struct err *err);

/* End the channels of "only", or all; they stay away until they are renewed
 * by name. Status as above. */
MUST_CHECK
enum status watch_drop(struct watch *watch, struct err *err);

#endif
