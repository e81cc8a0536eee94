/* The answer to a request, as it goes out (lib/request.h). */
#include <string.h>

#include "table.h"

#include "request.h"

#define HEAD(line, type, length)                                        \
	"Status: " line "\r\nContent-Type: " type                       \
	"\r\nContent-Length: " length "\r\nCache-Control: no-store\r\n" \
	"X-Content-Type-Options: nosniff\r\n"

static const struct say_case {
	const char *says;
	int status;
	const char *word, *message, *want;
} said[] = {
	{ "an accepted event is answered in one word (F014)", 202, "accepted",
	    NULL,
	    HEAD("202 Accepted", "application/json",
		"22") "\r\n{\"status\":\"accepted\"}\n" },
	{ "a refusal says no more than it must (F015)", 401, "refused",
	    "not authorised",
	    HEAD("401 Unauthorized", "application/json",
		"48") "\r\n{\"status\":\"refused\",\"message\":\"not authorised\"}\n" },
	{ "a quote in a message is escaped", 400, "unreadable", "a \"b\"\r\nc",
	    HEAD("400 Bad Request", "application/json",
		"49") "\r\n{\"status\":\"unreadable\",\"message\":"
		      "\"a \\\"b\\\"\\r\\nc\"}\n" },
	{ "a status without a name is Unknown", 299, "odd", NULL,
	    HEAD("299 Unknown", "application/json",
		"17") "\r\n{\"status\":\"odd\"}\n" },
};

static void
assert_put(const struct reply *reply, const char *want)
{
	struct buf out = BUF_INIT(4 * KIB);
	struct err err = ERR_INIT;

	assert_int_equal(reply_put(reply, &out, &err), ST_OK);
	assert_string_equal(buf_text(&out), want);
	buf_release(&out);
}

static void
say_case(void **state)
{
	const struct say_case *c = *state;
	struct reply reply = REPLY_INIT;

	reply_say(&reply, c->status, c->word, c->message);
	assert_put(&reply, c->want);
	reply_release(&reply);
}

static const struct name_case {
	const char *says;
	int status;
	const char *want;
} names[] = {
	{ "200 is OK", 200, "Status: 200 OK\r\n" },
	{ "404 is Not Found", 404, "Status: 404 Not Found\r\n" },
	{ "405 is Method Not Allowed", 405,
	    "Status: 405 Method Not Allowed\r\n" },
	{ "413 is Content Too Large", 413,
	    "Status: 413 Content Too Large\r\n" },
	{ "415 is Unsupported Media Type", 415,
	    "Status: 415 Unsupported Media Type\r\n" },
	{ "500 is Internal Server Error", 500,
	    "Status: 500 Internal Server Error\r\n" },
	{ "503 is Service Unavailable", 503,
	    "Status: 503 Service Unavailable\r\n" },
};

static void
name_case(void **state)
{
	const struct name_case *c = *state;
	struct reply reply = REPLY_INIT;
	struct buf out = BUF_INIT(4 * KIB);
	struct err err = ERR_INIT;

	reply_text(&reply, c->status, "");
	assert_int_equal(reply_put(&reply, &out, &err), ST_OK);
	assert_memory_equal(buf_text(&out), c->want, strlen(c->want));
	buf_release(&out);
	reply_release(&reply);
}

static void
a_text_is_answered_as_it_is(void **state)
{
	struct reply reply = REPLY_INIT;

	(void)state;
	reply_say(&reply, 500, "replaced", NULL);
	reply_text(&reply, 200, "challenge");
	assert_put(&reply,
	    HEAD("200 OK", "text/plain; charset=utf-8", "9") "\r\nchallenge");
	reply_release(&reply);
}

static void
headers_come_in_the_order_they_were_added(void **state)
{
	struct reply reply = REPLY_INIT;

	(void)state;
	reply_text(&reply, 503, "x");
	reply_header(&reply, "Retry-After: 30\r\n");
	reply_header(&reply, "Allow: POST\r\n");
	assert_put(&reply,
	    HEAD("503 Service Unavailable", "text/plain; charset=utf-8",
		"1") "Retry-After: 30\r\nAllow: POST\r\n\r\nx");
	reply_release(&reply);
}

/* An answer nobody filled in says that something went wrong. */
static void
an_answer_nobody_gave_is_500(void **state)
{
	struct reply reply = REPLY_INIT;

	(void)state;
	assert_put(&reply,
	    HEAD("500 Internal Server Error", "application/json", "0") "\r\n");
	reply_release(&reply);
}

static void
an_answer_that_passes_its_ceiling_is_empty(void **state)
{
	struct reply reply = REPLY_INIT;
	static char text[300 * KIB];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	reply_text(&reply, 200, text);
	assert_int_equal(reply.status, 200);
	assert_int_equal(reply.body.len, 0);
	reply_say(&reply, 400, "unreadable", text);
	assert_int_equal(reply.status, 400);
	assert_int_equal(reply.body.len, 0);
	reply_header(&reply, "Allow: POST\r\n");
	reply_header(&reply, text);
	assert_string_equal(buf_text(&reply.headers), "Allow: POST\r\n");
	reply_release(&reply);
}

static void
an_answer_larger_than_the_buffer_is_refused(void **state)
{
	struct reply reply = REPLY_INIT;
	struct buf small = BUF_INIT(16), larger = BUF_INIT(180);
	struct err err = ERR_INIT;

	(void)state;
	reply_text(&reply, 200,
	    "a body that does not fit behind its head, whatever is done");
	assert_int_equal(reply_put(&reply, &small, &err), ST_REJECT);
	assert_int_equal(reply_put(&reply, &larger, &err), ST_REJECT);
	assert_string_equal(err.text, "more than 180 bytes");
	buf_release(&small);
	buf_release(&larger);
	reply_release(&reply);
}

static const struct CMUnitTest others[] = {
	SAYS("a text is answered as it is", a_text_is_answered_as_it_is),
	SAYS("headers come in the order they were added",
	    headers_come_in_the_order_they_were_added),
	SAYS("an answer nobody gave is 500 (trap 5)",
	    an_answer_nobody_gave_is_500),
	SAYS("an answer that passes its ceiling is empty",
	    an_answer_that_passes_its_ceiling_is_empty),
	SAYS("an answer larger than the buffer is refused",
	    an_answer_larger_than_the_buffer_is_refused),
};

int
main(void)
{
	static struct CMUnitTest
	    tests[ARRAY_LEN(said) + ARRAY_LEN(names) + ARRAY_LEN(others)];
	size_t n = 0;

	ADD_ROWS(tests, n, said, say_case);
	ADD_ROWS(tests, n, names, name_case);
	ADD_OTHERS(tests, n, others);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
