/*
 * The tokens of a JSON text, before json-c reads it: it takes more than JSON
 * is, clamps long integers, and does not say where it gets no memory.
 */
#ifndef JSON_SCAN_H
#define JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"
#include "err.h"

/* What a text holds, and json-c must have after it. */
struct json_shape {
	size_t members; /* of all objects */
	size_t longest; /* bytes of a string or number */
	size_t longs;   /* integers that want a mark */
};

/* What stands behind a long integer, so that json-c keeps its digits. */
extern const char json_mark[];

/*
 * Walk the tokens and refuse what json-c takes and JSON does not: a control
 * character in a string, what is not UTF-8, numbers like 01 or 1., words. Where
 * "out" is given, copy the text with a mark behind each long integer.
 * ST_REJECT  no JSON; the error names the offset in bytes
 */
MUST_CHECK
enum status json_scan(const char *text, size_t len, struct buf *out,
    struct json_shape *shape, struct err *err);

/* Whether "text" ends with a mark; "*len" is its length without. */
bool json_is_marked(const char *text, size_t *len);

#endif
