/* Reading COQL. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coql_word.h"

enum { MOST_DEPTH = 60 };

/* The names stand before the module does, so they are read twice. */
static void
skip_to_from(struct reader *r)
{
	while (r->type != W_END && !coql_is(r, "from"))
		coql_next(r);
}

static void
read_value(struct reader *r, int node)
{
	const struct node *at;
	int64_t t;

	if (r->bad || node < 0)
		return;
	if (r->type == W_END || r->type == W_SIGN ||
	    (r->type == W_NAME && !coql_is(r, "true") &&
		!coql_is(r, "false"))) {
		coql_syntax(r);
		return;
	}
	at = &r->q->tree.at[node];
	if (at->dotted < 0 &&
	    r->q->m->fields[at->field].def.kind == K_DATETIME &&
	    !moment_read(r->word, true, &t)) {
		coql_fail(r, "INVALID_QUERY", "invalid query formed",
		    "{\"column_name\":\"%s\",\"reason\":\"value given seems "
		    "to be invalid\"}",
		    r->q->m->fields[at->field].def.api);
		return;
	}
	if (!tree_value(&r->q->tree, node, r->word, strlen(r->word)))
		coql_fail(r, "LIMIT_EXCEEDED",
		    "the limit of values is exceeded", "{\"limit\":%d}",
		    COQL_IN);
	coql_next(r);
}

static void
read_values(struct reader *r, int node)
{
	coql_want(r, "(");
	do
		read_value(r, node);
	while (coql_take(r, ","));
	coql_want(r, ")");
}

static enum compare
read_compare(struct reader *r)
{
	static const struct {
		const char *sign;
		enum compare compare;
	} signs[] = { { "=", C_EQUALS }, { "!=", C_NOT_EQUAL },
		{ "<>", C_NOT_EQUAL }, { ">", C_GREATER },
		{ ">=", C_GREATER_EQUAL }, { "<", C_LESS },
		{ "<=", C_LESS_EQUAL }, { "like", C_LIKE }, { "in", C_IN },
		{ "between", C_BETWEEN } };
	size_t i;

	for (i = 0; i < ARRAY_LEN(signs); i++)
		if (coql_take(r, signs[i].sign))
			return signs[i].compare;
	if (coql_take(r, "not")) {
		if (coql_take(r, "in"))
			return C_NOT_IN;
		if (coql_take(r, "like"))
			return C_NOT_LIKE;
	} else if (coql_take(r, "is")) {
		enum compare compare = coql_take(r, "not") ? C_NOT_NULL
							   : C_NULL;

		coql_want(r, "null");
		return compare;
	}
	coql_syntax(r);
	return C_COMPARES;
}

static int
read_test(struct reader *r)
{
	struct column col = { .field = -1, .dotted = -1 };
	enum compare compare;
	int node;

	coql_column(r, &col);
	if (r->bad)
		return -1;
	if (coql_kind(r, &col) == K_TEXTAREA ||
	    coql_kind(r, &col) == K_RICHTEXT) {
		coql_fail(r, "INVALID_QUERY", "invalid query formed",
		    "{\"column_name\":\"%.80s\",\"reason\":\"fields of "
		    "several lines are not allowed in criteria\"}",
		    col.name);
		return -1;
	}
	compare = read_compare(r);
	if (r->bad)
		return -1;
	node = tree_test(&r->q->tree, col.field, compare);
	if (node < 0 || r->q->tree.tests > COQL_TESTS) {
		coql_fail(r, "LIMIT_EXCEEDED",
		    "the limit of criteria is exceeded", "{\"limit\":%d}",
		    COQL_TESTS);
		return -1;
	}
	r->q->tree.at[node].dotted = col.dotted;
	if (compare == C_IN || compare == C_NOT_IN) {
		read_values(r, node);
	} else if (compare == C_BETWEEN) {
		read_value(r, node);
		coql_want(r, "and");
		read_value(r, node);
	} else if (compare != C_NULL && compare != C_NOT_NULL) {
		read_value(r, node);
	}
	return node;
}

static int read_either(struct reader *r);

static int
read_item(struct reader *r)
{
	int node;

	if (!coql_is(r, "("))
		return read_test(r);
	if (++r->depth > MOST_DEPTH) {
		coql_syntax(r);
		return -1;
	}
	coql_next(r);
	node = read_either(r);
	coql_want(r, ")");
	r->depth--;
	return node;
}

/* Pairs: "a and b", "(a and b) or c"; a third wants brackets. */
static int
read_either(struct reader *r)
{
	int left = read_item(r), count = 0;

	while (!r->bad && (coql_is(r, "and") || coql_is(r, "or"))) {
		bool either = coql_is(r, "or");
		int right;

		if (++count > 1) {
			coql_syntax(r);
			return -1;
		}
		coql_next(r);
		right = read_item(r);
		if (r->bad)
			return -1;
		left = tree_pair(&r->q->tree, either, left, right);
		if (left < 0)
			coql_syntax(r);
	}
	return left;
}

static long
read_number(struct reader *r)
{
	long n = strtol(r->word, NULL, 10);

	if (r->type != W_NUMBER || n < 0)
		coql_syntax(r);
	coql_next(r);
	return n;
}

static void
read_limit(struct reader *r)
{
	struct coql *q = r->q;

	q->limit = read_number(r);
	if (coql_take(r, ",")) {
		q->offset = q->limit;
		q->limit = read_number(r);
	} else if (coql_take(r, "offset")) {
		q->offset = read_number(r);
	}
	if (q->limit > COQL_MOST || q->offset + q->limit > 100000)
		coql_fail(r, "LIMIT_EXCEEDED",
		    "the limit of records is exceeded", "{\"limit\":%d}",
		    q->limit > COQL_MOST ? COQL_MOST : 100000);
	else if (q->limit == 0)
		coql_syntax(r);
}

static void
read_query(struct reader *r)
{
	struct coql *q = r->q;
	struct reader columns;

	coql_next(r);
	coql_want(r, "select");
	columns = *r;
	skip_to_from(r);
	coql_want(r, "from");
	q->m = r->bad ? NULL : world_crm(r->w, r->word);
	if (q->m == NULL) {
		coql_fail(r, "INVALID_QUERY", "invalid module name",
		    "{\"module\":\"%.60s\",\"reason\":\"module given seems to "
		    "be invalid\"}",
		    strchr(r->word, '"') == NULL ? r->word : "");
		return;
	}
	coql_next(r);
	coql_columns(&columns);
	if (columns.bad || !coql_is(&columns, "from")) {
		if (!columns.bad)
			coql_syntax(&columns);
		r->bad = true;
		return;
	}
	if (!coql_take(r, "where")) {
		coql_fail(r, "SYNTAX_ERROR", "missing clause",
		    "{\"clause\":\"where\"}%s", "");
		return;
	}
	q->tree.root = read_either(r);
	if (coql_take(r, "group"))
		coql_group_by(r);
	if (coql_take(r, "order"))
		coql_order_by(r);
	if (coql_take(r, "limit"))
		read_limit(r);
	if (!r->bad && r->type != W_END)
		coql_syntax(r);
	if (!r->bad)
		coql_fits(r);
}

bool
coql_read(struct coql *q, struct world *w, const char *text, bool old_joins)
{
	struct reader r = { .q = q, .w = w, .at = text, .start = text };

	memset(q, 0, sizeof(*q));
	tree_init(&q->tree);
	q->limit = 200;
	q->old_joins = old_joins;
	read_query(&r);
	return !r.bad;
}

void
coql_release(struct coql *q)
{
	tree_release(&q->tree);
}
