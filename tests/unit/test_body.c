/* body.h: which document stands in a body, whatever its type says. */
#include <string.h>

#include "table.h"

#include "body.h"

#define FORM "application/x-www-form-urlencoded"
#define BYTES(text) text, sizeof(text) - 1

/* "want" is the document as compact text. */
static const struct body_case {
	const char *says, *type, *body;
	size_t len;
	const char *want;
	bool is_pairs;
} bodies[] = {
	{ "JSON under its type is JSON", "application/json", BYTES("{\"a\":1}"),
	    "{\"a\":1}", false },
	{ "JSON under the type of a form is JSON", FORM, BYTES("{\"a\":1}"),
	    "{\"a\":1}", false },
	{ "JSON under no type is JSON", "", BYTES("[1]"), "[1]", false },
	{ "pairs under the type of a form are texts", FORM,
	    BYTES("a=1&b=%C3%A9"), "{\"a\":\"1\",\"b\":\"\xc3\xa9\"}", true },
	{ "pairs under plain text are pairs", "text/plain", BYTES("a=1"),
	    "{\"a\":\"1\"}", true },
	{ "a name may hold each letter of a form", "", BYTES("Aa0_b.c%2Dd+e=1"),
	    "{\"Aa0_b.c-d e\":\"1\"}", true },
	{ "the last of two pairs of one name stands", FORM, BYTES("a=1&a=2"),
	    "{\"a\":\"2\"}", true },
	{ "a name without a value is an empty text", FORM, BYTES("a"),
	    "{\"a\":\"\"}", true },
	{ "a NUL in a value stays in it", FORM, BYTES("a=x%00y"),
	    "{\"a\":\"x\\u0000y\"}", true },
	{ "JSONString carries the document", FORM,
	    BYTES("x=1&JSONString=%7B%22a%22%3A1%7D"), "{\"a\":1}", false },
	{ "payload carries it", FORM, BYTES("payload=%7B%22a%22%3A1%7D"),
	    "{\"a\":1}", false },
	{ "json carries it, as a list", FORM, BYTES("json=%5B1%5D"), "[1]",
	    false },
	{ "data carries it, after blanks", FORM,
	    BYTES("data=+%0D%0A%09%7B%22a%22%3A1%7D"), "{\"a\":1}", false },
	{ "data that is no document is a pair", FORM, BYTES("data=7"),
	    "{\"data\":\"7\"}", true },
	{ "the first carrier that holds a document wins", FORM,
	    BYTES("json=%5B2%5D&payload=none&JSONString=%5B1%5D"), "[1]",
	    false },
};

static void
body_case(void **state)
{
	const struct body_case *c = *state;
	json_object *document;
	struct err err = ERR_INIT;
	bool is_pairs;

	assert_int_equal(body_read(c->type, c->body, c->len, &document,
			     &is_pairs, &err),
	    ST_OK);
	assert_string_equal(json_object_to_json_string_ext(document,
				JSON_C_TO_STRING_PLAIN),
	    c->want);
	assert_int_equal(is_pairs, c->is_pairs);
	json_object_put(document);
}

static const struct refusal_case {
	const char *says, *type, *body;
	size_t len;
} refusals[] = {
	{ "an empty body is refused", "application/json", BYTES("") },
	{ "an empty form is refused", FORM, BYTES("") },
	{ "a form without pairs is refused", FORM, BYTES("&&") },
	{ "pairs under the type of JSON are refused", "application/json",
	    BYTES("a=1") },
	{ "pairs under multipart are refused", "multipart/form-data",
	    BYTES("a=1") },
	{ "a text without = is no pair", "text/plain", BYTES("abc") },
	{ "a text that begins with = is no pair", "text/plain", BYTES("=1") },
	{ "a text with a blank before its = is no pair", "text/plain",
	    BYTES("a b=1") },
	{ "a page is no pair", "text/html", BYTES("<a href=\"x\">") },
	{ "a carrier that is cut is refused, not taken for pairs", FORM,
	    BYTES("JSONString=%7B%22a%22") },
	{ "a carrier with a NUL behind its document is refused, not cut", FORM,
	    BYTES("JSONString=%7B%22a%22%3A1%7D%00x") },
};

static void
refusal_case(void **state)
{
	const struct refusal_case *c = *state;
	json_object *document;
	struct err err = ERR_INIT;
	bool is_pairs;

	assert_int_equal(body_read(c->type, c->body, c->len, &document,
			     &is_pairs, &err),
	    ST_REJECT);
	assert_string_equal(err.reason, "unreadable");
	json_object_put(document);
}

int
main(void)
{
	static struct CMUnitTest tests[ARRAY_LEN(bodies) + ARRAY_LEN(refusals)];
	size_t n = 0;

	ADD_ROWS(tests, n, bodies, body_case);
	ADD_ROWS(tests, n, refusals, refusal_case);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
