/*
 * JSON: thin over json-c, with the gaps closed that lose data.
 *
 * json-c clamps integers beyond 2^64-1 and takes NaN, single quotes and raw
 * control characters even in strict mode. Here those texts are refused, and
 * a long integer keeps its digits: it is held as a number with its source
 * text, as json-c does for fractions. What comes out of json_put() is valid
 * for PostgreSQL's jsonb but for \u0000, which json_has_nul() finds.
 */
#ifndef JSON_H
#define JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <json-c/json.h>

#include "buf.h"
#include "err.h"

enum { JSON_DEPTH_MAX = 64 };

/*
 * Read one whole document. A byte order mark before it is skipped. On ST_OK
 * "*out" is yours: json_object_put() gives it back; a document that is just
 * null yields ST_REJECT, as nothing here accepts one.
 * ST_REJECT  not JSON, not UTF-8, deeper than JSON_DEPTH_MAX; the error
 *            names the offset in bytes
 */
MUST_CHECK
enum status
json_read(const char *text, size_t len, json_object **out, struct err *err);

/* Append the document as compact text, numbers as they were written. All of it
 * or nothing. ST_REJECT, ST_FAULT  as buf_put() */
MUST_CHECK
enum status json_put(struct buf *out, json_object *o, struct err *err);

/* Append a document of our own: each %s of the format, and it has nothing else
 * of the kind, is a text in quotes with what JSON wants escaped.
 * ST_REJECT, ST_FAULT  as buf_put(); a part may have been appended */
PRINTF_LIKE(3, 4)
MUST_CHECK enum status
json_printf(struct buf *out, struct err *err, const char *format, ...);

/* The member "key" of an object, NULL where "o" is no object, has none or
 * holds null there. Borrowed. */
json_object *json_get(json_object *o, const char *key);

/* The member as text: a string as it is, a number or boolean as written.
 * NULL where there is none or it is an object or array. Borrowed until the
 * object changes. */
const char *json_get_text(json_object *o, const char *key);

/* Whether the member is this text. */
bool json_says(json_object *o, const char *key, const char *want);

/* How many elements an array has, and one of them, borrowed. json-c ends the
 * program where it is asked this of anything else; here that has none. */
size_t json_count(json_object *array);
json_object *json_at(json_object *array, size_t i);

/* The text of a scalar, as above. */
const char *json_text(json_object *scalar);

/* Whether a string or key anywhere in it holds a NUL, which jsonb refuses. */
bool json_has_nul(json_object *o);

/* Put a member into an object: a text, or null where it is NULL; a number.
 * ST_FAULT  no memory */
MUST_CHECK
enum status json_add_text(json_object *o, const char *key, const char *text,
    size_t len, struct err *err);
MUST_CHECK
enum status
json_add_i64(json_object *o, const char *key, int64_t number, struct err *err);

/* A number that keeps this text, which must be a JSON number; NULL where
 * there is no memory. Yours. */
json_object *json_new_number(const char *text);

#endif
