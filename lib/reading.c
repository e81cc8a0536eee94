#include "reading.h"

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct span
span_trim(const char *at, size_t len)
{
	while (len > 0 && is_blank(at[len - 1]))
		len--;
	for (; len > 0 && is_blank(*at); len--)
		at++;
	return (struct span) { at, len };
}

bool
span_all_digits(struct span s)
{
	size_t i = 0;

	while (i < s.len && s.at[i] >= '0' && s.at[i] <= '9')
		i++;
	return s.len > 0 && i == s.len;
}

enum status
reading_refuse(struct reading *r, const char *why)
{
	return err_class(r->err, ST_REJECT, "value", "%s", why);
}

enum status
reading_keep(struct reading *r, json_object *made)
{
	if (made == NULL)
		return err_memory(r->err);
	*r->out = made;
	return ST_OK;
}

enum status
reading_keep_value(struct reading *r)
{
	return reading_keep(r, json_object_get(r->value));
}

enum status
reading_keep_text(struct reading *r, struct span s)
{
	if (json_object_is_type(r->value, json_type_string) &&
	    s.len == (size_t)json_object_get_string_len(r->value))
		return reading_keep_value(r);
	return reading_keep(r, json_object_new_string_len(s.at, (int)s.len));
}
