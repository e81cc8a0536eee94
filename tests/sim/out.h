/*
 * Text that is being written: an answer, a callback, a row of CSV. The first
 * failure sticks: writers need not look at each step, who sends it looks once
 * at out_failed().
 */
#ifndef OUT_H
#define OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <json-c/json.h>

#include "buf.h"

struct out {
	struct buf buf;
	bool failed;
};

#define OUT_MAX (1024 * MIB)
#define OUT_INIT                                          \
	{                                                 \
		.buf = BUF_INIT(OUT_MAX), .failed = false \
	}

void out_bytes(struct out *o, const void *at, size_t len);
void out_text(struct out *o, const char *text);
void out_int(struct out *o, int64_t number);
PRINTF_LIKE(2, 3) void out_f(struct out *o, const char *fmt, ...);

/* A JSON string with its quotes; "len" bytes of UTF-8. NULL writes null. */
void out_json_n(struct out *o, const char *text, size_t len);
void out_json(struct out *o, const char *text);

/* "key": with the comma before it where something stands there already. */
void out_key(struct out *o, const char *key);

/* The members of an object, but for "except" (NULL: all of them); null is "".
 */
void out_members(struct out *o, json_object *object, const char *except);

/* A comma, unless an opening bracket stands before. */
void out_comma(struct out *o);

/* A field of CSV, quoted where RFC 4180 wants it. */
void out_csv(struct out *o, const char *text, size_t len);

void out_clear(struct out *o);
void out_release(struct out *o);
const char *out_all(const struct out *o);

#endif
