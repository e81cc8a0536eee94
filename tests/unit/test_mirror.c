/* mirror.h: which statements a batch becomes, what is tried again and what
 * is found guilty (F072, F089, promises 2, 3 and 8). PostgreSQL is played by
 * fake_db.c; tests/promises has the rules of drain_apply itself. */
#include <stdio.h>
#include <string.h>

#include "fails.h"
#include "fake_db.h"

#include "mirror.h"

enum { ITEMS_MAX = 8 };

/* In the order of their table, as module_list has them. */
static const struct sql projection = { "project_items", 1, "" };
static struct module modules[] = { { .name = "books.items",
				       .projection = &projection },
	{ .name = "crm.leads" } };

static struct change changes[ITEMS_MAX];
static struct item items[ITEMS_MAX];
static struct task task;
static struct batch batch;
static struct err err;

static int
start(void **state)
{
	struct err none = ERR_INIT;

	(void)state;
	fake_db_reset();
	err = none;
	memset(items, 0, sizeof(items));
	memset(changes, 0, sizeof(changes));
	task = (struct task) {
		.seq = 7, .received_us = 5, .known_us = 5, .origin = "w"
	};
	batch = (struct batch) { .items = items,
		.docs = { .at = (char *)(uintptr_t) "{}[]",
		    .len = 4,
		    .cap = 4,
		    .max = 4 } };
	return 0;
}

/* A change of the module at this place of its table. */
static struct item *
add(int module, const char *id)
{
	struct item *i = &items[batch.items_len];
	struct change *c = &changes[batch.items_len];

	batch.items_len++;
	c->module = &modules[module];
	c->op = OP_UPDATE;
	(void)strcpy(c->id, id);
	i->task = &task;
	i->change = c;
	i->act = "announce";
	return i;
}

static enum status
apply(void)
{
	return mirror_apply(NULL, &batch, &err);
}

/* How often something stands in what was sent. */
static int
times(const char *text)
{
	const char *at = buf_text(&fake_db.said);
	int n = 0;

	for (; (at = strstr(at, text)) != NULL; at++)
		n++;
	return n;
}

static void
nothing_to_apply_sends_nothing(void **state)
{
	(void)state;
	add(0, "1")->verdict = VERDICT_DEAD;
	assert_int_equal(apply(), ST_OK);
	assert_string_equal(buf_text(&fake_db.said), "");
	assert_int_equal(items[0].verdict, VERDICT_DEAD);
}

static void
a_set_is_locked_applied_and_projected_once(void **state)
{
	struct item *i;

	(void)state;
	add(1, "9");
	i = add(0, "2");
	i->act = "write";
	i->doc_len = 2;
	i->notes = 2;
	i->notes_len = 2;
	i->owner = (struct owner) { "3", "Ann", "a@example.com" };
	changes[1].timed = true;
	changes[1].time_us = 11;
	assert_int_equal(apply(), ST_OK);
	assert_string_equal(buf_text(&fake_db.said),
	    "savepoint s\n"
	    "drain_lock (crm.leads 9) (books.items 2)\n"
	    "drain_apply (crm.leads 9 announce - 7 @5 update - - - - - w) "
	    "(books.items 2 write @11 7 @5 update {} [] 3 Ann a@example.com "
	    "w)\n"
	    "project_items (2)\n"
	    "release s\n");
	assert_int_equal(items[0].verdict, VERDICT_APPLIED);
	assert_int_equal(items[1].verdict, VERDICT_APPLIED);
}

static void
changes_of_one_record_go_in_rounds(void **state)
{
	(void)state;
	add(0, "1");
	add(0, "2");
	add(0, "1");
	add(1, "1"); /* another module's record */
	assert_int_equal(apply(), ST_OK);
	assert_string_equal(buf_text(&fake_db.said),
	    "savepoint s\n"
	    "drain_lock (books.items 1) (books.items 2) (crm.leads 1)\n"
	    "drain_apply (books.items 1 announce - 7 @5 update - - - - - w) "
	    "(books.items 2 announce - 7 @5 update - - - - - w) "
	    "(crm.leads 1 announce - 7 @5 update - - - - - w)\n"
	    "drain_apply (books.items 1 announce - 7 @5 update - - - - - w)\n"
	    "project_items (1) (2)\n"
	    "release s\n");
}

static void
what_was_not_written_is_not_projected(void **state)
{
	(void)state;
	fake_db.verdict = "stale";
	add(0, "1");
	assert_int_equal(apply(), ST_OK);
	assert_int_equal(times("project_items"), 0);
	assert_int_equal(items[0].verdict, VERDICT_STALE);
}

/* Whatever the size of the set and wherever in it the bad one is. */
static void
one_that_is_refused_stands_alone_and_the_rest_is_in(void **state)
{
	char id[8], bad_id[8];
	int n, bad, i;

	for (n = 1; n <= ITEMS_MAX; n++)
		for (bad = 0; bad < n; bad++) {
			(void)start(state);
			for (i = 0; i < n; i++) {
				(void)snprintf(id, sizeof(id), "id%d", i);
				add(0, id);
			}
			(void)snprintf(bad_id, sizeof(bad_id), "id%d", bad);
			fake_db.refuse = bad_id;
			assert_int_equal(apply(), ST_OK);
			for (i = 0; i < n; i++)
				assert_int_equal(items[i].verdict,
				    i == bad ? VERDICT_RETRY : VERDICT_APPLIED);
			assert_string_equal(items[bad].err.reason, "value");
			assert_int_equal(times("savepoint s"),
			    times("release s") + times("rollback to s"));
		}
}

static void
a_set_whose_projection_fails_is_halved(void **state)
{
	(void)state;
	add(0, "1");
	add(0, "2");
	fake_db.refuse = "project_items (1) (2)";
	assert_int_equal(apply(), ST_OK);
	assert_int_equal(times("rollback to s"), 1);
	assert_int_equal(times("release s"), 2);
	assert_int_equal(items[0].verdict, VERDICT_APPLIED);
	assert_int_equal(items[1].verdict, VERDICT_APPLIED);
}

/* Failures of nobody's data, by the classes db.c gives them. */
static void
a_general_failure_ends_the_transaction(void **state)
{
	static const char *const reasons[] = { "connection", "deadlock",
		"serialization", "timeout", "lock", "resources", "io",
		"read_only", "memory" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(reasons); i++) {
		(void)start(state);
		add(0, "1");
		add(0, "2");
		fake_db.refuse = "drain_apply";
		fake_db.status = ST_RETRY;
		fake_db.reason = reasons[i];
		assert_int_equal(apply(), ST_RETRY);
		assert_string_equal(err.reason, reasons[i]);
		assert_int_equal(times("savepoint s"), 1);
		assert_int_equal(items[0].verdict, VERDICT_NONE);
		assert_int_equal(items[1].verdict, VERDICT_NONE);
	}
}

static void
a_connection_that_is_lost_on_the_way_back_ends_it(void **state)
{
	(void)state;
	add(0, "1");
	fake_db.races = 1;
	fake_db.refuse = "rollback to s";
	fake_db.status = ST_RETRY;
	fake_db.reason = "connection";
	assert_int_equal(apply(), ST_RETRY);
	assert_string_equal(err.reason, "connection");
}

static void
a_race_is_run_again(void **state)
{
	(void)state;
	add(0, "1");
	fake_db.races = 4;
	assert_int_equal(apply(), ST_OK);
	assert_int_equal(times("savepoint s"), 5);
	assert_int_equal(times("rollback to s"), 4);
	assert_int_equal(times("project_items"), 1);
	assert_int_equal(items[0].verdict, VERDICT_APPLIED);
}

static void
a_race_without_an_end_is_left_for_later(void **state)
{
	(void)state;
	add(0, "1");
	fake_db.races = 1000;
	assert_int_equal(apply(), ST_RETRY);
	assert_string_equal(err.reason, "serialization");
	assert_int_equal(times("savepoint s"), 5);
	assert_int_equal(times("project_items"), 0);
}

/* Each statement in turn is refused for its data: then the change is to blame
 * or, where even the way back fails, the transaction is over. */
static const struct refusal_case {
	const char *says, *refuse;
	enum status want;
	enum verdict verdict;
} refusals[] = {
	{ "a lock that is refused costs the change", "drain_lock", ST_OK,
	    VERDICT_RETRY },
	{ "a write that is refused costs the change", "drain_apply", ST_OK,
	    VERDICT_RETRY },
	{ "a projection that is refused costs the change", "project_items",
	    ST_OK, VERDICT_RETRY },
	{ "a release that is refused costs the change", "release s", ST_OK,
	    VERDICT_RETRY },
	{ "a way in that is refused costs the change", "savepoint s", ST_OK,
	    VERDICT_RETRY },
	{ "a way back that is refused ends the transaction", "s", ST_RETRY,
	    VERDICT_NONE },
};

static void
refusal_case(void **state)
{
	const struct refusal_case *c = *state;

	add(0, "1");
	fake_db.refuse = c->refuse;
	assert_int_equal(apply(), c->want);
	if (c->want == ST_OK)
		assert_int_equal(items[0].verdict, c->verdict);
}

/* Memory that fails ends the transaction; what was not sent has no verdict. */
static enum status
apply_anything(struct err *why)
{
	enum status st;

	(void)start(NULL);
	add(0, "1");
	add(1, "2");
	add(0, "1");
	FAILING(st = mirror_apply(NULL, &batch, why));
	assert_int_equal(times("release s"), st == ST_OK ? 1 : 0);
	return st;
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
	static const struct fails_case anything = {
		"no memory to apply: the transaction does not go on",
		apply_anything
	};
	static const struct CMUnitTest others[] = {
		SAYS("nothing to apply sends nothing",
		    nothing_to_apply_sends_nothing),
		SAYS("a set is locked, applied and projected at once",
		    a_set_is_locked_applied_and_projected_once),
		SAYS("changes of one record go in rounds",
		    changes_of_one_record_go_in_rounds),
		SAYS("what was not written is not projected",
		    what_was_not_written_is_not_projected),
		SAYS("one that is refused stands alone, the rest is in (F072)",
		    one_that_is_refused_stands_alone_and_the_rest_is_in),
		SAYS("a set whose projection fails is halved",
		    a_set_whose_projection_fails_is_halved),
		SAYS("a general failure ends the transaction",
		    a_general_failure_ends_the_transaction),
		SAYS("a connection that is lost on the way back ends it",
		    a_connection_that_is_lost_on_the_way_back_ends_it),
		SAYS("a race is run again", a_race_is_run_again),
		SAYS("a race without an end is left for later",
		    a_race_without_an_end_is_left_for_later),
	};
	static struct CMUnitTest
	    tests[ARRAY_LEN(others) + ARRAY_LEN(refusals) + 1];
	size_t i, n = 0;

	ADD_OTHERS(tests, n, others);
	ADD_ROWS(tests, n, refusals, refusal_case);
	for (i = 0; i < n; i++)
		tests[i].setup_func = start;
	tests[n].name = anything.says;
	tests[n].test_func = fails_row;
	tests[n].initial_state = (void *)(uintptr_t)&anything;
	return cmocka_run_group_tests(tests, NULL, close_all);
}
