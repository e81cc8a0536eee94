/* What is done with a document that was read. json-c does not say where it
 * gets no memory while it writes, so the text is put together here. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

static enum status put_value(struct buf *out, json_object *o, struct err *err);

/* One that must not stand in a string as it is. */
static enum status
put_escaped(struct buf *out, unsigned char c, struct err *err)
{
	static const char from[] = "\b\t\n\f\r\"\\", to[] = "btnfr\"\\";
	const char *at = c != '\0' ? strchr(from, c) : NULL;

	if (at == NULL)
		return buf_printf(out, err, "\\u%04x", c);
	return buf_put(out, (const char[]) { '\\', to[at - from] }, 2, err);
}

static const bool is_escaped[256] = {
	[0 ... ' ' - 1] = true, ['"'] = true, ['\\'] = true
};

static enum status
put_string(struct buf *out, const char *text, size_t len, struct err *err)
{
	enum status st = buf_put(out, "\"", 1, err);
	size_t i = 0, from;

	while (st == ST_OK && i < len) {
		for (from = i; i < len && !is_escaped[(unsigned char)text[i]];)
			i++;
		st = buf_put(out, text + from, i - from, err);
		if (st == ST_OK && i < len)
			st = put_escaped(out, (unsigned char)text[i++], err);
	}
	return st == ST_OK ? buf_put(out, "\"", 1, err) : st;
}

static enum status
put_members(struct buf *out, json_object *o, struct err *err)
{
	enum status st = buf_put(out, "{", 1, err);
	bool first = true;

	json_object_object_foreach(o, key, member)
	{
		if (st == ST_OK && !first)
			st = buf_put(out, ",", 1, err);
		first = false;
		if (st == ST_OK)
			st = put_string(out, key, strlen(key), err);
		if (st == ST_OK)
			st = buf_put(out, ":", 1, err);
		if (st == ST_OK)
			st = put_value(out, member, err);
	}
	return st == ST_OK ? buf_put(out, "}", 1, err) : st;
}

static enum status
put_elements(struct buf *out, json_object *o, struct err *err)
{
	enum status st = buf_put(out, "[", 1, err);
	size_t i;

	for (i = 0; st == ST_OK && i < json_object_array_length(o); i++) {
		if (i > 0)
			st = buf_put(out, ",", 1, err);
		if (st == ST_OK)
			st = put_value(out, json_object_array_get_idx(o, i),
			    err);
	}
	return st == ST_OK ? buf_put(out, "]", 1, err) : st;
}

static enum status
put_value(struct buf *out, json_object *o, struct err *err)
{
	const char *text;

	switch (json_object_get_type(o)) {
	case json_type_object:
		return put_members(out, o, err);
	case json_type_array:
		return put_elements(out, o, err);
	case json_type_string:
		return put_string(out, json_object_get_string(o),
		    (size_t)json_object_get_string_len(o), err);
	case json_type_int:
	case json_type_double:
	case json_type_boolean:
		text = json_text(o);
		return text != NULL ? buf_puts(out, text, err)
				    : err_memory(err);
	case json_type_null:
		break;
	}
	return buf_puts(out, "null", err);
}

enum status
json_put(struct buf *out, json_object *o, struct err *err)
{
	size_t before = out->len;
	enum status st = put_value(out, o, err);

	if (st != ST_OK && out->at != NULL) {
		out->len = before;
		out->at[before] = '\0';
	}
	return st;
}

enum status
json_printf(struct buf *out, struct err *err, const char *format, ...)
{
	enum status st = ST_OK;
	const char *text;
	va_list ap;
	size_t n;

	va_start(ap, format);
	while (st == ST_OK && *format != '\0') {
		n = strcspn(format, "%");
		st = buf_put(out, format, n, err);
		format += n;
		if (st != ST_OK || *format == '\0')
			continue;
		text = va_arg(ap, const char *);
		st = put_string(out, text, strlen(text), err);
		format += sizeof("%s") - 1;
	}
	va_end(ap);
	return st;
}

json_object *
json_get(json_object *o, const char *key)
{
	json_object *member;

	if (!json_object_is_type(o, json_type_object) ||
	    !json_object_object_get_ex(o, key, &member))
		return NULL;
	return member;
}

/* json-c keeps beside a number how it was written. */
static const char *
number_text(json_object *number)
{
	const char *source = json_object_get_userdata(number);

	return source != NULL ? source : json_object_get_string(number);
}

const char *
json_text(json_object *scalar)
{
	switch (json_object_get_type(scalar)) {
	case json_type_boolean:
		return json_object_get_boolean(scalar) ? "true" : "false";
	case json_type_double:
		return number_text(scalar);
	case json_type_string:
	case json_type_int:
		return json_object_get_string(scalar);
	case json_type_null:
	case json_type_object:
	case json_type_array:
		break;
	}
	return NULL;
}

const char *
json_get_text(json_object *o, const char *key)
{
	return json_text(json_get(o, key));
}

bool
json_says(json_object *o, const char *key, const char *want)
{
	const char *text = json_get_text(o, key);

	return text != NULL && strcmp(text, want) == 0;
}

static bool
string_has_nul(json_object *o)
{
	const char *text = json_object_get_string(o);

	return memchr(text, '\0', (size_t)json_object_get_string_len(o)) !=
	    NULL;
}

bool
json_has_nul(json_object *o)
{
	size_t i;

	if (json_object_is_type(o, json_type_string))
		return string_has_nul(o);
	if (json_object_is_type(o, json_type_object)) {
		json_object_object_foreach(o, key, member)
		{
			(void)key; /* json-c cuts a key at its NUL */
			if (json_has_nul(member))
				return true;
		}
	} else if (json_object_is_type(o, json_type_array)) {
		for (i = 0; i < json_object_array_length(o); i++)
			if (json_has_nul(json_object_array_get_idx(o, i)))
				return true;
	}
	return false;
}

/* "value" is taken over in any case. */
static enum status
add(json_object *o, const char *key, json_object *value, struct err *err)
{
	if (value != NULL && json_object_object_add(o, key, value) == 0)
		return ST_OK;
	json_object_put(value);
	return err_memory(err);
}

enum status
json_add_text(json_object *o, const char *key, const char *text, size_t len,
    struct err *err)
{
	if (text != NULL)
		return add(o, key, json_object_new_string_len(text, (int)len),
		    err);
	return json_object_object_add(o, key, NULL) == 0 ? ST_OK
							 : err_memory(err);
}

enum status
json_add_i64(json_object *o, const char *key, int64_t number, struct err *err)
{
	return add(o, key, json_object_new_int64(number), err);
}

json_object *
json_new_number(const char *text)
{
	return json_object_new_double_s(strtod(text, NULL), text);
}

size_t
json_count(json_object *array)
{
	return json_object_is_type(array, json_type_array)
	    ? json_object_array_length(array)
	    : 0;
}

json_object *
json_at(json_object *array, size_t i)
{
	return json_object_is_type(array, json_type_array)
	    ? json_object_array_get_idx(array, i)
	    : NULL;
}
