/*
 * Kinds of fields: how a value of each of Zoho's data types becomes the one
 * form the mirror keeps. Adding a kind is adding a row to the table in
 * kind.c.
 *
 *   kind         Zoho sends                        the mirror keeps
 *   text         "x", 5, true                      "x", "5", "true"
 *   id           "123", 123                        "123"
 *   phone        "0163 296 0960"                   "+441632960960"
 *   multiselect  ["a"], "[\"a\"]", "a;b", "a,b"    ["a","b"]
 *   date         "2026-01-31", a time              "2026-01-31"
 *   datetime     any offset form                   "2026-01-31T08:15:00Z"
 *   boolean      true, "true", "yes", 1            true
 *   number       120.50, "120.50", "+7"            120.50, digits as written
 *   integer      7, "7", 7.0                       7
 *   lookup       {"id","name"}, "123", "Acme"      {"id","name"}
 *   owner        {"id","name","email"}, "a@b"      {"id","name","email"}
 *   json         anything                          as it is
 *   rows         [{...}]                           [{...}], fields by name
 *   object       {...}                             {...}, fields by name
 *
 * A text that is empty or blank is null for every kind: Books sends "" for
 * nothing. Refused, rather than guessed at: "1,250.00" (the comma may part
 * thousands or a fraction), "5%", "007" as a number, times without offset,
 * and any text that holds a NUL. A multiselect splits at commas only where
 * there is no semicolon; blanks around choices and empty choices go. Lookups
 * and owners keep these members and no other; what is not known is null.
 */
#ifndef KIND_H
#define KIND_H

#include <stdbool.h>
#include <json-c/json.h>

#include "err.h"

enum kind {
	KIND_TEXT,
	KIND_ID,
	KIND_PHONE,
	KIND_MULTISELECT,
	KIND_DATE,
	KIND_DATETIME,
	KIND_BOOLEAN,
	KIND_NUMBER,
	KIND_INTEGER,
	KIND_LOOKUP,
	KIND_OWNER,
	KIND_JSON,
	KIND_ROWS,
	KIND_OBJECT,
	KIND_COUNT
};

/* The kind called "name", KIND_COUNT where there is none. */
enum kind kind_find(const char *name);

/* What a value may need to be read. Borrowed. */
struct kind_context {
	const char *phone_region; /* ISO 3166 code in upper case, or "" */
};

/*
 * Read "value" (never NULL; JSON null is passed as NULL by json-c and is not
 * handed in). On ST_OK "*out" is the value to keep: NULL for null, "value"
 * itself with a reference of its own where it was right already, or a new
 * object; either way the caller puts it. "*as_given" is set where the value
 * could not be read but is kept as it is (phone); err says why.
 * ST_REJECT  not a value of that kind: the field is set aside; err says why,
 *            without the value
 * ST_FAULT   no memory, or "kind" is none
 */
MUST_CHECK
enum status kind_read(enum kind kind, const struct kind_context *context,
    json_object *value, json_object **out, bool *as_given, struct err *err);

#endif
