/* One status for everything that can fail, and the reason beside it. */
#include <errno.h>
#include <string.h>

#include "table.h"

#include "err.h"

static const struct edge_case {
	const char *says;
	enum status st;
	int http, exits;
} edges[] = {
	{ "what went well is 200 and 0", ST_OK, 200, 0 },
	{ "what is not there is 404 and 0", ST_NONE, 404, 0 },
	{ "what may work later is 503 and 75", ST_RETRY, 503, 75 },
	{ "what is their mistake is 400 and 65", ST_REJECT, 400, 65 },
	{ "what is our mistake is 500 and 70", ST_FAULT, 500, 70 },
};

static void
edge_case(void **state)
{
	const struct edge_case *c = *state;

	assert_int_equal(err_http(c->st), c->http);
	assert_int_equal(err_exit(c->st), c->exits);
}

static const struct wrap_case {
	const char *says;
	enum status st;
	const char *want;
} wraps[] = {
	{ "context comes before the reason", ST_RETRY,
	    "request 7: no route to host" },
	{ "context comes before a refusal", ST_REJECT,
	    "request 7: no route to host" },
	{ "context comes before a fault", ST_FAULT,
	    "request 7: no route to host" },
	{ "what went well needs no context", ST_OK, "no route to host" },
	{ "what is not there needs no context", ST_NONE, "no route to host" },
};

static void
wrap_case(void **state)
{
	const struct wrap_case *c = *state;
	struct err err = ERR_INIT;

	assert_int_equal(err_class(&err, ST_RETRY, "network", "no route to %s",
			     "host"),
	    ST_RETRY);
	assert_int_equal(err_wrap(&err, c->st, "request %d", 7), c->st);
	assert_string_equal(err.text, c->want);
	assert_string_equal(err.reason, "network");
}

static void
a_new_error_says_nothing(void **state)
{
	const struct err err = ERR_INIT;

	(void)state;
	assert_string_equal(err.text, "");
	assert_string_equal(err.reason, "");
}

static void
a_plain_error_has_no_class(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(err_class(&err, ST_FAULT, "old", "old"), ST_FAULT);
	assert_int_equal(err_set(&err, ST_REJECT, "%d%%", 5), ST_REJECT);
	assert_string_equal(err.text, "5%");
	assert_string_equal(err.reason, "");
}

static void
a_reason_has_a_limit(void **state)
{
	struct err err = ERR_INIT;
	char text[1000];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[999] = '\0';
	assert_int_equal(err_set(&err, ST_FAULT, "%s", text), ST_FAULT);
	assert_int_equal(strlen(err.text), 511);
	assert_int_equal(err_wrap(&err, ST_FAULT, "first"), ST_FAULT);
	assert_int_equal(strlen(err.text), 511);
	assert_memory_equal(err.text, "first: xxx", 10);
	assert_int_equal(err_wrap(&err, ST_FAULT, "%s", text), ST_FAULT);
	assert_int_equal(strlen(err.text), 511);
	assert_int_equal(err.text[510], 'x');
}

static void
no_memory_is_our_fault(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(err_memory(&err), ST_FAULT);
	assert_string_equal(err.text, "could not get memory");
	assert_string_equal(err.reason, "memory");
}

static void
a_want_of_memory_may_pass(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(err_passing(err_memory(&err), &err), ST_RETRY);
	assert_int_equal(err_passing(err_class(&err, ST_FAULT, "schema", "old"),
			     &err),
	    ST_FAULT);
	assert_int_equal(err_passing(ST_OK, &err), ST_OK);
}

static void
too_few_of_something_may_pass_and_what_is_not_there_stays_so(void **state)
{
	(void)state;
	assert_int_equal(err_system(EMFILE), ST_RETRY);
	assert_int_equal(err_system(ENFILE), ST_RETRY);
	assert_int_equal(err_system(ENOMEM), ST_RETRY);
	assert_int_equal(err_system(EIO), ST_RETRY);
	assert_int_equal(err_system(ENOENT), ST_FAULT);
	assert_int_equal(err_system(EACCES), ST_FAULT);
	assert_int_equal(err_system(EISDIR), ST_FAULT);
}

static const struct CMUnitTest others[] = {
	SAYS("a new error says nothing", a_new_error_says_nothing),
	SAYS("a plain error has no class", a_plain_error_has_no_class),
	SAYS("a reason has a limit", a_reason_has_a_limit),
	SAYS("no memory is our fault", no_memory_is_our_fault),
	SAYS("a want of memory may pass", a_want_of_memory_may_pass),
	SAYS("too few of something may pass, what is not there stays so",
	    too_few_of_something_may_pass_and_what_is_not_there_stays_so),
};

int
main(void)
{
	static struct CMUnitTest
	    tests[ARRAY_LEN(edges) + ARRAY_LEN(wraps) + ARRAY_LEN(others)];
	size_t n = 0;

	ADD_ROWS(tests, n, edges, edge_case);
	ADD_ROWS(tests, n, wraps, wrap_case);
	ADD_OTHERS(tests, n, others);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
