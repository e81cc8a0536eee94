/* How a value of each kind becomes what the mirror keeps (F092-F096). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "json.h"
#include "kind.h"
#include "phone.h"

struct test_case {
	const char *says, *kind, *value, *want; /* want NULL: refused */
};

static const struct test_case cases[] = {
	{ "a text stays as it is", "text", "\" Ada \"", "\" Ada \"" },
	{ "a number becomes a text where text is wanted", "text", "5.50",
	    "\"5.50\"" },
	{ "true becomes a text where text is wanted", "text", "true",
	    "\"true\"" },
	{ "an object is no text", "text", "{\"a\":1}", NULL },
	{ "a list is no text", "text", "[\"a\"]", NULL },
	{ "a text with a NUL is refused", "text", "\"a\\u0000b\"", NULL },

	{ "the empty text is null as a text", "text", "\"\"", "null" },
	{ "the empty text is null as a number", "number", "\"\"", "null" },
	{ "the empty text is null as a date", "date", "\"\"", "null" },
	{ "the empty text is null as a list of choices", "multiselect", "\"\"",
	    "null" },
	{ "the empty text is null as a lookup", "lookup", "\"\"", "null" },
	{ "the empty text is null as an owner", "owner", "\"\"", "null" },
	{ "the empty text is null as rows", "rows", "\"\"", "null" },
	{ "the empty text is null as an object", "object", "\"\"", "null" },
	{ "the empty text is null as json", "json", "\"\"", "null" },
	{ "a blank text is null", "phone", "\" \\t\"", "null" },

	{ "an id stays a text", "id", "\"5725767000000123001\"",
	    "\"5725767000000123001\"" },
	{ "an id given as a number becomes a text", "id", "5725767000000123001",
	    "\"5725767000000123001\"" },
	{ "an id of 21 digits keeps them all", "id", "[123456789012345678901]",
	    "\"123456789012345678901\"" },
	{ "blanks around an id go", "id", "\" 42 \"", "\"42\"" },
	{ "a fraction is no id", "id", "1.5", NULL },
	{ "a negative number is no id", "id", "-1", NULL },
	{ "true is no id", "id", "true", NULL },

	{ "a list of choices stays a list (F093)", "multiselect",
	    "[\"a\",\"b\"]", "[\"a\",\"b\"]" },
	{ "a JSON text of a list is read (F093)", "multiselect",
	    "\"[\\\"a\\\", \\\"b;c\\\"]\"", "[\"a\",\"b;c\"]" },
	{ "choices are split at commas (F093)", "multiselect", "\"a, b,c\"",
	    "[\"a\",\"b\",\"c\"]" },
	{ "a semicolon wins over commas (F093)", "multiselect",
	    "\"Design, build;Run\"", "[\"Design, build\",\"Run\"]" },
	{ "a single choice becomes a list of one (F093)", "multiselect",
	    "\" Consulting \"", "[\"Consulting\"]" },
	{ "empty choices are dropped", "multiselect", "\";a;; ;b;\"",
	    "[\"a\",\"b\"]" },
	{ "blanks around choices in a list go", "multiselect",
	    "[\" a \",\"\",null]", "[\"a\"]" },
	{ "a number among the choices becomes a text", "multiselect",
	    "[1,2.50]", "[\"1\",\"2.50\"]" },
	{ "a choice that begins with a bracket is no JSON", "multiselect",
	    "\"[Draft] plan\"", "[\"[Draft] plan\"]" },
	{ "a choice beyond ASCII is kept", "multiselect", "\"Zürich;Łódź\"",
	    "[\"Zürich\",\"Łódź\"]" },
	{ "a list in a list of choices is refused", "multiselect", "[[\"a\"]]",
	    NULL },
	{ "an object is no list of choices", "multiselect", "{\"a\":1}", NULL },
	{ "a NUL in a choice is refused", "multiselect", "[\"a\\u0000\"]",
	    NULL },

	{ "a date stays (F095)", "date", "\"2026-01-31\"", "\"2026-01-31\"" },
	{ "a time where a date is wanted loses its time (F095)", "date",
	    "\"2026-01-31T23:15:00-08:00\"", "\"2026-01-31\"" },
	{ "31 February is no date (F095)", "date", "\"2026-02-31\"", NULL },
	{ "a number is no date", "date", "20260131", NULL },
	{ "a time is kept in UTC (F094)", "datetime",
	    "\"2026-01-31T09:15:00+01:00\"", "\"2026-01-31T08:15:00Z\"" },
	{ "a time without an offset is refused (F094)", "datetime",
	    "\"2026-01-31T09:15:00\"", NULL },
	{ "a number is no time", "datetime", "1769850901234", NULL },

	{ "true stays true", "boolean", "true", "true" },
	{ "the text True is true", "boolean", "\"True\"", "true" },
	{ "the text YES is true", "boolean", "\" YES \"", "true" },
	{ "1 is true", "boolean", "1", "true" },
	{ "the text 1 is true", "boolean", "\"1\"", "true" },
	{ "false stays false", "boolean", "false", "false" },
	{ "the text false is false", "boolean", "\"false\"", "false" },
	{ "the text no is false", "boolean", "\"no\"", "false" },
	{ "0 is false", "boolean", "0", "false" },
	{ "the text 0 is false", "boolean", "\"0\"", "false" },
	{ "2 is neither true nor false", "boolean", "2", NULL },
	{ "the text perhaps is neither true nor false", "boolean",
	    "\"perhaps\"", NULL },
	{ "a list is neither true nor false", "boolean", "[true]", NULL },

	{ "a number keeps the zero at its end", "number", "120.50", "120.50" },
	{ "a number of 20 digits keeps them all", "number",
	    "[12345678901234567890]", "12345678901234567890" },
	{ "a number given as text keeps its digits", "number", "\"120.50\"",
	    "120.50" },
	{ "a long number given as text keeps its digits", "number",
	    "\"123456789012345678901234567890.10\"",
	    "123456789012345678901234567890.10" },
	{ "blanks around a number go", "number", "\" 7 \"", "7" },
	{ "a plus sign goes", "number", "\"+7.5\"", "7.5" },
	{ "a negative number is a number", "number", "\"-0.25\"", "-0.25" },
	{ "an exponent is part of a number", "number", "\"1.5e-3\"", "1.5e-3" },
	{ "a comma in a number is ambiguous", "number", "\"1,250.00\"", NULL },
	{ "a percentage is no number", "number", "\"5%\"", NULL },
	{ "a number does not start with zeros", "number", "\"007\"", NULL },
	{ "a point wants digits behind it", "number", "\"7.\"", NULL },
	{ "a point wants digits before it", "number", "\".5\"", NULL },
	{ "an exponent wants digits", "number", "\"1e\"", NULL },
	{ "two signs are no number", "number", "\"+-5\"", NULL },
	{ "a sign alone is no number", "number", "\"-\"", NULL },
	{ "hexadecimal is no number", "number", "\"0x10\"", NULL },
	{ "infinity is no number", "number", "\"Infinity\"", NULL },
	{ "words behind a number spoil it", "number", "\"7 pieces\"", NULL },
	{ "a NUL behind a number spoils it", "number", "\"7\\u0000\"", NULL },
	{ "true is no number", "number", "true", NULL },
	{ "an object is no number", "number", "{}", NULL },

	{ "an integer stays", "integer", "7", "7" },
	{ "an integer given as text is read", "integer", "\"7\"", "7" },
	{ "a fraction of zeros is cut off an integer", "integer", "20.00",
	    "20" },
	{ "a fraction of zeros is cut off its text too", "integer", "\"-20.0\"",
	    "-20" },
	{ "a half is no integer", "integer", "0.5", NULL },
	{ "an exponent is no integer", "integer", "\"1e3\"", NULL },

	{ "a lookup keeps id and name", "lookup",
	    "{\"name\":\"Example Ltd\",\"id\":\"57\"}",
	    "{\"id\":\"57\",\"name\":\"Example Ltd\"}" },
	{ "an id in a lookup becomes a text", "lookup",
	    "{\"id\":5725767000000123001,\"name\":\"Example Ltd\"}",
	    "{\"id\":\"5725767000000123001\",\"name\":\"Example Ltd\"}" },
	{ "a lookup without a name has none", "lookup", "{\"id\":\"57\"}",
	    "{\"id\":\"57\",\"name\":null}" },
	{ "other members of a lookup are left out", "lookup",
	    "{\"id\":\"57\",\"name\":\"\",\"module\":\"Accounts\"}",
	    "{\"id\":\"57\",\"name\":null}" },
	{ "digits alone are the id of a lookup", "lookup", "\"57\"",
	    "{\"id\":\"57\",\"name\":null}" },
	{ "a number is the id of a lookup", "lookup", "57",
	    "{\"id\":\"57\",\"name\":null}" },
	{ "words alone are the name of a lookup", "lookup", "\"Example Ltd\"",
	    "{\"id\":null,\"name\":\"Example Ltd\"}" },
	{ "a lookup without id and name is refused", "lookup",
	    "{\"module\":\"Accounts\"}", NULL },
	{ "an object as the id of a lookup is refused", "lookup",
	    "{\"id\":{\"id\":\"57\"}}", NULL },
	{ "a list is no lookup", "lookup", "[{\"id\":\"57\"}]", NULL },
	{ "true is no lookup", "lookup", "true", NULL },

	{ "an owner keeps id, name and e-mail (F096)", "owner",
	    "{\"name\":\"Ada Example\",\"id\":\"9\","
	    "\"email\":\"ada@example.com\"}",
	    "{\"id\":\"9\",\"name\":\"Ada Example\","
	    "\"email\":\"ada@example.com\"}" },
	{ "an owner may be an e-mail address alone (F096)", "owner",
	    "\" ada@example.com \"",
	    "{\"id\":null,\"name\":null,\"email\":\"ada@example.com\"}" },
	{ "an owner may be an id alone (F096)", "owner", "9",
	    "{\"id\":\"9\",\"name\":null,\"email\":null}" },
	{ "an owner may be a name alone (F096)", "owner", "\"Ada Example\"",
	    "{\"id\":null,\"name\":\"Ada Example\",\"email\":null}" },
	{ "an owner that says nothing is refused", "owner",
	    "{\"id\":\"\",\"name\":null}", NULL },

	{ "json stays as it is", "json", "{\"a\":[1.50,\"\"]}",
	    "{\"a\":[1.50,\"\"]}" },
	{ "rows are a list of objects", "rows", "[{\"a\":1},{}]",
	    "[{\"a\":1},{}]" },
	{ "no rows are rows", "rows", "[]", "[]" },
	{ "a text among rows is refused", "rows", "[{},\"a\"]", NULL },
	{ "an object is no rows", "rows", "{}", NULL },
	{ "an object stays as it is", "object", "{\"a\":1}", "{\"a\":1}" },
	{ "a list is no object", "object", "[]", NULL },
};

/* Numbers that json_read() keeps exactly only below the top stand in a list
 * of one. */
static json_object *
value_of(const char *text)
{
	struct err err = ERR_INIT;
	json_object *o, *value;

	assert_int_equal(json_read(text, strlen(text), &o, &err), ST_OK);
	if (text[0] != '[' || strchr("0123456789", text[1]) == NULL ||
	    json_object_array_length(o) != 1)
		return o;
	value = json_object_get(json_object_array_get_idx(o, 0));
	json_object_put(o);
	return value;
}

static void
assert_json(json_object *o, const char *want)
{
	struct buf text = BUF_INIT(64 * KIB);
	struct err err = ERR_INIT;

	assert_int_equal(json_put(&text, o, &err), ST_OK);
	assert_string_equal(buf_text(&text), want);
	buf_release(&text);
}

static void
value_case(void **state)
{
	const struct test_case *c = *state;
	const struct kind_context context = { .phone_region = "" };
	json_object *value = value_of(c->value), *out;
	struct err err = ERR_INIT;
	bool as_given;
	enum status st;

	st = kind_read(kind_find(c->kind), &context, value, &out, &as_given,
	    &err);
	assert_false(as_given);
	if (c->want == NULL) {
		assert_int_equal(st, ST_REJECT);
		assert_string_equal(err.reason, "value");
		assert_null(out);
	} else {
		assert_int_equal(st, ST_OK);
		assert_json(out, c->want);
	}
	json_object_put(out);
	json_object_put(value);
}

#define BLANKS_10 "          "
#define BLANKS_60 BLANKS_10 BLANKS_10 BLANKS_10 BLANKS_10 BLANKS_10 BLANKS_10

static const struct phone_case {
	const char *says, *region, *value, *want; /* NULL: kept as given */
} phones[] = {
	{ "a phone number of the region becomes E.164 (F092)", "GB",
	    "\"0163 296 0960\"", "\"+441632960960\"" },
	{ "a number in brackets becomes E.164 (F092)", "US",
	    "\"(202) 555-0123\"", "\"+12025550123\"" },
	{ "a number with its country needs no region (F092)", "",
	    "\"+44 7700 900123\"", "\"+447700900123\"" },
	{ "a number with its country may be of any region (F092)", "US",
	    "\"+44 7700 900123\"", "\"+447700900123\"" },
	{ "a phone number given as a number is read (F092)", "US", "2025550123",
	    "\"+12025550123\"" },
	{ "E.164 stays E.164 (F092)", "GB", "\"+441632960960\"",
	    "\"+441632960960\"" },
	{ "without region and country a number is kept as given (F092)", "",
	    "\"0163 296 0960\"", NULL },
	{ "a local number is kept as given (F092)", "US", "\"555-0123\"",
	    NULL },
	{ "words are kept as given (F092)", "GB", "\"ask Ada\"", NULL },
	{ "two numbers in one field are kept as given (F092)", "GB",
	    "\"01632 960001 / 01632 960002\"", NULL },
	{ "an unknown country is kept as given (F092)", "GB",
	    "\"+999 1632 960960\"", NULL },
	{ "blanks before a number do not count, up to 250 characters", "",
	    "\"" BLANKS_60 BLANKS_60 BLANKS_60 "+441632960960\"",
	    "\"+441632960960\"" },
	{ "more than 250 characters are no phone number (promise 8)", "",
	    "\"" BLANKS_60 BLANKS_60 BLANKS_60 BLANKS_60 "+441632960960\"",
	    NULL },
};

static void
phone_case(void **state)
{
	const struct phone_case *c = *state;
	const struct kind_context context = { .phone_region = c->region };
	json_object *value = value_of(c->value), *out;
	char e164[PHONE_TEXT_MAX];
	struct err err = ERR_INIT;
	bool as_given;

	assert_int_equal(kind_read(KIND_PHONE, &context, value, &out, &as_given,
			     &err),
	    ST_OK);
	if (phone_e164("+441632960960", "", e164) == PHONE_ABSENT) {
		assert_false(as_given);
		assert_string_equal(json_text(out), json_text(value));
	} else {
		assert_int_equal(as_given, c->want == NULL);
		assert_json(out, c->want != NULL ? c->want : c->value);
		if (as_given)
			assert_string_equal(err.reason, "value");
	}
	json_object_put(out);
	json_object_put(value);
}

static void
what_is_no_text_is_no_phone_number(void **state)
{
	static const char *const values[] = { "true", "{}", "[1]" };
	const struct kind_context context = { .phone_region = "GB" };
	struct err err = ERR_INIT;
	json_object *value, *out;
	bool as_given;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(values); i++) {
		assert_int_equal(json_read(values[i], strlen(values[i]), &value,
				     &err),
		    ST_OK);
		assert_int_equal(kind_read(KIND_PHONE, &context, value, &out,
				     &as_given, &err),
		    ST_REJECT);
		json_object_put(value);
	}
}

static void
a_right_value_is_handed_back_itself(void **state)
{
	const struct kind_context context = { .phone_region = "" };
	json_object *value = value_of("120.50"), *out;
	struct err err = ERR_INIT;
	bool as_given;

	(void)state;
	assert_int_equal(kind_read(KIND_NUMBER, &context, value, &out,
			     &as_given, &err),
	    ST_OK);
	assert_ptr_equal(out, value);
	json_object_put(out);
	assert_json(value, "120.50");
	json_object_put(value);
}

static void
a_reason_never_repeats_the_value(void **state)
{
	const struct kind_context context = { .phone_region = "" };
	json_object *value = json_object_new_string("s3cret"), *out;
	struct err err;
	bool as_given;
	int kind;

	(void)state;
	for (kind = 0; kind < KIND_COUNT; kind++) {
		err = (struct err)ERR_INIT;
		if (kind_read((enum kind)kind, &context, value, &out, &as_given,
			&err) == ST_REJECT)
			assert_true(err.text[0] != '\0');
		assert_null(strstr(err.text, "s3cret"));
		json_object_put(out);
	}
	json_object_put(value);
}

static void
every_kind_is_found_by_its_name(void **state)
{
	static const char *const names[] = { "text", "id", "phone",
		"multiselect", "date", "datetime", "boolean", "number",
		"integer", "lookup", "owner", "json", "rows", "object" };
	size_t i;

	(void)state;
	assert_int_equal(ARRAY_LEN(names), KIND_COUNT);
	for (i = 0; i < ARRAY_LEN(names); i++)
		assert_int_equal(kind_find(names[i]), i);
	assert_int_equal(kind_find("Text"), KIND_COUNT);
	assert_int_equal(kind_find(""), KIND_COUNT);
}

int
main(void)
{
	static const struct CMUnitTest others[] = {
		{ .name = "an object, a list or true is no phone number (F092)",
		    .test_func = what_is_no_text_is_no_phone_number },
		{ .name = "a value that is right already is handed back itself",
		    .test_func = a_right_value_is_handed_back_itself },
		{ .name = "a reason never repeats the value",
		    .test_func = a_reason_never_repeats_the_value },
		{ .name = "every kind is found by its name",
		    .test_func = every_kind_is_found_by_its_name },
	};
	static struct CMUnitTest
	    tests[ARRAY_LEN(cases) + ARRAY_LEN(phones) + ARRAY_LEN(others)];
	size_t i, n = 0;

	for (i = 0; i < ARRAY_LEN(cases); i++)
		tests[n++] = (struct CMUnitTest) { .name = cases[i].says,
			.test_func = value_case,
			.initial_state = (void *)(uintptr_t)&cases[i] };
	for (i = 0; i < ARRAY_LEN(phones); i++)
		tests[n++] = (struct CMUnitTest) { .name = phones[i].says,
			.test_func = phone_case,
			.initial_state = (void *)(uintptr_t)&phones[i] };
	for (i = 0; i < ARRAY_LEN(others); i++)
		tests[n++] = others[i];
	return cmocka_run_group_tests_name("kind", tests, NULL, NULL);
}
