#include "date.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum {
	DIGITS_MICRO = 6,
	OFFSET_MAX_MIN = 18 * 60,
	MINUTES_A_DAY = 24 * 60,
};

static const int64_t us_a_second = 1000000;
static const int64_t us_a_day = 86400 * INT64_C(1000000);

struct civil {
	int year, month, day;
	int hour, minute, second, micro;
	int offset_min; /* east of UTC */
	bool has_offset;
};

static enum status
refuse(struct err *err, const char *why)
{
	return err_class(err, ST_REJECT, "value", "%s", why);
}

static const char *
skip_blanks(const char *at)
{
	return at + strspn(at, " \t\r\n\f\v");
}

/* Read exactly "n" digits; false where there are fewer. */
static bool
digits(const char **at, int n, int *out)
{
	int i;

	*out = 0;
	for (i = 0; i < n; i++) {
		if ((*at)[i] < '0' || (*at)[i] > '9')
			return false;
		*out = *out * 10 + ((*at)[i] - '0');
	}
	*at += n;
	return true;
}

static bool
literal(const char **at, char c)
{
	if (**at != c)
		return false;
	(*at)++;
	return true;
}

static int
days_in_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
		31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap ? 1 : 0);
}

static enum status
read_day(const char **at, struct civil *c, struct err *err)
{
	if (!digits(at, 4, &c->year) || !literal(at, '-') ||
	    !digits(at, 2, &c->month) || !literal(at, '-') ||
	    !digits(at, 2, &c->day))
		return refuse(err, "not a date of the form 2026-01-31");
	if (c->year < 1)
		return refuse(err, "the year 0 does not exist");
	if (c->month < 1 || c->month > 12 || c->day < 1 ||
	    c->day > days_in_month(c->year, c->month))
		return refuse(err, "no such day in the calendar");
	return ST_OK;
}

/* The digits behind the point; those beyond the sixth are dropped. */
static bool
read_fraction(const char **at, int *micro)
{
	int n, digit;

	for (n = 0; digits(at, 1, &digit); n++)
		if (n < DIGITS_MICRO)
			*micro = *micro * 10 + digit;
	if (n == 0)
		return false;
	for (; n < DIGITS_MICRO; n++)
		*micro *= 10;
	return true;
}

static enum status
read_clock(const char **at, struct civil *c, struct err *err)
{
	if (!digits(at, 2, &c->hour) || !literal(at, ':') ||
	    !digits(at, 2, &c->minute) || !literal(at, ':') ||
	    !digits(at, 2, &c->second))
		return refuse(err, "no time of the form 09:15:00");
	if (literal(at, '.') && !read_fraction(at, &c->micro))
		return refuse(err, "no digit behind the point");
	if (c->hour > 23 || c->minute > 59 || c->second > 59)
		return refuse(err, "no such time of day");
	return ST_OK;
}

/* "Z", "+05:30", "+0530", "+05", or nothing. */
static enum status
read_offset(const char **at, struct civil *c, struct err *err)
{
	bool west = **at == '-';
	int hours, minutes = 0;

	c->has_offset = **at == 'Z' || **at == '+' || west;
	if (!c->has_offset)
		return ST_OK;
	if (*(*at)++ == 'Z')
		return ST_OK;
	if (!digits(at, 2, &hours))
		return refuse(err, "not an offset of the form +05:30");
	if (literal(at, ':')) {
		if (!digits(at, 2, &minutes))
			return refuse(err, "not an offset of the form +05:30");
	} else {
		(void)digits(at, 2, &minutes);
	}
	c->offset_min = hours * 60 + minutes;
	if (minutes > 59 || c->offset_min > OFFSET_MAX_MIN)
		return refuse(err, "an offset beyond 18 hours");
	if (west)
		c->offset_min = -c->offset_min;
	return ST_OK;
}

/* A date, and the time and offset behind it where there are any. */
static enum status
read_civil(const char *text, struct civil *c, bool *has_clock, struct err *err)
{
	const char *at = skip_blanks(text);
	enum status st;

	*c = (struct civil) { 0 };
	st = read_day(&at, c, err);
	if (st != ST_OK)
		return st;
	*has_clock = *at == 'T' || (*at == ' ' && *skip_blanks(at) != '\0');
	if (*has_clock) {
		at++;
		st = read_clock(&at, c, err);
		if (st == ST_OK)
			st = read_offset(&at, c, err);
		if (st != ST_OK)
			return st;
	}
	if (*skip_blanks(at) != '\0')
		return refuse(err, "text behind the date or time");
	return ST_OK;
}

/*
 * Days since 1970-01-01. Years start in March here, so that the leap day is
 * the last day of its year: 153 days are five months, 1461 four years, 36524
 * a century, 146097 four centuries; 719468 lie between 0000-03-01 and 1970.
 */
static int64_t
days_since_epoch(int year, int month, int day)
{
	int64_t y = month > 2 ? year : year - 1;
	int64_t m = (month + 9) % 12;

	return y * 365 + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day -
	    1 - 719468;
}

/* The same backwards, for any day an int64_t of microseconds can name. */
static void
civil_from_days(int64_t days, int64_t *year, int *month, int *day)
{
	int64_t shifted = days + 719468;
	int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
	int64_t of_era = shifted - era * 146097;
	int64_t y =
	    (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * y + y / 4 - y / 100);
	int64_t m = (5 * of_year + 2) / 153;

	*day = (int)(of_year - (153 * m + 2) / 5 + 1);
	*month = (int)(m < 10 ? m + 3 : m - 9);
	*year = era * 400 + y + (*month <= 2 ? 1 : 0);
}

enum status
date_read_time(const char *text, int64_t *unix_us, struct err *err)
{
	struct civil c;
	bool has_clock;
	int64_t days, minutes;
	enum status st = read_civil(text, &c, &has_clock, err);

	if (st != ST_OK)
		return st;
	if (!has_clock)
		return refuse(err, "a date without a time");
	if (!c.has_offset)
		return refuse(err, "a time without an offset from UTC");
	days = days_since_epoch(c.year, c.month, c.day);
	minutes = days * MINUTES_A_DAY + INT64_C(60) * c.hour + c.minute -
	    c.offset_min;
	if (minutes < days_since_epoch(1, 1, 1) * MINUTES_A_DAY ||
	    minutes >= days_since_epoch(10000, 1, 1) * MINUTES_A_DAY)
		return refuse(err, "in UTC the year is outside 1 to 9999");
	*unix_us = (minutes * 60 + c.second) * us_a_second + c.micro;
	return ST_OK;
}

void
date_put_time(int64_t unix_us, char out[static DATE_TEXT_MAX])
{
	int64_t of_day = unix_us % us_a_day;
	int64_t days = unix_us / us_a_day;
	int64_t year;
	int month, day, second, micro;
	char fraction[16] = "";

	if (of_day < 0) {
		of_day += us_a_day;
		days--;
	}
	civil_from_days(days, &year, &month, &day);
	second = (int)(of_day / us_a_second);
	micro = (int)(of_day % us_a_second);
	if (micro > 0)
		(void)snprintf(fraction, sizeof(fraction), ".%06d", micro);
	(void)snprintf(out, DATE_TEXT_MAX, "%04d-%02d-%02dT%02d:%02d:%02d%sZ",
	    (int)year, month, day, second / 3600, second / 60 % 60, second % 60,
	    fraction);
}

enum status
date_read_date(const char *text, char out[static DATE_TEXT_MAX],
    struct err *err)
{
	struct civil c;
	bool has_clock;
	enum status st = read_civil(text, &c, &has_clock, err);

	if (st != ST_OK)
		return st;
	(void)snprintf(out, DATE_TEXT_MAX, "%04d-%02d-%02d", c.year, c.month,
	    c.day);
	return ST_OK;
}
