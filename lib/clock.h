/* Time: what the wall says and what has passed. */
#ifndef CLOCK_H
#define CLOCK_H

#include <stddef.h>
#include <stdint.h>

enum { CLOCK_TEXT_MAX = 32 };

/* Microseconds since 1970-01-01 UTC. */
int64_t clock_now_us(void);

/* Milliseconds, and microseconds, of a clock that never steps; only
 * differences mean something. */
int64_t clock_passed_ms(void);
int64_t clock_passed_us(void);

/* Wait for so long, or until a signal. */
void clock_pause_ms(int64_t ms);

/* Write "2026-01-31T08:15:00.123456Z" into "out". */
void clock_format(int64_t unix_us, char out[static CLOCK_TEXT_MAX]);

#endif
