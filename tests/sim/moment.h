/*
 * The clock of the simulated Zoho, in seconds since 1970 UTC, and how its
 * times are written: CRM has a colon in the offset, Books has none.
 */
#ifndef MOMENT_H
#define MOMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MOMENT_MAX = 32, DAY_S = 86400 };

struct moment {
	double base; /* simulated time when it was last set */
	double set;  /* machine's time then */
	double rate; /* simulated seconds in one of the machine's */
	int offset;  /* of the token's user, in minutes east */
};

/* Starts as the machine's clock. */
void moment_init(struct moment *m, int offset_min);

int64_t moment_now(const struct moment *m);
int64_t moment_now_ms(const struct moment *m);
void moment_set(struct moment *m, int64_t unix_s);
void moment_rate(struct moment *m, double rate);

/* The machine's clock, for pauses that nobody simulates. */
double machine_now(void);

/* 2026-01-31T09:15:00+01:00 and 2026-01-31T09:15:00+0100 */
void moment_crm(char out[MOMENT_MAX], int64_t t, int offset_min);
void moment_books(char out[MOMENT_MAX], int64_t t, int offset_min);
/* 2026-01-31, of days since 1970 */
void moment_date(char out[MOMENT_MAX], int64_t days);

/* Read a time; an offset of either form is wanted, "Z" where "zulu". False
 * where it is none. */
bool moment_read(const char *text, bool zulu, int64_t *t);
/* Read 2026-01-31 as days since 1970; nothing may follow. */
bool moment_read_date(const char *text, int64_t *days);

#endif
