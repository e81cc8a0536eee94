#include "limit.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "call.h"
#include "crm.h"
#include "books.h"
#include "sim.h"

static const struct {
	const char *name;
	int64_t base, per_user, most;
	int concurrency;
} editions[] = {
	{ "free", 5000, 0, 5000, 5 },
	{ "standard", 50000, 250, 100000, 10 },
	{ "professional", 50000, 500, 3000000, 15 },
	{ "enterprise", 50000, 1000, 5000000, 20 },
	{ "ultimate", 50000, 2000, INT64_MAX, 25 },
};

static const struct {
	const char *name;
	int64_t day;
	int concurrency;
} plans[] = {
	{ "free", 1000, 5 },
	{ "standard", 2000, 10 },
	{ "professional", 5000, 10 },
	{ "premium", 10000, 10 },
	{ "elite", 10000, 10 },
	{ "ultimate", 10000, 10 },
};

bool
limits_init(struct limits *l, const char *edition, const char *plan, int users)
{
	size_t i;

	memset(l, 0, sizeof(*l));
	for (i = 0; i < ARRAY_LEN(editions); i++)
		if (strcmp(editions[i].name, edition) == 0) {
			l->credits = editions[i].base +
			    editions[i].per_user * users;
			if (l->credits > editions[i].most)
				l->credits = editions[i].most;
			l->concurrency = editions[i].concurrency;
		}
	for (i = 0; i < ARRAY_LEN(plans); i++)
		if (strcmp(plans[i].name, plan) == 0) {
			l->books_day = plans[i].day;
			l->books_concurrency = plans[i].concurrency;
		}
	l->sub_concurrency = 10;
	l->downloads = 10;
	l->books_minute = 100;
	l->list_rows = PAGE_TOKEN_ROWS;
	return l->credits > 0 && l->books_day > 0;
}

bool
limit_set(struct limits *l, const char *name, int64_t value)
{
	if (strcmp(name, "credits") == 0)
		l->credits = value;
	else if (strcmp(name, "concurrency") == 0)
		l->concurrency = (int)value;
	else if (strcmp(name, "sub_concurrency") == 0)
		l->sub_concurrency = (int)value;
	else if (strcmp(name, "downloads") == 0)
		l->downloads = (int)value;
	else if (strcmp(name, "books_minute") == 0)
		l->books_minute = value;
	else if (strcmp(name, "books_day") == 0)
		l->books_day = value;
	else if (strcmp(name, "books_concurrency") == 0)
		l->books_concurrency = (int)value;
	else if (strcmp(name, "list_rows") == 0)
		l->list_rows = value > 0 ? value : INT64_MAX;
	else
		return false;
	return true;
}

void
limit_enter(struct call *c)
{
	struct limits *l = &c->sim->limits;
	struct counters *n = &c->sim->counters;

	if (c->pool < 0)
		return;
	c->counted[0] = true;
	if (c->pool == 0 && ++l->in_crm > n->peak_crm)
		n->peak_crm = l->in_crm;
	if (c->pool == 1 && ++l->in_books > n->peak_books)
		n->peak_books = l->in_books;
}

void
limit_enter_sub(struct call *c)
{
	struct limits *l = &c->sim->limits;

	if (c->counted[1])
		return;
	c->counted[1] = true;
	if (++l->in_sub > c->sim->counters.peak_sub)
		c->sim->counters.peak_sub = l->in_sub;
}

void
limit_leave(struct call *c)
{
	struct limits *l = &c->sim->limits;

	if (c->counted[0] && c->pool == 0)
		l->in_crm--;
	if (c->counted[0] && c->pool == 1)
		l->in_books--;
	if (c->counted[1])
		l->in_sub--;
	c->counted[0] = c->counted[1] = false;
}

/* Sum of a ring of slots that are no older than "span" */
static int64_t
ring_sum(const int64_t *count, const int64_t *at, int slots, int64_t now)
{
	int64_t sum = 0;
	int i;

	for (i = 0; i < slots; i++)
		if (at[i] > now - slots && at[i] <= now)
			sum += count[i];
	return sum;
}

static void
ring_add(int64_t *count, int64_t *at, int slots, int64_t now, int64_t add)
{
	int i = (int)(now % slots);

	if (at[i] != now)
		count[i] = 0;
	at[i] = now;
	count[i] += add;
}

int64_t
limit_credits_used(const struct sim *sim)
{
	return ring_sum(sim->limits.used, sim->limits.used_at, CREDIT_SLOTS,
	    sim_now(sim) / 60);
}

void
limit_answer_crm(struct call *c, const char *why)
{
	static const char *const wordings[][2] = {
		{ "credits",
		    "Number of API requests for the 24 hour period is "
		    "exceeded" },
		{ "concurrency",
		    "The concurrency limit of the user for the "
		    "app is exceeded" },
		{ "sub",
		    "The sub-concurrency limit of the user for the app is "
		    "exceeded" },
		{ "downloads",
		    "The limit of downloads for one minute is "
		    "exceeded" },
		{ "generic",
		    "You have reached the limit of API calls or of "
		    "concurrent calls; please try again later" },
	};
	static const char *const forms[] = { NULL, "generic", "old", "empty" };
	int form = variant(&c->sim->variants, VAR_WORDING_429);
	size_t i;

	if (form > 0)
		why = forms[form];
	if (strcmp(why, "empty") == 0) {
		answer_empty(c, 429);
		return;
	}
	if (strcmp(why, "old") == 0) {
		out_text(answer_json(c, 429),
		    "{\"code\":429,\"error\":\"TOO_MANY_REQUESTS\","
		    "\"error_info\":\"too many requests\",\"details\":[]}");
		return;
	}
	for (i = 0; i < ARRAY_LEN(wordings); i++)
		if (strcmp(wordings[i][0], why) == 0)
			crm_error(c, 429, "TOO_MANY_REQUESTS", "{}",
			    wordings[i][1]);
}

bool
limit_crm(struct call *c, int credits)
{
	struct limits *l = &c->sim->limits;
	struct counters *n = &c->sim->counters;
	int64_t used = limit_credits_used(c->sim);
	char left[24];

	if (l->concurrency > 0 && l->in_crm > l->concurrency) {
		counter_overrun(n, OVER_CONCURRENCY);
		limit_answer_crm(c, "concurrency");
		return false;
	}
	if (c->counted[1] && l->sub_concurrency > 0 &&
	    l->in_sub > l->sub_concurrency) {
		counter_overrun(n, OVER_SUB);
		limit_answer_crm(c, "sub");
		return false;
	}
	if (l->credits > 0 && used + credits > l->credits) {
		counter_overrun(n, OVER_CREDITS);
		limit_answer_crm(c, "credits");
		return false;
	}
	ring_add(l->used, l->used_at, CREDIT_SLOTS, sim_now(c->sim) / 60,
	    credits);
	n->credits += (uint64_t)credits;
	if (l->credits > 0 && (used + credits) * 2 > l->credits) {
		snprintf(left, sizeof(left), "%" PRId64,
		    l->credits - used - credits);
		answer_header(c, "X-API-CREDITS-REMAINING", left);
	}
	return true;
}

bool
limit_download(struct call *c)
{
	struct limits *l = &c->sim->limits;
	int64_t now = sim_now(c->sim);

	if (l->downloads > 0 &&
	    ring_sum(l->fetched, l->fetched_at, MINUTE_SLOTS, now) >=
		l->downloads) {
		counter_overrun(&c->sim->counters, OVER_DOWNLOADS);
		limit_answer_crm(c, "downloads");
		return false;
	}
	ring_add(l->fetched, l->fetched_at, MINUTE_SLOTS, now, 1);
	return true;
}

static void
books_headers(struct call *c, int64_t used)
{
	struct limits *l = &c->sim->limits;
	int64_t left = l->books_day - l->day_calls;
	char text[24];

	(void)used;
	snprintf(text, sizeof(text), "%" PRId64, l->books_day);
	answer_header(c, "X-Rate-Limit-Limit", text);
	snprintf(text, sizeof(text), "%" PRId64, left > 0 ? left : 0);
	answer_header(c, "X-Rate-Limit-Remaining", text);
	snprintf(text, sizeof(text), "%" PRId64,
	    DAY_S - sim_now(c->sim) % DAY_S);
	answer_header(c, "X-Rate-Limit-Reset", text);
}

static bool
books_refused(struct call *c, enum overrun what, int code, const char *why)
{
	counter_overrun(&c->sim->counters, what);
	books_error(c, 429, code, why);
	books_headers(c, 0);
	return false;
}

bool
limit_books(struct call *c)
{
	struct limits *l = &c->sim->limits;
	int64_t now = sim_now(c->sim), used;

	if (l->day != now / DAY_S) {
		l->day = now / DAY_S;
		l->day_calls = 0;
	}
	used = ring_sum(l->minute, l->minute_at, MINUTE_SLOTS, now);
	if (l->books_concurrency > 0 && l->in_books > l->books_concurrency)
		return books_refused(c, OVER_BOOKS_CONCURRENCY, 1070,
		    "The maximum number of in process requests allowed has "
		    "been reached.");
	if (l->books_day > 0 && l->day_calls >= l->books_day)
		return books_refused(c, OVER_BOOKS_DAY, 45,
		    "You have exceeded the maximum number of API requests "
		    "allowed for the day by your plan.");
	if (l->books_minute > 0 &&
	    (now < l->blocked_until || used >= l->books_minute)) {
		if (now >= l->blocked_until)
			l->blocked_until = now +
			    variant(&c->sim->variants, VAR_BLOCK_44);
		return books_refused(c, OVER_BOOKS_MINUTE, 44,
		    "For security reasons you have been blocked for some time "
		    "as you have exceeded the maximum number of requests per "
		    "minute.");
	}
	ring_add(l->minute, l->minute_at, MINUTE_SLOTS, now, 1);
	l->day_calls++;
	books_headers(c, used);
	return true;
}
