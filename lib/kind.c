#include "kind.h"

#include <string.h>
#include <strings.h>

#include "date.h"
#include "json.h"
#include "phone.h"
#include "reading.h"

static enum status
read_text(struct reading *r)
{
	const char *text = json_text(r->value);

	if (text == NULL)
		return reading_refuse(r, "not a text");
	return reading_keep_text(r, (struct span) { text, strlen(text) });
}

static enum status
read_id(struct reading *r)
{
	const char *text = json_text(r->value);
	struct span s;

	if (text == NULL)
		return reading_refuse(r, "not an id");
	s = span_trim(text, strlen(text));
	if (!json_object_is_type(r->value, json_type_string) &&
	    !span_all_digits(s))
		return reading_refuse(r, "an id is a text or a whole number");
	return reading_keep_text(r, s);
}

static enum status
read_phone(struct reading *r)
{
	const char *text = json_text(r->value);
	const char *region = r->context->phone_region;
	char e164[PHONE_TEXT_MAX];

	if (text == NULL || json_object_is_type(r->value, json_type_boolean))
		return reading_refuse(r, "not a phone number");
	switch (phone_e164(text, region != NULL ? region : "", e164)) {
	case PHONE_OK:
		return reading_keep(r, json_object_new_string(e164));
	case PHONE_INVALID:
		*r->as_given = true;
		(void)reading_refuse(r, "not a phone number of any country");
		break;
	case PHONE_ABSENT:
		break;
	}
	return reading_keep_text(r, (struct span) { text, strlen(text) });
}

static enum status
read_date(struct reading *r)
{
	char date[DATE_TEXT_MAX];
	enum status st;

	if (!json_object_is_type(r->value, json_type_string))
		return reading_refuse(r, "not a date");
	st = date_read_date(json_object_get_string(r->value), date, r->err);
	return st == ST_OK ? reading_keep(r, json_object_new_string(date)) : st;
}

static enum status
read_datetime(struct reading *r)
{
	char time[DATE_TEXT_MAX];
	int64_t unix_us;
	enum status st;

	if (!json_object_is_type(r->value, json_type_string))
		return reading_refuse(r, "not a time");
	st = date_read_time(json_object_get_string(r->value), &unix_us, r->err);
	if (st != ST_OK)
		return st;
	date_put_time(unix_us, time);
	return reading_keep(r, json_object_new_string(time));
}

static enum status
read_boolean(struct reading *r)
{
	static const char *const words[] = { "false", "true", "no", "yes", "0",
		"1" };
	const char *text = json_text(r->value);
	struct span s;
	size_t i;

	if (json_object_is_type(r->value, json_type_boolean))
		return reading_keep_value(r);
	if (text == NULL)
		return reading_refuse(r, "neither true nor false");
	s = span_trim(text, strlen(text));
	for (i = 0; i < ARRAY_LEN(words); i++)
		if (s.len == strlen(words[i]) &&
		    strncasecmp(s.at, words[i], s.len) == 0)
			break;
	if (i == ARRAY_LEN(words))
		return reading_refuse(r, "neither true nor false");
	return reading_keep(r, json_object_new_boolean(i % 2 == 1));
}

static enum status
read_rows(struct reading *r)
{
	size_t i;

	if (!json_object_is_type(r->value, json_type_array))
		return reading_refuse(r, "not a list of rows");
	for (i = 0; i < json_object_array_length(r->value); i++)
		if (!json_object_is_type(json_object_array_get_idx(r->value, i),
			json_type_object))
			return reading_refuse(r, "a row that is no object");
	return reading_keep_value(r);
}

static enum status
read_object(struct reading *r)
{
	if (!json_object_is_type(r->value, json_type_object))
		return reading_refuse(r, "not an object");
	return reading_keep_value(r);
}

/* "inside": kept with all that is in it, which is judged piece by piece. */
static const struct {
	const char *name;
	enum status (*read)(struct reading *r);
	bool inside;
} kinds[] = {
	[KIND_TEXT] = { "text", read_text, false },
	[KIND_ID] = { "id", read_id, false },
	[KIND_PHONE] = { "phone", read_phone, false },
	[KIND_MULTISELECT] = { "multiselect", choice_read, false },
	[KIND_DATE] = { "date", read_date, false },
	[KIND_DATETIME] = { "datetime", read_datetime, false },
	[KIND_BOOLEAN] = { "boolean", read_boolean, false },
	[KIND_NUMBER] = { "number", figure_read_number, false },
	[KIND_INTEGER] = { "integer", figure_read_integer, false },
	[KIND_LOOKUP] = { "lookup", reference_read_lookup, false },
	[KIND_OWNER] = { "owner", reference_read_owner, false },
	[KIND_JSON] = { "json", reading_keep_value, true },
	[KIND_ROWS] = { "rows", read_rows, true },
	[KIND_OBJECT] = { "object", read_object, true },
};

enum kind
kind_find(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(kinds); i++)
		if (strcmp(kinds[i].name, name) == 0)
			return (enum kind)i;
	return KIND_COUNT;
}

static bool
is_empty(json_object *value)
{
	const char *text;

	if (!json_object_is_type(value, json_type_string))
		return false;
	text = json_object_get_string(value);
	return span_trim(text, (size_t)json_object_get_string_len(value)).len ==
	    0;
}

enum status
kind_read(enum kind kind, const struct kind_context *context,
    json_object *value, json_object **out, bool *as_given, struct err *err)
{
	struct reading r = { context, value, out, as_given, err };

	*out = NULL;
	*as_given = false;
	if (kind >= KIND_COUNT)
		return err_set(err, ST_FAULT, "no kind %d", (int)kind);
	if (is_empty(value))
		return ST_OK;
	if (!kinds[kind].inside && json_has_nul(value))
		return reading_refuse(&r, "a text with a NUL in it");
	return kinds[kind].read(&r);
}
