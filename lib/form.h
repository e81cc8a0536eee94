/*
 * Pairs of a query string or an application/x-www-form-urlencoded body,
 * decoded: "+" is a blank, %XX a byte. A "%" that leads no two hex digits
 * stands for itself. Names and values may hold any byte, NUL included.
 */
#ifndef FORM_H
#define FORM_H

#include <stddef.h>

#include "err.h"

enum { FORM_PAIRS_MAX = 1000 };

struct form_pair {
	char *name;
	size_t name_len;
	char *value;
	size_t value_len;
};

/* Pairs in the order they came. Names and values end in a NUL that does not
 * count, and live in one block that the struct owns. */
struct form {
	struct form_pair *at;
	size_t len;
	size_t cap;
	char *block;
};

#define FORM_INIT                                             \
	{                                                     \
		.at = NULL, .len = 0, .cap = 0, .block = NULL \
	}

/*
 * Read "text" into an empty form. "a=1&b" has a pair "b" with an empty value,
 * "=1" one with an empty name; empty parts ("&&") are no pairs. Unless it is
 * ST_OK the form is empty again.
 * ST_REJECT  more than FORM_PAIRS_MAX pairs
 * ST_FAULT   no memory
 */
MUST_CHECK
enum status
form_read(struct form *form, const char *text, size_t len, struct err *err);

/* The first pair called "name", NULL where there is none. Borrowed. */
const struct form_pair *form_get(const struct form *form, const char *name);

void form_release(struct form *form);

#endif
