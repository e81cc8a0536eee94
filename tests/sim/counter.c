#include "counter.h"

#include <inttypes.h>

#include "route.h"
#include "sim.h"

static const char *const names[OVERRUNS] = {
	[OVER_CREDITS] = "credits",
	[OVER_CONCURRENCY] = "concurrency",
	[OVER_SUB] = "sub_concurrency",
	[OVER_DOWNLOADS] = "downloads",
	[OVER_TOKENS] = "tokens",
	[OVER_LIVE_TOKENS] = "live_tokens",
	[OVER_BOOKS_MINUTE] = "books_minute",
	[OVER_BOOKS_DAY] = "books_day",
	[OVER_BOOKS_CONCURRENCY] = "books_concurrency",
};

void
counters_write(const struct sim *sim, struct out *o)
{
	const struct counters *c = &sim->counters;
	int i;

	out_f(o,
	    "{\"crm_calls\":%" PRIu64 ",\"books_calls\":%" PRIu64
	    ",\"credits\":%" PRIu64 ",\"credits_used_24h\":%" PRId64
	    ",\"books_day_calls\":%" PRId64 ",\"tokens\":%" PRIu64
	    ",\"faults\":%" PRIu64 ",\"unknown\":%" PRIu64
	    ",\"peak\":{\"crm\":%d,\"sub\":%d,\"books\":%d},\"status\":{",
	    c->crm_calls, c->books_calls, c->credits, limit_credits_used(sim),
	    sim->limits.day_calls, c->tokens, c->faults, c->unknown,
	    c->peak_crm, c->peak_sub, c->peak_books);
	for (i = 2; i < 6; i++)
		out_f(o, "%s\"%dxx\":%" PRIu64, i > 2 ? "," : "", i,
		    c->status[i]);
	out_text(o, "},\"overruns\":{");
	for (i = 0; i < OVERRUNS; i++)
		out_f(o, "%s\"%s\":%" PRIu64, i > 0 ? "," : "", names[i],
		    c->overruns[i]);
	out_text(o, "},\"endpoints\":");
	routes_write(sim, o);
	out_text(o, "}");
}
