/* Name and value pairs of a query or a form, percent-decoded. */
#ifndef PAIRS_H
#define PAIRS_H

#include <stdbool.h>
#include <stddef.h>

#include "out.h"

enum { PAIRS_MAX = 64 };

struct pair {
	char *name;
	char *value;
};

struct pairs {
	struct pair at[PAIRS_MAX];
	int n;
};

/* Read "a=1&b=2"; "+" is a space. More than PAIRS_MAX are left out. */
void pairs_read(struct pairs *p, const char *text, size_t len);
/* Read the parts of a multipart body that are no files; "type" is its
 * Content-Type. */
void pairs_read_multipart(struct pairs *p, const char *type, const char *body,
    size_t len);
/* The bytes of one part, NULL where there is none. */
const char *multipart_part(const char *type, const char *body, size_t len,
    const char *name, size_t *part_len);
void pairs_add(struct pairs *p, const char *name, const char *value);
/* The first of this name; NULL where there is none. */
const char *pairs_get(const struct pairs *p, const char *name);
void pairs_release(struct pairs *p);

/* Write a text with everything but letters, digits and -._~ escaped. */
void out_percent(struct out *o, const char *text);

#endif
