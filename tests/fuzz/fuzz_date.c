/* date_read_time(), date_read_date() and date_put_time(): what is read lies
 * in the years 1 to 9999 and is written so that it reads the same. */
#include "fuzz.h"

#include "clock.h"
#include "date.h"

static const int64_t first_us = INT64_C(-62135596800) * 1000000;
static const int64_t behind_us = INT64_C(253402300800) * 1000000;

/* The calendar repeats itself after 400 years, whatever the year is. */
static void
check_cycle(int64_t us)
{
	const int64_t cycle_us = INT64_C(146097) * 86400 * 1000000;
	char text[DATE_TEXT_MAX], now[DATE_TEXT_MAX];

	date_put_time(us, text);
	us %= cycle_us;
	date_put_time(us < 0 ? us + cycle_us : us, now);
	MUST(strcmp(strchr(text + 1, '-'), strchr(now + 1, '-')) == 0);
}

static void
check_instant(int64_t us)
{
	char text[DATE_TEXT_MAX], again[DATE_TEXT_MAX];
	struct err err = ERR_INIT;
	int64_t read = ~us;

	memset(text, 'x', sizeof(text));
	date_put_time(us, text);
	MUST(memchr(text, '\0', sizeof(text)) != NULL);
	if (us < first_us || us >= behind_us)
		return;
	MUST(date_read_time(text, &read, &err) == ST_OK);
	MUST(read == us);
	MUST(date_read_date(text, again, &err) == ST_OK);
	MUST(strlen(again) == 10 && memcmp(again, text, 10) == 0);
}

static void
check_text(const char *text)
{
	char date[DATE_TEXT_MAX], again[DATE_TEXT_MAX];
	struct err err = ERR_INIT;
	enum status st;
	int64_t us;

	st = date_read_date(text, date, &err);
	MUST(st == ST_OK || st == ST_REJECT);
	if (st == ST_OK) {
		MUST(strlen(date) == 10);
		MUST(date_read_date(date, again, &err) == ST_OK);
		MUST(strcmp(date, again) == 0);
	}
	if (date_read_time(text, &us, &err) != ST_OK)
		return;
	MUST(st == ST_OK);
	MUST(us >= first_us && us < behind_us);
	check_instant(us);
}

int
FUZZ(date)(const uint8_t *data, size_t size)
{
	char *text = fuzz_copy(data, size, 1);
	char clock[CLOCK_TEXT_MAX];
	int64_t us = 0;

	if (size > 0)
		memcpy(&us, data, size < sizeof(us) ? size : sizeof(us));
	check_instant(us);
	check_cycle(us);
	if (us >= first_us && us < behind_us) {
		clock_format(us, clock);
		MUST(memchr(clock, '\0', sizeof(clock)) != NULL);
	}
	check_text(text);
	free(text);
	return 0;
}
