/* gather.h: when the next group waits for more requests. */
#include "table.h"

#include "gather.h"

enum { NOW_US = 1000000, QUICK_US = 300, SLOW_US = 1500 };

/* A group of four took so long, four wait: how long the next may wait. */
static int64_t
after(struct gather *g, int64_t took_us, size_t n, size_t todo)
{
	gather_sent(g, NOW_US);
	return gather_done(g, n, todo, NOW_US + took_us);
}

static void
after_a_quick_commit_nobody_is_waited_for(void **state)
{
	struct gather g = { .want = 0 };

	(void)state;
	assert_int_equal(after(&g, QUICK_US, 4, 4), 0);
	assert_true(gather_enough(&g, 0));
	assert_false(g.slow);
}

static void
after_a_slow_one_those_who_are_answered_are(void **state)
{
	struct gather g = { .want = 0 };

	(void)state;
	assert_int_equal(after(&g, SLOW_US, 4, 3), SLOW_US / 3);
	assert_false(gather_enough(&g, 6));
	assert_true(gather_enough(&g, 7));
	assert_true(g.slow);
}

static void
a_single_sender_waits_for_nobody(void **state)
{
	struct gather g = { .want = 0 };

	(void)state;
	assert_int_equal(after(&g, SLOW_US, 1, 0), 0);
	assert_true(gather_enough(&g, 1));
}

static void
many_senders_are_enough_in_two_halves(void **state)
{
	struct gather g = { .want = 0 };

	(void)state;
	assert_int_equal(after(&g, SLOW_US, 10, 7), 0);
	assert_false(g.slow);
}

static void
the_wait_has_an_end_however_long_commits_take(void **state)
{
	struct gather g = { .want = 0 };

	(void)state;
	assert_int_equal(after(&g, 60 * SLOW_US, 4, 4), 5000);
	gather_over(&g);
	assert_true(gather_enough(&g, 1));
}

static void
a_group_behind_another_began_when_that_was_done(void **state)
{
	struct gather g = { .want = 0 };

	(void)state;
	(void)after(&g, QUICK_US, 4, 4);
	assert_int_equal(gather_done(&g, 4, 0, NOW_US + QUICK_US + SLOW_US),
	    SLOW_US / 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SAYS("after a quick commit nobody is waited for",
		    after_a_quick_commit_nobody_is_waited_for),
		SAYS("after a slow one those who are answered are",
		    after_a_slow_one_those_who_are_answered_are),
		SAYS("a single sender waits for nobody",
		    a_single_sender_waits_for_nobody),
		SAYS("many senders are enough in two halves",
		    many_senders_are_enough_in_two_halves),
		SAYS("the wait has an end however long commits take",
		    the_wait_has_an_end_however_long_commits_take),
		SAYS("a group behind another began when that was done",
		    a_group_behind_another_began_when_that_was_done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
