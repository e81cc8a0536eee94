/* front.h: where claims look, so that what is done costs nothing. */
#include "table.h"

#include "front.h"

enum { NOW_MS = 5000000 };

static const int64_t due_us = INT64_C(1700000000000000), late_us = 2000000;

/* A look from the start that took so long and found something. */
static struct front
looked(int cost_ms)
{
	struct front f = { .from_us = 0 };

	assert_int_equal(front_from(&f, NOW_MS), 0);
	front_found(&f, due_us, NOW_MS + cost_ms);
	return f;
}

static void
the_first_look_is_from_the_start(void **state)
{
	struct front f = { .from_us = 0 };

	(void)state;
	assert_int_equal(front_from(&f, NOW_MS), 0);
	assert_false(front_again(&f));
}

static void
the_next_is_from_a_little_before_what_it_found(void **state)
{
	struct front f = looked(10);

	(void)state;
	assert_int_equal(front_from(&f, NOW_MS + 20), due_us - late_us);
}

static void
where_nothing_is_found_it_looks_again_from_the_start(void **state)
{
	struct front f = looked(10);

	(void)state;
	(void)front_from(&f, NOW_MS + 20);
	assert_true(front_again(&f));
	assert_int_equal(front_from(&f, NOW_MS + 20), 0);
	assert_false(front_again(&f));
}

static void
after_a_second_it_looks_from_the_start(void **state)
{
	struct front f = looked(10);

	(void)state;
	assert_int_not_equal(front_from(&f, NOW_MS + 999), 0);
	assert_int_equal(front_from(&f, NOW_MS + 1000), 0);
}

static void
a_look_that_took_long_comes_more_rarely(void **state)
{
	struct front f = looked(500);

	(void)state;
	assert_int_not_equal(front_from(&f, NOW_MS + 9999), 0);
	assert_int_equal(front_from(&f, NOW_MS + 10000), 0);
}

static void
after_work_was_given_back_it_looks_from_the_start(void **state)
{
	struct front f = looked(500);

	(void)state;
	front_reset(&f);
	assert_int_equal(front_from(&f, NOW_MS + 501), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SAYS("the first look is from the start",
		    the_first_look_is_from_the_start),
		SAYS("the next is from a little before what it found",
		    the_next_is_from_a_little_before_what_it_found),
		SAYS("where nothing is found it looks again from the start",
		    where_nothing_is_found_it_looks_again_from_the_start),
		SAYS("after a second it looks from the start",
		    after_a_second_it_looks_from_the_start),
		SAYS("a look that took long comes more rarely",
		    a_look_that_took_long_comes_more_rarely),
		SAYS("after work was given back it looks from the start",
		    after_work_was_given_back_it_looks_from_the_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
