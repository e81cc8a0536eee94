/* store.h: what goes along with requests: hints to a drain, counts of what was
 * refused, probes; and the end. What it talks to is played. */
#include "store_played.h"

/* ---- what goes along ---- */

static void
a_commit_wakes_a_drain_and_others_soon_after_do_not(void **unused)
{
	(void)unused;
	put(0);
	next_round();
	assert_int_equal(hints, 0);
	answer(ST_OK, "");
	next_round();
	assert_int_equal(hints, 1);
	put(1);
	next_round();
	answer(ST_OK, "");
	next_round();
	assert_int_equal(hints, 1); /* the first is not answered */
	hint->answered(hint, ST_RETRY, NULL, &waiting[0].err);
	next_round();
	assert_int_equal(hints, 1); /* too soon: at a time of its own */
	assert_non_null(timer);
	while (hints == 1)
		timer->due(timer->arg);
	assert_int_equal(hints, 2);
	hint->answered(hint, ST_OK, NULL, NULL);
	next_round();
	assert_int_equal(hints, 2);
}

static void
what_was_not_committed_wakes_nobody(void **unused)
{
	(void)unused;
	put(0);
	next_round();
	answer(ST_REJECT, "value");
	next_round();
	assert_int_equal(hints, 0);
}

static enum status probed;
static int probes;

static void
probe_answered(struct call *call, enum status said, const PGresult *res,
    const struct err *why)
{
	(void)call;
	(void)res;
	(void)why;
	probed = said;
	probes++;
}

static void
a_probe_waits_for_the_start_and_not_longer(void **unused)
{
	static const struct err why = { .reason = "connection", .text = "no" };
	struct call one = { .answered = probe_answered };
	struct call two = { .answered = probe_answered };

	(void)unused;
	probes = 0;
	store_probe(store, &one);
	assert_ptr_equal(probe, &one);
	state = LINK_STARTING;
	probe = NULL;
	store_probe(store, &one);
	assert_int_equal(probes, 0);
	store_probe(store, &two); /* one may wait, not several */
	assert_int_equal(probes, 1);
	assert_int_equal(probed, ST_RETRY);
	state = LINK_UP;
	link_told->up(link_told->arg);
	assert_ptr_equal(probe, &one);
	state = LINK_STARTING;
	store_probe(store, &one);
	state = LINK_DOWN;
	link_told->down(link_told->arg, &why);
	assert_int_equal(probes, 2);
	assert_int_equal(probed, ST_RETRY);
}

static const struct refused unproven = { .source = "key",
	.event_type = "signature_missing",
	.route = "Leads",
	.remote = "192.0.2.1",
	.sample = "",
	.sample_len = 0 };

static void
refusals_are_counted_when_their_time_comes(void **unused)
{
	struct timer *count;

	(void)unused;
	store_refused(store, &unproven);
	assert_non_null(timer);
	count = timer;
	timer = NULL;
	store_refused(store, &unproven);
	assert_null(timer); /* one time for all */
	state = LINK_STARTING;
	count->due(count->arg);
	assert_ptr_equal(timer, count); /* nobody took them: again */
	state = LINK_UP;
	timer = NULL;
	count->due(count->arg);
	assert_null(timer);
}

static void
it_is_settled_when_nothing_is_left(void **unused)
{
	(void)unused;
	state = LINK_DOWN;
	assert_true(store_settled(store));
	state = LINK_STARTING;
	assert_true(store_settled(store));
	put(0);
	assert_false(store_settled(store));
	state = LINK_UP;
	next_round();
	unanswered = 1;
	assert_false(store_settled(store));
	answer(ST_OK, "");
	assert_false(store_settled(store));
	assert_int_equal(hints, 1); /* the last one is not held up */
	unanswered = 0;
	assert_true(store_settled(store));
}

static void
refusals_are_waited_for_at_the_end(void **unused)
{
	(void)unused;
	state = LINK_STARTING;
	store_refused(store, &unproven);
	assert_false(store_settled(store));
	state = LINK_UP;
	assert_true(store_settled(store));
}

static void
without_a_helper_there_is_no_store(void **unused)
{
	struct store *none;
	struct err err = ERR_INIT;

	(void)unused;
	no_link = true;
	assert_int_equal(store_open(&none, NULL, &options, &err), ST_FAULT);
	assert_null(none);
	store_close(NULL);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST("a commit wakes a drain, others soon after do not",
		    a_commit_wakes_a_drain_and_others_soon_after_do_not),
		TEST("what was not committed wakes nobody",
		    what_was_not_committed_wakes_nobody),
		TEST("a probe waits for the start and not longer",
		    a_probe_waits_for_the_start_and_not_longer),
		TEST("refusals are counted when their time comes (F042)",
		    refusals_are_counted_when_their_time_comes),
		TEST("it is settled when nothing is left",
		    it_is_settled_when_nothing_is_left),
		TEST("refusals are waited for at the end",
		    refusals_are_waited_for_at_the_end),
		TEST("without a helper there is no store",
		    without_a_helper_there_is_no_store),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
