#include "json_scan.h"

#include <string.h>

#include "text.h"

/* json-c holds integers in 64 bits and clamps longer ones in silence. Any
 * number of up to 19 digits fits one of its two kinds of integer. */
enum { DIGITS_SAFE = 19, DIGITS_SAFE_NEGATIVE = 18 };

const char json_mark[] = "e0";

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

enum status
json_scan(const char *text, size_t len, struct buf *out,
    struct json_shape *shape, struct err *err)
{
	size_t i = 0, end;
	enum status st = ST_OK;
	bool is_long;

	memset(shape, 0, sizeof(*shape));
	for (; st == ST_OK && i < len; i = end) {
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
		shape->members += text[i] == ':';
		shape->longs += is_long;
		if (end - i > shape->longest)
			shape->longest = end - i;
		if (out == NULL)
			continue;
		st = buf_put(out, text + i, end - i, err);
		if (st == ST_OK && is_long)
			st = buf_puts(out, json_mark, err);
	}
	return st;
}

bool
json_is_marked(const char *text, size_t *len)
{
	size_t n = strlen(text), digits = strspn(text, "-0123456789");

	*len = digits;
	return digits > DIGITS_SAFE_NEGATIVE &&
	    digits + strlen(json_mark) == n &&
	    strcmp(text + digits, json_mark) == 0;
}
