/*
 * One value on its way through kind_read(): what its readers share. A reader
 * takes a value that is neither null nor blank and holds no NUL, and returns
 * what kind_read() returns. Used by kind.c and the readers named here only.
 */
#ifndef READING_H
#define READING_H

#include <stdbool.h>
#include <stddef.h>
#include <json-c/json.h>

#include "kind.h"

struct reading {
	const struct kind_context *context;
	json_object *value;
	json_object **out;
	bool *as_given;
	struct err *err;
};

/* A piece of a text. Borrowed. */
struct span {
	const char *at;
	size_t len;
};

/* Without the blanks around it. */
struct span span_trim(const char *at, size_t len);
bool span_all_digits(struct span s);

/* ST_REJECT with a reason that does not repeat the value. */
enum status reading_refuse(struct reading *r, const char *why);
/* Hand "made" out; ST_FAULT where it is NULL. */
enum status reading_keep(struct reading *r, json_object *made);
/* Hand out the value itself, or this piece of its text. */
enum status reading_keep_value(struct reading *r);
enum status reading_keep_text(struct reading *r, struct span s);

/* figure.c */
enum status figure_read_number(struct reading *r);
enum status figure_read_integer(struct reading *r);
/* choice.c */
enum status choice_read(struct reading *r);
/* reference.c */
enum status reference_read_lookup(struct reading *r);
enum status reference_read_owner(struct reading *r);

#endif
