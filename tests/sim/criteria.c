#include "criteria.h"

#include <stdlib.h>
#include <string.h>

#include "value.h"

static const char *const names[C_COMPARES] = { "equals", "not_equal",
	"greater_than", "greater_equal", "less_than", "less_equal",
	"starts_with", "contains", "like", "not_like", "in", "not_in",
	"between", "is_null", "is_not_null" };

enum compare
compare_of(const char *name)
{
	int i;

	for (i = 0; i < C_COMPARES; i++)
		if (strcmp(names[i], name) == 0)
			return (enum compare)i;
	if (strcmp(name, "equal") == 0)
		return C_EQUALS;
	return C_COMPARES;
}

void
tree_init(struct tree *t)
{
	t->n = t->tests = 0;
	t->root = -1;
}

void
tree_release(struct tree *t)
{
	int i, k;

	for (i = 0; i < t->n; i++)
		for (k = 0; k < t->at[i].nvalues; k++)
			free(t->at[i].values[k]);
	tree_init(t);
}

static struct node *
add(struct tree *t)
{
	struct node *node;

	if (t->n == NODES_MAX)
		return NULL;
	node = &t->at[t->n++];
	memset(node, 0, sizeof(*node));
	node->dotted = -1;
	return node;
}

int
tree_pair(struct tree *t, bool either, int left, int right)
{
	struct node *node = add(t);

	if (node == NULL)
		return -1;
	node->type = either ? N_OR : N_AND;
	node->left = left;
	node->right = right;
	return t->n - 1;
}

int
tree_test(struct tree *t, int field, enum compare compare)
{
	struct node *node = add(t);

	if (node == NULL)
		return -1;
	node->type = N_TEST;
	node->field = field;
	node->compare = compare;
	t->tests++;
	return t->n - 1;
}

bool
tree_value(struct tree *t, int node, const char *text, size_t len)
{
	struct node *at = &t->at[node];
	char *copy;

	if (at->nvalues == VALUES_MAX)
		return false;
	copy = strndup(text, len);
	if (copy == NULL)
		abort();
	at->values[at->nvalues++] = copy;
	return true;
}

/* With % for anything, letters of either case */
static bool
like(const char *text, const char *pattern)
{
	for (; *pattern != '\0'; pattern++, text++) {
		if (*pattern == '%') {
			do {
				if (like(text, pattern + 1))
					return true;
			} while (*text++ != '\0');
			return false;
		}
		if (strncasecmp(text, pattern, 1) != 0)
			return false;
	}
	return *text == '\0';
}

/* -1, 0 or 1, by number, time or text */
static int
order_of(struct value *v, const char *text)
{
	int64_t t;
	double a, b;

	if (v->type == V_TIME && moment_read(text, true, &t))
		return v->n < t ? -1 : v->n > t;
	if (value_is_number(v) && *text != '\0') {
		a = v->type == V_JSON ? json_object_get_double(v->json)
				      : strtod(v->text, NULL);
		b = strtod(text, NULL);
		return a < b ? -1 : a > b;
	}
	return 2;
}

static int
compared(struct world *w, struct value *v, bool id, const char *text)
{
	int order = order_of(v, text);
	int64_t a, b;

	if (order < 2)
		return order;
	value_text(w, v);
	if (id) {
		a = strtoll(v->text, NULL, 10);
		b = strtoll(text, NULL, 10);
		return a < b ? -1 : a > b;
	}
	order = strcasecmp(v->text, text);
	return order < 0 ? -1 : order > 0;
}

static bool
among(struct world *w, struct value *v, bool id, const struct node *t)
{
	int i;

	for (i = 0; i < t->nvalues; i++)
		if (compared(w, v, id, t->values[i]) == 0)
			return true;
	return false;
}

static bool
test_value(struct world *w, struct value *v, const struct node *t, bool id)
{
	const char *text = t->nvalues > 0 ? t->values[0] : "";
	bool null = v->type == V_NULL;

	switch (t->compare) {
	case C_NULL:
		return null;
	case C_NOT_NULL:
		return !null;
	case C_EQUALS:
		if (strcmp(text, "${EMPTY}") == 0)
			return null;
		return !null && compared(w, v, id, text) == 0;
	case C_NOT_EQUAL:
		if (strcmp(text, "${EMPTY}") == 0)
			return !null;
		return null || compared(w, v, id, text) != 0;
	case C_GREATER:
		return !null && compared(w, v, id, text) > 0;
	case C_GREATER_EQUAL:
		return !null && compared(w, v, id, text) >= 0;
	case C_LESS:
		return !null && compared(w, v, id, text) < 0;
	case C_LESS_EQUAL:
		return !null && compared(w, v, id, text) <= 0;
	case C_BETWEEN:
		return !null && t->nvalues == 2 &&
		    compared(w, v, id, text) >= 0 &&
		    compared(w, v, id, t->values[1]) <= 0;
	case C_IN:
		return !null && among(w, v, id, t);
	case C_NOT_IN:
		return null || !among(w, v, id, t);
	case C_STARTS_WITH:
		value_text(w, v);
		return strncasecmp(v->text, text, strlen(text)) == 0;
	case C_CONTAINS:
		value_text(w, v);
		return strcasestr(v->text, text) != NULL;
	case C_LIKE:
	case C_NOT_LIKE:
		value_text(w, v);
		return like(v->text, text) == (t->compare == C_LIKE);
	default:
		return false;
	}
}

static bool
holds(struct world *w, struct module *m, uint32_t n, const struct tree *t,
    int at)
{
	const struct node *node = &t->at[at];
	struct value v;
	bool id;

	if (node->type == N_AND)
		return holds(w, m, n, t, node->left) &&
		    holds(w, m, n, t, node->right);
	if (node->type == N_OR)
		return holds(w, m, n, t, node->left) ||
		    holds(w, m, n, t, node->right);
	value_of(w, m, n, node->field, &v);
	id = m->fields[node->field].def.kind == K_ID || v.type == V_REF ||
	    v.type == V_USER;
	if (node->dotted >= 0) {
		struct module *to = v.module;
		uint32_t other = (uint32_t)v.n;

		if (v.type != V_REF)
			v.type = V_NULL;
		else if (node->dotted < to->nfields)
			value_of(w, to, other, node->dotted, &v);
		id = false;
	}
	return test_value(w, &v, node, id);
}

bool
tree_holds(struct world *w, struct module *m, uint32_t n, const struct tree *t)
{
	return t->root < 0 || holds(w, m, n, t, t->root);
}
