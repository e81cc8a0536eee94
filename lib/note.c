#include "note.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "json.h"

/* How much of a text fits a note; no character of UTF-8 is cut in two. */
static size_t
cut(const char *text, size_t len)
{
	size_t at = NOTE_VALUE_MAX;

	if (len <= NOTE_VALUE_MAX)
		return len;
	/* cppcheck-suppress arrayIndexOutOfBounds; text has len bytes */
	while (at > 0 && ((unsigned char)text[at] & 0xc0) == 0x80)
		at--;
	return at;
}

/* A text, of which jsonb must take every byte. */
static enum status
add_clean(json_object *note, const char *key, const char *whole,
    size_t whole_len, struct err *err)
{
	char text[NOTE_VALUE_MAX];
	size_t i, len = cut(whole, whole_len);

	for (i = 0; i < len; i++)
		text[i] = whole[i] != '\0' ? whole[i] : ' ';
	return json_add_text(note, key, text, len, err);
}

/* The text of a value; empty where there is none. */
static enum status
add_value(json_object *note, json_object *value, struct err *err)
{
	struct buf whole = BUF_INIT(SIZE_MAX);
	enum status st = ST_OK;

	if (json_object_is_type(value, json_type_string))
		return add_clean(note, "value", json_object_get_string(value),
		    (size_t)json_object_get_string_len(value), err);
	if (value != NULL)
		st = json_put(&whole, value, err);
	if (st == ST_OK)
		st = add_clean(note, "value", buf_text(&whole), whole.len, err);
	buf_release(&whole);
	return st;
}

static enum status
append(struct note_list *list, const char *field, json_object *value,
    const char *reason, struct err *err)
{
	json_object *note = json_object_new_object();
	enum status st = ST_OK;

	if (list->array == NULL)
		list->array = json_object_new_array();
	if (note == NULL || list->array == NULL)
		st = err_memory(err);
	if (st == ST_OK)
		st = add_clean(note, "field", field, strlen(field), err);
	if (st == ST_OK)
		st = add_value(note, value, err);
	if (st == ST_OK)
		st = add_clean(note, "reason", reason, strlen(reason), err);
	if (st == ST_OK && json_object_array_add(list->array, note) == 0)
		return ST_OK;
	json_object_put(note);
	return st == ST_OK ? err_memory(err) : st;
}

enum status
note_add(struct note_list *list, const char *field, json_object *value,
    const char *reason, struct err *err)
{
	if (list->array != NULL &&
	    json_object_array_length(list->array) >= NOTE_LIST_MAX) {
		list->left_out++;
		return ST_OK;
	}
	return append(list, field, value, reason, err);
}

enum status
note_put(struct note_list *list, struct buf *out, struct err *err)
{
	char more[NOTE_VALUE_MAX];
	enum status st;

	if (list->array == NULL)
		return ST_OK;
	if (list->left_out > 0) {
		(void)snprintf(more, sizeof(more), "%zu more notes left out",
		    list->left_out);
		st = append(list, "", NULL, more, err);
		if (st != ST_OK)
			return st;
	}
	return json_put(out, list->array, err);
}

void
note_release(struct note_list *list)
{
	json_object_put(list->array);
	list->array = NULL;
	list->left_out = 0;
}
