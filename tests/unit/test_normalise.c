/* One record on its way into the mirror (F092-F100). */
#include <stdio.h>
#include <string.h>

#include "table.h"

#include "json.h"
#include "normalise.h"

/* Out of order on purpose. */
static const struct {
	const char *module, *name;
	enum kind kind;
} registry[] = {
	{ "crm.leads", "Owner", KIND_OWNER },
	{ "books.invoices", "total", KIND_NUMBER },
	{ "books.invoices", "line_items.rate", KIND_NUMBER },
	{ "crm.deals", "Owner", KIND_OWNER },
	{ "books.invoices", "line_items", KIND_ROWS },
	{ "crm.deals", "Created_By", KIND_OWNER },
	{ "crm.deals", "Closing_Date", KIND_DATE },
	{ "books.invoices", "billing_address", KIND_OBJECT },
	{ "crm.deals", "Amount", KIND_NUMBER },
	{ "books.invoices", "line_items.tags.tag_id", KIND_ID },
	{ "books.invoices", "invoice_id", KIND_ID },
	{ "books.invoices", "billing_address.zip", KIND_TEXT },
	{ "books.invoices", "line_items.item_id", KIND_ID },
	{ "books.invoices", "date", KIND_DATE },
	{ "crm.deals", "Service_Line", KIND_MULTISELECT },
	{ "crm.deals", "Account_Name", KIND_LOOKUP },
	{ "crm.deals", "Modified_Time", KIND_DATETIME },
	{ "crm.deals", "Odd", KIND_COUNT },
	{ "books.items", "total", KIND_TEXT },
};

#define OWNER                                               \
	"\"Owner\":{\"id\":\"9\",\"name\":\"Ada Example\"," \
	"\"email\":\"ada@example.com\"}"
#define NOTE(field, value, reason)                    \
	"{\"field\":\"" field "\",\"value\":\"" value \
	"\",\"reason\":\"" reason "\"}"

#define AND(field, value, reason) "," NOTE(field, value, reason)

struct test_case {
	const char *says, *module, *record, *want, *notes;
};

static const struct test_case cases[] = {
	{ "a record that is right already stays as it is (F098)", "crm.deals",
	    "{\"Amount\":120.50,\"Closing_Date\":\"2026-01-31\"," OWNER "}",
	    "{\"Amount\":120.50,\"Closing_Date\":\"2026-01-31\"," OWNER "}",
	    "" },
	{ "each field is read by its kind (F093, F094, F095)", "crm.deals",
	    "{\"Amount\":\"120.50\",\"Closing_Date\":\"2026-01-31T00:00:00Z\","
	    "\"Service_Line\":\"a;b\",\"Account_Name\":57,"
	    "\"Modified_Time\":\"2026-01-31T09:15:00+01:00\"," OWNER "}",
	    "{\"Amount\":120.50,\"Closing_Date\":\"2026-01-31\","
	    "\"Service_Line\":[\"a\",\"b\"],"
	    "\"Account_Name\":{\"id\":\"57\",\"name\":null},"
	    "\"Modified_Time\":\"2026-01-31T08:15:00Z\"," OWNER "}",
	    "" },
	{ "a field the registry does not name stays as it is", "crm.deals",
	    "{\"Unknown\":\"\",\"$approved\":true,\"Odd\":[1.10]," OWNER "}",
	    "{\"Unknown\":\"\",\"$approved\":true,\"Odd\":[1.10]," OWNER "}",
	    "" },
	{ "the fields of another module do not count", "books.items",
	    "{\"total\":5,\"date\":\"soon\"}",
	    "{\"total\":\"5\",\"date\":\"soon\"}", "" },
	{ "a module without fields stays as it is", "books.bills",
	    "{\"total\":\"5\"}", "{\"total\":\"5\"}", "" },
	{ "null stays null and a missing field stays missing", "books.invoices",
	    "{\"total\":null}", "{\"total\":null}", "" },
	{ "the empty text of Books is null without a note", "books.invoices",
	    "{\"total\":\"\",\"date\":\"\"}", "{\"total\":null,\"date\":null}",
	    "" },
	{ "a bad value costs only its field and is noted", "crm.deals",
	    "{\"Amount\":\"lots\",\"Closing_Date\":\"2026-02-31\","
	    "\"Account_Name\":{\"id\":\"57\",\"name\":\"Example Ltd\"}," OWNER
	    "}",
	    "{\"Amount\":null,\"Closing_Date\":null,"
	    "\"Account_Name\":{\"id\":\"57\",\"name\":\"Example Ltd\"}," OWNER
	    "}",
	    "[" NOTE("Amount", "lots", "not a number") AND("Closing_Date",
		"2026-02-31", "no such day in the calendar") "]" },
	{ "a note holds an object as its JSON text", "books.invoices",
	    "{\"total\":{\"a\":1}}", "{\"total\":null}",
	    "[" NOTE("total", "{\\\"a\\\":1}", "not a number") "]" },
	{ "fields inside rows are read by the name behind the dot",
	    "books.invoices",
	    "{\"line_items\":[{\"item_id\":7,\"rate\":\"1.10\"},"
	    "{\"rate\":\"\",\"name\":\"\"}]}",
	    "{\"line_items\":[{\"item_id\":\"7\",\"rate\":1.10},"
	    "{\"rate\":null,\"name\":\"\"}]}",
	    "" },
	{ "fields inside an object are read too", "books.invoices",
	    "{\"billing_address\":{\"zip\":12345}}",
	    "{\"billing_address\":{\"zip\":\"12345\"}}", "" },
	{ "rows inside rows are read too", "books.invoices",
	    "{\"line_items\":[{\"tags\":[{\"tag_id\":1},{\"tag_id\":2}]}]}",
	    "{\"line_items\":[{\"tags\":[{\"tag_id\":\"1\"},"
	    "{\"tag_id\":\"2\"}]}]}",
	    "" },
	{ "a bad value in a row costs only that value", "books.invoices",
	    "{\"line_items\":[{\"item_id\":7,\"rate\":\"1,10\"},"
	    "{\"rate\":2}]}",
	    "{\"line_items\":[{\"item_id\":\"7\",\"rate\":null},"
	    "{\"rate\":2}]}",
	    "[" NOTE("line_items.rate", "1,10",
		"a comma makes it ambiguous") "]" },
	{ "rows that are none are set aside", "books.invoices",
	    "{\"line_items\":\"many\",\"total\":1}",
	    "{\"line_items\":null,\"total\":1}",
	    "[" NOTE("line_items", "many", "not a list of rows") "]" },
	{ "a text with a NUL is set aside wherever it is", "books.invoices",
	    "{\"notes\":\"a\\u0000b\",\"deep\":[{\"x\":[1,\"\\u0000\"]}]}",
	    "{\"notes\":null,\"deep\":[{\"x\":[1,null]}]}",
	    "[" NOTE("notes", "a b", "a text with a NUL in it")
		AND("deep.x", " ", "a text with a NUL in it") "]" },
	{ "a named field with a NUL is set aside", "books.invoices",
	    "{\"date\":\"2026-01-31\\u0000\"}", "{\"date\":null}",
	    "[" NOTE("date", "2026-01-31 ", "a text with a NUL in it") "]" },
	{ "a number that jsonb would print in 131072 digits is set aside",
	    "books.invoices", "{\"total\":1e131071,\"other\":[1e-16384,1e308]}",
	    "{\"total\":null,\"other\":[null,1e308]}",
	    "[" NOTE("total", "1e131071", "a number out of range")
		AND("other", "1e-16384", "a number out of range") "]" },
	{ "such a number given as text is set aside too", "books.invoices",
	    "{\"total\":\"1e131072\"}", "{\"total\":null}",
	    "[" NOTE("total", "1e131072", "a number out of range") "]" },
	{ "an owner given as an e-mail address is one (F096)", "crm.deals",
	    "{\"Owner\":\"ada@example.com\"}",
	    "{\"Owner\":{\"id\":null,\"name\":null,"
	    "\"email\":\"ada@example.com\"}}",
	    "" },
	{ "a CRM record without an owner gets the default owner (F097)",
	    "crm.deals", "{\"Amount\":1}",
	    "{\"Amount\":1,\"Owner\":{\"id\":null,\"name\":null,"
	    "\"email\":\"sales@example.com\"}}",
	    "" },
	{ "an owner of null becomes the default owner (F097)", "crm.leads",
	    "{\"Owner\":null}",
	    "{\"Owner\":{\"id\":null,\"name\":null,"
	    "\"email\":\"sales@example.com\"}}",
	    "" },
	{ "an unreadable owner becomes the default owner, with a note (F097)",
	    "crm.deals", "{\"Owner\":{\"id\":\"\"}}",
	    "{\"Owner\":{\"id\":null,\"name\":null,"
	    "\"email\":\"sales@example.com\"}}",
	    "[" NOTE("Owner", "{\\\"id\\\":\\\"\\\"}",
		"a reference without id and name") "]" },
	{ "the owner of an unknown CRM module is read too (F096)",
	    "crm.new_things", "{\"Owner\":{\"id\":9,\"name\":\"Ada Example\"}}",
	    "{\"Owner\":{\"id\":\"9\",\"name\":\"Ada Example\","
	    "\"email\":null}}",
	    "" },
	{ "a Books record gets no owner", "books.invoices", "{\"total\":1}",
	    "{\"total\":1}", "" },
};

static void
fill(struct field_list *fields)
{
	struct err err = ERR_INIT;
	size_t i;

	for (i = 0; i < ARRAY_LEN(registry); i++)
		assert_int_equal(field_list_add(fields, registry[i].module,
				     registry[i].name, registry[i].kind, &err),
		    ST_OK);
	field_list_sort(fields);
}

/* What became of a record: its JSON text, its notes and its owner. */
struct made {
	struct buf out, notes;
	char owner[200];
};

#define MADE_INIT                                               \
	{                                                       \
		BUF_INIT(64 * KIB), BUF_INIT(NOTE_TEXT_MAX), "" \
	}

static void
made_release(struct made *made)
{
	buf_release(&made->out);
	buf_release(&made->notes);
}

/* Normalise the record text. */
static enum status
run(const char *module, const char *record, const char *default_owner,
    struct made *made)
{
	struct field_list fields = { NULL, 0 };
	struct normalise_rules rules = { .fields = &fields,
		.context = { .phone_region = "" },
		.default_owner_email = default_owner };
	struct owner owner;
	struct err err = ERR_INIT;
	json_object *o;
	enum status st;

	fill(&fields);
	assert_int_equal(json_read(record, strlen(record), &o, &err), ST_OK);
	st = normalise(&rules, module, o, &made->notes, &owner, &err);
	assert_int_equal(json_put(&made->out, o, &err), ST_OK);
	(void)snprintf(made->owner, sizeof(made->owner), "%s %s %s",
	    owner.id != NULL ? owner.id : "-",
	    owner.name != NULL ? owner.name : "-",
	    owner.email != NULL ? owner.email : "-");
	json_object_put(o);
	field_list_release(&fields);
	assert_null(fields.at);
	return st;
}

static void
record_case(void **state)
{
	const struct test_case *c = *state;
	struct made once = MADE_INIT, again = MADE_INIT;

	assert_int_equal(run(c->module, c->record, "sales@example.com", &once),
	    ST_OK);
	assert_string_equal(buf_text(&once.out), c->want);
	assert_string_equal(buf_text(&once.notes), c->notes);
	assert_int_equal(run(c->module, c->want, "sales@example.com", &again),
	    ST_OK);
	assert_string_equal(buf_text(&again.out), c->want);
	assert_string_equal(buf_text(&again.notes), "");
	made_release(&once);
	made_release(&again);
}

static const struct owner_case {
	const char *says, *module, *record, *default_owner, *want;
} owners[] = {
	{ "id, name and e-mail of the owner are handed out (F096)", "crm.deals",
	    "{" OWNER "}", "sales@example.com",
	    "9 Ada Example ada@example.com" },
	{ "who made a record is not its owner (F096)", "crm.deals",
	    "{\"Created_By\":{\"id\":\"8\"}," OWNER "}", "",
	    "9 Ada Example ada@example.com" },
	{ "the default owner is handed out with its e-mail alone (F097)",
	    "crm.deals", "{}", "sales@example.com", "- - sales@example.com" },
	{ "without a default owner there is none (F097)", "crm.deals", "{}", "",
	    "- - -" },
	{ "the default owner may be left out of the rules (F097)", "crm.deals",
	    "{}", NULL, "- - -" },
	{ "a Books record has no owner", "books.invoices", "{" OWNER "}",
	    "sales@example.com", "- - -" },
};

static void
owner_case(void **state)
{
	const struct owner_case *c = *state;
	struct made made = MADE_INIT;

	assert_int_equal(run(c->module, c->record, c->default_owner, &made),
	    ST_OK);
	assert_string_equal(made.owner, c->want);
	assert_string_equal(buf_text(&made.notes), "");
	made_release(&made);
}

static void
long_values_are_cut_in_notes(void **state)
{
	struct buf record = BUF_INIT(64 * KIB), want = BUF_INIT(64 * KIB);
	struct made made = MADE_INIT;
	struct err err = ERR_INIT;
	int i;

	(void)state;
	/* The 200th byte is the first of the two that make an u umlaut. */
	assert_int_equal(buf_printf(&record, &err, "{\"total\":\"%0199d", 0),
	    ST_OK);
	assert_int_equal(
	    buf_printf(&want, &err,
		"[{\"field\":\"total\","
		"\"value\":\"%0199d\",\"reason\":\"not a number\"}]",
		0),
	    ST_OK);
	for (i = 0; i < 100; i++)
		assert_int_equal(buf_puts(&record, "\xc3\xbc", &err), ST_OK);
	assert_int_equal(buf_puts(&record, "\"}", &err), ST_OK);
	assert_int_equal(run("books.invoices", record.at, "", &made), ST_OK);
	assert_string_equal(buf_text(&made.notes), buf_text(&want));
	buf_release(&record);
	made_release(&made);
	buf_release(&want);
}

/* How often "piece" stands in "text". */
static int
count(const char *text, const char *piece)
{
	int n = 0;

	for (; (text = strstr(text, piece)) != NULL; text++)
		n++;
	return n;
}

static void
notes_are_limited(void **state)
{
	struct buf record = BUF_INIT(64 * KIB);
	struct made made = MADE_INIT;
	struct err err = ERR_INIT;
	int i;

	(void)state;
	assert_int_equal(buf_puts(&record, "{\"line_items\":[", &err), ST_OK);
	for (i = 0; i < 70; i++)
		assert_int_equal(buf_printf(&record, &err, "%s{\"rate\":\"x\"}",
				     i > 0 ? "," : ""),
		    ST_OK);
	assert_int_equal(buf_puts(&record, "]}", &err), ST_OK);
	assert_int_equal(run("books.invoices", record.at, "", &made), ST_OK);
	assert_int_equal(count(buf_text(&made.out), "{\"rate\":null}"), 70);
	assert_int_equal(count(buf_text(&made.notes), "\"line_items.rate\""),
	    50);
	assert_int_equal(count(buf_text(&made.notes),
			     "\"reason\":\"20 more notes left out\""),
	    1);
	buf_release(&record);
	made_release(&made);
}

static void
a_record_must_be_an_object(void **state)
{
	struct made made = MADE_INIT;

	(void)state;
	assert_int_equal(run("crm.deals", "[1]", "sales@example.com", &made),
	    ST_FAULT);
	made_release(&made);
}

static void
a_field_name_too_long_is_refused(void **state)
{
	struct field_list fields = { NULL, 0 };
	struct err err = ERR_INIT;
	char name[300];

	(void)state;
	memset(name, 'x', sizeof(name));
	name[255] = '\0';
	assert_int_equal(field_list_add(&fields, "crm.deals", name, KIND_TEXT,
			     &err),
	    ST_OK);
	name[255] = 'x';
	name[256] = '\0';
	assert_int_equal(field_list_add(&fields, "crm.deals", name, KIND_TEXT,
			     &err),
	    ST_FAULT);
	assert_int_equal(fields.len, 1);
	field_list_release(&fields);
}

int
main(void)
{
	static const struct CMUnitTest others[] = {
		SAYS("a value is cut in its note, at a character's end",
		    long_values_are_cut_in_notes),
		SAYS("beyond fifty, notes are only counted", notes_are_limited),
		SAYS("a record that is no object is a fault",
		    a_record_must_be_an_object),
		SAYS("a field name of 256 bytes is refused",
		    a_field_name_too_long_is_refused),
	};
	static struct CMUnitTest
	    tests[ARRAY_LEN(cases) + ARRAY_LEN(owners) + ARRAY_LEN(others)];
	size_t n = 0;

	ADD_ROWS(tests, n, cases, record_case);
	ADD_ROWS(tests, n, owners, owner_case);
	ADD_OTHERS(tests, n, others);
	return cmocka_run_group_tests_name("normalise", tests, NULL, NULL);
}
