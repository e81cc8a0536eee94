/*
 * Dates and times as Zoho writes them, read without guessing.
 *
 * CRM writes 2026-01-31T09:15:00+05:30, Books 2026-01-31T09:15:00+0530, both
 * may end in Z or carry a fraction. A time without an offset has no meaning
 * across machines and is refused (ST_REJECT), as are 31 February, second 60,
 * offsets beyond 18 hours and years outside 1 to 9999.
 */
#ifndef DATE_H
#define DATE_H

#include <stdint.h>

#include "err.h"

enum { DATE_TEXT_MAX = 40 };

/* Read a time with an offset into microseconds since 1970-01-01 UTC. A digit
 * of the fraction beyond the sixth is dropped. White space around it is
 * ignored; a blank may stand for the T. */
MUST_CHECK
enum status date_read_time(const char *text, int64_t *unix_us,
    struct err *err);

/* Write the time as ISO 8601 in UTC: "2026-01-31T03:45:00Z", with a fraction
 * only where there is one. */
void date_put_time(int64_t unix_us, char out[static DATE_TEXT_MAX]);

/* Read "2026-01-31", or a time of which only the date is wanted as it stands
 * there, and write "2026-01-31" into "out". */
MUST_CHECK
enum status date_read_date(const char *text, char out[static DATE_TEXT_MAX],
    struct err *err);

#endif
