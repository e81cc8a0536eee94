/* The columns of a query: selected, grouped by, ordered by. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "coql_word.h"

static void
no_column(struct reader *r, const char *name, const char *why)
{
	coql_fail(r, "INVALID_QUERY", "invalid column name",
	    "{\"column_name\":\"%.80s\",\"reason\":\"%s\"}", name, why);
}

static void
too_many(struct reader *r, const char *what, int most)
{
	char message[80];

	snprintf(message, sizeof(message), "the limit of %s is exceeded", what);
	coql_fail(r, "LIMIT_EXCEEDED", message, "{\"limit\":%d}", most);
}

void
coql_column(struct reader *r, struct column *col)
{
	char first[130];
	const char *dot = strchr(r->word, '.');
	struct module *to;

	memset(col, 0, sizeof(*col));
	if (r->type != W_NAME || strlen(r->word) >= sizeof(first)) {
		coql_syntax(r);
		return;
	}
	memcpy(col->name, r->word, strlen(r->word) + 1);
	snprintf(first, sizeof(first), "%.*s",
	    dot != NULL ? (int)(dot - r->word) : 129, r->word);
	col->field = field_find(r->q->m, first);
	col->dotted = -1;
	if (col->field >= 0 && dot != NULL) {
		const struct field *f = &r->q->m->fields[col->field].def;

		to = f->kind == K_LOOKUP ? world_crm(r->w, f->of) : NULL;
		col->dotted = to != NULL ? field_find(to, dot + 1) : -1;
		if (col->dotted < 0)
			col->field = -1;
	}
	if (col->field < 0 || kinds[coql_kind(r, col)].single_only)
		no_column(r, col->name, "column given seems to be invalid");
	coql_next(r);
}

enum kind
coql_kind(const struct reader *r, const struct column *col)
{
	const struct field *f = &r->q->m->fields[col->field].def;

	if (col->dotted < 0)
		return f->kind;
	return world_crm(r->w, f->of)->fields[col->dotted].def.kind;
}

/* What a function may be of */
static bool
can_be(enum aggregate aggregate, enum kind kind)
{
	bool number = kind == K_INTEGER || kind == K_DOUBLE ||
	    kind == K_CURRENCY || kind == K_PERCENT || kind == K_BIGINT ||
	    kind == K_FORMULA || kind == K_ROLLUP;

	if (aggregate == AGG_COUNT || aggregate == AGG_NONE)
		return true;
	return number ||
	    ((aggregate == AGG_MIN || aggregate == AGG_MAX) &&
		(kind == K_DATE || kind == K_DATETIME));
}

/* A column, or a function of one: SUM(Amount) */
static void
read_term(struct reader *r, struct column *col)
{
	static const char *const names[] = { "", "COUNT", "SUM", "MIN", "MAX",
		"AVG" };
	enum aggregate aggregate = AGG_NONE;
	const char *at = r->at;
	char name[150];
	size_t i;

	while (isspace((unsigned char)*at))
		at++;
	for (i = 1; *at == '(' && i < ARRAY_LEN(names); i++)
		if (coql_is(r, names[i]))
			aggregate = (enum aggregate)i;
	if (aggregate == AGG_NONE) {
		coql_column(r, col);
		return;
	}
	coql_next(r);
	coql_want(r, "(");
	coql_column(r, col);
	coql_want(r, ")");
	if (r->bad)
		return;
	if (!can_be(aggregate, coql_kind(r, col)))
		no_column(r, col->name, "the function cannot be of this type");
	col->aggregate = aggregate;
	snprintf(name, sizeof(name), "%s(%.130s)", names[aggregate], col->name);
	memcpy(col->name, name, sizeof(name));
}

/* A name of its own: a word that means nothing else */
static bool
alias_right(const struct reader *r)
{
	static const char *const taken[] = { "select", "from", "where", "and",
		"or", "not", "in", "is", "null", "like", "between", "group",
		"order", "by", "asc", "desc", "limit", "offset", "as", "count",
		"sum", "min", "max", "avg", "id", "true", "false" };
	size_t i;

	if (r->type != W_NAME || strlen(r->word) > COQL_ALIAS ||
	    strpbrk(r->word, ".$") != NULL)
		return false;
	for (i = 0; i < ARRAY_LEN(taken); i++)
		if (strcasecmp(taken[i], r->word) == 0)
			return false;
	return field_find(r->q->m, r->word) < 0;
}

static void
read_alias(struct reader *r, struct column *col)
{
	if (r->bad || !coql_take(r, "as"))
		return;
	if (!alias_right(r)) {
		coql_fail(r, "INVALID_ALIAS", "the alias given is invalid",
		    "{\"alias\":\"%.60s\"}",
		    strchr(r->word, '"') == NULL ? r->word : "");
		return;
	}
	snprintf(col->name, sizeof(col->name), "%.*s", COQL_ALIAS, r->word);
	col->aliased = true;
	coql_next(r);
}

void
coql_columns(struct reader *r)
{
	struct coql *q = r->q;
	struct column col;
	int i;

	do {
		read_term(r, &col);
		read_alias(r, &col);
		if (!r->bad && q->ncolumns == COQL_COLUMNS)
			too_many(r, "columns", COQL_COLUMNS);
		for (i = 0; !r->bad && i < q->ncolumns; i++)
			if (strcmp(q->columns[i].name, col.name) == 0)
				coql_fail(r, "DUPLICATE_DATA",
				    "duplicate column name",
				    "{\"column_name\":\"%.80s\"}", col.name);
		if (r->bad)
			return;
		q->grouped = q->grouped || col.aggregate != AGG_NONE;
		q->columns[q->ncolumns++] = col;
	} while (coql_take(r, ","));
}

static bool
same_field(const struct column *a, const struct column *b)
{
	return a->field == b->field && a->dotted == b->dotted;
}

void
coql_group_by(struct reader *r)
{
	struct coql *q = r->q;
	struct column col;
	int i;

	coql_want(r, "by");
	q->grouped = true;
	do {
		coql_column(r, &col);
		if (!r->bad && q->ngroups == COQL_GROUPS)
			too_many(r, "group by", COQL_GROUPS);
		for (i = 0; !r->bad && i < q->ngroups; i++)
			if (same_field(&q->groups[i], &col))
				coql_fail(r, "DUPLICATE_DATA",
				    "duplicate column name",
				    "{\"column_name\":\"%.80s\"}", col.name);
		if (!r->bad)
			q->groups[q->ngroups++] = col;
	} while (!r->bad && coql_take(r, ","));
}

/* By an alias or by what else could be selected */
static void
read_order(struct reader *r, struct column *col)
{
	int i;

	for (i = 0; i < r->q->ncolumns; i++)
		if (r->q->columns[i].aliased && r->type == W_NAME &&
		    strcmp(r->q->columns[i].name, r->word) == 0) {
			*col = r->q->columns[i];
			coql_next(r);
			return;
		}
	read_term(r, col);
}

void
coql_order_by(struct reader *r)
{
	struct coql *q = r->q;

	coql_want(r, "by");
	do {
		if (q->norders == COQL_ORDERS) {
			too_many(r, "order by", COQL_ORDERS);
			return;
		}
		read_order(r, &q->orders[q->norders]);
		q->desc[q->norders] = coql_take(r, "desc");
		if (!q->desc[q->norders])
			coql_take(r, "asc");
		q->norders++;
	} while (!r->bad && coql_take(r, ","));
}

/* In a query with groups everything is a group or a function; an order by a
 * function is by one that is selected. */
static void
check_groups(struct reader *r, const struct column *list, int n, bool orders)
{
	const struct coql *q = r->q;
	int i, k;

	for (i = 0; i < n && !r->bad; i++) {
		bool found = false;

		for (k = 0; k < q->ngroups; k++)
			found = found ||
			    (list[i].aggregate == AGG_NONE &&
				same_field(&list[i], &q->groups[k]));
		for (k = 0; orders && k < q->ncolumns; k++)
			found = found ||
			    strcmp(list[i].name, q->columns[k].name) == 0;
		if (!found && (orders || list[i].aggregate == AGG_NONE))
			no_column(r, list[i].name,
			    "column is neither grouped by nor in a function");
	}
}

/* How many lookups are followed; each counts once. */
static void
add_joins(bool seen[FIELDS_MAX], const struct column *list, int n)
{
	int i;

	for (i = 0; i < n; i++)
		if (list[i].dotted >= 0)
			seen[list[i].field] = true;
}

static int
count(const bool seen[FIELDS_MAX])
{
	int n = 0, i;

	for (i = 0; i < FIELDS_MAX; i++)
		n += seen[i];
	return n;
}

static void
check_joins(struct reader *r)
{
	const struct coql *q = r->q;
	bool selected[FIELDS_MAX] = { false }, others[FIELDS_MAX] = { false };
	int most = q->old_joins ? COQL_OLD_JOINS : COQL_SELECT_JOINS, i;

	add_joins(selected, q->columns, q->ncolumns);
	add_joins(others, q->groups, q->ngroups);
	add_joins(others, q->orders, q->norders);
	for (i = 0; i < q->tree.n; i++)
		if (q->tree.at[i].type == N_TEST && q->tree.at[i].dotted >= 0)
			others[q->tree.at[i].field] = true;
	if (!q->old_joins && count(others) > COQL_JOINS)
		too_many(r, "joins", COQL_JOINS);
	for (i = 0; i < FIELDS_MAX && q->old_joins; i++)
		selected[i] = selected[i] || others[i];
	if (count(selected) > most)
		too_many(r, "joins", most);
}

void
coql_fits(struct reader *r)
{
	const struct coql *q = r->q;

	if (q->grouped)
		check_groups(r, q->columns, q->ncolumns, false);
	if (q->grouped)
		check_groups(r, q->orders, q->norders, true);
	else if (q->norders > 0)
		for (int i = 0; i < q->norders; i++)
			if (q->orders[i].aggregate != AGG_NONE)
				no_column(r, q->orders[i].name,
				    "a function without groups");
	check_joins(r);
}
