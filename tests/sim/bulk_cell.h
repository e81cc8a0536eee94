/* Cells of a bulk write, and which field each column is for. */
#ifndef BULK_CELL_H
#define BULK_CELL_H

#include <json-c/json.h>

#include "world.h"

/* A cell as the JSON of its field; yours. "mapping" may say how its date is
 * written, or which field of the other record a lookup is found by. */
json_object *cell_json(struct world *w, const struct field *f, const char *text,
    json_object *mapping);

/* What is wrong with the mappings of an order: a code, NULL for nothing;
 * "fresh" where records can be new. "*at" is the one that is wrong, -1 for all
 * of them. */
const char *mappings_wrong(struct world *w, const struct module *m,
    json_object *map, bool fresh, int *at);

#endif
