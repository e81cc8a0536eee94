/*
 * Tokens for the next page: bound to the user, to the other parameters and to
 * a day. The place is the last record shown, by the sort key and the number.
 */
#ifndef PAGE_TOKEN_H
#define PAGE_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

#include "world.h"

enum {
	PAGE_TOKENS = 256,
	PAGE_TOKEN_LIFE_S = 86400,
	PAGE_TOKEN_ROWS = 100000,
};

struct place {
	int64_t key;  /* of the order: time, or 0 */
	uint32_t n;   /* the last one shown */
	int64_t rows; /* shown so far */
	long page;
};

struct page_token {
	char text[40];
	struct place place;
	uint64_t bound; /* hash of the other parameters */
	int grant;
	int64_t made;
};

struct page_tokens {
	struct page_token at[PAGE_TOKENS];
	uint64_t n;
};

struct call;

/* Everything of the query but page, page_token, and the path. */
uint64_t page_bound(const struct call *c);
/* A new token; borrowed. */
const struct page_token *
page_token_new(struct call *c, const struct place *place);
/* What the token says; NULL, and answered, where it may not be used. */
const struct page_token *page_token_use(struct call *c, const char *text);

#endif
