/* CRM's query language: select ... from ... where ... group by ... order by
 * ... limit ... */
#ifndef COQL_H
#define COQL_H

#include "criteria.h"
#include "value.h"

enum {
	COQL_COLUMNS = 50,
	COQL_TESTS = 25,
	COQL_ORDERS = 10,
	COQL_GROUPS = 4,
	COQL_ALIAS = 50,
	/* Lookups that a query follows: in what it selects, in the rest. An
	 * older text speaks of two in all. */
	COQL_SELECT_JOINS = 15,
	COQL_JOINS = 5,
	COQL_OLD_JOINS = 2,
	COQL_MOST = 2000,
	COQL_IN = 50
};

enum aggregate { AGG_NONE, AGG_COUNT, AGG_SUM, AGG_MIN, AGG_MAX, AGG_AVG };

struct column {
	int field, dotted; /* dotted: a field of the record looked up */
	enum aggregate aggregate;
	bool aliased;
	char name[150]; /* as the answer calls it */
};

struct coql {
	struct module *m;
	struct column columns[COQL_COLUMNS];
	int ncolumns;
	struct tree tree;
	struct column orders[COQL_ORDERS];
	bool desc[COQL_ORDERS];
	int norders;
	struct column groups[COQL_GROUPS];
	int ngroups;
	bool grouped; /* rows of the answer are groups of records */
	bool old_joins;
	long offset, limit;
	char code[32], details[200], message[120]; /* of what is wrong */
};

/* Read a query; false, and why, where it is wrong. Release it in any case.
 * "old_joins" holds it to two lookups. */
bool
coql_read(struct coql *q, struct world *w, const char *text, bool old_joins);
void coql_release(struct coql *q);

/* What a column is of one record; which of two values comes first. */
void coql_value(struct world *w, struct module *m, uint32_t n,
    const struct column *col, struct value *v);
int coql_order(struct world *w, struct value *a, struct value *b);
/* Write it under its name: of what was looked up only the id. */
void coql_put(struct world *w, struct out *o, const struct column *col,
    struct value *v);

/* The records at "at", "n" of them, as groups: writes their rows from
 * "offset" to the limit, and says how many groups there are. */
long coql_groups(struct world *w, struct out *o, const struct coql *q,
    const uint32_t *at, long n);

#endif
