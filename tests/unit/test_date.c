/* What dates and times are read, and how times are written (F094, F095). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "date.h"

struct test_case {
	const char *says, *text, *want; /* want NULL: refused */
};

static const struct test_case times[] = {
	{ "CRM writes an offset with a colon (F094)",
	    "2026-01-31T09:15:00+05:30", "2026-01-31T03:45:00Z" },
	{ "Books writes an offset without one (F094)",
	    "2026-01-31T09:15:00+0530", "2026-01-31T03:45:00Z" },
	{ "Z is UTC", "2026-01-31T09:15:00Z", "2026-01-31T09:15:00Z" },
	{ "an offset to the west makes a later time",
	    "2026-01-31T20:15:00-08:00", "2026-02-01T04:15:00Z" },
	{ "an offset may be whole hours", "2026-01-31T09:15:00+02",
	    "2026-01-31T07:15:00Z" },
	{ "a blank may stand for the T", "2026-01-31 09:15:00+00:00",
	    "2026-01-31T09:15:00Z" },
	{ "white space around a time is ignored", " \t2026-01-31T09:15:00Z\n",
	    "2026-01-31T09:15:00Z" },
	{ "a fraction is written with six digits", "2026-01-31T09:15:00.5Z",
	    "2026-01-31T09:15:00.500000Z" },
	{ "the seventh digit of a fraction is dropped",
	    "2026-01-31T09:15:00.1234569Z", "2026-01-31T09:15:00.123456Z" },
	{ "a fraction of zeros is none", "2026-01-31T09:15:00.000Z",
	    "2026-01-31T09:15:00Z" },
	{ "a time before 1970 keeps its fraction", "1969-12-31T23:59:59.25Z",
	    "1969-12-31T23:59:59.250000Z" },
	{ "the epoch is itself", "1970-01-01T00:00:00Z",
	    "1970-01-01T00:00:00Z" },
	{ "2028 has a leap day", "2028-02-29T00:00:00Z",
	    "2028-02-29T00:00:00Z" },
	{ "2000 has a leap day", "2000-02-29T12:00:00Z",
	    "2000-02-29T12:00:00Z" },
	{ "the year after a leap day begins in time",
	    "2028-12-31T23:30:00-01:00", "2029-01-01T00:30:00Z" },
	{ "the first second of year 1 is read", "0001-01-01T00:00:00Z",
	    "0001-01-01T00:00:00Z" },
	{ "the last second of year 9999 is read", "9999-12-31T23:59:59Z",
	    "9999-12-31T23:59:59Z" },
	{ "18 hours are the widest offset", "2026-01-31T09:15:00+18:00",
	    "2026-01-30T15:15:00Z" },
	{ "an offset beyond 18 hours is refused", "2026-01-31T09:15:00+18:01",
	    NULL },
	{ "an offset of 60 minutes is refused", "2026-01-31T09:15:00+05:60",
	    NULL },
	{ "an offset with half its minutes is refused",
	    "2026-01-31T09:15:00+05:3", NULL },
	{ "a time without an offset is refused", "2026-01-31T09:15:00", NULL },
	{ "a date without a time is no time", "2026-01-31", NULL },
	{ "a time without seconds is refused", "2026-01-31T09:15Z", NULL },
	{ "31 February is refused", "2026-02-31T09:15:00Z", NULL },
	{ "29 February of 2026 is refused", "2026-02-29T09:15:00Z", NULL },
	{ "29 February of 1900 is refused", "1900-02-29T09:15:00Z", NULL },
	{ "second 60 is refused", "2026-01-31T09:15:60Z", NULL },
	{ "minute 60 is refused", "2026-01-31T09:60:00Z", NULL },
	{ "hour 24 is refused", "2026-01-31T24:00:00Z", NULL },
	{ "month 13 is refused", "2026-13-01T09:15:00Z", NULL },
	{ "month 0 is refused", "2026-00-01T09:15:00Z", NULL },
	{ "day 0 is refused", "2026-01-00T09:15:00Z", NULL },
	{ "year 0 is refused", "0000-01-01T09:15:00Z", NULL },
	{ "a time that is in year 0 in UTC is refused",
	    "0001-01-01T00:00:00+01:00", NULL },
	{ "a time that is in year 10000 in UTC is refused",
	    "9999-12-31T23:59:59-01:00", NULL },
	{ "a year of five digits is refused", "12026-01-31T09:15:00Z", NULL },
	{ "a point without digits is refused", "2026-01-31T09:15:00.Z", NULL },
	{ "text behind the time is refused", "2026-01-31T09:15:00Z[UTC]",
	    NULL },
	{ "a date with slashes is refused", "31/01/2026 09:15:00Z", NULL },
	{ "a number is no time", "1769850901234", NULL },
	{ "the empty text is no time", "", NULL },
};

static const struct test_case dates[] = {
	{ "a date stays as it is (F095)", "2026-01-31", "2026-01-31" },
	{ "the date of a time is the one that stands there (F095)",
	    "2026-01-31T23:15:00-08:00", "2026-01-31" },
	{ "the time behind a date needs no offset", "2026-01-31T23:15:00",
	    "2026-01-31" },
	{ "white space around a date is ignored", " 2026-01-31 \r\n",
	    "2026-01-31" },
	{ "the leap day of 2028 is a date", "2028-02-29", "2028-02-29" },
	{ "31 April is refused", "2026-04-31", NULL },
	{ "a bad time spoils its date", "2026-01-31T25:00:00Z", NULL },
	{ "a date with one digit for the month is refused", "2026-1-31", NULL },
	{ "a date with slashes is refused", "2026/01/31", NULL },
	{ "a date with text behind it is refused", "2026-01-31x", NULL },
	{ "a date cut short is refused", "2026-01-3", NULL },
	{ "a sign is no digit", "+026-01-31", NULL },
	{ "the empty text is no date", "", NULL },
};

static void
time_case(void **state)
{
	const struct test_case *c = *state;
	char out[DATE_TEXT_MAX] = "";
	struct err err = ERR_INIT;
	int64_t unix_us;
	enum status st = date_read_time(c->text, &unix_us, &err);

	if (c->want == NULL) {
		assert_int_equal(st, ST_REJECT);
		assert_string_equal(err.reason, "value");
		assert_true(err.text[0] != '\0');
		return;
	}
	assert_int_equal(st, ST_OK);
	date_put_time(unix_us, out);
	assert_string_equal(out, c->want);
}

static void
date_case(void **state)
{
	const struct test_case *c = *state;
	char out[DATE_TEXT_MAX] = "";
	struct err err = ERR_INIT;
	enum status st = date_read_date(c->text, out, &err);

	if (c->want == NULL) {
		assert_int_equal(st, ST_REJECT);
		assert_string_equal(err.reason, "value");
		return;
	}
	assert_int_equal(st, ST_OK);
	assert_string_equal(out, c->want);
}

static void
microseconds_count_from_1970(void **state)
{
	struct err err = ERR_INIT;
	int64_t unix_us = 0;

	(void)state;
	assert_int_equal(date_read_time("2026-01-31T08:15:01.234Z", &unix_us,
			     &err),
	    ST_OK);
	assert_true(unix_us == INT64_C(1769847301234000));
	assert_int_equal(date_read_time("1969-12-31T23:59:59.9Z", &unix_us,
			     &err),
	    ST_OK);
	assert_true(unix_us == -100000);
}

static void
any_number_can_be_written(void **state)
{
	char out[DATE_TEXT_MAX];

	(void)state;
	date_put_time(INT64_MAX, out);
	assert_string_equal(out, "294247-01-10T04:00:54.775807Z");
	date_put_time(INT64_MIN, out);
	assert_string_equal(out, "-290308-12-21T19:59:05.224192Z");
}

int
main(void)
{
	static struct CMUnitTest tests[ARRAY_LEN(times) + ARRAY_LEN(dates) + 2];
	size_t i, n = 0;

	for (i = 0; i < ARRAY_LEN(times); i++)
		tests[n++] = (struct CMUnitTest) { .name = times[i].says,
			.test_func = time_case,
			.initial_state = (void *)(uintptr_t)&times[i] };
	for (i = 0; i < ARRAY_LEN(dates); i++)
		tests[n++] = (struct CMUnitTest) { .name = dates[i].says,
			.test_func = date_case,
			.initial_state = (void *)(uintptr_t)&dates[i] };
	tests[n++] =
	    (struct CMUnitTest) { .name = "a time is microseconds since 1970",
		    .test_func = microseconds_count_from_1970 };
	tests[n++] = (struct CMUnitTest) {
		.name = "any number of microseconds can be written",
		.test_func = any_number_can_be_written
	};
	return cmocka_run_group_tests_name("date", tests, NULL, NULL);
}
