/* What is JSON here and what is not, and that no digit is lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "json.h"

struct test_case {
	const char *says, *text, *want; /* want NULL: refused */
};

static const struct test_case cases[] = {
	{ "a document comes out as it went in", "{\"a\":[1,\"b\",true,null]}",
	    "{\"a\":[1,\"b\",true,null]}" },
	{ "blanks between the tokens go", " { \"a\" :\t[ 1 ,\r\n2 ] } ",
	    "{\"a\":[1,2]}" },
	{ "a fraction keeps the zero at its end", "{\"a\":120.50}",
	    "{\"a\":120.50}" },
	{ "an exponent stays as written", "{\"a\":1E+2}", "{\"a\":1E+2}" },
	{ "an id of 19 digits keeps them", "{\"id\":5725767000000123001}",
	    "{\"id\":5725767000000123001}" },
	{ "the largest integer of 64 bits keeps its digits",
	    "[18446744073709551615]", "[18446744073709551615]" },
	{ "an integer beyond 64 bits keeps its digits (trap 11)",
	    "{\"a\":18446744073709551616}", "{\"a\":18446744073709551616}" },
	{ "a negative integer beyond 64 bits keeps its digits (trap 11)",
	    "[-9223372036854775809]", "[-9223372036854775809]" },
	{ "an integer of 40 digits keeps them (trap 11)",
	    "[[{\"a\":1234567890123456789012345678901234567890}]]",
	    "[[{\"a\":1234567890123456789012345678901234567890}]]" },
	{ "digits in a text are left alone",
	    "{\"1234567890123456789012\":\"1234567890123456789012\"}",
	    "{\"1234567890123456789012\":\"1234567890123456789012\"}" },
	{ "long and short numbers go together",
	    "[1,123456789012345678901,2.50,-123456789012345678901]",
	    "[1,123456789012345678901,2.50,-123456789012345678901]" },
	{ "a fraction behind many digits is kept", "[123456789012345678901.50]",
	    "[123456789012345678901.50]" },
	{ "of two equal keys the last counts", "{\"a\":1,\"a\":2}",
	    "{\"a\":2}" },
	{ "slashes are not escaped", "{\"a\":\"b\\/c\"}", "{\"a\":\"b/c\"}" },
	{ "what a text must not hold is escaped, briefly where that can be",
	    "[\"\\\"\\\\\\b\\f\\n\\r\\t\\u0000\\u0001\\u001F\\u007f\"]",
	    "[\"\\\"\\\\\\b\\f\\n\\r\\t\\u0000\\u0001\\u001f\177\"]" },
	{ "names are escaped too", "{\"a\\n\\\"\":{\"\":null}}",
	    "{\"a\\n\\\"\":{\"\":null}}" },
	{ "true, false, null, empty ones stay", "[true,false,null,{},[],\"\"]",
	    "[true,false,null,{},[],\"\"]" },
	{ "text beyond ASCII stays", "[\"Z\xc3\xbcrich\"]",
	    "[\"Z\xc3\xbcrich\"]" },
	{ "an escaped pair of surrogates is one character",
	    "[\"\\ud83d\\ude00\"]", "[\"\xf0\x9f\x98\x80\"]" },
	{ "a byte order mark is skipped", "\xef\xbb\xbf{\"a\":1}",
	    "{\"a\":1}" },
	{ "a bare text is a document", "\"a\"", "\"a\"" },
	{ "a bare number is a document", "7", "7" },

	{ "nothing is refused", "", NULL },
	{ "blanks alone are refused", "  \n", NULL },
	{ "a byte order mark alone is refused", "\xef\xbb\xbf", NULL },
	{ "null alone is refused", "null", NULL },
	{ "a second byte order mark is refused", "\xef\xbb\xbf\xef\xbb\xbf{}",
	    NULL },
	{ "NaN is refused", "[NaN]", NULL },
	{ "Infinity is refused", "[Infinity]", NULL },
	{ "minus Infinity is refused", "[-Infinity]", NULL },
	{ "single quotes are refused", "{'a':1}", NULL },
	{ "a raw line feed in a text is refused", "[\"a\nb\"]", NULL },
	{ "a raw tab in a key is refused", "{\"a\tb\":1}", NULL },
	{ "an object behind the document is refused", "{}{}", NULL },
	{ "text behind the document is refused", "{} x", NULL },
	{ "a comma at the end is refused", "[1,]", NULL },
	{ "a comma at the end of an object is refused", "{\"a\":1,}", NULL },
	{ "a comment is refused", "{} // end", NULL },
	{ "a key without quotes is refused", "{a:1}", NULL },
	{ "a document cut short is refused", "{\"a\":[1", NULL },
	{ "a text cut short is refused", "[\"a", NULL },
	{ "a bracket of the wrong kind is refused", "[1}", NULL },
	{ "words in capitals are refused", "[TRUE]", NULL },
	{ "a word with a tail is refused", "[nullx]", NULL },
	{ "a number with leading zeros is refused", "[007]", NULL },
	{ "a number with two points is refused", "[1.2.3]", NULL },
	{ "a sign alone is refused", "[-]", NULL },
	{ "a plus sign is refused", "[+1]", NULL },
	{ "a point without digits before it is refused", "[.5]", NULL },
	{ "hexadecimal is refused", "[0x10]", NULL },
	{ "an unknown escape is refused", "[\"\\x41\"]", NULL },
	{ "a byte that is no UTF-8 is refused", "[\"\xff\"]", NULL },
	{ "a character of UTF-8 cut short is refused", "[\"\xc3\"]", NULL },
	{ "UTF-16 is refused", "\xff\xfe[", NULL },
};

static void
text_case(void **state)
{
	const struct test_case *c = *state;
	struct buf text = BUF_INIT(64 * KIB);
	struct err err = ERR_INIT;
	json_object *o;
	enum status st = json_read(c->text, strlen(c->text), &o, &err);

	if (c->want == NULL) {
		assert_int_equal(st, ST_REJECT);
		assert_string_equal(err.reason, "unreadable");
		assert_null(o);
		return;
	}
	assert_int_equal(st, ST_OK);
	assert_int_equal(json_put(&text, o, &err), ST_OK);
	assert_string_equal(buf_text(&text), c->want);
	buf_release(&text);
	json_object_put(o);
}

static enum status
read_nested(size_t depth)
{
	char text[1001];
	struct err err = ERR_INIT;
	json_object *o;
	enum status st;

	assert_true(2 * depth < sizeof(text));
	memset(text, '[', depth);
	memset(text + depth, ']', depth);
	text[2 * depth] = '\0';
	st = json_read(text, 2 * depth, &o, &err);
	json_object_put(o);
	return st;
}

static void
depth_is_limited(void **state)
{
	(void)state;
	assert_int_equal(read_nested(64), ST_OK);
	assert_int_equal(read_nested(65), ST_REJECT);
	assert_int_equal(read_nested(500), ST_REJECT);
}

static void
a_raw_nul_is_refused(void **state)
{
	static const char inside[] = "[\"a\0b\"]", behind[] = "[1]\0[2]";
	struct err err = ERR_INIT;
	json_object *o;

	(void)state;
	assert_int_equal(json_read(inside, sizeof(inside) - 1, &o, &err),
	    ST_REJECT);
	assert_int_equal(json_read(behind, sizeof(behind) - 1, &o, &err),
	    ST_REJECT);
}

static void
the_error_names_the_offset(void **state)
{
	static const char text[] = "{\"a\":NaN}";
	struct err err = ERR_INIT;
	json_object *o;

	(void)state;
	assert_int_equal(json_read(text, strlen(text), &o, &err), ST_REJECT);
	assert_string_equal(err.text, "not JSON at byte 5");
}

static void
an_escaped_nul_is_found(void **state)
{
	static const struct {
		const char *text;
		bool has;
	} texts[] = {
		{ "\"a\\u0000b\"", true },
		{ "{\"a\":[1,{\"b\":\"\\u0000\"}]}", true },
		{ "[\"\\\\u0000\"]", false },
		{ "{\"a\":[1,{\"b\":\"0\"}],\"c\":0}", false },
	};
	struct err err = ERR_INIT;
	json_object *o;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(texts); i++) {
		assert_int_equal(json_read(texts[i].text, strlen(texts[i].text),
				     &o, &err),
		    ST_OK);
		assert_int_equal(json_has_nul(o), texts[i].has);
		json_object_put(o);
	}
}

static void
members_are_read_as_text(void **state)
{
	static const char text[] = "{\"s\":\"x\",\"n\":120.50,\"i\":7,"
				   "\"b\":true,\"z\":null,\"o\":{},\"a\":[]}";
	struct err err = ERR_INIT;
	json_object *o;

	(void)state;
	assert_int_equal(json_read(text, strlen(text), &o, &err), ST_OK);
	assert_string_equal(json_get_text(o, "s"), "x");
	assert_string_equal(json_get_text(o, "n"), "120.50");
	assert_string_equal(json_get_text(o, "i"), "7");
	assert_string_equal(json_get_text(o, "b"), "true");
	assert_null(json_get_text(o, "z"));
	assert_null(json_get_text(o, "o"));
	assert_null(json_get_text(o, "a"));
	assert_null(json_get_text(o, "missing"));
	assert_null(json_get(json_get(o, "a"), "s"));
	assert_null(json_get(NULL, "s"));
	json_object_put(o);
}

static void
a_new_number_keeps_its_text(void **state)
{
	static const char digits[] = "123456789012345678901234567890.10";
	json_object *o = json_new_number(digits);
	struct buf text = BUF_INIT(64 * KIB);
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(json_put(&text, o, &err), ST_OK);
	assert_string_equal(buf_text(&text), digits);
	buf_release(&text);
	json_object_put(o);
}

static void
writing_stops_at_the_ceiling(void **state)
{
	struct buf text = BUF_INIT(4);
	struct err err = ERR_INIT;
	json_object *o = json_object_new_string("more than four");

	(void)state;
	assert_int_equal(json_put(&text, o, &err), ST_REJECT);
	assert_string_equal(buf_text(&text), "");
	buf_release(&text);
	json_object_put(o);
}

static void
a_document_of_our_own_quotes_its_texts(void **state)
{
	struct buf text = BUF_INIT(64 * KIB);
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(json_printf(&text, &err, "{\"a\":%s,\"b\":[%s]}",
			     "say \"100%s\"\n", ""),
	    ST_OK);
	assert_string_equal(buf_text(&text),
	    "{\"a\":\"say \\\"100%s\\\"\\n\",\"b\":[\"\"]}");
	buf_release(&text);
}

int
main(void)
{
	static const struct CMUnitTest others[] = {
		{ .name = "a document deeper than 64 levels is refused",
		    .test_func = depth_is_limited },
		{ .name = "a raw NUL is refused",
		    .test_func = a_raw_nul_is_refused },
		{ .name = "the error names the offset in bytes",
		    .test_func = the_error_names_the_offset },
		{ .name = "an escaped NUL is found wherever it is",
		    .test_func = an_escaped_nul_is_found },
		{ .name = "members are read as text",
		    .test_func = members_are_read_as_text },
		{ .name = "a new number keeps its text",
		    .test_func = a_new_number_keeps_its_text },
		{ .name = "a document of our own quotes its texts",
		    .test_func = a_document_of_our_own_quotes_its_texts },
		{ .name = "writing stops at the buffer's ceiling",
		    .test_func = writing_stops_at_the_ceiling },
	};
	static struct CMUnitTest tests[ARRAY_LEN(cases) + ARRAY_LEN(others)];
	size_t i, n = 0;

	for (i = 0; i < ARRAY_LEN(cases); i++)
		tests[n++] = (struct CMUnitTest) { .name = cases[i].says,
			.test_func = text_case,
			.initial_state = (void *)(uintptr_t)&cases[i] };
	for (i = 0; i < ARRAY_LEN(others); i++)
		tests[n++] = others[i];
	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
