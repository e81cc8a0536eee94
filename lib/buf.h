/*
 * Bytes that grow up to a ceiling. A buffer is born with its limit, so every
 * input has one: BUF_INIT(64 * KIB). The bytes are always followed by a NUL
 * that does not count.
 */
#ifndef BUF_H
#define BUF_H

#include <stddef.h>

#include "err.h"

#define KIB ((size_t)1024)
#define MIB (1024 * KIB)

struct buf {
	char *at;   /* never NULL after the first successful put */
	size_t len; /* bytes in it */
	size_t cap; /* bytes it can hold before it grows */
	size_t max; /* bytes it may ever hold */
};

#define BUF_INIT(ceiling)                                        \
	{                                                        \
		.at = NULL, .len = 0, .cap = 0, .max = (ceiling) \
	}

/*
 * Append. All of it or nothing.
 * ST_REJECT  it would pass the ceiling
 * ST_FAULT   no memory
 */
MUST_CHECK
enum status
buf_put(struct buf *b, const void *bytes, size_t len, struct err *err);
MUST_CHECK
enum status buf_puts(struct buf *b, const char *text, struct err *err);
PRINTF_LIKE(3, 4)
MUST_CHECK enum status
buf_printf(struct buf *b, struct err *err, const char *fmt, ...);

/* Make room for "len" more bytes; they may then be written at at + len. */
MUST_CHECK
enum status buf_reserve(struct buf *b, size_t len, struct err *err);

/* The text so far, "" where nothing was put. */
const char *buf_text(const struct buf *b);

/* Forget the bytes, keep the memory. */
void buf_clear(struct buf *b);

/* Give the memory back; the buffer may be used again. */
void buf_release(struct buf *b);

#endif
