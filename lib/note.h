/*
 * Notes about fields that were set aside or kept as given, kept beside the
 * record they belong to (mirror.record.noted).
 */
#ifndef NOTE_H
#define NOTE_H

#include <stddef.h>
#include <json-c/json.h>

#include "buf.h"
#include "err.h"

enum { NOTE_VALUE_MAX = 200, NOTE_LIST_MAX = 50 };

/* Room that the text of any list of notes fits in. */
#define NOTE_TEXT_MAX (256 * KIB)

/* All zero is a list without notes. */
struct note_list {
	json_object *array;
	size_t left_out; /* beyond NOTE_LIST_MAX, only counted */
};

/* Note the value of a field and the reason, each cut at NOTE_VALUE_MAX bytes
 * and never within a character. ST_FAULT: no memory. */
MUST_CHECK
enum status note_add(struct note_list *list, const char *field,
    json_object *value, const char *reason, struct err *err);

/* Append the notes as a JSON array text; nothing where there is no note.
 * Where some were left out, a last one without a field says how many. */
MUST_CHECK
enum status note_put(struct note_list *list, struct buf *out, struct err *err);

void note_release(struct note_list *list);

#endif
