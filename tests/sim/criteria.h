/*
 * Conditions on records: the criteria of searches, ((A:equals:x)and(B:...)),
 * those of COQL and of bulk jobs read into one tree.
 */
#ifndef CRITERIA_H
#define CRITERIA_H

#include "call.h"
#include "world.h"

enum compare {
	C_EQUALS,
	C_NOT_EQUAL,
	C_GREATER,
	C_GREATER_EQUAL,
	C_LESS,
	C_LESS_EQUAL,
	C_STARTS_WITH,
	C_CONTAINS,
	C_LIKE, /* with % */
	C_NOT_LIKE,
	C_IN,
	C_NOT_IN,
	C_BETWEEN,
	C_NULL,
	C_NOT_NULL,
	C_COMPARES
};

enum { NODES_MAX = 120, VALUES_MAX = 50 };

struct node {
	enum { N_AND, N_OR, N_TEST } type;
	int left, right;   /* nodes */
	int field, dotted; /* -1 where nothing follows a dot */
	enum compare compare;
	char *values[VALUES_MAX];
	int nvalues;
};

struct tree {
	struct node at[NODES_MAX];
	int n, root; /* root is -1 for no condition */
	int tests;
};

void tree_init(struct tree *t);
void tree_release(struct tree *t);
/* Add a node; its index, or -1 where there are too many. */
int tree_pair(struct tree *t, bool either, int left, int right);
int tree_test(struct tree *t, int field, enum compare compare);
bool tree_value(struct tree *t, int node, const char *text, size_t len);
bool
tree_holds(struct world *w, struct module *m, uint32_t n, const struct tree *t);

/* The comparison of this name in a search or a bulk job; C_COMPARES for
 * none. */
enum compare compare_of(const char *name);

/* Read the criteria of a search. NULL, or what is wrong. */
const char *tree_read(struct tree *t, const struct module *m, const char *text);

/* Read criteria as JSON: {"group_operator","group":[...]} or one {"field":
 * {"api_name"},"comparator","value"}, also with a bare "api_name". False where
 * they are wrong. */
bool criteria_json(struct tree *t, const struct module *m, json_object *o);

/* A search as calls ask for it. */
struct search {
	struct tree tree;
	const char *email, *phone, *word;
	const char *converted;
};

/* Read criteria, email, phone or word; one is needed where "needed". False,
 * and answered, where something is wrong. */
bool
search_read(struct call *c, struct module *m, struct search *s, bool needed);
bool search_holds(struct call *c, struct module *m, uint32_t n,
    const struct search *s);
void search_release(struct search *s);

#endif
