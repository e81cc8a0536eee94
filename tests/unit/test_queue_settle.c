/* queue.h: what becomes of a batch, as the rows that are written of it
 * (F076, F082, promises 2 and 4). PostgreSQL is played by fake_db.c. */
#include <string.h>

#include "fails.h"
#include "fake_db.h"

#include "log.h"
#include "queue.h"

enum { TASKS_MAX = 4, ITEMS_MAX = 8, LIMIT = 3 };

/* The batch in hand: tasks and their items in order. */
static struct task tasks[TASKS_MAX];
static struct item items[ITEMS_MAX];
static struct batch batch;
static struct change change;
static struct module module = { .name = "books.items" };
static struct retry_policy policy;
static struct queue_totals totals;

static int
start(void **state)
{
	(void)state;
	fake_db_reset();
	memset(tasks, 0, sizeof(tasks));
	memset(items, 0, sizeof(items));
	memset(&totals, 0, sizeof(totals));
	batch = (struct batch) { .tasks = tasks, .items = items };
	policy = (struct retry_policy) {
		.limit = LIMIT, .base_s = 0, .max_s = 60, .seed = 1
	};
	change = (struct change) { .module = &module, .id = "47" };
	return 0;
}

static struct task *
task(int tries)
{
	struct task *t = &tasks[batch.tasks_len];

	t->seq = 7 + (int64_t)batch.tasks_len;
	t->received_us = 5;
	t->tries = tries;
	t->event_type = "item.update";
	t->module = "books.items";
	t->first = batch.items_len;
	batch.tasks_len++;
	return t;
}

static struct item *
item(enum verdict verdict)
{
	struct task *t = &tasks[batch.tasks_len - 1];
	struct item *i = &items[batch.items_len++];
	struct err unused = ERR_INIT;

	i->task = t;
	i->ord = (int)t->count++;
	i->change = &change;
	i->verdict = verdict;
	i->err = unused;
	return i;
}

static struct item *
failed(enum verdict verdict)
{
	struct item *i = item(verdict);

	(void)err_class(&i->err, ST_REJECT, "value", "no such day");
	return i;
}

static void
settles_as(const char *want)
{
	struct err err = ERR_INIT;

	assert_int_equal(queue_settle(NULL, &batch, &policy, &totals, &err),
	    ST_OK);
	assert_string_equal(buf_text(&fake_db.said), want);
}

static void
an_empty_batch_writes_nothing(void **state)
{
	(void)state;
	settles_as("");
	assert_int_equal(totals.requests, 0);
}

static void
a_request_ends_with_its_gravest_verdict(void **state)
{
	(void)state;
	task(0);
	item(VERDICT_STALE);
	item(VERDICT_APPLIED);
	item(VERDICT_DUPLICATE);
	settles_as("drain_finish (7 @5 applied "
		   "{\"0\":\"stale\",\"1\":\"applied\",\"2\":\"duplicate\"} "
		   "books.items item.update 0)\n");
	assert_int_equal(totals.requests, 1);
	assert_int_equal(totals.postponed, 0);
	assert_int_equal(totals.changes[VERDICT_STALE], 1);
	assert_int_equal(totals.changes[VERDICT_APPLIED], 1);
	assert_int_equal(totals.changes[VERDICT_DUPLICATE], 1);
}

static void
a_request_without_changes_is_ignored(void **state)
{
	(void)state;
	task(0)->module = NULL;
	settles_as("drain_finish (7 @5 ignored {} - item.update 0)\n");
}

static void
one_that_failed_goes_back_with_what_is_done(void **state)
{
	(void)state;
	task(1);
	item(VERDICT_APPLIED);
	failed(VERDICT_RETRY);
	settles_as("drain_postpone (7 0 {\"0\":\"applied\"} value "
		   "no such day)\n");
	assert_int_equal(totals.requests, 0);
	assert_int_equal(totals.postponed, 1);
	assert_int_equal(totals.changes[VERDICT_RETRY], 1);
}

static void
the_last_try_makes_a_dead_letter(void **state)
{
	struct item *i;

	(void)state;
	task(LIMIT - 1);
	i = failed(VERDICT_RETRY);
	settles_as("drain_finish (7 @5 dead {\"0\":\"dead\"} books.items "
		   "item.update 2)\n"
		   "drain_bury (7 0 @5 books.items 47 item.update value "
		   "no such day 3)\n");
	assert_int_equal(i->verdict, VERDICT_DEAD);
	assert_int_equal(totals.changes[VERDICT_DEAD], 1);
	assert_int_equal(totals.changes[VERDICT_RETRY], 0);
	assert_int_equal(totals.postponed, 0);
}

static void
a_dead_letter_tells_what_is_known_of_it(void **state)
{
	static struct change nameless;
	struct item *i;

	(void)state;
	task(0)->event_type = NULL;
	i = item(VERDICT_DEAD);
	i->change = NULL;
	i->ord = -1;
	i = item(VERDICT_DEAD);
	i->change = &nameless;
	task(0)->event_type = "";
	item(VERDICT_DEAD);
	settles_as("drain_finish (7 @5 dead {\"-1\":\"dead\",\"1\":\"dead\"} "
		   "books.items - 0) (8 @5 dead {\"0\":\"dead\"} books.items "
		   " 0)\n"
		   "drain_bury (7 -1 @5 - - unknown database  1) "
		   "(7 1 @5 - - unknown database  1) "
		   "(8 0 @5 books.items 47 unknown database  1)\n");
}

static void
a_verdict_of_an_earlier_try_is_told_and_not_counted_again(void **state)
{
	struct item *i;

	(void)state;
	task(1);
	i = failed(VERDICT_DEAD);
	i->before = true;
	item(VERDICT_APPLIED);
	settles_as("drain_finish (7 @5 dead "
		   "{\"0\":\"dead\",\"1\":\"applied\"} books.items "
		   "item.update 1)\n");
	assert_int_equal(totals.changes[VERDICT_DEAD], 0);
	assert_int_equal(totals.changes[VERDICT_APPLIED], 1);
}

static void
a_dead_letter_tried_again_is_resolved_where_it_went_well(void **state)
{
	(void)state;
	task(0)->retried = true;
	item(VERDICT_APPLIED);
	failed(VERDICT_DEAD);
	settles_as("drain_finish (7 @5 dead "
		   "{\"0\":\"applied\",\"1\":\"dead\"} books.items "
		   "item.update 0)\n"
		   "drain_resolve (7 -1) (7 0)\n"
		   "drain_bury (7 1 @5 books.items 47 item.update value "
		   "no such day 1)\n");
}

static void
one_that_is_dead_as_a_whole_again_is_not_resolved(void **state)
{
	struct item *i;

	(void)state;
	task(0)->retried = true;
	i = failed(VERDICT_DEAD);
	i->change = NULL;
	i->ord = -1;
	task(0)->retried = true;
	settles_as("drain_finish (7 @5 dead {\"-1\":\"dead\"} books.items "
		   "item.update 0) (8 @5 ignored {} books.items item.update "
		   "0)\n"
		   "drain_bury (7 -1 @5 - - item.update value no such day "
		   "1)\n");
}

static void
what_postgresql_refuses_is_passed_on(void **state)
{
	static const char *const statements[] = { "drain_finish",
		"drain_postpone", "drain_resolve", "drain_bury" };
	struct err err = ERR_INIT;
	size_t i;

	for (i = 0; i < ARRAY_LEN(statements); i++) {
		assert_int_equal(start(state), 0);
		task(0)->retried = true;
		item(VERDICT_APPLIED);
		failed(VERDICT_DEAD);
		task(0);
		failed(VERDICT_RETRY);
		fake_db.refuse = statements[i];
		fake_db.status = ST_RETRY;
		fake_db.reason = "connection";
		assert_int_equal(queue_settle(NULL, &batch, &policy, &totals,
				     &err),
		    ST_RETRY);
		assert_string_equal(err.reason, "connection");
	}
}

/* Whatever is out of memory, nothing of the batch is written: the statements
 * come when all rows are there. */
static enum status
settle_anything(struct err *err)
{
	enum status st;

	(void)start(NULL);
	task(0)->retried = true;
	item(VERDICT_APPLIED);
	failed(VERDICT_DEAD);
	task(0);
	failed(VERDICT_RETRY);
	FAILING(st = queue_settle(NULL, &batch, &policy, &totals, err));
	assert_int_equal(fake_db.said.len > 0, st == ST_OK);
	return st;
}

static int
open_all(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	return log_open("test", "stderr", "error", &err) != ST_OK;
}

static int
close_all(void **state)
{
	(void)state;
	fake_db_release();
	return 0;
}

int
main(void)
{
	static const struct fails_case anything = { "no memory to settle: "
						    "nothing is written",
		settle_anything };
	static const struct CMUnitTest others[] = {
		SAYS("an empty batch writes nothing",
		    an_empty_batch_writes_nothing),
		SAYS("a request ends with its gravest verdict (F033)",
		    a_request_ends_with_its_gravest_verdict),
		SAYS("a request without changes is ignored",
		    a_request_without_changes_is_ignored),
		SAYS("one that failed goes back, with what is done (F076)",
		    one_that_failed_goes_back_with_what_is_done),
		SAYS("the last try makes a dead letter (F076)",
		    the_last_try_makes_a_dead_letter),
		SAYS("a dead letter tells what is known of it",
		    a_dead_letter_tells_what_is_known_of_it),
		SAYS("a verdict of an earlier try is told, not counted again",
		    a_verdict_of_an_earlier_try_is_told_and_not_counted_again),
		SAYS("a dead letter tried again is resolved where it went well",
		    a_dead_letter_tried_again_is_resolved_where_it_went_well),
		SAYS("one that is dead as a whole again is not resolved",
		    one_that_is_dead_as_a_whole_again_is_not_resolved),
		SAYS("what PostgreSQL refuses is passed on",
		    what_postgresql_refuses_is_passed_on),
	};
	static struct CMUnitTest tests[ARRAY_LEN(others) + 1];
	size_t i, n = 0;

	ADD_OTHERS(tests, n, others);
	for (i = 0; i < n; i++)
		tests[i].setup_func = start;
	tests[n].name = anything.says;
	tests[n].test_func = fails_row;
	tests[n].initial_state = (void *)(uintptr_t)&anything;
	return cmocka_run_group_tests(tests, open_all, close_all);
}
