#include "array.h"

#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Seconds from 1970-01-01 to 2000-01-01, where PostgreSQL's time begins. */
#define PG_EPOCH_US (INT64_C(946684800) * 1000000)

enum { BINARY = 1, JSONB_VERSION = 1 };

static void
args_add(struct args *a, const char *value, int len, int format)
{
	if (a->n >= ARGS_MAX)
		abort(); /* a programming error, found by the first test */
	a->values[a->n] = value;
	a->lengths[a->n] = len;
	a->formats[a->n] = format;
	a->n++;
}

void
args_text(struct args *a, const char *text)
{
	args_add(a, text, 0, 0);
}

void
args_bytes(struct args *a, const void *at, size_t len)
{
	args_add(a, at, (int)len, BINARY);
}

void
args_i64(struct args *a, int64_t number)
{
	char *text = a->numbers[a->n];

	(void)snprintf(text, sizeof(a->numbers[0]), "%lld", (long long)number);
	args_add(a, text, 0, 0);
}

void
args_array(struct args *a, const struct array *array)
{
	uint32_t n = htobe32((uint32_t)array->n);
	uint32_t empty[] = { 0, 0, htobe32((uint32_t)array->type) };

	if (array->n == 0) {
		memcpy(a->numbers[a->n], empty, sizeof(empty));
		args_add(a, a->numbers[a->n], sizeof(empty), BINARY);
		return;
	}
	/* The head holds the count, which is known only now. */
	memcpy(array->bytes.at + 12, &n, sizeof(n));
	args_bytes(a, array->bytes.at, array->bytes.len);
}

/* ---- arrays ---- */

void
array_init(struct array *a, enum array_type type, size_t max_bytes)
{
	struct buf empty = BUF_INIT(max_bytes);

	a->bytes = empty;
	a->n = 0;
	a->type = type;
}

void
array_release(struct array *a)
{
	buf_release(&a->bytes);
	a->n = 0;
}

void
array_clear(struct array *a)
{
	buf_clear(&a->bytes);
	a->n = 0;
}

static enum status
put_u32(struct buf *b, uint32_t value, struct err *err)
{
	uint32_t big = htobe32(value);

	return buf_put(b, &big, sizeof(big), err);
}

/* One dimension, may hold nulls, element type, count (later), from 1. */
static enum status
array_head(struct array *a, struct err *err)
{
	const uint32_t head[] = { 1, 1, (uint32_t)a->type, 0, 1 };
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && a->bytes.len < sizeof(head); i++)
		st = put_u32(&a->bytes, head[i], err);
	return st;
}

static enum status
array_put(struct array *a, uint32_t len, struct err *err)
{
	enum status st = array_head(a, err);

	if (st == ST_OK)
		st = put_u32(&a->bytes, len, err);
	if (st == ST_OK)
		a->n++;
	return st;
}

enum status
array_null(struct array *a, struct err *err)
{
	return array_put(a, UINT32_MAX, err);
}

enum status
array_bytes(struct array *a, const void *at, size_t len, struct err *err)
{
	const char version = JSONB_VERSION;
	size_t extra = a->type == ARRAY_JSONB ? 1 : 0;
	enum status st;

	if (at == NULL)
		return array_null(a, err);
	st = array_put(a, (uint32_t)(len + extra), err);
	if (st == ST_OK && extra > 0)
		st = buf_put(&a->bytes, &version, 1, err);
	if (st == ST_OK)
		st = buf_put(&a->bytes, at, len, err);
	return st;
}

enum status
array_text(struct array *a, const char *text, struct err *err)
{
	return array_bytes(a, text, text != NULL ? strlen(text) : 0, err);
}

enum status
array_i64(struct array *a, int64_t number, struct err *err)
{
	uint64_t big = htobe64((uint64_t)number);

	return array_bytes(a, &big, sizeof(big), err);
}

enum status
array_i32(struct array *a, int32_t number, struct err *err)
{
	uint32_t big = htobe32((uint32_t)number);

	return array_bytes(a, &big, sizeof(big), err);
}

enum status
array_time(struct array *a, int64_t unix_us, struct err *err)
{
	return array_i64(a, unix_us - PG_EPOCH_US, err);
}
