/* Rows below a record: lines of documents, subforms, multi-lookups, files. */
#ifndef LINE_H
#define LINE_H

#include "out.h"
#include "world.h"

enum { LINES_MAX = 6 };

struct line {
	struct module *module; /* of the product */
	uint32_t product;
	int quantity;
	int64_t price, total; /* in cents */
	int64_t id;
};

/* The lines of a record as generated; how many. */
int lines_of(struct world *w, struct module *m, uint32_t n,
    struct line at[LINES_MAX]);

/* Sub-total, tax, total or balance of them in cents. */
int64_t lines_sum(struct world *w, struct module *m, uint32_t n, enum gen gen);

/* Write the rows of a field as JSON. */
void rows_crm(struct world *w, struct out *o, struct module *m, uint32_t n,
    int field);
void rows_books(struct world *w, struct out *o, struct module *m, uint32_t n,
    int field);

/* The rows as the single record shows them, nothing where it shows null. */
void rows_text(struct world *w, struct out *o, struct module *m, uint32_t n,
    int field);

/* How many rows the generated subform has; an id of its own for each. */
int rows_count(struct world *w, struct module *m, uint32_t n, int field);
int64_t row_id(struct world *w, struct module *m, uint32_t n, int row);

#endif
