/*
 * Arguments of a statement: scalars as text, and whole columns of values as
 * PostgreSQL arrays in their binary form, built element by element.
 */
#ifndef ARRAY_H
#define ARRAY_H

#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "err.h"

enum { ARGS_MAX = 20 };

struct args {
	int n;
	const char *values[ARGS_MAX];
	int lengths[ARGS_MAX];
	int formats[ARGS_MAX];
	char numbers[ARGS_MAX][24];
};

#define ARGS_INIT      \
	{              \
		.n = 0 \
	}

struct array;

/* Texts and bytes are borrowed until the call. NULL is null. */
void args_text(struct args *a, const char *text);
void args_bytes(struct args *a, const void *at, size_t len);
void args_i64(struct args *a, int64_t number);
void args_array(struct args *a, const struct array *array);

/* An array of PostgreSQL in its binary form, built element by element. */
enum array_type {
	ARRAY_TEXT = 25,
	ARRAY_JSONB = 3802,
	ARRAY_I64 = 20,
	ARRAY_I32 = 23,
	ARRAY_TIME = 1184,
	ARRAY_BYTES = 17
};

struct array {
	struct buf bytes;
	int n;
	enum array_type type;
};

void array_init(struct array *a, enum array_type type, size_t max_bytes);
void array_release(struct array *a);
void array_clear(struct array *a);
MUST_CHECK
enum status array_null(struct array *a, struct err *err);
/* NULL is null. */
MUST_CHECK
enum status array_text(struct array *a, const char *text, struct err *err);
MUST_CHECK
enum status
array_bytes(struct array *a, const void *at, size_t len, struct err *err);
MUST_CHECK
enum status array_i64(struct array *a, int64_t number, struct err *err);
MUST_CHECK
enum status array_i32(struct array *a, int32_t number, struct err *err);
/* Microseconds since 1970-01-01 UTC. */
MUST_CHECK
enum status array_time(struct array *a, int64_t unix_us, struct err *err);

#endif
