/*
 * Dates and times as Zoho writes them, read without guessing.
 *
 * CRM writes 2026-01-31T09:15:00+05:30, Books 2026-01-31T09:15:00+0530,
 * PostgreSQL 2026-01-31 09:15:00+05; all may end in Z or carry a fraction. A
 * time without an offset has no meaning across machines and is refused
 * (ST_REJECT), as are 31 February, second 60, offsets beyond 18 hours and
 * years outside 1 to 9999, in UTC too. No reason repeats the text it refuses.
 */
#ifndef DATE_H
#define DATE_H

#include <stdint.h>

#include "err.h"

enum { DATE_TEXT_MAX = 96 };

/* Read a time with an offset into microseconds since 1970-01-01 UTC. A digit
 * of the fraction beyond the sixth is dropped. White space around it is
 * ignored; a blank may stand for the T. */
MUST_CHECK
enum status date_read_time(const char *text, int64_t *unix_us, struct err *err);

/* Write the time as ISO 8601 in UTC: "2026-01-31T03:45:00Z", with a fraction
 * of six digits only where there is one. Any value can be written. */
void date_put_time(int64_t unix_us, char out[static DATE_TEXT_MAX]);

/* Read "2026-01-31", or a time of which only the date is wanted as it stands
 * there (so it needs no offset), and write "2026-01-31" into "out". */
MUST_CHECK
enum status date_read_date(const char *text, char out[static DATE_TEXT_MAX],
    struct err *err);

#endif
