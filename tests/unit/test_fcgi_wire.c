/* The FastCGI protocol as bytes (lib/fcgi_wire.h): whole requests whatever
 * the cuts, and nothing else taken for one. */
#include <fastcgi.h>
#include <string.h>

#include "table.h"

#include "fcgi_wire.h"

enum { BODY_MAX = 1000 };

static struct buf wire;
static struct fastcgi f;

static void
put(const void *at, size_t len)
{
	assert_int_equal(buf_put(&wire, at, len, &(struct err)ERR_INIT), ST_OK);
}

static void
record(int type, int id, const char *content, size_t len, size_t padding)
{
	static const char zeros[255];
	const unsigned char head[] = { 1, (unsigned char)type,
		(unsigned char)(id >> 8), (unsigned char)id,
		(unsigned char)(len >> 8), (unsigned char)len,
		(unsigned char)padding, 0 };

	put(head, sizeof(head));
	put(content, len);
	put(zeros, padding);
}

static void
begin(int id, int role, int flags)
{
	const char body[] = { 0, (char)role, (char)flags, 0, 0, 0, 0, 0 };

	record(FCGI_BEGIN_REQUEST, id, body, sizeof(body), 0);
}

/* One name with its value, as a record of its own. */
static void
param(int id, const char *name, size_t name_len, const char *value)
{
	char content[512];
	size_t n = strlen(value);

	content[0] = (char)name_len;
	content[1] = (char)n;
	memcpy(content + 2, name, name_len);
	memcpy(content + 2 + name_len, value, n);
	record(FCGI_PARAMS, id, content, 2 + name_len + n, 3);
}

#define PARAM(id, name, value) param(id, name, sizeof(name) - 1, value)

static void
request(int id, int flags, const char *body)
{
	begin(id, FCGI_RESPONDER, flags);
	PARAM(id, "REQUEST_METHOD", "POST");
	PARAM(id, "CONTENT_LENGTH", "5");
	record(FCGI_PARAMS, id, "", 0, 0);
	record(FCGI_STDIN, id, body, strlen(body), 1);
	record(FCGI_STDIN, id, "", 0, 0);
}

static enum fastcgi_state
feed_all(void)
{
	return fastcgi_feed(&f, wire.at, wire.len);
}

static void
expect_body(const char *want)
{
	char got[BODY_MAX + 1];
	int n = fastcgi_read(&f, got, sizeof(got) - 1);

	got[n] = '\0';
	assert_string_equal(got, want);
	assert_int_equal(fastcgi_read(&f, got, 1), 0);
}

static int
set_up(void **state)
{
	struct buf empty = BUF_INIT(MIB);

	(void)state;
	wire = empty;
	fastcgi_init(&f, BODY_MAX);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	fastcgi_release(&f);
	buf_release(&wire);
	return 0;
}

static void
a_request_is_whole_wherever_it_is_cut(void **state)
{
	size_t cut;

	(void)state;
	request(7, 0, "hello");
	for (cut = 0; cut <= wire.len; cut++) {
		fastcgi_reset(&f);
		(void)fastcgi_feed(&f, wire.at, cut);
		assert_int_equal(f.state,
		    cut == wire.len ? FASTCGI_READY : FASTCGI_READING);
		(void)fastcgi_feed(&f, wire.at + cut, wire.len - cut);
		assert_int_equal(f.state, FASTCGI_READY);
		assert_string_equal(f.params.env[0], "REQUEST_METHOD=POST");
		assert_string_equal(f.params.env[1], "CONTENT_LENGTH=5");
		assert_null(f.params.env[2]);
		assert_true(f.whole);
		assert_false(f.keep);
		expect_body("hello");
	}
}

static void
a_connection_is_kept_where_the_server_asks(void **state)
{
	(void)state;
	request(1, FCGI_KEEP_CONN, "one");
	assert_int_equal(feed_all(), FASTCGI_READY);
	assert_true(f.keep);
	fastcgi_reset(&f);
	buf_clear(&wire);
	request(2, 0, "two");
	assert_int_equal(feed_all(), FASTCGI_READY);
	expect_body("two");
}

static void
what_comes_before_the_answer_ends_the_keeping(void **state)
{
	(void)state;
	request(1, FCGI_KEEP_CONN, "one");
	request(2, FCGI_KEEP_CONN, "two");
	assert_int_equal(feed_all(), FASTCGI_READY);
	assert_false(f.keep);
	expect_body("one");
}

static void
a_body_over_the_limit_shows_one_byte_more(void **state)
{
	char body[BODY_MAX + 100];

	(void)state;
	memset(body, 'x', sizeof(body));
	begin(1, FCGI_RESPONDER, FCGI_KEEP_CONN);
	record(FCGI_PARAMS, 1, "", 0, 0);
	record(FCGI_STDIN, 1, body, sizeof(body), 0);
	assert_int_equal(feed_all(), FASTCGI_READY);
	assert_int_equal(f.body.len, BODY_MAX + 1);
	assert_false(f.whole);
	assert_false(f.keep);
}

static void
more_than_64_KiB_of_headers_are_refused(void **state)
{
	char value[128];
	int i;

	(void)state;
	memset(value, 'v', sizeof(value) - 1);
	value[sizeof(value) - 1] = '\0';
	begin(1, FCGI_RESPONDER, 0);
	for (i = 0; i < FCGI_PARAMS_MAX / 128; i++)
		PARAM(1, "HTTP_X_LONG", value);
	assert_int_equal(feed_all(), FASTCGI_READY);
	assert_string_equal(f.why.text, "more than 65536 bytes of headers");
}

static void
a_name_that_would_be_read_as_another_is_refused(void **state)
{
	static const char *const names[] = { "A=B", "A\0B", "" };
	static const size_t lens[] = { 3, 3, 0 };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(names); i++) {
		fastcgi_reset(&f);
		buf_clear(&wire);
		begin(1, FCGI_RESPONDER, 0);
		param(1, names[i], lens[i], "c");
		record(FCGI_PARAMS, 1, "", 0, 0);
		assert_int_equal(feed_all(), FASTCGI_READY);
		assert_string_equal(f.why.text,
		    "a header that no web server sends");
	}
}

static void
lengths_that_do_not_fit_break_the_connection(void **state)
{
	(void)state;
	begin(1, FCGI_RESPONDER, 0);
	record(FCGI_PARAMS, 1,
	    "\x05\x05"
	    "abc",
	    5, 0);
	record(FCGI_PARAMS, 1, "", 0, 0);
	assert_int_equal(feed_all(), FASTCGI_BROKEN);
}

static void
another_version_breaks_the_connection(void **state)
{
	(void)state;
	put("\x02\x01\x00\x01\x00\x08\x00\x00", 8);
	assert_int_equal(feed_all(), FASTCGI_BROKEN);
}

static void
an_abort_breaks_the_connection(void **state)
{
	(void)state;
	begin(1, FCGI_RESPONDER, 0);
	record(FCGI_ABORT_REQUEST, 1, "", 0, 0);
	assert_int_equal(feed_all(), FASTCGI_BROKEN);
}

static void
a_body_before_the_end_of_the_parameters_breaks_the_connection(void **state)
{
	(void)state;
	begin(1, FCGI_RESPONDER, 0);
	record(FCGI_STDIN, 1, "hello", 5, 0);
	assert_int_equal(feed_all(), FASTCGI_BROKEN);
	fastcgi_reset(&f);
	buf_clear(&wire);
	begin(1, FCGI_RESPONDER, 0);
	record(FCGI_STDIN, 1, "", 0, 0);
	assert_int_equal(feed_all(), FASTCGI_BROKEN);
}

static void
parameters_after_their_end_break_the_connection(void **state)
{
	(void)state;
	begin(1, FCGI_RESPONDER, 0);
	record(FCGI_PARAMS, 1, "", 0, 0);
	PARAM(1, "HTTP_X_API_KEY", "late");
	assert_int_equal(feed_all(), FASTCGI_BROKEN);
}

static void
expect_said(int type, int id, const char *body, size_t len)
{
	assert_true(f.out.len >= 8 + len);
	assert_int_equal(f.out.at[1], type);
	assert_int_equal(f.out.at[3], id);
	assert_memory_equal(f.out.at + 8, body, len);
}

static void
a_second_request_beside_the_first_is_refused(void **state)
{
	(void)state;
	begin(1, FCGI_RESPONDER, 0);
	begin(2, FCGI_RESPONDER, 0);
	assert_int_equal(feed_all(), FASTCGI_READING);
	expect_said(FCGI_END_REQUEST, 2, "\0\0\0\0\x01", 5);
	assert_int_equal(f.id, 1);
}

static void
another_role_is_refused(void **state)
{
	(void)state;
	begin(3, FCGI_AUTHORIZER, 0);
	assert_int_equal(feed_all(), FASTCGI_READING);
	expect_said(FCGI_END_REQUEST, 3, "\0\0\0\0\x03", 5);
	assert_false(f.begun);
}

static void
values_are_told_once_however_often_they_are_asked(void **state)
{
	static const char ask[] = "\x0f\0FCGI_MPXS_CONNS";
	int i;

	(void)state;
	for (i = 0; i < 20; i++)
		put(ask, sizeof(ask) - 1);
	{
		struct buf names = wire;
		struct buf empty = BUF_INIT(MIB);

		wire = empty;
		record(FCGI_GET_VALUES, 0, names.at, names.len, 0);
		buf_release(&names);
	}
	assert_int_equal(feed_all(), FASTCGI_READING);
	expect_said(FCGI_GET_VALUES_RESULT, 0,
	    "\x0f\x01"
	    "FCGI_MPXS_CONNS0",
	    18);
	assert_int_equal(f.out.len, 8 + 18);
}

static void
an_unknown_type_is_named(void **state)
{
	(void)state;
	record(99, 0, "xx", 2, 0);
	assert_int_equal(feed_all(), FASTCGI_READING);
	expect_said(FCGI_UNKNOWN_TYPE, 0, "\x63", 1);
}

static void
records_of_other_requests_are_passed_over(void **state)
{
	(void)state;
	begin(1, FCGI_RESPONDER, 0);
	PARAM(9, "HTTP_X_API_KEY", "another");
	record(FCGI_PARAMS, 1, "", 0, 0);
	record(FCGI_STDIN, 9, "another", 7, 0);
	record(FCGI_ABORT_REQUEST, 9, "", 0, 0);
	record(FCGI_STDIN, 1, "", 0, 0);
	assert_int_equal(feed_all(), FASTCGI_READY);
	assert_null(f.params.env[0]);
	expect_body("");
}

static void
an_answer_is_cut_into_records_and_ended(void **state)
{
	static char text[100000];
	struct buf out = BUF_INIT(MIB);
	const unsigned char *at;

	(void)state;
	memset(text, 'a', sizeof(text));
	f.id = 258;
	assert_int_equal(fastcgi_answer(&f, text, sizeof(text), &out,
			     &(struct err)ERR_INIT),
	    ST_OK);
	at = (const unsigned char *)out.at;
	assert_memory_equal(at, "\x01\x06\x01\x02\xff\xf8\0\0", 8);
	assert_int_equal(out.len, sizeof(text) + 2 * 8 + 8 + 16);
	assert_memory_equal(at + out.len - 24,
	    "\x01\x06\x01\x02\0\0\0\0\x01\x03\x01\x02\0\x08\0\0"
	    "\0\0\0\0\0\0\0\0",
	    24);
	buf_release(&out);
}

int
main(void)
{
#define EACH(function) \
	cmocka_unit_test_setup_teardown(function, set_up, tear_down)
	static const struct CMUnitTest tests[] = {
		EACH(a_request_is_whole_wherever_it_is_cut),
		EACH(a_connection_is_kept_where_the_server_asks),
		EACH(what_comes_before_the_answer_ends_the_keeping),
		EACH(a_body_over_the_limit_shows_one_byte_more),
		EACH(more_than_64_KiB_of_headers_are_refused),
		EACH(a_name_that_would_be_read_as_another_is_refused),
		EACH(lengths_that_do_not_fit_break_the_connection),
		EACH(another_version_breaks_the_connection),
		EACH(an_abort_breaks_the_connection),
		EACH(
		    a_body_before_the_end_of_the_parameters_breaks_the_connection),
		EACH(parameters_after_their_end_break_the_connection),
		EACH(a_second_request_beside_the_first_is_refused),
		EACH(another_role_is_refused),
		EACH(values_are_told_once_however_often_they_are_asked),
		EACH(an_unknown_type_is_named),
		EACH(records_of_other_requests_are_passed_over),
		EACH(an_answer_is_cut_into_records_and_ended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
