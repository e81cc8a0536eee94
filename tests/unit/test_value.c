/* kind.h at its edges: blanks, signs and exponents of numbers, what is no
 * value of its kind, and notes about values (note.h). */
#include <string.h>

#include "table.h"

#include "json.h"
#include "kind.h"
#include "note.h"

/* "want" is the value kept, NULL where it is refused. */
static const struct value_case {
	const char *says;
	enum kind kind;
	const char *given, *want;
} values[] = {
	{ "line ends and tabs around a number go", KIND_NUMBER,
	    "\"\\t 7.50\\r\\n\"", "7.50" },
	{ "a vertical tab does not go", KIND_NUMBER, "\"\\u000b7\"", NULL },
	{ "a line of blanks is null", KIND_NUMBER, "\" \\t\\r\\n\"", "null" },
	{ "an exponent stays as it was written", KIND_NUMBER, "\"12E3\"",
	    "12E3" },
	{ "its sign may be a plus", KIND_NUMBER, "\"1e+3\"", "1e+3" },
	{ "or a minus", KIND_NUMBER, "\"1E-3\"", "1E-3" },
	{ "an exponent without a digit is refused", KIND_NUMBER, "\"1e\"",
	    NULL },
	{ "one of a sign alone is refused", KIND_NUMBER, "\"1e-\"", NULL },
	{ "a letter behind the number is refused", KIND_NUMBER, "\"1f5\"",
	    NULL },
	{ "a letter behind its exponent is refused", KIND_NUMBER, "\"1e5f\"",
	    NULL },
	{ "a fraction without a digit is refused", KIND_NUMBER, "\"1.\"",
	    NULL },
	{ "a fraction alone is refused", KIND_NUMBER, "\".5\"", NULL },
	{ "a minus alone is refused", KIND_NUMBER, "\"-\"", NULL },
	{ "a plus alone is refused", KIND_NUMBER, "\"+\"", NULL },
	{ "two signs are refused", KIND_NUMBER, "\"+-5\"", NULL },
	{ "a second zero before the point is refused", KIND_NUMBER, "\"00.5\"",
	    NULL },
	{ "a negative fraction is kept", KIND_NUMBER, "\"-0.50\"", "-0.50" },
	{ "an integer keeps no fraction of zeros", KIND_INTEGER, "\"7.00 \"",
	    "7" },
	{ "an integer of an exponent is refused", KIND_INTEGER, "\"7e0\"",
	    NULL },
	{ "so is one with a fraction and an exponent", KIND_INTEGER,
	    "\"7.0e1\"", NULL },
	{ "a list is no id", KIND_ID, "[1]", NULL },
	{ "a fraction is no id", KIND_ID, "1.5", NULL },
	{ "true is no id", KIND_ID, "true", NULL },
	{ "a number of more digits than fit is an id", KIND_ID,
	    "123456789012345678901234", "\"123456789012345678901234\"" },
	{ "a number is no date", KIND_DATE, "20260131", NULL },
	{ "a number is no time", KIND_DATETIME, "1769850901", NULL },
	{ "an object is neither true nor false", KIND_BOOLEAN, "{\"a\":1}",
	    NULL },
	{ "a null among choices goes", KIND_MULTISELECT, "[null,\"a\"]",
	    "[\"a\"]" },
	{ "an empty choice goes", KIND_MULTISELECT, "[\" \",\"a\"]",
	    "[\"a\"]" },
	{ "a list in a list of choices is refused", KIND_MULTISELECT,
	    "[\"a\",[\"b\"]]", NULL },
	{ "an object is no list of choices", KIND_MULTISELECT, "{\"a\":1}",
	    NULL },
	{ "a text that begins as a list and is none is split", KIND_MULTISELECT,
	    "\"[a];b\"", "[\"[a]\",\"b\"]" },
	{ "a lookup with a member that is a list is refused", KIND_LOOKUP,
	    "{\"id\":[1],\"name\":\"Acme\"}", NULL },
	{ "a lookup that says nothing is refused", KIND_LOOKUP,
	    "{\"id\":null,\"name\":\" \"}", NULL },
	{ "a list is no lookup", KIND_LOOKUP, "[\"7\"]", NULL },
	{ "an address is a name to a lookup", KIND_LOOKUP, "\"a@example.com\"",
	    "{\"id\":null,\"name\":\"a@example.com\"}" },
	{ "true is no owner", KIND_OWNER, "true", NULL },
};

static json_object *
value_of(const char *text)
{
	json_object *value = NULL;
	struct err err = ERR_INIT;

	assert_int_equal(json_read(text, strlen(text), &value, &err), ST_OK);
	return value;
}

static void
value_case(void **state)
{
	const struct value_case *c = *state;
	const struct kind_context context = { .phone_region = NULL };
	json_object *value = value_of(c->given), *out;
	struct err err = ERR_INIT;
	bool as_given;

	assert_int_equal(kind_read(c->kind, &context, value, &out, &as_given,
			     &err),
	    c->want != NULL ? ST_OK : ST_REJECT);
	if (c->want != NULL)
		assert_string_equal(json_object_to_json_string_ext(out,
					JSON_C_TO_STRING_PLAIN),
		    c->want);
	else
		assert_null(out);
	assert_false(as_given);
	json_object_put(out);
	json_object_put(value);
}

static void
a_kind_that_is_none_is_a_fault(void **state)
{
	const struct kind_context context = { .phone_region = "" };
	json_object *value = value_of("1"), *out;
	struct err err = ERR_INIT;
	bool as_given;

	(void)state;
	assert_int_equal(kind_read(KIND_COUNT, &context, value, &out, &as_given,
			     &err),
	    ST_FAULT);
	assert_null(out);
	json_object_put(value);
}

static void
no_region_reads_numbers_with_their_country(void **state)
{
	const struct kind_context context = { .phone_region = NULL };
	json_object *value = value_of("\"+441632960960\""), *out;
	struct err err = ERR_INIT;
	bool as_given;

	(void)state;
	assert_int_equal(kind_read(KIND_PHONE, &context, value, &out, &as_given,
			     &err),
	    ST_OK);
	assert_string_equal(json_object_get_string(out), "+441632960960");
	assert_false(as_given);
	json_object_put(out);
	json_object_put(value);
}

/* ---- notes ---- */

/* The member of the first note in "list". */
static const char *
noted(const struct note_list *list, const char *member)
{
	return json_get_text(json_object_array_get_idx(list->array, 0), member);
}

static const struct cut_case {
	const char *says;
	size_t letters; /* a, before the tail */
	const char *tail;
	size_t want; /* bytes that are kept */
} cuts[] = {
	{ "200 bytes are noted whole", 200, "", 200 },
	{ "what is longer is cut at 200 bytes", 200, "b", 200 },
	{ "a character that would be cut in two is left out", 199, "\xc3\xa9",
	    199 },
	{ "one of four bytes as well", 197, "\xf0\x9f\x98\x80", 197 },
	{ "one that ends there stays", 196, "\xf0\x9f\x98\x80z", 200 },
};

static void
cut_case(void **state)
{
	const struct cut_case *c = *state;
	struct note_list list = { 0 };
	struct err err = ERR_INIT;
	json_object *value;
	char text[256];

	memset(text, 'a', c->letters);
	(void)strcpy(text + c->letters, c->tail);
	value = json_object_new_string(text);
	assert_int_equal(note_add(&list, "Field", value, text, &err), ST_OK);
	assert_int_equal(strlen(noted(&list, "value")), c->want);
	assert_int_equal(strlen(noted(&list, "reason")), c->want);
	text[c->want] = '\0';
	assert_string_equal(noted(&list, "value"), text);
	json_object_put(value);
	note_release(&list);
}

static void
a_note_says_field_value_and_reason(void **state)
{
	struct note_list list = { 0 };
	struct buf out = BUF_INIT(NOTE_TEXT_MAX);
	struct err err = ERR_INIT;
	json_object *value = value_of("{\"a\":[1,\"x\"]}");
	json_object *nul = value_of("\"a\\u0000b\"");

	(void)state;
	assert_int_equal(note_put(&list, &out, &err), ST_OK);
	assert_string_equal(buf_text(&out), "");
	assert_int_equal(note_add(&list, "A", value, "why", &err), ST_OK);
	assert_int_equal(note_add(&list, "B", nul, "a NUL", &err), ST_OK);
	assert_int_equal(note_add(&list, "C", NULL, "none", &err), ST_OK);
	assert_int_equal(note_put(&list, &out, &err), ST_OK);
	assert_string_equal(buf_text(&out),
	    "[{\"field\":\"A\",\"value\":\"{\\\"a\\\":[1,\\\"x\\\"]}\","
	    "\"reason\":\"why\"},"
	    "{\"field\":\"B\",\"value\":\"a b\",\"reason\":\"a NUL\"},"
	    "{\"field\":\"C\",\"value\":\"\",\"reason\":\"none\"}]");
	json_object_put(value);
	json_object_put(nul);
	buf_release(&out);
	note_release(&list);
}

int
main(void)
{
	static const struct CMUnitTest others[] = {
		SAYS("a kind that is none is a fault",
		    a_kind_that_is_none_is_a_fault),
		SAYS("no region reads numbers with their country",
		    no_region_reads_numbers_with_their_country),
		SAYS("a note says field, value and reason",
		    a_note_says_field_value_and_reason),
	};
	static struct CMUnitTest
	    tests[ARRAY_LEN(values) + ARRAY_LEN(cuts) + ARRAY_LEN(others)];
	size_t n = 0;

	ADD_ROWS(tests, n, values, value_case);
	ADD_ROWS(tests, n, cuts, cut_case);
	ADD_OTHERS(tests, n, others);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
