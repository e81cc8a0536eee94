#include "clock.h"

#include <stdio.h>
#include <time.h>

int64_t
clock_now_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t
clock_passed_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t
clock_passed_ms(void)
{
	return clock_passed_us() / 1000;
}

void
clock_pause_ms(int64_t ms)
{
	const struct timespec t = { (time_t)(ms / 1000),
		(long)(ms % 1000) * 1000000 };

	(void)nanosleep(&t, NULL);
}

void
clock_format(int64_t unix_us, char out[static CLOCK_TEXT_MAX])
{
	int64_t micro = unix_us % 1000000;
	time_t sec;
	struct tm tm;
	size_t len;

	if (micro < 0)
		micro += 1000000;
	sec = (time_t)((unix_us - micro) / 1000000);
	if (gmtime_r(&sec, &tm) == NULL) {
		out[0] = '\0';
		return;
	}
	len = strftime(out, CLOCK_TEXT_MAX, "%Y-%m-%dT%H:%M:%S", &tm);
	(void)snprintf(out + len, CLOCK_TEXT_MAX - len, ".%06dZ", (int)micro);
}
