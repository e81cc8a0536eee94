/* Which handler answers: method and path against a table (F001, F009, F010,
 * F012). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "table.h"

#include "route.h"

static int answered;

static void
count_answer(struct exchange *x)
{
	(void)x;
	answered++;
}

static void
answer(const char *name, void *app, const char *rest, struct exchange *x)
{
	int *calls = app;

	(*calls)++;
	reply_text(&x->reply, 200, name);
	assert_int_equal(buf_puts(&x->reply.body, " ", &(struct err)ERR_INIT),
	    ST_OK);
	assert_int_equal(buf_puts(&x->reply.body, rest, &(struct err)ERR_INIT),
	    ST_OK);
	exchange_answer(x);
}

#define HANDLER(name)                                                     \
	static void name(void *app, const char *rest, struct exchange *x) \
	{                                                                 \
		answer(#name, app, rest, x);                              \
	}

HANDLER(receive)
HANDLER(challenge)
HANDLER(health)
HANDLER(old_name)

static const struct web_route routes[] = {
	{ "POST", "/api/zoho/webhooks/", receive },
	{ "GET", "/api/zoho/webhooks/", challenge },
	{ "GET", "/api/health", health },
	{ "POST", "/api/zoho/sync-items", old_name },
};

static const struct web_program program = {
	.name = "test", .routes = routes, .routes_len = ARRAY_LEN(routes)
};

static const struct route_case {
	const char *says, *aliases, *method, *script, *info;
	int status;
	const char *body, *headers;
} cases[] = {
	{ "a prefix hands over the rest of the path (F001)", "", "POST", "",
	    "/api/zoho/webhooks/Leads", 200, "receive Leads", "" },
	{ "SCRIPT_NAME and PATH_INFO are one path", "", "POST", "/api/zoho",
	    "/webhooks/Leads", 200, "receive Leads", "" },
	{ "the method chooses among equal paths", "", "GET", "",
	    "/api/zoho/webhooks/Leads", 200, "challenge Leads", "" },
	{ "the rest may be empty", "", "POST", "", "/api/zoho/webhooks/", 200,
	    "receive ", "" },
	{ "the rest may hold a slash", "", "POST", "", "/api/zoho/webhooks/a/b",
	    200, "receive a/b", "" },
	{ "an exact path is answered (F013)", "", "GET", "/api/health", "", 200,
	    "health ", "" },
	{ "an older name is answered (F009)", "", "POST", "",
	    "/api/zoho/sync-items", 200, "old_name ", "" },
	{ "a prefix without its slash is another path", "", "POST", "",
	    "/api/zoho/webhooks", 404, NULL, "" },
	{ "a path with a tail is another path (/hookXYZ)", "", "GET",
	    "/api/healthXYZ", "", 404, NULL, "" },
	{ "a path with a slash behind it is another path", "", "GET", "",
	    "/api/health/", 404, NULL, "" },
	{ "a path cut short is another path", "", "GET", "", "/api/heal", 404,
	    NULL, "" },
	{ "a path is exact in its case", "", "GET", "", "/API/health", 404,
	    NULL, "" },
	{ "no path at all is unknown", "", "GET", "", "", 404, NULL, "" },
	{ "a method is exact in its case", "", "get", "", "/api/health", 405,
	    NULL, "Allow: GET\r\n" },
	{ "the wrong method is told the right one", "", "POST", "",
	    "/api/health", 405, NULL, "Allow: GET\r\n" },
	{ "the wrong method is told all the right ones", "", "DELETE", "",
	    "/api/zoho/webhooks/Leads", 405, NULL, "Allow: POST, GET\r\n" },
	{ "no method is no right one", "", "", "", "/api/zoho/sync-items", 405,
	    NULL, "Allow: POST\r\n" },

	{ "an alias means the first prefix (F010)", "/api/tds/webhooks", "POST",
	    "", "/api/tds/webhooks/Leads", 200, "receive Leads", "" },
	{ "an alias may end in a slash (F010)", "/api/tds/webhooks/", "POST",
	    "", "/api/tds/webhooks/Leads", 200, "receive Leads", "" },
	{ "an alias holds for each method of the first prefix (F010)",
	    "/api/tds/webhooks", "GET", "", "/api/tds/webhooks/Leads", 200,
	    "challenge Leads", "" },
	{ "there may be several aliases (F010)", " /a, ,/b/c ,/d", "POST", "",
	    "/b/c/Leads", 200, "receive Leads", "" },
	{ "the last alias counts too (F010)", "/a,/b,/d", "POST", "",
	    "/d/Leads", 200, "receive Leads", "" },
	{ "an alias takes whole elements only (F010)", "/api/tds", "POST", "",
	    "/api/tdsXYZ/Leads", 404, NULL, "" },
	{ "an alias alone is no path (F010)", "/api/tds", "POST", "",
	    "/api/tds", 404, NULL, "" },
	{ "an alias knows the right methods (F010)", "/api/tds", "PUT", "",
	    "/api/tds/Leads", 405, NULL, "Allow: POST, GET\r\n" },
	{ "an alias does not stand before the other routes (F010)", "/api/tds",
	    "GET", "", "/api/tds/health", 200, "challenge health", "" },
	{ "commas alone are no alias", ", ,", "POST", "", "/x", 404, NULL, "" },
	{ "the first prefix still counts where there is an alias (F010)",
	    "/api/tds", "POST", "", "/api/zoho/webhooks/Leads", 200,
	    "receive Leads", "" },
};

static void
route_case(void **state)
{
	const struct route_case *c = *state;
	struct exchange x = { .req = { .method = c->method,
				  .path = BUF_INIT(4 * KIB) },
		.reply = REPLY_INIT,
		.answer = count_answer };
	struct reply *reply = &x.reply;
	struct err err = ERR_INIT;
	int calls = 0;

	answered = 0;
	assert_int_equal(buf_puts(&x.req.path, c->script, &err), ST_OK);
	assert_int_equal(buf_puts(&x.req.path, c->info, &err), ST_OK);
	route_request(&program, c->aliases, &calls, &x);
	assert_int_equal(answered, 1);
	assert_int_equal(reply->status, c->status);
	assert_int_equal(calls, c->body != NULL);
	if (c->body != NULL)
		assert_string_equal(buf_text(&reply->body), c->body);
	else
		assert_string_equal(buf_text(&reply->body),
		    c->status == 404
			? "{\"status\":\"unknown\",\"message\":\"no such path\"}\n"
			: "{\"status\":\"refused\",\"message\":\"not with this method\"}\n");
	assert_string_equal(buf_text(&reply->headers), c->headers);
	reply_release(reply);
	buf_release(&x.req.path);
}

/* POST is the second row for its path: what the first said is forgotten. */
static void
the_right_method_leaves_no_Allow(void **state)
{
	static const struct web_route two[] = { { "GET", "/x", health },
		{ "POST", "/x", receive } };
	static const struct web_program both = {
		.name = "both", .routes = two, .routes_len = 2
	};
	struct exchange x = { .req = { .method = "POST",
				  .path = BUF_INIT(KIB) },
		.reply = REPLY_INIT,
		.answer = count_answer };
	struct reply *reply = &x.reply;
	struct err err = ERR_INIT;
	int calls = 0;

	answered = 0;
	(void)state;
	assert_int_equal(buf_puts(&x.req.path, "/x", &err), ST_OK);
	route_request(&both, "", &calls, &x);
	assert_int_equal(answered, 1);
	assert_int_equal(reply->status, 200);
	assert_string_equal(buf_text(&reply->body), "receive ");
	assert_string_equal(buf_text(&reply->headers), "");
	reply_release(reply);
	buf_release(&x.req.path);
}

int
main(void)
{
	static const struct CMUnitTest others[] = {
		SAYS("the right method leaves no Allow",
		    the_right_method_leaves_no_Allow),
	};
	static struct CMUnitTest tests[ARRAY_LEN(cases) + ARRAY_LEN(others)];
	size_t n = 0;

	ADD_ROWS(tests, n, cases, route_case);
	ADD_OTHERS(tests, n, others);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
