/* How long a failed request waits, and what verdicts are called (F076, F387).
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "table.h"

#include "queue.h"

/* The wait lies from "least" to "most" milliseconds, both reached. */
static const struct wait_case {
	const char *says;
	int base_s, max_s, tries, least, most;
} waits[] = {
	{ "the first wait is the base (F076)", 4, 3600, 0, 2000, 4000 },
	{ "the second is twice as long (F076)", 4, 3600, 1, 4000, 8000 },
	{ "the eighth is 128 times as long (F076)", 4, 3600, 7, 256000,
	    512000 },
	{ "no wait is longer than the ceiling (F076)", 4, 3600, 10, 1800000,
	    3600000 },
	{ "a base above the ceiling is the ceiling", 3600, 60, 0, 30000,
	    60000 },
	{ "a hundred tries wait no longer than the ceiling", 4, 3600, 100,
	    1800000, 3600000 },
	{ "as many tries as there are numbers do not overflow", 3600, 604800,
	    INT_MAX, 302400000, 604800000 },
	{ "twenty tries of one second are below a week's ceiling", 1, 604800,
	    19, 262144000, 524288000 },
};

static void
wait_case(void **state)
{
	const struct wait_case *c = *state;
	struct retry_policy policy = {
		.limit = 8, .base_s = c->base_s, .max_s = c->max_s, .seed = 1
	};
	int least = INT_MAX, most = 0, span = c->most - c->least;
	int i, ms;

	for (i = 0; i < 5000; i++) {
		ms = queue_wait_ms(&policy, c->tries);
		assert_in_range(ms, c->least, c->most);
		least = ms < least ? ms : least;
		most = ms > most ? ms : most;
	}
	/* 5000 draws come near both ends. */
	assert_true(least < c->least + span / 50);
	assert_true(most > c->most - span / 50);
}

static void
two_seeds_wait_differently(void **state)
{
	struct retry_policy a = { .base_s = 4, .max_s = 3600, .seed = 1 };
	struct retry_policy b = { .base_s = 4, .max_s = 3600, .seed = 2 };
	int i, equal = 0;

	(void)state;
	for (i = 0; i < 100; i++)
		equal += queue_wait_ms(&a, 5) == queue_wait_ms(&b, 5);
	assert_true(equal < 10);
}

static const struct verdict_case {
	const char *says, *name;
	enum verdict verdict;
} verdicts[] = {
	{ "nothing decided is none", "none", VERDICT_NONE },
	{ "what is not ours is ignored", "ignored", VERDICT_IGNORED },
	{ "what stands already is a duplicate", "duplicate",
	    VERDICT_DUPLICATE },
	{ "what is older is stale", "stale", VERDICT_STALE },
	{ "what was announced is fetched", "fetched", VERDICT_FETCHED },
	{ "what was written is applied", "applied", VERDICT_APPLIED },
	{ "what will not work is dead", "dead", VERDICT_DEAD },
	{ "what goes back is retried", "retry", VERDICT_RETRY },
};

static void
verdict_case(void **state)
{
	const struct verdict_case *c = *state;

	assert_string_equal(verdict_name(c->verdict), c->name);
	assert_int_equal(verdict_find(c->name), c->verdict);
}

static void
a_word_that_is_no_verdict_is_none(void **state)
{
	(void)state;
	assert_int_equal(verdict_find("Applied"), VERDICT_NONE);
	assert_int_equal(verdict_find("raced"), VERDICT_NONE);
	assert_int_equal(verdict_find(""), VERDICT_NONE);
}

/* The gravest of a request's verdicts is its outcome. */
static void
verdicts_stand_in_order_of_gravity(void **state)
{
	(void)state;
	assert_true(VERDICT_IGNORED < VERDICT_DUPLICATE);
	assert_true(VERDICT_DUPLICATE < VERDICT_STALE);
	assert_true(VERDICT_STALE < VERDICT_FETCHED);
	assert_true(VERDICT_FETCHED < VERDICT_APPLIED);
	assert_true(VERDICT_APPLIED < VERDICT_DEAD);
	assert_int_equal(ARRAY_LEN(verdicts), VERDICT_COUNT);
}

static const struct CMUnitTest others[] = {
	SAYS("two seeds wait differently", two_seeds_wait_differently),
	SAYS("a word that is no verdict is none",
	    a_word_that_is_no_verdict_is_none),
	SAYS("verdicts stand in order of gravity",
	    verdicts_stand_in_order_of_gravity),
};

int
main(void)
{
	static struct CMUnitTest
	    tests[ARRAY_LEN(waits) + ARRAY_LEN(verdicts) + ARRAY_LEN(others)];
	size_t n = 0;

	ADD_ROWS(tests, n, waits, wait_case);
	ADD_ROWS(tests, n, verdicts, verdict_case);
	ADD_OTHERS(tests, n, others);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
