/* Lists of choices: multiselect picklists. */
#include "reading.h"

#include <string.h>

#include "json.h"

static enum status
add_choice(struct reading *r, json_object *choices, const char *at, size_t len)
{
	struct span s = span_trim(at, len);
	json_object *text;

	if (s.len == 0)
		return ST_OK;
	text = json_object_new_string_len(s.at, (int)s.len);
	if (text == NULL || json_object_array_add(choices, text) != 0) {
		json_object_put(text);
		return err_memory(r->err);
	}
	return ST_OK;
}

static enum status
add_choices(struct reading *r, json_object *choices, json_object *array)
{
	enum status st = ST_OK;
	json_object *item;
	const char *text;
	size_t i;

	for (i = 0; st == ST_OK && i < json_object_array_length(array); i++) {
		item = json_object_array_get_idx(array, i);
		if (item == NULL)
			continue;
		text = json_text(item);
		if (text == NULL)
			return reading_refuse(r, "a choice that is not a text");
		st = add_choice(r, choices, text, strlen(text));
	}
	return st;
}

/* "a;b", or "a,b" where there is no semicolon: a choice may hold a comma. */
static enum status
split_choices(struct reading *r, json_object *choices, const char *text)
{
	const char *mark = strchr(text, ';') != NULL ? ";" : ",";
	enum status st = ST_OK;
	size_t len;

	for (; st == ST_OK && *text != '\0'; text += len) {
		text += *text == *mark ? 1 : 0;
		len = strcspn(text, mark);
		st = add_choice(r, choices, text, len);
	}
	return st;
}

static enum status
read_choices(struct reading *r, json_object *choices)
{
	const char *text = json_text(r->value);
	json_object *array;
	enum status st;

	if (json_object_is_type(r->value, json_type_array))
		return add_choices(r, choices, r->value);
	if (text == NULL)
		return reading_refuse(r, "not a list of choices");
	if (span_trim(text, strlen(text)).at[0] != '[')
		return split_choices(r, choices, text);
	st = json_read(text, strlen(text), &array, r->err);
	if (st == ST_REJECT)
		return split_choices(r, choices, text);
	if (st == ST_OK)
		st = add_choices(r, choices, array);
	json_object_put(array);
	return st;
}

enum status
choice_read(struct reading *r)
{
	json_object *choices = json_object_new_array();
	enum status st;

	if (choices == NULL)
		return err_memory(r->err);
	st = read_choices(r, choices);
	if (st == ST_OK)
		return reading_keep(r, choices);
	json_object_put(choices);
	return st;
}
