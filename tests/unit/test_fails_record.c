/*
 * No memory: whatever fails while a body is read and a record is put into
 * form, the function says ST_FAULT, and what was half read is no result
 * (change.h, kind.h, normalise.h, note.h).
 */
#include <stdlib.h>
#include <string.h>

#include "fails.h"

#include "change.h"
#include "json.h"
#include "normalise.h"
#include "note.h"

static json_object *
value_of(const char *text)
{
	json_object *value = NULL;
	struct err err = ERR_INIT;

	assert_int_equal(json_read(text, strlen(text), &value, &err), ST_OK);
	return value;
}

/* ---- bodies ---- */

static struct module_list modules;

static int
open_modules(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	return module_list_open(&modules, "Leads", &err) != ST_OK;
}

static int
close_modules(void **state)
{
	(void)state;
	module_list_close(&modules);
	return 0;
}

/* Read a body of "n" changes, the last of which has this id. */
static enum status
read_body(const char *query, const char *type, const char *body, size_t n,
    const char *id, struct err *err)
{
	struct change_list list = CHANGE_LIST_INIT;
	const struct message m = {
		.module = module_by_name(&modules, "crm.leads"),
		.query = query,
		.content_type = type,
		.body = body,
		.body_len = strlen(body),
	};
	enum status st;

	FAILING(st = change_read(&list, &modules, &m, err));
	if (st == ST_OK) {
		assert_int_equal(list.len, n);
		assert_string_equal(list.at[n - 1].id, id);
	}
	change_list_release(&list);
	return st;
}

static enum status
read_rows(struct err *err)
{
	return read_body("operation=edit&a=%41", "application/json",
	    "{\"data\":[{\"id\":1},{\"id\":2},{\"id\":3},{\"id\":4},"
	    "{\"id\":5}]}",
	    5, "5", err);
}

static enum status
read_pairs(struct err *err)
{
	return read_body("", "application/x-www-form-urlencoded",
	    "id=57&Last_Name=Example", 1, "57", err);
}

static enum status
read_carrier(struct err *err)
{
	return read_body("", "application/x-www-form-urlencoded",
	    "JSONString=%7B%22id%22%3A%2257%22%7D", 1, "57", err);
}

static enum status
read_notification(struct err *err)
{
	return read_body("", "application/json",
	    "{\"ids\":[1,2,3,4,5],\"module\":\"Leads\","
	    "\"operation\":\"update\",\"token\":\"t\"}",
	    5, "5", err);
}

static enum status
read_long_id(struct err *err)
{
	return read_body("", "application/json",
	    "{\"id\":123456789012345678901234,"
	    "\"list\":[123456789012345678901235]}",
	    1, "123456789012345678901234", err);
}

static enum status
read_nameless(struct err *err)
{
	return read_body("", "application/json", "[]", 1, "", err);
}

/* ---- values ---- */

static enum status
read_value(enum kind kind, const char *given, const char *want, struct err *err)
{
	const struct kind_context context = { .phone_region = "GB" };
	json_object *value = value_of(given), *out;
	bool as_given;
	enum status st;

	FAILING(st = kind_read(kind, &context, value, &out, &as_given, err));
	if (st == ST_OK)
		assert_string_equal(json_object_to_json_string_ext(out,
					JSON_C_TO_STRING_PLAIN),
		    want);
	else
		assert_null(out);
	json_object_put(out);
	json_object_put(value);
	return st;
}

#define VALUE(name, kind, given, want)                     \
	static enum status name(struct err *err)           \
	{                                                  \
		return read_value(kind, given, want, err); \
	}

VALUE(a_text, KIND_TEXT, "5", "\"5\"")
VALUE(a_date, KIND_DATE, "\"2026-01-31T08:15:00Z\"", "\"2026-01-31\"")
VALUE(a_time, KIND_DATETIME, "\"2026-01-31T09:15:00+0100\"",
    "\"2026-01-31T08:15:00Z\"")
VALUE(a_boolean, KIND_BOOLEAN, "\"yes\"", "true")
VALUE(a_number, KIND_NUMBER, "\"120.50\"", "120.50")
VALUE(choices_in_rows, KIND_MULTISELECT, "[\"a\",\"b\"]", "[\"a\",\"b\"]")
VALUE(choices_in_text, KIND_MULTISELECT, "\"[\\\"a\\\",\\\"b;c\\\"]\"",
    "[\"a\",\"b;c\"]")
VALUE(choices_in_one, KIND_MULTISELECT, "\"a;b\"", "[\"a\",\"b\"]")
VALUE(a_lookup, KIND_LOOKUP, "{\"id\":7,\"name\":\"Acme\"}",
    "{\"id\":\"7\",\"name\":\"Acme\"}")
VALUE(an_owner, KIND_OWNER, "\"a@example.com\"",
    "{\"id\":null,\"name\":null,\"email\":\"a@example.com\"}")

/* ---- records ---- */

static enum status
add_field(struct err *err)
{
	struct field_list fields = { 0 };
	enum status st;

	FAILING(st = field_list_add(&fields, "crm.leads", "Phone", KIND_PHONE,
		    err));
	assert_int_equal(fields.len, st == ST_OK ? 1 : 0);
	field_list_release(&fields);
	return st;
}

/* A record with a bad field, a field changed, what jsonb refuses, no owner. */
static enum status
normalise_record(struct err *err)
{
	struct field_list fields = { 0 };
	struct normalise_rules rules = { .fields = &fields,
		.context = { .phone_region = "" },
		.default_owner_email = "owner@example.com" };
	json_object *record = value_of("{\"id\":\"1\",\"Date\":\"never\","
				       "\"Rows\":[{\"N\":\"5\"}],"
				       "\"Nul\":\"a\\u0000\",\"Many\":"
				       "[\"\\u0000\"],\"Big\":1e999}");
	struct buf notes = BUF_INIT(NOTE_TEXT_MAX);
	struct owner owner;
	enum status st;

	assert_int_equal(field_list_add(&fields, "crm.leads", "Date", KIND_DATE,
			     err),
	    ST_OK);
	assert_int_equal(field_list_add(&fields, "crm.leads", "Rows.N",
			     KIND_NUMBER, err),
	    ST_OK);
	field_list_sort(&fields);
	FAILING(st = normalise(&rules, "crm.leads", record, &notes, &owner,
		    err));
	if (st == ST_OK) {
		assert_string_equal(owner.email, "owner@example.com");
		assert_string_equal(json_object_to_json_string_ext(record,
					JSON_C_TO_STRING_PLAIN),
		    "{\"id\":\"1\",\"Date\":null,\"Rows\":[{\"N\":5}],"
		    "\"Nul\":null,\"Many\":[null],\"Big\":null,\"Owner\":"
		    "{\"id\":null,\"name\":null,"
		    "\"email\":\"owner@example.com\"}}");
	} else {
		assert_null(owner.email);
	}
	buf_release(&notes);
	json_object_put(record);
	field_list_release(&fields);
	return st;
}

static enum status
fill_notes(struct note_list *list, struct buf *out, struct err *err)
{
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < NOTE_LIST_MAX + 1; i++)
		st = note_add(list, "Field", NULL, "why", err);
	return st == ST_OK ? note_put(list, out, err) : st;
}

static enum status
put_notes(struct err *err)
{
	struct note_list list = { 0 };
	struct buf out = BUF_INIT(NOTE_TEXT_MAX);
	enum status st;

	FAILING(st = fill_notes(&list, &out, err));
	if (st == ST_OK)
		assert_non_null(strstr(buf_text(&out), "1 more notes"));
	buf_release(&out);
	note_release(&list);
	return st;
}

static const struct fails_case cases[] = {
	{ "reading several records", read_rows },
	{ "reading pairs", read_pairs },
	{ "reading JSON in a form", read_carrier },
	{ "reading a notification", read_notification },
	{ "reading a long number as an id", read_long_id },
	{ "reading a body that names no record", read_nameless },
	{ "a text", a_text },
	{ "a date", a_date },
	{ "a time", a_time },
	{ "a boolean", a_boolean },
	{ "a number", a_number },
	{ "choices in a list", choices_in_rows },
	{ "choices in a text that is a list", choices_in_text },
	{ "choices in a plain text", choices_in_one },
	{ "a lookup", a_lookup },
	{ "an owner", an_owner },
	{ "a field of the registry", add_field },
	{ "a record", normalise_record },
	{ "notes", put_notes },
};

int
main(void)
{
	static struct CMUnitTest tests[ARRAY_LEN(cases)];
	size_t n = 0;

	ADD_ROWS(tests, n, cases, fails_row);
	return cmocka_run_group_tests(tests, open_modules, close_modules);
}
