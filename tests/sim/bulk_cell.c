#include "bulk_cell.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bulk.h"
#include "hook_text.h"
#include "json.h"
#include "value.h"

#define DATE "MM/dd/yyyy"
#define DATETIME "MM/dd/yyyy HH:mm:ss"

struct clock {
	int year, month, day, hour, minute, second;
};

/* A number of at most "n" digits */
static bool
digits(const char **text, size_t n, int *out)
{
	const char *at = *text;

	*out = 0;
	while (n-- > 0 && isdigit((unsigned char)*at))
		*out = *out * 10 + (*at++ - '0');
	if (at == *text)
		return false;
	*text = at;
	return true;
}

/* Read a date as its pattern says: yyyy, MM, dd, HH, mm, ss and signs. */
static bool
by_pattern(const char *text, const char *pattern, struct clock *c)
{
	memset(c, 0, sizeof(*c));
	while (*pattern != '\0') {
		size_t n = strspn(pattern, (char[]) { *pattern, '\0' });
		int *to = *pattern == 'y' ? &c->year
		    : *pattern == 'M'     ? &c->month
		    : *pattern == 'd'     ? &c->day
		    : *pattern == 'H'     ? &c->hour
		    : *pattern == 'm'     ? &c->minute
		    : *pattern == 's'     ? &c->second
					  : NULL;

		if (to == NULL && strncmp(text, pattern, n) != 0)
			return false;
		if (to == NULL)
			text += n;
		else if (!digits(&text, n, to))
			return false;
		pattern += n;
	}
	return *text == '\0';
}

/* A date or a time as CRM's JSON has it; the text itself where it is written
 * otherwise, which then is refused. */
static json_object *
date_json(struct world *w, const struct field *f, const char *text,
    const char *pattern)
{
	char zone[MOMENT_MAX], iso[60];
	struct clock c;

	moment_crm(zone, 0, w->clock.offset);
	if (pattern == NULL)
		pattern = f->kind == K_DATE ? DATE : DATETIME;
	if (!by_pattern(text, pattern, &c))
		return json_object_new_string(text);
	if (f->kind == K_DATE)
		snprintf(iso, sizeof(iso), "%04d-%02d-%02d", c.year, c.month,
		    c.day);
	else
		snprintf(iso, sizeof(iso), "%04d-%02d-%02dT%02d:%02d:%02d%.8s",
		    c.year, c.month, c.day, c.hour, c.minute, c.second,
		    zone + 19);
	return json_object_new_string(iso);
}

static json_object *
listed(const char *text)
{
	json_object *list = json_object_new_array();

	while (*text != '\0') {
		size_t n = strcspn(text, ";");

		json_object_array_add(list,
		    json_object_new_string_len(text, (int)n));
		text += n + (text[n] == ';');
	}
	return list;
}

/* The other record, by its id or by a field of it */
static json_object *
lookup_json(struct world *w, const struct field *f, const char *text,
    const char *find_by)
{
	struct module *to = f->kind == K_LOOKUP ? world_crm(w, f->of) : NULL;
	json_object *o = json_object_new_object();
	int field = find_by != NULL && to != NULL ? field_find(to, find_by)
						  : -1;
	uint32_t n = field >= 0 ? value_owner(w, to, field, text) : UINT32_MAX;
	char id[24];

	snprintf(id, sizeof(id), "%" PRId64,
	    n != UINT32_MAX ? record_id(w, to, n) : 0);
	json_object_object_add(o, "id",
	    json_object_new_string(field >= 0 ? id : text));
	return o;
}

json_object *
cell_json(struct world *w, const struct field *f, const char *text,
    json_object *mapping)
{
	if (*text == '\0')
		return NULL;
	switch (f->kind) {
	case K_BOOLEAN:
		return json_object_new_boolean(strcasecmp(text, "true") == 0);
	case K_INTEGER:
		return json_object_new_int64(strtoll(text, NULL, 10));
	case K_DOUBLE:
	case K_CURRENCY:
	case K_PERCENT:
		return json_new_number(text);
	case K_MULTISELECT:
		return listed(text);
	case K_LOOKUP:
	case K_OWNER:
	case K_USER:
		return lookup_json(w, f, text,
		    json_get_text(mapping, "find_by"));
	case K_DATE:
	case K_DATETIME:
		return date_json(w, f, text, json_get_text(mapping, "format"));
	default:
		return json_object_new_string(text);
	}
}

/* What is wrong with one mapping */
static const char *
one_wrong(struct world *w, const struct module *m, json_object *one)
{
	const char *api = json_get_text(one, "api_name");
	const char *find_by = json_get_text(one, "find_by");
	const char *format = json_get_text(one, "format");
	json_object *index = json_get(one, "index");
	int f = api != NULL ? field_find(m, api) : -1;
	struct module *to;

	if (api == NULL)
		return "MANDATORY_NOT_FOUND";
	if (f < 0)
		return "INVALID_DATA";
	if (index != NULL && json_get(one, "default_value") != NULL)
		return "COEXISTENCE_NOT_ALLOWED";
	if (!json_object_is_type(index, json_type_int) ||
	    json_object_get_int(index) < 0)
		return "COLUMN_INDEX_NOT_FOUND";
	if (format != NULL && !pattern_right(format))
		return "INVALID_DATA";
	if (find_by == NULL)
		return NULL;
	to = m->fields[f].def.kind == K_LOOKUP
	    ? world_crm(w, m->fields[f].def.of)
	    : NULL;
	return to == NULL || field_find(to, find_by) < 0 ? "INVALID_DATA"
							 : NULL;
}

static bool
is_mapped(const struct module *m, int field, json_object *map)
{
	size_t k;

	for (k = 0; k < json_object_array_length(map); k++)
		if (strcmp(json_get_text(json_object_array_get_idx(map, k),
			       "api_name"),
			m->fields[field].def.api) == 0)
			return true;
	return false;
}

const char *
mappings_wrong(struct world *w, const struct module *m, json_object *map,
    bool fresh, int *at)
{
	size_t k, n;
	int i;

	*at = -1;
	if (map == NULL)
		return NULL;
	if (!json_object_is_type(map, json_type_array) ||
	    json_object_array_length(map) == 0)
		return "MANDATORY_FIELDS_NOT_MAPPED";
	n = json_object_array_length(map);
	if (n > WRITE_COLUMNS)
		return "HEADER_LIMIT_EXCEEDED";
	for (k = 0; k < n; k++) {
		const char *code = one_wrong(w, m,
		    json_object_array_get_idx(map, k));

		*at = (int)k;
		if (code != NULL)
			return code;
	}
	*at = -1;
	for (i = 0; fresh && i < m->nfields; i++)
		if ((m->fields[i].def.flags & F_MANDATORY) != 0 &&
		    !m->fields[i].gone && !is_mapped(m, i, map))
			return "MANDATORY_FIELDS_NOT_MAPPED";
	return NULL;
}
