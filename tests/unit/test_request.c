/* One HTTP request: what web servers hand over is not believed (platform.md,
 * sections 0 and 1.4), and the answer goes out as CGI wants it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "table.h"

#include "request.h"

enum { BODY_MAX = 100, PAIRS_MAX = 8 };

/* A web server of paper. */
struct paper {
	const char *body;
	size_t left;
	int step;         /* most bytes a read gives */
	int fails_at;     /* this read fails; -1 for none */
	int broken_after; /* broken once so many reads were made; -1 never */
	int reads;
};

static int
paper_read(void *handle, char *at, int len)
{
	struct paper *p = handle;
	int n = len < p->step ? len : p->step;

	if (p->reads++ == p->fails_at)
		return -1;
	if ((size_t)n > p->left)
		n = (int)p->left;
	memcpy(at, p->body, (size_t)n);
	p->body += n;
	p->left -= (size_t)n;
	return n;
}

static int
paper_broken(void *handle)
{
	const struct paper *p = handle;

	return p->broken_after >= 0 && p->reads >= p->broken_after;
}

struct request_case {
	const char *says;
	const char *pairs[PAIRS_MAX];
	const char *body;
	int want;
	const char *reason; /* of a refusal, else the path */
};

#define POST "REQUEST_METHOD=POST", "SCRIPT_NAME=/api", "PATH_INFO=/hook"

static const struct request_case cases[] = {
	{ "a request with its length is read", { POST, "CONTENT_LENGTH=5" },
	    "hello", 0, "/api/hook" },
	{ "a chunked body comes without a length", { POST }, "hello", 0,
	    "/api/hook" },
	{ "an empty length is none", { POST, "CONTENT_LENGTH=" }, "hello", 0,
	    "/api/hook" },
	{ "a request without a body is read", { POST, "CONTENT_LENGTH=0" }, "",
	    0, "/api/hook" },
	{ "a length may begin with zeros", { POST, "CONTENT_LENGTH=0005" },
	    "hello", 0, "/api/hook" },
	{ "the whole path may be in SCRIPT_NAME",
	    { "SCRIPT_NAME=/api/hook", "CONTENT_LENGTH=0" }, "", 0,
	    "/api/hook" },
	{ "the whole path may be in PATH_INFO", { "PATH_INFO=/api/hook" }, "",
	    0, "/api/hook" },
	{ "a path may be missing", { "REQUEST_METHOD=GET" }, "", 0, "" },

	{ "a length without a body is refused (trap 3)",
	    { POST, "CONTENT_LENGTH=5" }, "", 400,
	    "0 bytes came where Content-Length says 5" },
	{ "a body that was cut short is refused (trap 4)",
	    { POST, "CONTENT_LENGTH=6" }, "hel", 400,
	    "3 bytes came where Content-Length says 6" },
	{ "a body longer than its length is refused",
	    { POST, "CONTENT_LENGTH=2" }, "hello", 400,
	    "5 bytes came where Content-Length says 2" },
	{ "a body where the length says none is refused",
	    { POST, "CONTENT_LENGTH=0" }, "hello", 400,
	    "5 bytes came where Content-Length says 0" },
	{ "a length with a plus is refused", { POST, "CONTENT_LENGTH=+3" },
	    "hel", 400, "Content-Length is no number" },
	{ "a negative length is refused", { POST, "CONTENT_LENGTH=-1" }, "",
	    400, "Content-Length is no number" },
	{ "two lengths joined are refused", { POST, "CONTENT_LENGTH=3, 3" },
	    "hel", 400, "Content-Length is no number" },
	{ "a length of 20 digits is refused",
	    { POST, "CONTENT_LENGTH=18446744073709551621" }, "hello", 400,
	    "Content-Length is no number" },
	{ "a length over the limit is refused", { POST, "CONTENT_LENGTH=101" },
	    "", 413, "a body of more than 100 bytes" },
	{ "a length of 18 digits is over the limit",
	    { POST, "CONTENT_LENGTH=999999999999999999" }, "", 413,
	    "a body of more than 100 bytes" },

	{ "a header that came twice is refused (trap 7)",
	    { POST, "HTTP_X_A=1", "CONTENT_LENGTH=0", "HTTP_X_A=2" }, "", 400,
	    "the header HTTP_X_A came twice" },
	{ "a header that came twice alike is refused (trap 7)",
	    { "HTTP_X_A=1", "HTTP_X_A=1" }, "", 400,
	    "the header HTTP_X_A came twice" },
	{ "two lengths are refused",
	    { POST, "CONTENT_LENGTH=0", "CONTENT_LENGTH=5" }, "hello", 400,
	    "the header CONTENT_LENGTH came twice" },
	{ "names that begin alike are two", { "HTTP_X=1", "HTTP_X_A=2" }, "", 0,
	    "" },
	{ "names that end alike are two", { "HTTP_X_A=1", "HTTP_X=2" }, "", 0,
	    "" },
	{ "a value may hold =", { "HTTP_A=B=c", "HTTP_A_=B=c" }, "", 0, "" },

	{ "a Content-Encoding is refused",
	    { POST, "HTTP_CONTENT_ENCODING=gzip" }, "", 415,
	    "Content-Encoding is not accepted: send the body plain" },
	{ "two encodings are refused",
	    { POST, "HTTP_CONTENT_ENCODING=identity, gzip" }, "", 415,
	    "Content-Encoding is not accepted: send the body plain" },
	{ "the encoding Identity means none",
	    { POST, "HTTP_CONTENT_ENCODING=Identity" }, "", 0, "/api/hook" },
};

static int
read_stream(struct request *req, struct paper *paper, char **env,
    size_t body_max, struct err *err)
{
	const struct request_source source = { .environment = env,
		.handle = paper,
		.read = paper_read,
		.broken = paper_broken };

	return request_read(req, &source, body_max, err);
}

static int
read_paper(struct request *req, const char *body, char **env, struct err *err)
{
	struct paper paper = { body, strlen(body), 1 << 20, -1, -1, 0 };

	return read_stream(req, &paper, env, BODY_MAX, err);
}

/* A CGI environment is not constant by type; nobody writes into it. */
static char **
environment_of(const char *const *pairs, size_t n)
{
	char **env = calloc(n + 1, sizeof(*env));
	size_t i;

	assert_non_null(env);
	for (i = 0; i < n && pairs[i] != NULL; i++) {
		env[i] = strdup(pairs[i]);
		assert_non_null(env[i]);
	}
	return env;
}

static void
environment_free(char **env)
{
	size_t i;

	for (i = 0; env[i] != NULL; i++)
		free(env[i]);
	free(env);
}

static void
request_case(void **state)
{
	const struct request_case *c = *state;
	char **env = environment_of(c->pairs, PAIRS_MAX);
	struct err err = ERR_INIT;
	struct request req;

	assert_int_equal(read_paper(&req, c->body, env, &err), c->want);
	if (c->want == 0) {
		assert_string_equal(buf_text(&req.path), c->reason);
		assert_int_equal(req.body.len, strlen(c->body));
		assert_string_equal(buf_text(&req.body), c->body);
	} else {
		assert_string_equal(err.text, c->reason);
	}
	request_release(&req);
	environment_free(env);
}

static const struct stream_case {
	const char *says;
	struct paper paper;
	int want;
	const char *reason;
} streams[] = {
	{ "a body that comes byte by byte is read whole",
	    { "hello", 5, 1, -1, -1, 0 }, 0, "" },
	{ "a stream that broke among the headers is refused (trap 4)",
	    { "hello", 5, 9, -1, 0, 0 }, 400, "the request broke off" },
	{ "a stream that broke in the body is refused (trap 4)",
	    { "hello", 5, 9, -1, 2, 0 }, 400, "the body broke off" },
	{ "a body that cannot be read is refused", { "hello", 5, 2, 1, -1, 0 },
	    400, "the body broke off" },
};

static void
stream_case(void **state)
{
	const struct stream_case *c = *state;
	struct paper paper = c->paper;
	char length[] = "CONTENT_LENGTH=5", *env[] = { length, NULL };
	struct err err = ERR_INIT;
	struct request req;

	assert_int_equal(read_stream(&req, &paper, env, BODY_MAX, &err),
	    c->want);
	assert_string_equal(err.text, c->reason);
	if (c->want == 0)
		assert_string_equal(buf_text(&req.body), "hello");
	request_release(&req);
}

static int
read_length(size_t len, const char *head)
{
	static char body[BODY_MAX + 2];
	char **env = environment_of(&head, 1);
	struct err err = ERR_INIT;
	struct request req;
	int refuse;

	memset(body, 'x', len);
	body[len] = '\0';
	refuse = read_paper(&req, body, env, &err);
	if (refuse == 0)
		assert_int_equal(req.body.len, len);
	else
		assert_string_equal(err.text, "a body of more than 100 bytes");
	request_release(&req);
	environment_free(env);
	return refuse;
}

static void
a_body_has_a_limit_to_the_byte(void **state)
{
	(void)state;
	assert_int_equal(read_length(BODY_MAX, "CONTENT_LENGTH=100"), 0);
	assert_int_equal(read_length(BODY_MAX, "HTTP_X=chunked"), 0);
	assert_int_equal(read_length(BODY_MAX + 1, "HTTP_X=chunked"), 413);
}

static int
read_headers(size_t n)
{
	char **env = calloc(n + 1, sizeof(*env));
	struct err err = ERR_INIT;
	struct request req;
	int refuse;
	size_t i;

	assert_non_null(env);
	for (i = 0; i < n; i++)
		assert_true(asprintf(&env[i], "HTTP_X_%zu=1", i) > 0);
	refuse = read_paper(&req, "", env, &err);
	if (refuse != 0)
		assert_string_equal(err.text, "more than 300 headers");
	request_release(&req);
	environment_free(env);
	return refuse;
}

static void
three_hundred_headers_are_read_and_one_more_is_refused(void **state)
{
	(void)state;
	assert_int_equal(read_headers(300), 0);
	assert_int_equal(read_headers(301), 400);
}

static void
a_path_has_a_limit(void **state)
{
	static char script[5000] = "SCRIPT_NAME=/", info[5000] = "PATH_INFO=/";
	const char *pairs[] = { script, info };
	struct err err = ERR_INIT;
	struct request req;
	char **env;

	(void)state;
	memset(info + 11, 'x', 4095);
	env = environment_of(pairs, 2);
	assert_int_equal(read_paper(&req, "", env, &err), 400);
	assert_string_equal(err.text, "the path is too long");
	request_release(&req);
	environment_free(env);
	memset(script + 13, 'x', 4096);
	env = environment_of(pairs, 1);
	assert_int_equal(read_paper(&req, "", env, &err), 400);
	assert_string_equal(err.text, "the path is too long");
	request_release(&req);
	environment_free(env);
}

static void
a_body_may_hold_a_NUL(void **state)
{
	char *env[] = { NULL };
	struct paper paper = { .body = "a\0b",
		.left = 3,
		.step = 1,
		.fails_at = -1,
		.broken_after = -1 };
	struct err err = ERR_INIT;
	struct request req;

	(void)state;
	assert_int_equal(read_stream(&req, &paper, env, BODY_MAX, &err), 0);
	assert_int_equal(req.body.len, 3);
	assert_memory_equal(req.body.at, "a\0b", 4);
	request_release(&req);
}

static void
a_large_body_is_read_whole(void **state)
{
	static char body[40001];
	char *env[] = { NULL };
	struct paper paper = { .body = body,
		.left = 40000,
		.step = 1 << 20,
		.fails_at = -1,
		.broken_after = -1 };
	struct err err = ERR_INIT;
	struct request req;

	(void)state;
	memset(body, 'x', 40000);
	assert_int_equal(read_stream(&req, &paper, env, 50000, &err), 0);
	assert_string_equal(buf_text(&req.body), body);
	request_release(&req);
}

static void
what_a_request_says_of_itself_can_be_asked(void **state)
{
	static const char *const pairs[] = { POST, "QUERY_STRING=a=1",
		"CONTENT_TYPE=text/plain", "REMOTE_ADDR=192.0.2.1",
		"HTTP_X_API_KEY=k" };
	char **env = environment_of(pairs, ARRAY_LEN(pairs)),
	     *none[] = { NULL };
	struct err err = ERR_INIT;
	struct request req;

	(void)state;
	assert_int_equal(read_paper(&req, "", env, &err), 0);
	assert_string_equal(req.method, "POST");
	assert_string_equal(req.query, "a=1");
	assert_string_equal(req.content_type, "text/plain");
	assert_string_equal(req.remote, "192.0.2.1");
	assert_string_equal(request_header(&req, "X_API_KEY"), "k");
	assert_null(request_header(&req, "X_API"));
	assert_null(request_header(&req, "X_API_KEY_"));
	request_release(&req);
	environment_free(env);
	assert_int_equal(read_paper(&req, "", none, &err), 0);
	assert_string_equal(req.method, "");
	assert_string_equal(req.query, "");
	assert_string_equal(req.content_type, "");
	assert_string_equal(req.remote, "");
	assert_null(request_header(&req, "X_API_KEY"));
	request_release(&req);
}

static const struct CMUnitTest others[] = {
	SAYS("a body has a limit, to the byte", a_body_has_a_limit_to_the_byte),
	SAYS("three hundred headers are read and one more is refused",
	    three_hundred_headers_are_read_and_one_more_is_refused),
	SAYS("a path has a limit", a_path_has_a_limit),
	SAYS("a body may hold a NUL (trap 8)", a_body_may_hold_a_NUL),
	SAYS("a large body is read whole", a_large_body_is_read_whole),
	SAYS("what a request says of itself can be asked",
	    what_a_request_says_of_itself_can_be_asked),
};

int
main(void)
{
	static struct CMUnitTest
	    tests[ARRAY_LEN(cases) + ARRAY_LEN(streams) + ARRAY_LEN(others)];
	size_t n = 0;

	ADD_ROWS(tests, n, cases, request_case);
	ADD_ROWS(tests, n, streams, stream_case);
	ADD_OTHERS(tests, n, others);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
