/* How often webhooks of CRM were sent, day by day, for seven days. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crm.h"
#include "sim.h"

enum { USAGE_DAYS = 7, A_DAY = 2500 };

/* The day of the organisation's zone */
static int64_t
today(const struct sim *sim)
{
	return (sim_now(sim) + sim->world.clock.offset * 60) / DAY_S;
}

void
webhook_used(struct sim *sim, const struct hook *h, const char *module)
{
	struct webhooks *w = &sim->webhooks;
	int64_t day = today(sim), i;
	struct hook_usage *u;

	for (i = w->nusage - 1; i >= 0 && i >= w->nusage - USAGE_MAX; i--) {
		u = &w->usage[i % USAGE_MAX];
		if (u->webhook == h->id && u->day == day) {
			u->count++;
			return;
		}
	}
	u = &w->usage[w->nusage++ % USAGE_MAX];
	u->webhook = h->id;
	u->day = day;
	u->count = 1;
	webhook_name(h, module, u->name);
}

struct report {
	int64_t from, to; /* days */
	bool each;        /* by webhook, not only by day */
	bool type;
};

static void
put_usage(struct out *o, const struct report *r, const struct hook_usage *u,
    uint32_t count)
{
	char date[MOMENT_MAX];

	moment_date(date, u->day);
	out_comma(o);
	out_f(o, "{\"date\":\"%s\"", date);
	if (r->each) {
		out_text(o, ",\"resource\":{\"name\":");
		out_json(o, u->name);
		out_f(o, ",\"id\":\"%" PRId64 "\"}", u->webhook);
	}
	out_f(o, ",\"count\":%u", count);
	if (r->type)
		out_text(o, ",\"type\":\"workflow_rules\"");
	out_text(o, "}");
}

/* The rows of one day, or their sum; how many rows that were. */
static long
put_day(struct call *c, struct out *o, const struct report *r, int64_t day)
{
	const struct webhooks *w = &c->sim->webhooks;
	const struct hook_usage *last = NULL;
	int64_t i, start = w->nusage > USAGE_MAX ? w->nusage - USAGE_MAX : 0;
	uint32_t sum = 0;
	long rows = 0;

	for (i = start; i < w->nusage; i++) {
		const struct hook_usage *u = &w->usage[i % USAGE_MAX];

		if (u->day != day)
			continue;
		last = u;
		sum += u->count;
		if (r->each) {
			put_usage(o, r, u, u->count);
			rows++;
		}
	}
	if (last == NULL || r->each)
		return rows;
	put_usage(o, r, last, sum);
	return 1;
}

static bool
read_report(struct call *c, struct report *r)
{
	const char *by = call_param(c, "group_by");
	const char *from = call_param(c, "from"), *to = call_param(c, "to");

	r->to = today(c->sim);
	r->from = r->to - USAGE_DAYS + 1;
	if (by == NULL) {
		crm_missing(c, "group_by");
		return false;
	}
	r->type = strcmp(by, "date,resource,type") == 0;
	r->each = r->type || strcmp(by, "date,resource") == 0;
	if (!r->each && strcmp(by, "date") != 0) {
		crm_bad_param(c, "group_by");
		return false;
	}
	if (from != NULL &&
	    (!moment_read_date(from, &r->from) || r->from > today(c->sim))) {
		crm_bad_param(c, "from");
		return false;
	}
	if (to != NULL &&
	    (!moment_read_date(to, &r->to) || r->to > today(c->sim) ||
		r->to < r->from)) {
		crm_bad_param(c, "to");
		return false;
	}
	if (r->from <= today(c->sim) - USAGE_DAYS)
		r->from = today(c->sim) - USAGE_DAYS + 1;
	return true;
}

/* Newest day first; all of it is one page. */
void
crm_hook_usage(struct call *c)
{
	struct report r;
	struct out *o;
	int64_t day;
	long rows = 0;

	if (!read_report(c, &r))
		return;
	o = answer_json(c, 200);
	out_text(o, "{\"data_usage\":[");
	for (day = r.to; day >= r.from; day--)
		rows += put_day(c, o, &r, day);
	out_f(o,
	    "],\"info\":{\"max_limit\":%d,\"per_page\":200,\"count\":%ld,"
	    "\"page\":1,\"more_records\":false}}",
	    A_DAY, rows);
}
