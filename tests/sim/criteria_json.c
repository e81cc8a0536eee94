/* Criteria of bulk jobs and mass updates, which are JSON. */
#include <stdlib.h>
#include <string.h>

#include "criteria.h"
#include "json.h"

enum { MOST_TESTS = 25, MOST_DEPTH = 20 };

static int
read_any(struct tree *t, const struct module *m, json_object *o, int depth);

static int
read_test(struct tree *t, const struct module *m, json_object *o)
{
	json_object *field = json_get(o, "field"),
		    *value = json_get(o, "value");
	const char *api = field != NULL ? json_get_text(field, "api_name")
					: json_get_text(o, "api_name");
	const char *word = json_get_text(o, "comparator");
	enum compare compare = word != NULL ? compare_of(word) : C_COMPARES;
	int at = api != NULL ? field_find(m, api) : -1, node;
	size_t i;

	if (at < 0 || compare == C_COMPARES)
		return -1;
	node = tree_test(t, at, compare);
	if (node < 0)
		return -1;
	if (!json_object_is_type(value, json_type_array)) {
		const char *text = value != NULL ? json_object_get_string(value)
						 : "${EMPTY}";

		return tree_value(t, node, text, strlen(text)) ? node : -1;
	}
	for (i = 0; i < json_object_array_length(value); i++) {
		const char *text =
		    json_object_get_string(json_object_array_get_idx(value, i));

		if (text == NULL || !tree_value(t, node, text, strlen(text)))
			return -1;
	}
	return node;
}

static int
read_group(struct tree *t, const struct module *m, json_object *group,
    bool either, int depth)
{
	int left = -1;
	size_t i;

	for (i = 0; i < json_object_array_length(group); i++) {
		int one = read_any(t, m, json_object_array_get_idx(group, i),
		    depth);

		if (one < 0)
			return -1;
		left = left < 0 ? one : tree_pair(t, either, left, one);
		if (left < 0)
			return -1;
	}
	return left;
}

static int
read_any(struct tree *t, const struct module *m, json_object *o, int depth)
{
	json_object *group = json_get(o, "group");
	const char *op = json_get_text(o, "group_operator");

	if (depth > MOST_DEPTH)
		return -1;
	if (group == NULL)
		return read_test(t, m, o);
	if (!json_object_is_type(group, json_type_array) || op == NULL ||
	    (strcasecmp(op, "and") != 0 && strcasecmp(op, "or") != 0))
		return -1;
	return read_group(t, m, group, strcasecmp(op, "or") == 0, depth + 1);
}

bool
criteria_json(struct tree *t, const struct module *m, json_object *o)
{
	tree_init(t);
	t->root = read_any(t, m, o, 0);
	return t->root >= 0 && t->tests <= MOST_TESTS;
}
