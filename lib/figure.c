/* Numbers, with the digits they were written with. */
#include "reading.h"

#include <stdlib.h>
#include <string.h>

#include "json.h"

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static size_t
digits(struct span s, size_t i)
{
	while (i < s.len && is_digit(s.at[i]))
		i++;
	return i;
}

/* How much of "s" is the whole part of a JSON number; 0 where none is. */
static size_t
whole_part(struct span s)
{
	size_t start = s.len > 0 && s.at[0] == '-' ? 1 : 0;
	size_t end = digits(s, start);

	if (end == start || (s.at[start] == '0' && end > start + 1))
		return 0;
	return end;
}

/* Whether "s", whose whole part ends at "i", is a JSON number to its end. */
static bool
is_number(struct span s, size_t i)
{
	size_t start;

	if (i < s.len && s.at[i] == '.') {
		start = i + 1;
		i = digits(s, start);
		if (i == start)
			return false;
	}
	if (i > 0 && i < s.len && (s.at[i] == 'e' || s.at[i] == 'E')) {
		start = i + 1;
		if (start < s.len && (s.at[start] == '+' || s.at[start] == '-'))
			start++;
		i = digits(s, start);
		if (i == start)
			return false;
	}
	return i > 0 && i == s.len;
}

static enum status
keep_number(struct reading *r, struct span s)
{
	char *digits_only = strndup(s.at, s.len);
	json_object *number;

	if (digits_only == NULL)
		return err_memory(r->err);
	number = json_new_number(digits_only);
	free(digits_only);
	return reading_keep(r, number);
}

static enum status
read_figure(struct reading *r, bool whole)
{
	const char *text = json_text(r->value);
	struct span s;
	size_t end;

	if (text == NULL)
		return reading_refuse(r, "not a number");
	s = span_trim(text, strlen(text));
	if (s.len > 1 && s.at[0] == '+' && is_digit(s.at[1])) {
		s.at++;
		s.len--;
	}
	if (memchr(s.at, ',', s.len) != NULL)
		return reading_refuse(r, "a comma makes it ambiguous");
	end = whole_part(s);
	if (end == 0 || !is_number(s, end))
		return reading_refuse(r, "not a number");
	if (whole && end < s.len) {
		if (s.at[end] != '.' ||
		    strspn(s.at + end + 1, "0") < s.len - end - 1)
			return reading_refuse(r, "not a whole number");
		s.len = end;
	}
	if (!json_object_is_type(r->value, json_type_string) &&
	    s.len == strlen(text))
		return reading_keep_value(r);
	return keep_number(r, s);
}

enum status
figure_read_number(struct reading *r)
{
	return read_figure(r, false);
}

enum status
figure_read_integer(struct reading *r)
{
	return read_figure(r, true);
}
