#include "json.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

/* json-c holds integers in 64 bits and clamps longer ones in silence. Any
 * number of up to 19 digits fits one of its two kinds of integer. */
enum { DIGITS_SAFE = 19, DIGITS_SAFE_NEGATIVE = 18 };

static const char long_mark[] = "e0"; /* makes json-c keep the source text */

static int
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static size_t
digits_end(const char *text, size_t len, size_t i)
{
	while (i < len && is_digit(text[i]))
		i++;
	return i;
}

/* End of the number that starts at "i", 0 where it is none; "*is_long" where
 * json-c would clamp it. */
static size_t
number_end(const char *text, size_t len, size_t i, bool *is_long)
{
	size_t first, digits;
	bool negative = text[i] == '-';

	if (negative)
		i++;
	first = i;
	i = digits_end(text, len, i);
	digits = i - first;
	if (digits == 0 || (text[first] == '0' && digits > 1))
		return 0;
	*is_long = digits > (negative ? DIGITS_SAFE_NEGATIVE : DIGITS_SAFE);
	if (i < len && text[i] == '.') {
		*is_long = false;
		first = i + 1;
		i = digits_end(text, len, first);
		if (i == first)
			return 0;
	}
	if (i < len && (text[i] == 'e' || text[i] == 'E')) {
		*is_long = false;
		i++;
		if (i < len && (text[i] == '+' || text[i] == '-'))
			i++;
		first = i;
		i = digits_end(text, len, first);
		if (i == first)
			return 0;
	}
	return i;
}

/* Characters of a string that mean just themselves. */
static const bool is_plain[256] = {
	[' ' ... '!'] = true, ['#' ... '['] = true, [']' ... '~'] = true
};

/* End of the string whose quote is at "i", or 0 where a control character
 * stands in it, it is not UTF-8 or it does not end. */
static size_t
string_end(const char *text, size_t len, size_t i)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t n;

	for (i++; i < len; i += n) {
		while (i < len && is_plain[s[i]])
			i++;
		if (i == len || s[i] < 0x20)
			return 0;
		if (s[i] == '"')
			return i + 1;
		/* json-c looks at what an escape says */
		n = s[i] == '\\' ? 2 : text_character(s + i, len - i);
		if (n == 0)
			return 0;
	}
	return 0;
}

static size_t
word_end(const char *text, size_t len, size_t i)
{
	static const char *const words[] = { "true", "false", "null" };
	size_t w, n;

	for (w = 0; w < ARRAY_LEN(words); w++) {
		n = strlen(words[w]);
		if (len - i >= n && memcmp(text + i, words[w], n) == 0)
			return i + n;
	}
	return 0;
}

/*
 * Walk the tokens and refuse what json-c takes and JSON does not. Where
 * "out" is given, copy the text with a mark behind each long integer;
 * "*longs" counts those.
 */
static enum status
scan(const char *text, size_t len, struct buf *out, size_t *longs,
    struct err *err)
{
	size_t i = 0, end;
	enum status st = ST_OK;
	bool is_long;

	for (*longs = 0; st == ST_OK && i < len; i = end) {
		is_long = false;
		if (text[i] == '"')
			end = string_end(text, len, i);
		else if (text[i] == '-' || is_digit(text[i]))
			end = number_end(text, len, i, &is_long);
		else if (memchr("{}[]:, \t\r\n", text[i], 10) != NULL)
			end = i + 1;
		else
			end = word_end(text, len, i);
		if (end == 0)
			return err_class(err, ST_REJECT, "unreadable",
			    "not JSON at byte %zu", i);
		if (is_long)
			(*longs)++;
		if (out == NULL)
			continue;
		st = buf_put(out, text + i, end - i, err);
		if (st == ST_OK && is_long)
			st = buf_puts(out, long_mark, err);
	}
	return st;
}

static enum status
parse(const char *text, size_t len, json_object **out, struct err *err)
{
	struct json_tokener *tok = json_tokener_new_ex(JSON_DEPTH_MAX);
	enum json_tokener_error why;
	size_t at;

	if (tok == NULL)
		return err_memory(err);
	json_tokener_set_flags(tok,
	    JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	*out = json_tokener_parse_ex(tok, text, (int)len);
	why = json_tokener_get_error(tok);
	at = json_tokener_get_parse_end(tok);
	if (why == json_tokener_continue) {
		/* A bare number ends only with the text; "text" need not
		 * have a NUL behind it. */
		*out = json_tokener_parse_ex(tok, "", 1);
		why = json_tokener_get_error(tok);
		at = len;
	}
	json_tokener_free(tok);
	if (why == json_tokener_success && *out != NULL && at >= len)
		return ST_OK;
	json_object_put(*out);
	*out = NULL;
	if (why == json_tokener_continue)
		return err_class(err, ST_REJECT, "unreadable",
		    "JSON ends early, at byte %zu", len);
	return err_class(err, ST_REJECT, "unreadable",
	    "not JSON at byte %zu: %s", at,
	    why == json_tokener_success ? "nothing but null, or text behind it"
					: json_tokener_error_desc(why));
}

/* Where "o" is a marked long integer, "*number" is a new one without the mark;
 * NULL where it is none. */
static enum status
unmarked(json_object *o, json_object **number, struct err *err)
{
	const char *text;
	char *plain;
	size_t n;

	*number = NULL;
	if (!json_object_is_type(o, json_type_double))
		return ST_OK;
	text = json_object_get_string(o);
	n = strlen(text);
	if (n <= DIGITS_SAFE_NEGATIVE ||
	    strspn(text, "-0123456789") != n - strlen(long_mark) ||
	    strcmp(text + n - strlen(long_mark), long_mark) != 0)
		return ST_OK;
	plain = strndup(text, n - strlen(long_mark));
	*number = plain != NULL ? json_new_number(plain) : NULL;
	free(plain);
	return *number != NULL ? ST_OK : err_memory(err);
}

static enum status unmark(json_object *o, struct err *err);

/* The member of an object or, where "key" is NULL, of an array. */
static enum status
unmark_member(json_object *o, const char *key, size_t i, json_object *member,
    struct err *err)
{
	json_object *number;
	enum status st = unmarked(member, &number, err);

	if (st != ST_OK)
		return st;
	if (number == NULL)
		return unmark(member, err);
	if ((key != NULL ? json_object_object_add(o, key, number)
			 : json_object_array_put_idx(o, i, number)) == 0)
		return ST_OK;
	json_object_put(number);
	return err_memory(err);
}

/* Take the marks off again, everywhere below "o". */
static enum status
unmark(json_object *o, struct err *err)
{
	enum status st = ST_OK;
	size_t i;

	if (json_object_is_type(o, json_type_object)) {
		json_object_object_foreach(o, key, member)
		{
			st = unmark_member(o, key, 0, member, err);
			if (st != ST_OK)
				return st;
		}
	} else if (json_object_is_type(o, json_type_array)) {
		for (i = 0; st == ST_OK && i < json_object_array_length(o); i++)
			st = unmark_member(o, NULL, i,
			    json_object_array_get_idx(o, i), err);
	}
	return st;
}

static enum status
unmark_all(json_object **o, struct err *err)
{
	json_object *number;
	enum status st = unmarked(*o, &number, err);

	if (st != ST_OK || number == NULL)
		return st == ST_OK ? unmark(*o, err) : st;
	json_object_put(*o);
	*o = number;
	return ST_OK;
}

static enum status
parse_with_longs(const char *text, size_t len, size_t longs, json_object **out,
    struct err *err)
{
	struct buf marked = BUF_INIT(len + longs * strlen(long_mark));
	enum status st;

	st = scan(text, len, &marked, &longs, err);
	if (st == ST_OK)
		st = parse(marked.at, marked.len, out, err);
	if (st == ST_OK)
		st = unmark_all(out, err);
	if (st != ST_OK) {
		json_object_put(*out);
		*out = NULL;
	}
	buf_release(&marked);
	return st;
}

enum status
json_read(const char *text, size_t len, json_object **out, struct err *err)
{
	size_t longs;
	enum status st;

	*out = NULL;
	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
		text += 3;
		len -= 3;
	}
	if (len > 512 * MIB)
		return err_class(err, ST_REJECT, "too_large",
		    "a JSON text of %zu bytes", len);
	st = scan(text, len, NULL, &longs, err);
	if (st != ST_OK)
		return st;
	if (longs > 0)
		return parse_with_longs(text, len, longs, out, err);
	return parse(text, len, out, err);
}

enum status
json_put(struct buf *out, json_object *o, struct err *err)
{
	size_t len;
	const char *text = json_object_to_json_string_length(o,
	    JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, &len);

	if (text == NULL)
		return err_memory(err);
	return buf_put(out, text, len, err);
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

const char *
json_text(json_object *scalar)
{
	switch (json_object_get_type(scalar)) {
	case json_type_string:
	case json_type_int:
	case json_type_double:
	case json_type_boolean:
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

json_object *
json_new_number(const char *text)
{
	return json_object_new_double_s(strtod(text, NULL), text);
}
