/* fetch - ask Zoho for what was only announced. A drain starts it beside its
 * workers; a person may, too. */
#include <stdio.h>
#include <unistd.h>

#include "centre.h"
#include "clock.h"
#include "fetcher.h"
#include "job_main.h"
#include "log.h"

enum { OPT_ONCE, OPT_SLOT };

static const struct job_option options[] = {
	[OPT_ONCE] = { "once", NULL, "fetch what is due, then end" },
	[OPT_SLOT] = { "slot", "SECONDS",
	    "linger for so long (DRAIN_SLOT_SECONDS)" },
};

static const struct job_program program;

static void
summarise(const struct fetch_totals *t, int64_t began_ms)
{
	char line[160];

	(void)snprintf(line, sizeof(line),
	    "fetched=%lld gone=%lld failed=%lld calls=%lld ms=%lld",
	    (long long)t->fetched, (long long)t->gone, (long long)t->failed,
	    (long long)t->calls, (long long)(clock_passed_ms() - began_ms));
	log_info("fetched: %s", line);
	if (isatty(STDOUT_FILENO))
		(void)printf("%s\n", line);
}

static enum status
fetch(struct job *job, struct err *err)
{
	const struct settings *s = &job->settings;
	const int64_t began_ms = clock_passed_ms();
	struct fetch_totals totals = { .fetched = 0 };
	struct fetcher_orders orders = { .settings = s,
		.once = job->given[OPT_ONCE] != NULL,
		.totals = &totals };
	long slot;
	enum status st = job_number(job, &program, OPT_SLOT, 1, 86400,
	    settings_number(s, SET_DRAIN_SLOT_SECONDS), &slot, err);

	if (st == ST_OK)
		st = centre_must_ask(s, err);
	if (st != ST_OK)
		return st;
	orders.deadline_ms = began_ms + (int64_t)slot * 1000;
	if (orders.once)
		orders.deadline_ms = began_ms + INT64_C(86400) * 1000;
	st = fetcher_run(&orders, err);
	summarise(&totals, began_ms);
	if (st == ST_OK || st == ST_NONE)
		return totals.failed > 0 && orders.once
		    ? err_class(err, ST_RETRY, "partial",
			  "%lld records did not come; they are asked for "
			  "again later",
			  (long long)totals.failed)
		    : ST_OK;
	return st;
}

static const struct job_program program = {
	.name = "fetch",
	.words = "",
	.summary = "Ask Zoho for what was only announced.",
	.options = options,
	.options_len = ARRAY_LEN(options),
	.run = fetch,
};

int
main(int argc, char **argv)
{
	return job_main(argc, argv, &program);
}
