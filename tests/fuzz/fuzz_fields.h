/* A field of every kind, plain and nested, for a module of each service. */
#ifndef FUZZ_FIELDS_H
#define FUZZ_FIELDS_H

#include "normalise.h"

static const struct {
	const char *name;
	enum kind kind;
} fuzz_fields[] = {
	{ "text", KIND_TEXT },
	{ "id", KIND_ID },
	{ "phone", KIND_PHONE },
	{ "multiselect", KIND_MULTISELECT },
	{ "date", KIND_DATE },
	{ "datetime", KIND_DATETIME },
	{ "boolean", KIND_BOOLEAN },
	{ "number", KIND_NUMBER },
	{ "integer", KIND_INTEGER },
	{ "lookup", KIND_LOOKUP },
	{ "owner", KIND_OWNER },
	{ "json", KIND_JSON },
	{ "rows", KIND_ROWS },
	{ "rows.number", KIND_NUMBER },
	{ "rows.rows", KIND_ROWS },
	{ "rows.rows.date", KIND_DATE },
	{ "object", KIND_OBJECT },
	{ "object.datetime", KIND_DATETIME },
	{ "object.object.text", KIND_TEXT },
	{ "", KIND_TEXT },
	{ ".", KIND_TEXT },
};

static inline int
fuzz_fields_make(struct field_list *list)
{
	static const char *const modules[] = { "crm.leads", "books.items" };
	struct err err = ERR_INIT;
	size_t i;

	for (i = 0; i < 2 * ARRAY_LEN(fuzz_fields); i++)
		if (field_list_add(list, modules[i % 2],
			fuzz_fields[i / 2].name, fuzz_fields[i / 2].kind,
			&err) != ST_OK)
			return -1;
	field_list_sort(list);
	return 0;
}

#endif
