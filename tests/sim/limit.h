/*
 * Limits: credits per rolling 24 hours, calls at once, downloads a minute; for
 * Books calls a minute, a day and at once. They follow the simulated clock.
 */
#ifndef LIMIT_H
#define LIMIT_H

#include <stdbool.h>
#include <stdint.h>

enum { CREDIT_SLOTS = 1440, MINUTE_SLOTS = 60 };

struct limits {
	int64_t credits; /* per 24 h; 0 for none */
	int concurrency; /* CRM; 0 for none */
	int sub_concurrency;
	int downloads; /* a minute */
	int64_t books_minute, books_day;
	int books_concurrency;
	int64_t list_rows; /* a list of records gives so many and no more */

	int64_t used[CREDIT_SLOTS];    /* by minute, */
	int64_t used_at[CREDIT_SLOTS]; /* of that minute */
	int64_t minute[MINUTE_SLOTS], minute_at[MINUTE_SLOTS];
	int64_t fetched[MINUTE_SLOTS], fetched_at[MINUTE_SLOTS];
	int64_t day, day_calls, blocked_until;
	int in_crm, in_sub, in_books;
};

struct call;
struct sim;

/* Limits of an edition of CRM (free standard professional enterprise
 * ultimate), a plan of Books (free standard professional premium) and a number
 * of users; false where one is unknown. */
bool
limits_init(struct limits *l, const char *edition, const char *plan, int users);

/* Set one by its name of the control path; false where there is none. */
bool limit_set(struct limits *l, const char *name, int64_t value);

/* A call begins or ends. */
void limit_enter(struct call *c);
void limit_enter_sub(struct call *c);
void limit_leave(struct call *c);

/* Whether the call may go on, else it is answered. "credits" are taken. */
bool limit_crm(struct call *c, int credits);
bool limit_books(struct call *c);
bool limit_download(struct call *c);

int64_t limit_credits_used(const struct sim *sim);

/* 429 of CRM in the wording asked for, or that of the variant. */
void limit_answer_crm(struct call *c, const char *why);

#endif
