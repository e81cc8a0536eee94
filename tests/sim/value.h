/*
 * What a field of a record holds, and how it is written: as JSON of CRM, as
 * JSON of Books, as a cell of CSV.
 */
#ifndef VALUE_H
#define VALUE_H

#include "out.h"
#include "world.h"

enum value_type {
	V_NULL,
	V_TEXT,
	V_NUMBER, /* its digits in "text" */
	V_BOOL,
	V_DATE, /* days since 1970 in "n" */
	V_TIME, /* seconds since 1970 in "n" */
	V_REF,  /* record "n" of "module" */
	V_USER,
	V_LIST, /* "a|b" in "text" */
	V_JSON, /* "json", borrowed */
	V_ROWS, /* rows: see row.h */
};

enum { VALUE_MAX = 1600 };

struct value {
	enum value_type type;
	int64_t n;
	struct module *module;
	json_object *json;
	size_t len;
	char text[VALUE_MAX];
};

/* Work the value out. */
void value_of(struct world *w, struct module *m, uint32_t n, int field,
    struct value *v);

/* The record's name, as lookups show it. */
void value_name(struct world *w, struct module *m, uint32_t n, struct value *v);

/* The value as one plain text, for comparison and CSV: a lookup is its id, a
 * list is joined with ";". */
void value_text(struct world *w, struct value *v);

/* Whether Zoho's JSON shows a number there. */
bool value_is_number(const struct value *v);

/* Write as JSON. "cut" is where rich text ends, 0 for nowhere. Rows are not
 * written here. */
void value_crm(struct world *w, struct out *o, struct value *v, size_t cut);
void value_books(struct world *w, struct out *o, struct value *v);

/* Who has this text in this field, among living records, or UINT32_MAX. The
 * field is one whose generated values end with the record's number. */
uint32_t
value_owner(struct world *w, struct module *m, int field, const char *text);

/* A hash of its own for each field of each revision. */
uint64_t value_hash(const struct world *w, const struct module *m, uint32_t n,
    int field);

/* A made-up word, from "h"; len of it. */
size_t word_put(char *at, uint64_t h);

const char *user_name(int user);

#endif
