/* normalise(): the result is what jsonb takes, a second run changes nothing
 * more, and the notes are a list that fits. Byte 1 chooses the module, the
 * rest is the record. */
#include "fuzz_fields.h"
#include "fuzz.h"

#include "json.h"
#include "module.h"

static struct field_list fields;
static const struct normalise_rules rules = { &fields, { "GB" },
	"owner@example.com" };

static void
check_note(json_object *note)
{
	static const char *const keys[] = { "field", "value", "reason" };
	const char *text;
	size_t i;

	for (i = 0; i < ARRAY_LEN(keys); i++) {
		text = json_get_text(note, keys[i]);
		MUST(text != NULL && strlen(text) <= NOTE_VALUE_MAX);
	}
}

static void
check_notes(const struct buf *notes)
{
	struct err err = ERR_INIT;
	json_object *list;
	size_t i;

	if (notes->len == 0)
		return;
	MUST(json_read(notes->at, notes->len, &list, &err) == ST_OK);
	MUST(json_object_is_type(list, json_type_array));
	MUST(!json_has_nul(list));
	MUST(json_object_array_length(list) <= NOTE_LIST_MAX + 1);
	for (i = 0; i < json_object_array_length(list); i++)
		check_note(json_object_array_get_idx(list, i));
	json_object_put(list);
}

static void
check_owner(const char *module, const struct owner *owner, json_object *record)
{
	json_object *o = json_get(record, "Owner");

	if (strcmp(module, "crm.leads") != 0) {
		MUST(owner->id == NULL && owner->name == NULL &&
		    owner->email == NULL);
		return;
	}
	MUST(json_object_is_type(o, json_type_object));
	MUST(owner->id == json_get_text(o, "id"));
	MUST(owner->name == json_get_text(o, "name"));
	MUST(owner->email == json_get_text(o, "email"));
	MUST(owner->id != NULL || owner->name != NULL || owner->email != NULL);
}

static void
run(const char *module, json_object *record, struct buf *text)
{
	struct buf notes = BUF_INIT(NOTE_TEXT_MAX);
	struct err err = ERR_INIT;
	struct owner owner;
	json_object *again;

	MUST(normalise(&rules, module, record, &notes, &owner, &err) == ST_OK);
	MUST(!json_has_nul(record));
	check_notes(&notes);
	check_owner(module, &owner, record);
	MUST(json_put(text, record, &err) == ST_OK);
	MUST(json_read(text->at, text->len, &again, &err) == ST_OK);
	json_object_put(again);
	buf_release(&notes);
}

int
FUZZ(normalise)(const uint8_t *data, size_t size)
{
	static const char *const modules[] = { "crm.leads", "books.items" };
	struct fuzz_input in = { data, size };
	const char *module = modules[fuzz_byte(&in) % 2];
	struct buf once = BUF_INIT(64 * MIB), twice = BUF_INIT(64 * MIB);
	char *text = fuzz_rest(&in);
	struct err err = ERR_INIT;
	json_object *record;

	if (fields.len == 0)
		MUST(fuzz_fields_make(&fields) == 0);
	if (json_read(text, in.left, &record, &err) == ST_OK) {
		if (json_object_is_type(record, json_type_object)) {
			run(module, record, &once);
			run(module, record, &twice);
			MUST(strcmp(once.at, twice.at) == 0);
		}
		json_object_put(record);
	}
	free(text);
	buf_release(&twice);
	buf_release(&once);
	return 0;
}
