/* width.h: a request that ends every batch it is in ends up alone, and takes
 * the blame (promise 8). */
#include <string.h>

#include "table.h"

#include "width.h"

enum { MOST = 500 };

static const struct err slow = { .reason = "timeout", .text = "too slow" };
static const struct err locked = { .reason = "lock", .text = "locked" };
static struct task tasks[2];
static struct item items[3];

/* A batch of the request "seq", with three changes: one is decided. */
static struct batch
request(int64_t seq)
{
	const struct batch one = {
		.tasks = tasks, .tasks_len = 1, .items = items, .items_len = 3
	};

	memset(items, 0, sizeof(items));
	items[1].verdict = VERDICT_IGNORED;
	tasks[0].seq = seq;
	return one;
}

static void
failed_alone(struct width *w, int64_t seq, int times)
{
	const struct batch one = request(seq);

	while (times-- > 0)
		width_failed(w, &one, &slow);
}

/* Whether it takes the blame, alone in its batch. */
static bool
takes_the_blame(const struct width *w, int64_t seq)
{
	struct batch one = request(seq);

	return width_blame(w, &one);
}

static void
batches_are_whole_until_one_fails(void **state)
{
	struct width w = { .shift = 0 };

	(void)state;
	width_worked(&w);
	assert_int_equal(width_now(&w, MOST), MOST);
}

static void
each_failure_makes_them_smaller_down_to_one_request(void **state)
{
	struct width w = { .shift = 0 };
	struct batch two = request(7);
	int i;

	(void)state;
	two.tasks_len = 2;
	width_failed(&w, &two, &slow);
	assert_int_equal(width_now(&w, MOST), MOST / 64);
	for (i = 0; i < 100; i++)
		width_failed(&w, &two, &slow);
	assert_int_equal(width_now(&w, 10000), 1);
}

static void
they_grow_again_while_they_work(void **state)
{
	struct width w = { .shift = 0 };
	struct batch two = request(7);
	int i;

	(void)state;
	two.tasks_len = 2;
	width_failed(&w, &two, &slow);
	width_failed(&w, &two, &slow);
	for (i = 0; i < 7; i++)
		width_worked(&w);
	assert_int_equal(width_now(&w, MOST), 1);
	width_worked(&w);
	assert_int_equal(width_now(&w, MOST), MOST / 64);
	for (i = 0; i < 8; i++)
		width_worked(&w);
	assert_int_equal(width_now(&w, MOST), MOST);
}

static void
a_failure_before_anything_was_claimed_tells_nothing(void **state)
{
	struct width w = { .shift = 0 };
	struct batch none = request(7);

	(void)state;
	none.tasks_len = 0;
	width_failed(&w, &none, &slow);
	assert_int_equal(width_now(&w, MOST), MOST);
}

static void
what_failed_alone_twice_goes_back_with_the_reason(void **state)
{
	struct width w = { .shift = 0 };

	(void)state;
	failed_alone(&w, 7, 2);
	assert_true(takes_the_blame(&w, 7));
	assert_int_equal(items[0].verdict, VERDICT_RETRY);
	assert_string_equal(items[0].err.reason, "timeout");
	assert_string_equal(items[2].err.text, "too slow");
}

static void
what_was_decided_stays(void **state)
{
	struct width w = { .shift = 0 };

	(void)state;
	failed_alone(&w, 7, 2);
	assert_true(takes_the_blame(&w, 7));
	assert_int_equal(items[1].verdict, VERDICT_IGNORED);
}

static void
once_is_not_enough(void **state)
{
	struct width w = { .shift = 0 };

	(void)state;
	failed_alone(&w, 7, 1);
	assert_false(takes_the_blame(&w, 7));
	assert_int_equal(items[0].verdict, VERDICT_NONE);
}

static void
nor_are_two_different_ones(void **state)
{
	struct width w = { .shift = 0 };

	(void)state;
	failed_alone(&w, 7, 1);
	failed_alone(&w, 8, 1);
	assert_false(takes_the_blame(&w, 8));
}

static void
nor_is_twice_with_success_in_between(void **state)
{
	struct width w = { .shift = 0 };

	(void)state;
	failed_alone(&w, 7, 1);
	width_worked(&w);
	failed_alone(&w, 7, 1);
	assert_false(takes_the_blame(&w, 7));
}

static void
another_request_does_not_take_the_blame(void **state)
{
	struct width w = { .shift = 0 };
	struct batch two = request(7);

	(void)state;
	failed_alone(&w, 7, 2);
	assert_false(takes_the_blame(&w, 8));
	two.tasks_len = 2;
	assert_false(width_blame(&w, &two));
}

static void
the_reason_is_the_last_one(void **state)
{
	struct width w = { .shift = 0 };
	const struct batch one = request(7);

	(void)state;
	width_failed(&w, &one, &slow);
	width_failed(&w, &one, &locked);
	assert_true(takes_the_blame(&w, 7));
	assert_string_equal(items[0].err.reason, "lock");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SAYS("batches are whole until one fails",
		    batches_are_whole_until_one_fails),
		SAYS("each failure makes them smaller, down to one request",
		    each_failure_makes_them_smaller_down_to_one_request),
		SAYS("they grow again while they work",
		    they_grow_again_while_they_work),
		SAYS("a failure before anything was claimed tells nothing",
		    a_failure_before_anything_was_claimed_tells_nothing),
		SAYS("what failed alone twice goes back with the reason",
		    what_failed_alone_twice_goes_back_with_the_reason),
		SAYS("what was decided stays", what_was_decided_stays),
		SAYS("once is not enough", once_is_not_enough),
		SAYS("nor are two different ones", nor_are_two_different_ones),
		SAYS("nor is twice with success in between",
		    nor_is_twice_with_success_in_between),
		SAYS("another request does not take the blame",
		    another_request_does_not_take_the_blame),
		SAYS("the reason is the last one", the_reason_is_the_last_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
