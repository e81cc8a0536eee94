/*
 * Data types of CRM fields: which kind of kind.h reads their values
 * (zoho-api.md 2.12, 2.13). Adding one is adding a row to the table in
 * datatype.c.
 */
#ifndef DATATYPE_H
#define DATATYPE_H

#include <stdbool.h>
#include <json-c/json.h>

/*
 * The kind of a field that GET /settings/fields describes, by its name, as
 * kind_find() takes it. Where its data type is unknown or at odds with how its
 * values are written (Tag is called a text, and is a list), the latter
 * decides; NULL where neither says it.
 */
const char *datatype_kind(json_object *field);

/* Whether Zoho works out its values by itself: formulas and roll-ups. They
 * change while no time of change moves (zoho-api.md 5). */
bool datatype_is_computed(json_object *field);

/* Whether lists of records leave it out. Of the uploads nobody says that they
 * do not. */
bool datatype_is_rows(json_object *field);

/* Whether lists cut it off after 500 characters. */
bool datatype_is_long_text(json_object *field);

#endif
