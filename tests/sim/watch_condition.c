/* Conditions of channels: which fields are listened for. */
#include <string.h>

#include "crm.h"
#include "json.h"
#include "sim.h"
#include "watch_own.h"

enum { MOST_FIELDS = 10, MOST_GROUPS = 2, MOST_DEPTH = 4 };

struct tally {
	const struct module *m;
	int fields, groups;
};

static size_t
length(json_object *list)
{
	return json_object_is_type(list, json_type_array)
	    ? json_object_array_length(list)
	    : 0;
}

/* Count a selection's fields and groups; false where one cannot be. */
static bool
count(struct tally *t, json_object *selection, int depth)
{
	json_object *group = json_get(selection, "group");
	const char *api = json_get_text(json_get(selection, "field"),
	    "api_name");
	size_t i;

	if (group == NULL) {
		t->fields++;
		return api != NULL && field_find(t->m, api) >= 0;
	}
	t->groups++;
	if (length(group) == 0 || depth > MOST_DEPTH)
		return false;
	for (i = 0; i < length(group); i++)
		if (!count(t, json_object_array_get_idx(group, i), depth + 1))
			return false;
	return true;
}

static bool
condition_right(struct call *c, json_object *one)
{
	json_object *selection = json_get(one, "field_selection");
	const char *type = json_get_text(one, "type");
	const char *name = json_get_text(json_get(one, "module"), "api_name");
	struct tally t = { .m = name != NULL ? world_crm(&c->sim->world, name)
					     : NULL };

	return t.m != NULL && selection != NULL && type != NULL &&
	    strcmp(type, "field_selection") == 0 && count(&t, selection, 0) &&
	    t.fields <= MOST_FIELDS && t.groups <= MOST_GROUPS;
}

bool
conditions_right(struct call *c, json_object *list)
{
	size_t i;

	if (list == NULL)
		return true;
	if (!json_object_is_type(list, json_type_array))
		return false;
	for (i = 0; i < length(list); i++)
		if (!condition_right(c, json_object_array_get_idx(list, i)))
			return false;
	return true;
}

bool
condition_names(json_object *selection, const char *api)
{
	json_object *group = json_get(selection, "group");
	const char *name = json_get_text(json_get(selection, "field"),
	    "api_name");
	size_t i;

	for (i = 0; i < length(group); i++)
		if (condition_names(json_object_array_get_idx(group, i), api))
			return true;
	return name != NULL && strcmp(name, api) == 0;
}
