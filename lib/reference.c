/* References to other records: lookups and owners. */
#include "reading.h"

#include <string.h>

#include "json.h"

/* The members of a reference, those of a lookup first. */
enum { REF_ID, REF_NAME, LOOKUP_LEN, REF_EMAIL = LOOKUP_LEN, OWNER_LEN };

static const char *const reference_keys[] = { "id", "name", "email" };

static enum status
keep_reference(struct reading *r, const struct span *parts, size_t len)
{
	json_object *o = json_object_new_object();
	json_object *text;
	size_t i;

	for (i = 0; o != NULL && i < len; i++) {
		text = NULL;
		if (parts[i].len > 0)
			text = json_object_new_string_len(parts[i].at,
			    (int)parts[i].len);
		if ((parts[i].len > 0 && text == NULL) ||
		    json_object_object_add(o, reference_keys[i], text) != 0) {
			json_object_put(text);
			json_object_put(o);
			o = NULL;
		}
	}
	return reading_keep(r, o);
}

/* A bare text or number: which member it is shows in its letters. */
static enum status
read_bare_reference(struct reading *r, const char *text, size_t len)
{
	struct span parts[OWNER_LEN] = { 0 };
	struct span s = span_trim(text, strlen(text));

	if (span_all_digits(s))
		parts[REF_ID] = s;
	else if (!json_object_is_type(r->value, json_type_string))
		return reading_refuse(r, "an id is a text or a whole number");
	else if (len > REF_EMAIL && memchr(s.at, '@', s.len) != NULL)
		parts[REF_EMAIL] = s;
	else
		parts[REF_NAME] = s;
	return keep_reference(r, parts, len);
}

static enum status
read_reference(struct reading *r, size_t len)
{
	struct span parts[OWNER_LEN] = { 0 };
	json_object *member;
	const char *text = json_text(r->value);
	size_t i, used = 0;

	if (text != NULL)
		return read_bare_reference(r, text, len);
	if (!json_object_is_type(r->value, json_type_object))
		return reading_refuse(r, "not a reference to a record");
	for (i = 0; i < len; i++) {
		member = json_get(r->value, reference_keys[i]);
		text = json_text(member);
		if (member != NULL && text == NULL)
			return reading_refuse(r, "a member that is no text");
		if (text != NULL)
			parts[i] = span_trim(text, strlen(text));
		used += parts[i].len;
	}
	if (used == 0)
		return reading_refuse(r, "a reference without id and name");
	return keep_reference(r, parts, len);
}

enum status
reference_read_lookup(struct reading *r)
{
	return read_reference(r, LOOKUP_LEN);
}

enum status
reference_read_owner(struct reading *r)
{
	return read_reference(r, OWNER_LEN);
}
