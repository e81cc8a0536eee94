/* kind_read(): what is kept has the one form of its kind, and is kept as it
 * is when read again. Byte 1 chooses the kind, the rest is a JSON value. */
#include "fuzz.h"

#include <stdbool.h>

#include "date.h"
#include "json.h"
#include "kind.h"
#include "reading.h"

static const struct kind_context context = { "GB" };

static bool
is_text(json_object *o)
{
	return json_object_is_type(o, json_type_string) && !json_has_nul(o);
}

static bool
is_time(json_object *o)
{
	char text[DATE_TEXT_MAX];
	struct err err = ERR_INIT;
	int64_t us;

	if (!is_text(o) || date_read_time(json_text(o), &us, &err) != ST_OK)
		return false;
	date_put_time(us, text);
	return strcmp(text, json_text(o)) == 0;
}

static bool
is_date(json_object *o)
{
	char text[DATE_TEXT_MAX];
	struct err err = ERR_INIT;

	return is_text(o) &&
	    date_read_date(json_text(o), text, &err) == ST_OK &&
	    strcmp(text, json_text(o)) == 0;
}

static bool
is_number(json_object *o)
{
	return json_object_is_type(o, json_type_int) ||
	    json_object_is_type(o, json_type_double);
}

/* Digits, and a sign before them. */
static bool
is_whole(json_object *o)
{
	const char *text = json_text(o);

	return is_number(o) &&
	    text[strspn(text, "-") +
		strspn(text + strspn(text, "-"), "0123456789")] == '\0';
}

static bool
is_choices(json_object *o)
{
	size_t i;

	if (!json_object_is_type(o, json_type_array))
		return false;
	for (i = 0; i < json_object_array_length(o); i++)
		if (!is_text(json_object_array_get_idx(o, i)) ||
		    *json_text(json_object_array_get_idx(o, i)) == '\0')
			return false;
	return true;
}

/* These members in this order, texts or null, not all of them null. */
static bool
is_reference(json_object *o, const char *const *keys, int len)
{
	int i = 0, used = 0;

	if (!json_object_is_type(o, json_type_object))
		return false;
	json_object_object_foreach(o, key, member)
	{
		if (i == len || strcmp(key, keys[i]) != 0 ||
		    (member != NULL && !is_text(member)))
			return false;
		used += member != NULL ? 1 : 0;
		i++;
	}
	return i == len && used > 0;
}

static bool
has_form(enum kind kind, json_object *o)
{
	static const char *const keys[] = { "id", "name", "email" };

	switch (kind) {
	case KIND_TEXT:
	case KIND_ID:
	case KIND_PHONE:
		return is_text(o);
	case KIND_MULTISELECT:
		return is_choices(o);
	case KIND_DATE:
		return is_date(o);
	case KIND_DATETIME:
		return is_time(o);
	case KIND_BOOLEAN:
		return json_object_is_type(o, json_type_boolean);
	case KIND_NUMBER:
		return is_number(o);
	case KIND_INTEGER:
		return is_whole(o);
	case KIND_LOOKUP:
		return is_reference(o, keys, 2);
	case KIND_OWNER:
		return is_reference(o, keys, 3);
	case KIND_ROWS:
		return json_object_is_type(o, json_type_array);
	case KIND_OBJECT:
		return json_object_is_type(o, json_type_object);
	case KIND_JSON:
	case KIND_COUNT:
		break;
	}
	return kind == KIND_JSON;
}

static void
check_kept(enum kind kind, json_object *kept)
{
	struct buf once = BUF_INIT(16 * MIB), twice = BUF_INIT(16 * MIB);
	struct err err = ERR_INIT;
	json_object *again;
	bool as_given;

	MUST(has_form(kind, kept));
	MUST(kind_read(kind, &context, kept, &again, &as_given, &err) == ST_OK);
	MUST(again != NULL && !as_given);
	MUST(json_put(&once, kept, &err) == ST_OK);
	MUST(json_put(&twice, again, &err) == ST_OK);
	MUST(strcmp(once.at, twice.at) == 0);
	json_object_put(again);
	buf_release(&twice);
	buf_release(&once);
}

/* A string of nothing but blanks is null; nothing else is. */
static bool
is_blank(json_object *value)
{
	const char *text = json_object_get_string(value);

	return json_object_is_type(value, json_type_string) &&
	    strspn(text, " \t\r\n") ==
	    (size_t)json_object_get_string_len(value);
}

static void
read_value(enum kind kind, json_object *value)
{
	struct err err = ERR_INIT;
	json_object *kept;
	bool as_given;
	enum status st = kind_read(kind, &context, value, &kept, &as_given,
	    &err);

	if (kind == KIND_COUNT) {
		MUST(st == ST_FAULT && kept == NULL);
	} else if (st == ST_OK) {
		MUST((kept == NULL) == is_blank(value));
		if (kept != NULL)
			check_kept(kind, kept);
	} else {
		MUST(st == ST_REJECT && kept == NULL && err.text[0] != '\0');
	}
	json_object_put(kept);
}

int
FUZZ(kind)(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };
	enum kind kind = (enum kind)(fuzz_byte(&in) % (KIND_COUNT + 1));
	char *text = fuzz_rest(&in);
	struct err err = ERR_INIT;
	json_object *value;

	if (json_read(text, in.left, &value, &err) == ST_OK) {
		read_value(kind, value);
		json_object_put(value);
	}
	free(text);
	return 0;
}
