#include "buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BUF_FIRST = 256 };

enum status
buf_reserve(struct buf *b, size_t len, struct err *err)
{
	size_t cap = b->cap > 0 ? b->cap : BUF_FIRST;
	char *grown;

	if (len > b->max || b->len > b->max - len)
		return err_class(err, ST_REJECT, "too_large",
		    "more than %zu bytes", b->max);
	if (b->at != NULL && b->cap - b->len > len)
		return ST_OK;
	while (cap - b->len <= len)
		cap *= 2;
	grown = realloc(b->at, cap);
	if (grown == NULL)
		return err_memory(err);
	b->at = grown;
	b->cap = cap;
	b->at[b->len] = '\0';
	return ST_OK;
}

enum status
buf_put(struct buf *b, const void *bytes, size_t len, struct err *err)
{
	enum status st = buf_reserve(b, len, err);

	if (st != ST_OK)
		return st;
	if (len > 0)
		memcpy(b->at + b->len, bytes, len);
	b->len += len;
	b->at[b->len] = '\0';
	return ST_OK;
}

enum status
buf_puts(struct buf *b, const char *text, struct err *err)
{
	return buf_put(b, text, strlen(text), err);
}

enum status
buf_printf(struct buf *b, struct err *err, const char *fmt, ...)
{
	enum status st;
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (len < 0)
		return err_set(err, ST_FAULT, "cannot format \"%s\"", fmt);
	st = buf_reserve(b, (size_t)len, err);
	if (st != ST_OK)
		return st;
	va_start(ap, fmt);
	(void)vsnprintf(b->at + b->len, (size_t)len + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)len;
	return ST_OK;
}

const char *
buf_text(const struct buf *b)
{
	return b->at != NULL ? b->at : "";
}

void
buf_clear(struct buf *b)
{
	b->len = 0;
	if (b->at != NULL)
		b->at[0] = '\0';
}

void
buf_release(struct buf *b)
{
	free(b->at);
	b->at = NULL;
	b->len = 0;
	b->cap = 0;
}
