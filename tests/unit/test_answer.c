/* answer.h: what Zoho's answers mean (zoho-api.md 1.4, 2.1, 2.2, 2.14, 3.1). */
#include "table.h"

#include <string.h>

#include "answer.h"
#include "json.h"

static struct answer_case {
	const char *says;
	enum answerer from;
	int status;
	const char *body;
	enum answer is;
	const char *code;
} cases[] = {
	/* ---- accounts ---- */
	{ "a token is data", FROM_ACCOUNTS, 200,
	    "{\"access_token\":\"1000.a\",\"expires_in\":3600}", ANSWER_DATA,
	    "" },
	{ "no token in the answer is no token, whatever the status",
	    FROM_ACCOUNTS, 200, "{\"expires_in\":3600}", ANSWER_LATER, "" },
	{ "invalid_code comes with 200 and wants a person", FROM_ACCOUNTS, 200,
	    "{\"error\":\"invalid_code\"}", ANSWER_HUMAN, "invalid_code" },
	{ "invalid_client wants a person", FROM_ACCOUNTS, 200,
	    "{\"error\":\"invalid_client\"}", ANSWER_HUMAN, "invalid_client" },
	{ "the throttle of tokens with 200", FROM_ACCOUNTS, 200,
	    "{\"error_description\":\"You have made too many requests "
	    "continuously. Please try again after some time.\","
	    "\"error\":\"Access Denied\",\"status\":\"failure\"}",
	    ANSWER_THROTTLED, "Access Denied" },
	{ "the throttle of tokens with 400", FROM_ACCOUNTS, 400,
	    "{\"error_description\":\"You have made too many requests "
	    "continuously. Please try again after some time.\","
	    "\"error\":\"Access Denied\",\"status\":\"failure\"}",
	    ANSWER_THROTTLED, "Access Denied" },
	{ "general_error passes", FROM_ACCOUNTS, 200,
	    "{\"error\":\"general_error\"}", ANSWER_LATER, "general_error" },
	{ "a page of HTML from accounts passes", FROM_ACCOUNTS, 200, NULL,
	    ANSWER_LATER, "" },
	{ "502 of accounts passes", FROM_ACCOUNTS, 502, NULL, ANSWER_LATER,
	    "" },

	/* ---- the CRM ---- */
	{ "a list is data", FROM_CRM, 200,
	    "{\"data\":[{\"id\":\"1\"}],\"info\":{\"more_records\":false}}",
	    ANSWER_DATA, "" },
	{ "204 is none", FROM_CRM, 204, NULL, ANSWER_NONE, "" },
	{ "304 is unchanged", FROM_CRM, 304, NULL, ANSWER_UNCHANGED, "" },
	{ "results of single records are data, with 207", FROM_CRM, 207,
	    "{\"data\":[{\"code\":\"DUPLICATE_DATA\",\"status\":\"error\","
	    "\"details\":{},\"message\":\"duplicate data\"},"
	    "{\"code\":\"SUCCESS\",\"status\":\"success\"}]}",
	    ANSWER_DATA, "" },
	{ "and with 202, as old versions had it", FROM_CRM, 202,
	    "{\"data\":[{\"code\":\"INVALID_DATA\",\"status\":\"error\"}]}",
	    ANSWER_DATA, "" },
	{ "a record of the CRM may have a field called code", FROM_CRM, 200,
	    "{\"data\":[{\"id\":\"1\",\"code\":\"INVALID_TOKEN\"}]}",
	    ANSWER_DATA, "" },
	{ "an error with 200 is an error", FROM_CRM, 200,
	    "{\"code\":\"INTERNAL_ERROR\",\"details\":{},\"message\":\"\","
	    "\"status\":\"error\"}",
	    ANSWER_LATER, "INTERNAL_ERROR" },
	{ "INVALID_TOKEN wants a new token", FROM_CRM, 401,
	    "{\"code\":\"INVALID_TOKEN\",\"details\":{},\"message\":"
	    "\"invalid oauth token\",\"status\":\"error\"}",
	    ANSWER_TOKEN, "INVALID_TOKEN" },
	{ "AUTHENTICATION_FAILURE is the same", FROM_CRM, 401,
	    "{\"code\":\"AUTHENTICATION_FAILURE\",\"details\":{},\"message\":"
	    "\"Authentication failed\",\"status\":\"error\"}",
	    ANSWER_TOKEN, "AUTHENTICATION_FAILURE" },
	{ "a 401 without a body wants a new token", FROM_CRM, 401, NULL,
	    ANSWER_TOKEN, "" },
	{ "a missing scope wants a person", FROM_CRM, 401,
	    "{\"code\":\"OAUTH_SCOPE_MISMATCH\",\"details\":{},\"message\":"
	    "\"invalid oauth scope to access this URL\",\"status\":\"error\"}",
	    ANSWER_HUMAN, "OAUTH_SCOPE_MISMATCH" },
	{ "403 wants a person", FROM_CRM, 403,
	    "{\"code\":\"NO_PERMISSION\",\"details\":{},\"message\":\"\","
	    "\"status\":\"error\"}",
	    ANSWER_HUMAN, "NO_PERMISSION" },
	{ "a wrong field is our mistake", FROM_CRM, 400,
	    "{\"code\":\"INVALID_DATA\",\"details\":{\"param_name\":"
	    "\"fields\"},\"message\":\"invalid data\",\"status\":\"error\"}",
	    ANSWER_WRONG, "INVALID_DATA" },
	{ "an error wrapped in a list is the same error", FROM_CRM, 400,
	    "{\"data\":[{\"code\":\"INVALID_MODULE\",\"details\":{},"
	    "\"message\":\"\",\"status\":\"error\"}]}",
	    ANSWER_WRONG, "INVALID_MODULE" },
	{ "also in watch", FROM_CRM, 400,
	    "{\"watch\":[{\"code\":\"NOT_SUBSCRIBED\",\"details\":{},"
	    "\"message\":\"\",\"status\":\"error\"}]}",
	    ANSWER_WRONG, "NOT_SUBSCRIBED" },
	{ "an unknown id may be said with 400", FROM_CRM, 400,
	    "{\"code\":\"INVALID_DATA\",\"details\":{},\"message\":"
	    "\"the id given seems to be invalid\",\"status\":\"error\"}",
	    ANSWER_GONE, "INVALID_DATA" },
	{ "an expired page token", FROM_CRM, 400,
	    "{\"code\":\"EXPIRED_VALUE\",\"details\":{\"param_name\":"
	    "\"page_token\"},\"message\":\"\",\"status\":\"error\"}",
	    ANSWER_PAGES, "EXPIRED_VALUE" },
	{ "a page token of another question", FROM_CRM, 400,
	    "{\"code\":\"TOKEN_BOUND_DATA_MISMATCH\",\"details\":{},"
	    "\"message\":\"\",\"status\":\"error\"}",
	    ANSWER_PAGES, "TOKEN_BOUND_DATA_MISMATCH" },
	{ "the wall of 2,000 is our mistake", FROM_CRM, 400,
	    "{\"code\":\"DISCRETE_PAGINATION_LIMIT_EXCEEDED\",\"details\":"
	    "{\"limit\":2000},\"message\":\"\",\"status\":\"error\"}",
	    ANSWER_WRONG, "DISCRETE_PAGINATION_LIMIT_EXCEEDED" },
	{ "412 is a record somebody changed", FROM_CRM, 412,
	    "{\"data\":[{\"code\":\"ALREADY_MODIFIED\",\"details\":{},"
	    "\"message\":\"\",\"status\":\"error\"}]}",
	    ANSWER_OUTDATED, "ALREADY_MODIFIED" },
	{ "credits of the day", FROM_CRM, 429,
	    "{\"code\":\"TOO_MANY_REQUESTS\",\"details\":{},\"message\":"
	    "\"Number of API requests for the 24 hour period is exceeded\","
	    "\"status\":\"error\"}",
	    ANSWER_CREDITS, "TOO_MANY_REQUESTS" },
	{ "too many calls at once", FROM_CRM, 429,
	    "{\"code\":\"TOO_MANY_REQUESTS\",\"details\":{},\"message\":"
	    "\"The concurrency limit of the user for the app is exceeded\","
	    "\"status\":\"error\"}",
	    ANSWER_CROWDED, "TOO_MANY_REQUESTS" },
	{ "the sub-concurrency limit", FROM_CRM, 429,
	    "{\"code\":\"TOO_MANY_REQUESTS\",\"details\":{},\"message\":"
	    "\"The sub-concurrency limit of the org is exceeded\","
	    "\"status\":\"error\"}",
	    ANSWER_CROWDED, "TOO_MANY_REQUESTS" },
	{ "one sentence that names neither", FROM_CRM, 429,
	    "{\"code\":\"TOO_MANY_REQUESTS\",\"details\":{},\"message\":"
	    "\"too many requests\",\"status\":\"error\"}",
	    ANSWER_LIMIT, "TOO_MANY_REQUESTS" },
	{ "the older shape of a limit", FROM_CRM, 429,
	    "{\"code\":429,\"error\":\"TOO_MANY_REQUESTS\",\"error_info\":"
	    "\"\",\"details\":[]}",
	    ANSWER_LIMIT, "TOO_MANY_REQUESTS" },
	{ "429 without a body", FROM_CRM, 429, NULL, ANSWER_LIMIT, "" },
	{ "500 passes", FROM_CRM, 500,
	    "{\"code\":\"INTERNAL_ERROR\",\"details\":{},\"message\":\"\","
	    "\"status\":\"error\"}",
	    ANSWER_LATER, "INTERNAL_ERROR" },
	{ "502 and a page of HTML pass", FROM_CRM, 502, NULL, ANSWER_LATER,
	    "" },
	{ "200 and a page of HTML pass", FROM_CRM, 200, NULL, ANSWER_LATER,
	    "" },
	{ "a redirect is not followed and passes", FROM_CRM, 302, NULL,
	    ANSWER_LATER, "" },
	{ "a wrong path is our mistake", FROM_CRM, 404,
	    "{\"code\":\"INVALID_URL_PATTERN\",\"details\":{},\"message\":"
	    "\"\",\"status\":\"error\"}",
	    ANSWER_WRONG, "INVALID_URL_PATTERN" },

	/* ---- Books ---- */
	{ "code 0 is data", FROM_BOOKS, 200,
	    "{\"code\":0,\"message\":\"success\",\"items\":[]}", ANSWER_DATA,
	    "0" },
	{ "an answer without a code is none of Books", FROM_BOOKS, 200,
	    "{\"items\":[]}", ANSWER_LATER, "" },
	{ "an error with 200 is an error", FROM_BOOKS, 200,
	    "{\"code\":57,\"message\":\"You are not authorized\"}",
	    ANSWER_TOKEN, "57" },
	{ "57 may be the token", FROM_BOOKS, 401,
	    "{\"code\":57,\"message\":\"You are not authorized\"}",
	    ANSWER_TOKEN, "57" },
	{ "14 may be the token", FROM_BOOKS, 401,
	    "{\"code\":14,\"message\":\"Invalid value passed for authtoken\"}",
	    ANSWER_TOKEN, "14" },
	{ "44 is the minute", FROM_BOOKS, 429,
	    "{\"code\":44,\"message\":\"blocked for some time\"}",
	    ANSWER_MINUTE, "44" },
	{ "45 is the day", FROM_BOOKS, 429,
	    "{\"code\":45,\"message\":\"daily limit\"}", ANSWER_CREDITS, "45" },
	{ "1070 is too many at once", FROM_BOOKS, 429,
	    "{\"code\":1070,\"message\":\"in-process\"}", ANSWER_CROWDED,
	    "1070" },
	{ "429 without a body of Books", FROM_BOOKS, 429, NULL, ANSWER_LIMIT,
	    "" },
	{ "404 is a document that is gone", FROM_BOOKS, 404,
	    "{\"code\":1002,\"message\":\"Item does not exist.\"}", ANSWER_GONE,
	    "1002" },
	{ "a code that nobody published is our mistake", FROM_BOOKS, 400,
	    "{\"code\":2,\"message\":\"Invalid value passed for per_page\"}",
	    ANSWER_WRONG, "2" },
	{ "503 of Books passes", FROM_BOOKS, 503, NULL, ANSWER_LATER, "" },
	{ "404 and a page of HTML is no word of Books", FROM_BOOKS, 404, NULL,
	    ANSWER_LATER, "" },
};

static void
check_answer(void **state)
{
	const struct answer_case *row = *state;
	const struct http_call call = {
		.method = "GET",
		.url = "https://www.zohoapis.eu/crm/v8/Leads?secret=1",
		.end = HTTP_ANSWERED,
		.status = row->status,
	};
	struct err err = ERR_INIT;
	json_object *document = NULL;
	struct answer_said said;

	if (row->body != NULL)
		assert_int_equal(json_read(row->body, strlen(row->body),
				     &document, &err),
		    ST_OK);
	said = answer_judge(row->from, &call, document, &err);
	assert_int_equal(said.is, row->is);
	assert_string_equal(said.code, row->code);
	assert_true((answer_status(said.is) == ST_OK) == (err.text[0] == '\0'));
	assert_null(strstr(err.text, "secret"));
	json_object_put(document);
}

/* ---- exchanges that did not come to an answer ---- */

static struct end_case {
	const char *says;
	enum http_end end;
	enum answer is;
} ends[] = {
	{ "no connection passes", HTTP_NOT_SENT, ANSWER_LATER },
	{ "a name that is not proven wants a person", HTTP_UNTRUSTED,
	    ANSWER_HUMAN },
	{ "a cut answer passes", HTTP_BROKEN, ANSWER_LATER },
	{ "an answer without end passes", HTTP_TOO_LARGE, ANSWER_LATER },
};

static void
check_end(void **state)
{
	const struct end_case *row = *state;
	const struct http_call call = {
		.method = "GET",
		.url = "https://www.zohoapis.eu/crm/v8/Leads",
		.end = row->end,
		.status = 200,
		.said = "what curl says",
	};
	struct err err = ERR_INIT;

	assert_int_equal(answer_judge(FROM_CRM, &call, NULL, &err).is, row->is);
	assert_non_null(strstr(err.text, "what curl says"));
	assert_string_not_equal(err.reason, "");
}

int
main(void)
{
	struct CMUnitTest tests[ARRAY_LEN(cases) + ARRAY_LEN(ends)];
	size_t n = 0;

	ADD_ROWS(tests, n, cases, check_answer);
	ADD_ROWS(tests, n, ends, check_end);
	return cmocka_run_group_tests_name("answer", tests, NULL, NULL);
}
