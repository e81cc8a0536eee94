/* form.h: pairs of a query string or a form body. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "form.h"

#define BYTES(text) text, sizeof(text) - 1

static struct err err = ERR_INIT;

/* "want" has the pairs as [name|value]. Rows are not const, as cmocka hands
 * them on through a void *. */
static struct form_case {
	const char *says, *text, *want;
} cases[] = {
	{ "an empty text has no pairs", "", "" },
	{ "pairs come in the order of the text", "b=2&a=1", "[b|2][a|1]" },
	{ "a pair given twice is two pairs", "a=2&a=1", "[a|2][a|1]" },
	{ "a name without = has an empty value", "a=1&b", "[a|1][b|]" },
	{ "a name with nothing behind = has an empty value", "a=", "[a|]" },
	{ "a name may be empty", "=1", "[|1]" },
	{ "the first = parts name and value", "a=b=c", "[a|b=c]" },
	{ "empty parts are no pairs", "&&a=1&&&b=2&", "[a|1][b|2]" },
	{ "a semicolon parts nothing", "a=1;b=2", "[a|1;b=2]" },
	{ "+ is a blank in names and values", "full+name=Ada+Example",
	    "[full name|Ada Example]" },
	{ "%2B is a plus and %20 a blank", "tel=%2B44%201632",
	    "[tel|+44 1632]" },
	{ "%26 and %3D part nothing", "a%3Db=c%26d", "[a=b|c&d]" },
	{ "hex digits are of either case", "a=%c3%AB", "[a|\xc3\xab]" },
	{ "bytes beyond ASCII stay as they are", "a=\xc3\xab\xff",
	    "[a|\xc3\xab\xff]" },
	{ "a % at the end stands for itself", "a=1%", "[a|1%]" },
	{ "a % with one digit behind it stands for itself", "a=1%4",
	    "[a|1%4]" },
	{ "a % before no hex digits stands for itself", "a=%zz%4g%g4",
	    "[a|%zz%4g%g4]" },
	{ "what was decoded is not decoded again", "a=%2541%252B",
	    "[a|%41%2B]" },
	{ "a % just before & does not reach over it", "a=%4&1=b",
	    "[a|%4][1|b]" },
};

static void
check_form(void **state)
{
	const struct form_case *row = *state;
	struct form form = FORM_INIT;
	size_t i, n = 0, len = strlen(row->text);
	char got[256] = "";
	/* A copy without a NUL lets the sanitizer see a step too far. */
	char *text = malloc(len + 1);

	assert_non_null(text);
	memcpy(text + 1, row->text, len);
	assert_int_equal(form_read(&form, text + 1, len, &err), ST_OK);
	free(text);
	for (i = 0; i < form.len; i++) {
		assert_int_equal(form.at[i].name_len, strlen(form.at[i].name));
		assert_int_equal(form.at[i].value_len,
		    strlen(form.at[i].value));
		n += (size_t)snprintf(got + n, sizeof(got) - n, "[%s|%s]",
		    form.at[i].name, form.at[i].value);
	}
	assert_string_equal(got, row->want);
	form_release(&form);
}

static void
a_name_and_a_value_may_hold_a_nul(void **state)
{
	struct form form = FORM_INIT;

	(void)state;
	assert_int_equal(form_read(&form, BYTES("a%00b=x%00y"), &err), ST_OK);
	assert_int_equal(form.len, 1);
	assert_int_equal(form.at[0].name_len, 3);
	assert_memory_equal(form.at[0].name, "a\0b", 4);
	assert_int_equal(form.at[0].value_len, 3);
	assert_memory_equal(form.at[0].value, "x\0y", 4);
	form_release(&form);
}

static void
the_first_pair_of_a_name_is_found(void **state)
{
	struct form form = FORM_INIT;

	(void)state;
	assert_int_equal(form_read(&form, BYTES("a%00=0&ab=1&a=2&a=3&c"), &err),
	    ST_OK);
	assert_string_equal(form_get(&form, "a")->value, "2");
	assert_string_equal(form_get(&form, "c")->value, "");
	assert_null(form_get(&form, "b"));
	assert_null(form_get(&form, "A"));
	form_release(&form);
	assert_null(form_get(&form, "a"));
}

static void
a_thousand_pairs_are_read_and_one_more_is_refused(void **state)
{
	char text[4 * (FORM_PAIRS_MAX + 1)];
	struct form form = FORM_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(text); i += 4)
		memcpy(text + i, "a=b&", 4);
	assert_int_equal(form_read(&form, text, sizeof(text) - 4, &err), ST_OK);
	assert_int_equal(form.len, 1000);
	assert_string_equal(form.at[999].value, "b");
	form_release(&form);
	assert_int_equal(form_read(&form, text, sizeof(text), &err), ST_REJECT);
	assert_string_equal(err.text, "more than 1000 pairs");
	assert_int_equal(form.len, 0);
	assert_null(form.at);
	assert_null(form.block);
}

static void
a_form_may_be_released_twice(void **state)
{
	struct form form = FORM_INIT;

	(void)state;
	assert_int_equal(form_read(&form, BYTES("a=1"), &err), ST_OK);
	form_release(&form);
	form_release(&form);
	assert_int_equal(form.len, 0);
}

static const struct CMUnitTest others[] = {
	cmocka_unit_test(a_name_and_a_value_may_hold_a_nul),
	cmocka_unit_test(the_first_pair_of_a_name_is_found),
	cmocka_unit_test(a_thousand_pairs_are_read_and_one_more_is_refused),
	cmocka_unit_test(a_form_may_be_released_twice),
};

int
main(void)
{
	struct CMUnitTest tests[ARRAY_LEN(cases) + ARRAY_LEN(others)];
	size_t i;

	for (i = 0; i < ARRAY_LEN(cases); i++)
		tests[i] = (struct CMUnitTest) { cases[i].says, check_form,
			NULL, NULL, &cases[i] };
	memcpy(tests + i, others, sizeof(others));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
