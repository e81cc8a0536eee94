/* Which kind reads the values of a field that Zoho describes. */
#include "table.h"

#include <stdio.h>
#include <string.h>

#include "datatype.h"
#include "json.h"
#include "kind.h"

struct test_case {
	const char *says, *field, *want; /* want NULL: nobody knows */
};

static const struct test_case cases[] = {
	{ "a picklist is a text", "{\"data_type\":\"picklist\"}", "text" },
	{ "an address of mail is a text",
	    "{\"data_type\":\"email\",\"json_type\":\"string\"}", "text" },
	{ "a number that counts up is a text", "{\"data_type\":\"autonumber\"}",
	    "text" },
	{ "a phone number is one", "{\"data_type\":\"phone\"}", "phone" },
	{ "several choices are a list of texts",
	    "{\"data_type\":\"multiselectpicklist\",\"json_type\":"
	    "\"jsonarray\"}",
	    "multiselect" },
	{ "an amount is a number", "{\"data_type\":\"currency\"}", "number" },
	{ "a long integer is one, however it is written",
	    "{\"data_type\":\"bigint\",\"json_type\":\"string\"}", "integer" },
	{ "the id of the record is an id",
	    "{\"api_name\":\"id\",\"data_type\":\"bigint\"}", "id" },
	{ "a date is one", "{\"data_type\":\"date\"}", "date" },
	{ "a time is one", "{\"data_type\":\"datetime\"}", "datetime" },
	{ "a lookup is one",
	    "{\"data_type\":\"lookup\",\"json_type\":\"jsonobject\"}",
	    "lookup" },
	{ "a user has an address of mail, as an owner has",
	    "{\"data_type\":\"userlookup\"}", "owner" },
	{ "the rows of a subform are rows", "{\"data_type\":\"subform\"}",
	    "rows" },
	{ "several lookups stay as they are",
	    "{\"data_type\":\"multiselectlookup\"}", "json" },
	{ "a formula is what it returns",
	    "{\"data_type\":\"formula\",\"json_type\":\"string\",\"formula\":"
	    "{\"return_type\":\"date\"}}",
	    "date" },
	{ "a formula that does not say it is what it is written as",
	    "{\"data_type\":\"formula\",\"json_type\":\"boolean\",\"formula\":"
	    "{}}",
	    "boolean" },
	{ "a roll-up is what it is written as",
	    "{\"data_type\":\"rollup_summary\",\"json_type\":\"double\"}",
	    "number" },
	{ "a text that is a list, as Tag is, stays as it is",
	    "{\"data_type\":\"text\",\"json_type\":\"jsonarray\"}", "json" },
	{ "a number that is an object, as Layout is, is nobody knows what",
	    "{\"data_type\":\"bigint\",\"json_type\":\"jsonobject\"}", NULL },
	{ "an unknown type is what it is written as",
	    "{\"data_type\":\"RRULE\",\"json_type\":\"integer\"}", "integer" },
	{ "an unknown type written in an unknown way is nobody knows what",
	    "{\"data_type\":\"new\",\"json_type\":\"newer\"}", NULL },
	{ "a field that says nothing is nobody knows what", "{}", NULL },
	{ "a type that is no text is nobody knows what",
	    "{\"data_type\":[\"text\"],\"json_type\":{}}", NULL },
};

static json_object *
read_json(const char *text)
{
	json_object *o = NULL;
	struct err err = ERR_INIT;

	assert_int_equal(json_read(text, strlen(text), &o, &err), ST_OK);
	return o;
}

static void
kind_case(void **state)
{
	const struct test_case *c = *state;
	json_object *field = read_json(c->field);
	const char *kind = datatype_kind(field);

	if (c->want == NULL) {
		assert_null(kind);
	} else {
		assert_non_null(kind);
		assert_string_equal(kind, c->want);
		assert_int_not_equal(kind_find(kind), KIND_COUNT);
	}
	json_object_put(field);
}

static void
what_zoho_works_out_is_known(void **state)
{
	static const struct {
		const char *type;
		bool computed, rows;
	} types[] = {
		{ "formula", true, false },
		{ "rollup_summary", true, false },
		{ "currency", false, false },
		{ "subform", false, true },
		{ "multiselectlookup", false, true },
		{ "multiuserlookup", false, true },
		{ "fileupload", false, true },
		{ "imageupload", false, true },
		{ "multiselectpicklist", false, false },
	};
	char text[80];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(types); i++) {
		json_object *field;

		(void)snprintf(text, sizeof(text), "{\"data_type\":\"%s\"}",
		    types[i].type);
		field = read_json(text);
		assert_int_equal(datatype_is_computed(field),
		    types[i].computed);
		assert_int_equal(datatype_is_rows(field), types[i].rows);
		assert_false(datatype_is_long_text(field));
		json_object_put(field);
	}
}

static void
only_rich_text_is_cut(void **state)
{
	json_object *rich = read_json("{\"data_type\":\"textarea\","
				      "\"textarea\":{\"type\":\"rich_text\"}}");
	json_object *large = read_json("{\"data_type\":\"textarea\","
				       "\"textarea\":{\"type\":\"large\"}}");

	(void)state;
	assert_true(datatype_is_long_text(rich));
	assert_false(datatype_is_long_text(large));
	json_object_put(rich);
	json_object_put(large);
}

int
main(void)
{
	static const struct CMUnitTest others[] = {
		SAYS("formulas, roll-ups and what lists leave out are known",
		    what_zoho_works_out_is_known),
		SAYS("of long texts lists cut off rich ones alone",
		    only_rich_text_is_cut),
	};
	static struct CMUnitTest tests[ARRAY_LEN(cases) + ARRAY_LEN(others)];
	size_t n = 0;

	ADD_ROWS(tests, n, cases, kind_case);
	ADD_OTHERS(tests, n, others);
	return cmocka_run_group_tests_name("datatype", tests, NULL, NULL);
}
