#include "moment.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

double
machine_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

void
moment_init(struct moment *m, int offset_min)
{
	m->base = m->set = machine_now();
	m->rate = 1;
	m->offset = offset_min;
}

static double
now_of(const struct moment *m)
{
	return m->base + (machine_now() - m->set) * m->rate;
}

int64_t
moment_now(const struct moment *m)
{
	return (int64_t)now_of(m);
}

int64_t
moment_now_ms(const struct moment *m)
{
	return (int64_t)(now_of(m) * 1000);
}

void
moment_set(struct moment *m, int64_t unix_s)
{
	m->base = (double)unix_s;
	m->set = machine_now();
}

void
moment_rate(struct moment *m, double rate)
{
	m->base = now_of(m);
	m->set = machine_now();
	m->rate = rate;
}

/* Days since 1970 to a civil date, with March as the first month. */
static void
civil(int64_t days, int *y, int *m, int *d)
{
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;

	*d = (int)(doy - (153 * mp + 2) / 5 + 1);
	*m = (int)(mp < 10 ? mp + 3 : mp - 9);
	*y = (int)(yoe + era * 400 + (*m <= 2));
}

static int64_t
days_of(int y, int m, int d)
{
	int64_t year = m <= 2 ? y - 1 : y;
	int64_t era = (year >= 0 ? year : year - 399) / 400;
	int64_t yoe = year - era * 400;
	int64_t doy = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;
	int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;

	return era * 146097 + doe - 719468;
}

static char *
put2(char *at, int number)
{
	*at++ = (char)('0' + number / 10 % 10);
	*at++ = (char)('0' + number % 10);
	return at;
}

static char *
put_date(char *at, int64_t days)
{
	int y, m, d;

	civil(days, &y, &m, &d);
	at = put2(at, y / 100);
	at = put2(at, y % 100);
	*at++ = '-';
	at = put2(at, m);
	*at++ = '-';
	return put2(at, d);
}

static void
put_moment(char *at, int64_t t, int offset, const char *colon)
{
	int64_t local = t + (int64_t)offset * 60;
	int64_t days = local / DAY_S - (local % DAY_S < 0);
	int s = (int)(local - days * DAY_S);
	int off = offset < 0 ? -offset : offset;

	at = put_date(at, days);
	*at++ = 'T';
	at = put2(at, s / 3600);
	*at++ = ':';
	at = put2(at, s / 60 % 60);
	*at++ = ':';
	at = put2(at, s % 60);
	*at++ = offset < 0 ? '-' : '+';
	at = put2(at, off / 60);
	if (*colon != '\0')
		*at++ = *colon;
	at = put2(at, off % 60);
	*at = '\0';
}

void
moment_crm(char out[MOMENT_MAX], int64_t t, int offset_min)
{
	put_moment(out, t, offset_min, ":");
}

void
moment_books(char out[MOMENT_MAX], int64_t t, int offset_min)
{
	put_moment(out, t, offset_min, "");
}

void
moment_date(char out[MOMENT_MAX], int64_t days)
{
	*put_date(out, days) = '\0';
}

/* "n" digits; -1 where they are none */
static int
digits(const char *at, int n)
{
	int number = 0;

	for (; n > 0; n--, at++) {
		if (!isdigit((unsigned char)*at))
			return -1;
		number = number * 10 + (*at - '0');
	}
	return number;
}

static bool
read_date(const char *text, int64_t *days)
{
	static const char lengths[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31,
		30, 31 };
	int y, m, d;

	if (strnlen(text, 10) < 10 || text[4] != '-' || text[7] != '-')
		return false;
	y = digits(text, 4);
	m = digits(text + 5, 2);
	d = digits(text + 8, 2);
	if (y < 1 || m < 1 || m > 12 || d < 1 || d > lengths[m - 1])
		return false;
	if (m == 2 && d == 29 && (y % 4 != 0 || (y % 100 == 0 && y % 400 != 0)))
		return false;
	*days = days_of(y, m, d);
	return true;
}

bool
moment_read_date(const char *text, int64_t *days)
{
	return strlen(text) == 10 && read_date(text, days);
}

/* The offset in minutes; false where it is none */
static bool
read_offset(const char *at, bool zulu, int *offset)
{
	int h, m;
	bool colon;

	*offset = 0;
	if (strcmp(at, "Z") == 0)
		return zulu;
	if (*at != '+' && *at != '-')
		return false;
	colon = strlen(at) == 6 && at[3] == ':';
	if (!colon && strlen(at) != 5)
		return false;
	h = digits(at + 1, 2);
	m = digits(at + (colon ? 4 : 3), 2);
	if (h < 0 || h > 14 || m < 0 || m > 59)
		return false;
	*offset = (h * 60 + m) * (*at == '-' ? -1 : 1);
	return true;
}

bool
moment_read(const char *text, bool zulu, int64_t *t)
{
	int64_t days;
	int h, m, s, offset;

	if (strlen(text) < 20 || !read_date(text, &days) || text[10] != 'T' ||
	    text[13] != ':' || text[16] != ':')
		return false;
	h = digits(text + 11, 2);
	m = digits(text + 14, 2);
	s = digits(text + 17, 2);
	if (h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s > 59)
		return false;
	if (!read_offset(text + 19, zulu, &offset))
		return false;
	*t = days * DAY_S + (int64_t)h * 3600 + (int64_t)m * 60 + s -
	    (int64_t)offset * 60;
	return true;
}
