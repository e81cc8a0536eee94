/* CRM's query language, as far as programs use it: select ... from ... where
 * ... order by ... limit ... */
#ifndef COQL_H
#define COQL_H

#include "criteria.h"

enum {
	COQL_COLUMNS = 50,
	COQL_TESTS = 25,
	COQL_ORDERS = 10,
	COQL_MOST = 2000,
	COQL_IN = 50
};

struct column {
	int field, dotted; /* dotted: a field of the record looked up */
	char name[130];
};

struct coql {
	struct module *m;
	struct column columns[COQL_COLUMNS];
	int ncolumns;
	struct tree tree;
	struct column orders[COQL_ORDERS];
	bool desc[COQL_ORDERS];
	int norders;
	long offset, limit;
	bool counts;                               /* select count(id) */
	char code[32], details[200], message[120]; /* of what is wrong */
};

/* Read a query; false, and why, where it is wrong. Release it in any case. */
bool coql_read(struct coql *q, struct world *w, const char *text);
void coql_release(struct coql *q);

#endif
