#include "out.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "json.h"

void
out_bytes(struct out *o, const void *at, size_t len)
{
	struct err err = ERR_INIT;

	if (buf_put(&o->buf, at, len, &err) != ST_OK)
		o->failed = true;
}

void
out_text(struct out *o, const char *text)
{
	out_bytes(o, text, strlen(text));
}

void
out_int(struct out *o, int64_t number)
{
	char digits[24];
	char *at = digits + sizeof(digits);
	uint64_t left = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;

	do {
		*--at = (char)('0' + left % 10);
		left /= 10;
	} while (left > 0);
	if (number < 0)
		*--at = '-';
	out_bytes(o, at, (size_t)(digits + sizeof(digits) - at));
}

void
out_f(struct out *o, const char *fmt, ...)
{
	char text[1024];
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (len < 0 || (size_t)len >= sizeof(text))
		o->failed = true;
	else
		out_bytes(o, text, (size_t)len);
}

static void
put_escape(struct out *o, unsigned char c)
{
	static const char names[] = "btn\0fr";

	if (c == '"' || c == '\\')
		out_bytes(o, (char[]) { '\\', (char)c }, 2);
	else if (c >= 8 && c <= 13 && c != 11)
		out_bytes(o, (char[]) { '\\', names[c - 8] }, 2);
	else
		out_f(o, "\\u%04x", c);
}

void
out_json_n(struct out *o, const char *text, size_t len)
{
	size_t i, from = 0;

	if (text == NULL) {
		out_bytes(o, "null", 4);
		return;
	}
	out_bytes(o, "\"", 1);
	for (i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		out_bytes(o, text + from, i - from);
		put_escape(o, c);
		from = i + 1;
	}
	out_bytes(o, text + from, len - from);
	out_bytes(o, "\"", 1);
}

void
out_json(struct out *o, const char *text)
{
	out_json_n(o, text, text != NULL ? strlen(text) : 0);
}

void
out_comma(struct out *o)
{
	char last = o->buf.len > 0 ? o->buf.at[o->buf.len - 1] : '{';

	if (last != '{' && last != '[' && last != '\n')
		out_bytes(o, ",", 1);
}

void
out_key(struct out *o, const char *key)
{
	out_comma(o);
	out_bytes(o, "\"", 1);
	out_text(o, key);
	out_bytes(o, "\":", 2);
}

void
out_csv(struct out *o, const char *text, size_t len)
{
	size_t i, from = 0;
	bool quote = false;

	for (i = 0; i < len && !quote; i++)
		quote = text[i] == ',' || text[i] == '"' || text[i] == '\n' ||
		    text[i] == '\r';
	if (!quote) {
		out_bytes(o, text, len);
		return;
	}
	out_bytes(o, "\"", 1);
	for (i = 0; i < len; i++)
		if (text[i] == '"') {
			out_bytes(o, text + from, i + 1 - from);
			from = i;
		}
	out_bytes(o, text + from, len - from);
	out_bytes(o, "\"", 1);
}

void
out_members(struct out *o, json_object *object, const char *except)
{
	struct err err = ERR_INIT;

	json_object_object_foreach(object, key, value)
	{
		if (except != NULL && strcmp(key, except) == 0)
			continue;
		out_key(o, key);
		if (value == NULL)
			out_text(o, "\"\"");
		else if (json_put(&o->buf, value, &err) != ST_OK)
			o->failed = true;
	}
}

void
out_clear(struct out *o)
{
	buf_clear(&o->buf);
	o->failed = false;
}

void
out_release(struct out *o)
{
	buf_release(&o->buf);
	o->failed = false;
}

const char *
out_all(const struct out *o)
{
	return buf_text(&o->buf);
}
