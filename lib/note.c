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
static json_object *
new_clean(const char *whole, size_t whole_len)
{
	char text[NOTE_VALUE_MAX];
	size_t i, len = cut(whole, whole_len);

	for (i = 0; i < len; i++)
		text[i] = whole[i] != '\0' ? whole[i] : ' ';
	return json_object_new_string_len(text, (int)len);
}

/* The text of a value. */
static json_object *
new_value(json_object *value)
{
	struct buf whole = BUF_INIT(SIZE_MAX);
	struct err ignored = ERR_INIT; /* it can only be memory */
	json_object *text = NULL;

	if (json_object_is_type(value, json_type_string))
		return new_clean(json_object_get_string(value),
		    (size_t)json_object_get_string_len(value));
	if (json_put(&whole, value, &ignored) == ST_OK)
		text = new_clean(whole.at, whole.len);
	buf_release(&whole);
	return text;
}

static json_object *
new_text(const char *text)
{
	return json_object_new_string_len(text, (int)cut(text, strlen(text)));
}

/* Add a member, or give the value back where that cannot be. */
static int
add_member(json_object *o, const char *key, json_object *value)
{
	if (value != NULL && json_object_object_add(o, key, value) == 0)
		return 0;
	json_object_put(value);
	return -1;
}

static enum status
append(struct note_list *list, const char *field, json_object *value,
    const char *reason, struct err *err)
{
	json_object *note = json_object_new_object();

	if (list->array == NULL)
		list->array = json_object_new_array();
	if (note != NULL && list->array != NULL &&
	    add_member(note, "field", new_text(field)) == 0 &&
	    add_member(note, "value",
		value != NULL ? new_value(value) : new_text("")) == 0 &&
	    add_member(note, "reason", new_text(reason)) == 0 &&
	    json_object_array_add(list->array, note) == 0)
		return ST_OK;
	json_object_put(note);
	return err_memory(err);
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
