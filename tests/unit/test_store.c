/* store.h: what is sent together, halved, tried again and told. What it talks
 * to is played by store_played.h: tests/promises has the real ones. */
#include "store_played.h"

/* ---- groups ---- */

static void
what_waits_together_is_one_group(void **unused)
{
	(void)unused;
	put_some(0, 3);
	assert_int_equal(sent_n, 0);
	next_round();
	assert_int_equal(sent_n, 1);
	assert_int_equal(length(sent[0]), 3);
	assert_int_equal(told[0] + told[1] + told[2], 0);
	answer(ST_OK, "");
	told_once(0, 3, ST_OK);
}

static void
the_next_group_gathers_while_one_is_in_flight(void **unused)
{
	(void)unused;
	put_some(0, 4);
	next_round();
	put_some(4, 7);
	next_round();
	assert_int_equal(sent_n, 1);
	/* it goes before anybody is told of the first */
	answer(ST_OK, "");
	assert_int_equal(sent_n, 1);
	assert_int_equal(length(sent[0]), 3);
	answer(ST_OK, "");
	told_once(0, 7, ST_OK);
	next_round();
	assert_int_equal(sent_n, 0);
}

static void
a_group_as_large_follows_on_the_heels_of_the_first(void **unused)
{
	(void)unused;
	put_some(0, 2);
	next_round();
	put(2);
	next_round();
	assert_int_equal(sent_n, 1);
	put(3);
	next_round();
	assert_int_equal(sent_n, 2);
	put_some(4, 9);
	next_round();
	assert_int_equal(sent_n, 2);
	answer(ST_OK, "");
	told_once(0, 2, ST_OK);
	assert_int_equal(sent_n, 2);
	assert_int_equal(length(sent[0]), 2);
	assert_int_equal(length(sent[1]), 5);
	answer(ST_OK, "");
	answer(ST_OK, "");
	told_once(2, 9, ST_OK);
}

static void
where_commits_are_slow_the_next_group_waits_for_those_who_are_answered(void *
	*unused)
{
	(void)unused;
	put_some(0, 2);
	next_round();
	put_some(2, 4);
	now_us += 3000;
	answer(ST_OK, "");
	told_once(0, 2, ST_OK);
	next_round();
	assert_int_equal(sent_n, 0);
	put(4);
	next_round();
	assert_int_equal(sent_n, 0);
	put(5);
	next_round();
	assert_int_equal(sent_n, 1);
	assert_int_equal(length(sent[0]), 4);
	put_some(6, 10);
	next_round();
	assert_int_equal(sent_n, 1); /* none goes on its heels */
}

static void
it_waits_for_a_part_of_what_a_commit_takes(void **unused)
{
	(void)unused;
	put(0);
	next_round();
	now_us += 3000;
	put(1);
	timer = NULL;
	answer(ST_OK, "");
	next_round();
	assert_int_equal(sent_n, 0);
	assert_non_null(timer);
	assert_int_equal(timer->at_us, now_us + 1000);
	timer->due(timer->arg);
	assert_int_equal(sent_n, 1);
	assert_int_equal(length(sent[0]), 1);
}

static void
a_group_has_an_end(void **unused)
{
	(void)unused;
	put_some(0, 2 * GROUP_MAX + 1);
	next_round();
	assert_int_equal(length(sent[0]), GROUP_MAX);
	answer(ST_OK, "");
	next_round();
	assert_int_equal(length(sent[0]), GROUP_MAX);
	answer(ST_OK, "");
	next_round();
	assert_int_equal(length(sent[0]), 1);
	answer(ST_OK, "");
	told_once(0, 2 * GROUP_MAX + 1, ST_OK);
}

/* Four of a megabyte fit, with not a byte more. */
static void
large_bodies_make_small_groups(void **unused)
{
	static const struct envelope mega = { .body_len = MIB };
	int i;

	(void)unused;
	for (i = 0; i < 6; i++) {
		waiting[i].envelope = i == 4 ? &small : &mega;
		waiting[i].stored = stored;
		store_put(store, &waiting[i]);
	}
	next_round();
	assert_int_equal(length(sent[0]), 4);
	answer(ST_OK, "");
	next_round();
	assert_int_equal(length(sent[0]), 2);
	answer(ST_OK, "");
	told_once(0, 6, ST_OK);
}

/* ---- refusals ---- */

static bool
holds(const struct waiting *chain, const struct waiting *one)
{
	for (; chain != NULL; chain = chain->next)
		if (chain == one)
			return true;
	return false;
}

/* Whatever the size of the group, wherever in it the bad one is. */
static void
one_that_is_refused_fails_alone(void **unused)
{
	int n, bad;

	for (n = 1; n <= 9; n++)
		for (bad = 0; bad < n; bad++) {
			stop(unused);
			start(unused);
			put_some(0, n);
			next_round();
			while (sent_n > 0)
				if (holds(sent[0], &waiting[bad]))
					answer(bad % 2 == 0 ? ST_REJECT
							    : ST_FAULT,
					    "value");
				else
					answer(ST_OK, "");
			told_once(0, bad, ST_OK);
			told_once(bad + 1, n, ST_OK);
			told_once(bad, bad + 1,
			    bad % 2 == 0 ? ST_REJECT : ST_FAULT);
		}
}

static void
a_group_that_may_work_later_is_not_halved(void **unused)
{
	(void)unused;
	put_some(0, 2);
	next_round();
	answer(ST_RETRY, "deadlock");
	assert_int_equal(sent_n, 0);
	told_once(0, 2, ST_RETRY);
}

static void
a_server_that_is_unfit_is_left(void **unused)
{
	(void)unused;
	put_some(0, 2);
	next_round();
	answer(ST_RETRY, "read_only");
	assert_int_equal(left, 1);
	told_once(0, 2, ST_RETRY);
}

/* ---- a connection that is lost ---- */

static void
a_lost_connection_is_tried_once_more_in_order(void **unused)
{
	(void)unused;
	put_some(0, 2);
	next_round();
	put_some(2, 4);
	state = LINK_STARTING;
	answer(ST_RETRY, "connection");
	next_round();
	assert_int_equal(sent_n, 0);
	state = LINK_UP;
	link_told->up(link_told->arg);
	next_round();
	assert_int_equal(length(sent[0]), 4);
	assert_ptr_equal(sent[0], &waiting[0]);
	assert_ptr_equal(sent[0]->next->next, &waiting[2]);
	answer(ST_OK, "");
	told_once(0, 4, ST_OK);
}

static void
one_that_nobody_waits_behind_is_put_back_too(void **unused)
{
	(void)unused;
	put_some(0, 2);
	next_round();
	answer(ST_RETRY, "connection");
	put(2);
	next_round();
	assert_int_equal(length(sent[0]), 3);
	answer(ST_OK, "");
	told_once(0, 3, ST_OK);
}

static void
a_connection_lost_twice_is_told(void **unused)
{
	(void)unused;
	put(0);
	next_round();
	answer(ST_RETRY, "connection");
	next_round();
	answer(ST_RETRY, "connection");
	next_round();
	assert_int_equal(sent_n, 0);
	told_once(0, 1, ST_RETRY);
}

static void
while_it_is_down_nobody_waits(void **unused)
{
	static const struct err why = { .reason = "connection", .text = "no" };

	(void)unused;
	state = LINK_STARTING;
	put_some(0, 2);
	assert_int_equal(told[0] + told[1], 0);
	state = LINK_DOWN;
	link_told->down(link_told->arg, &why);
	told_once(0, 2, ST_RETRY);
	assert_string_equal(waiting[1].err.text, "no");
	put(2);
	told_once(2, 3, ST_RETRY);
	next_round();
	assert_int_equal(sent_n, 0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST("what waits together is one group",
		    what_waits_together_is_one_group),
		TEST("the next group gathers while one is in flight",
		    the_next_group_gathers_while_one_is_in_flight),
		TEST("a group as large follows on the heels of the first",
		    a_group_as_large_follows_on_the_heels_of_the_first),
		TEST(
		    "where commits are slow the next group waits for those who "
		    "are answered",
		    where_commits_are_slow_the_next_group_waits_for_those_who_are_answered),
		TEST("it waits for a part of what a commit takes",
		    it_waits_for_a_part_of_what_a_commit_takes),
		TEST("a group has an end", a_group_has_an_end),
		TEST("large bodies make small groups",
		    large_bodies_make_small_groups),
		TEST("one that is refused fails alone (promise 8)",
		    one_that_is_refused_fails_alone),
		TEST("a group that may work later is not halved",
		    a_group_that_may_work_later_is_not_halved),
		TEST("a server that is unfit is left",
		    a_server_that_is_unfit_is_left),
		TEST("a lost connection is tried once more, in order",
		    a_lost_connection_is_tried_once_more_in_order),
		TEST("one that nobody waits behind is put back, too",
		    one_that_nobody_waits_behind_is_put_back_too),
		TEST("a connection lost twice is told",
		    a_connection_lost_twice_is_told),
		TEST("while it is down nobody waits",
		    while_it_is_down_nobody_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
