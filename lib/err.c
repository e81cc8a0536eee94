#include "err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "text.h"

static const struct {
	int http;
	int exit;
} edges[] = {
	[ST_OK] = { 200, EX_OK },
	[ST_NONE] = { 404, EX_OK },
	[ST_RETRY] = { 503, EX_TEMPFAIL },
	[ST_REJECT] = { 400, EX_DATAERR },
	[ST_FAULT] = { 500, EX_SOFTWARE },
};

/* A text that is too long may be cut inside a character. */
PRINTF_LIKE(2, 0)
static void
say(struct err *err, const char *fmt, va_list ap)
{
	(void)vsnprintf(err->text, sizeof(err->text), fmt, ap);
	text_clean(err->text);
}

enum status
err_set(struct err *err, enum status st, const char *fmt, ...)
{
	va_list ap;

	err->reason = "";
	va_start(ap, fmt);
	say(err, fmt, ap);
	va_end(ap);
	return st;
}

enum status
err_class(struct err *err, enum status st, const char *reason, const char *fmt,
    ...)
{
	va_list ap;

	err->reason = reason;
	va_start(ap, fmt);
	say(err, fmt, ap);
	va_end(ap);
	return st;
}

enum status
err_wrap(struct err *err, enum status st, const char *fmt, ...)
{
	char context[ERR_TEXT_MAX];
	char whole[2 * ERR_TEXT_MAX + 2];
	va_list ap;

	if (st == ST_OK || st == ST_NONE)
		return st;
	va_start(ap, fmt);
	(void)vsnprintf(context, sizeof(context), fmt, ap);
	va_end(ap);
	(void)snprintf(whole, sizeof(whole), "%s: %s", context, err->text);
	whole[sizeof(err->text) - 1] = '\0';
	memcpy(err->text, whole, strlen(whole) + 1);
	text_clean(err->text);
	return st;
}

enum status
err_memory(struct err *err)
{
	return err_class(err, ST_FAULT, "memory", "could not get memory");
}

enum status
err_passing(enum status st, const struct err *err)
{
	return st == ST_FAULT && strcmp(err->reason, "memory") == 0 ? ST_RETRY
								    : st;
}

enum status
err_system(int number)
{
	static const int passing[] = { EMFILE, ENFILE, ENOMEM, ENOBUFS, EAGAIN,
		EINTR, EIO };
	size_t i;

	for (i = 0; i < ARRAY_LEN(passing); i++)
		if (number == passing[i])
			return ST_RETRY;
	return ST_FAULT;
}

int
err_http(enum status st)
{
	return edges[st].http;
}

int
err_exit(enum status st)
{
	return edges[st].exit;
}
