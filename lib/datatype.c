#include "datatype.h"

#include <string.h>

#include "json.h"

/* clang-format off: a table is read by its rows */
static const struct {
	const char *name, *kind;
	bool rows;
} types[] = {
	{ "text", "text", false },
	{ "textarea", "text", false },
	{ "email", "text", false },
	{ "website", "text", false },
	{ "picklist", "text", false },
	{ "autonumber", "text", false },
	{ "phone", "phone", false },
	{ "multiselectpicklist", "multiselect", false },
	{ "date", "date", false },
	{ "datetime", "datetime", false },
	{ "boolean", "boolean", false },
	{ "integer", "integer", false },
	{ "bigint", "integer", false },
	{ "double", "number", false },
	{ "currency", "number", false },
	{ "percent", "number", false },
	{ "lookup", "lookup", false },
	{ "ownerlookup", "owner", false },
	{ "userlookup", "owner", false },
	{ "subform", "rows", true },
	{ "multiselectlookup", "json", true },
	{ "multiuserlookup", "json", true },
	{ "fileupload", "json", true },
	{ "imageupload", "json", true },
};

/* By how the values are written. An object may be a lookup, as Layout is, or
 * anything: what stands is not worse than a guess. */
static const struct {
	const char *name, *kind;
} forms[] = {
	{ "string", "text" },
	{ "integer", "integer" },
	{ "double", "number" },
	{ "boolean", "boolean" },
	{ "jsonarray", "json" },
};

/* clang-format on */

static int
find(const char *name)
{
	size_t i;

	for (i = 0; name != NULL && i < ARRAY_LEN(types); i++)
		if (strcmp(types[i].name, name) == 0)
			return (int)i;
	return -1;
}

static const char *
by_form(const char *json_type)
{
	size_t i;

	for (i = 0; json_type != NULL && i < ARRAY_LEN(forms); i++)
		if (strcmp(forms[i].name, json_type) == 0)
			return forms[i].kind;
	return NULL;
}

/* Whether a scalar is promised, and a list or an object comes. */
static bool
is_at_odds(const char *kind, const char *json_type)
{
	static const char *const whole[] = { "multiselect", "lookup", "owner",
		"rows" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(whole); i++)
		if (strcmp(whole[i], kind) == 0)
			return false;
	return json_type != NULL && strncmp(json_type, "json", 4) == 0;
}

const char *
datatype_kind(json_object *field)
{
	const char *json_type = json_get_text(field, "json_type");
	const char *returns = json_get_text(json_get(field, "formula"),
	    "return_type");
	const char *type = json_get_text(field, "data_type");
	const char *name = json_get_text(field, "api_name");
	int at;

	if (name != NULL && strcmp(name, "id") == 0)
		return "id";
	if (returns != NULL && datatype_is_computed(field))
		type = returns;
	at = find(type);
	if (at < 0 || is_at_odds(types[at].kind, json_type))
		return by_form(json_type);
	return types[at].kind;
}

bool
datatype_is_computed(json_object *field)
{
	const char *name = json_get_text(field, "data_type");

	return name != NULL &&
	    (strcmp(name, "formula") == 0 ||
		strcmp(name, "rollup_summary") == 0);
}

bool
datatype_is_rows(json_object *field)
{
	int at = find(json_get_text(field, "data_type"));

	return at >= 0 && types[at].rows;
}

bool
datatype_is_long_text(json_object *field)
{
	const char *type = json_get_text(json_get(field, "textarea"), "type");

	return type != NULL && strcmp(type, "rich_text") == 0;
}
