#include "crm_check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crm.h"
#include "json.h"
#include "line.h"
#include "sim.h"
#include "value.h"

/* "path" leads from the row to the value; it ends with its name. */
static void
wrong(struct out *o, const char *code, const char *path, int at,
    const char *more, const char *message)
{
	const char *dot = strrchr(path, '.');
	char details[500];

	snprintf(details, sizeof(details),
	    "{\"api_name\":\"%s\",\"json_path\":\"$.data[%d].%s\"%s}",
	    dot != NULL ? dot + 1 : path, at, path, more);
	out_error(o, code, details, message);
}

static bool
is_choice(const char *of, const char *value)
{
	size_t len = strlen(value);

	if (strcmp(value, "-None-") == 0)
		return true;
	while (of != NULL && *of != '\0') {
		size_t n = strcspn(of, "|");

		if (n == len && memcmp(of, value, n) == 0)
			return true;
		of += n + (of[n] == '|');
	}
	return of == NULL;
}

/* Whether the text has the look of its kind */
static bool
looks(enum kind kind, const char *text)
{
	const char *at = strchr(text, '@');
	int64_t t;

	switch (kind) {
	case K_EMAIL:
		return at != NULL && at != text &&
		    strchr(at + 1, '.') != NULL && strchr(text, ' ') == NULL;
	case K_DATE:
		return moment_read_date(text, &t);
	case K_DATETIME:
		return moment_read(text, true, &t);
	case K_BIGINT:
		return *text != '\0' &&
		    strspn(text, "-0123456789") == strlen(text);
	default:
		return true;
	}
}

static bool
is_number(json_object *o)
{
	return json_object_is_type(o, json_type_int) ||
	    json_object_is_type(o, json_type_double);
}

/* NULL, or the type that was expected */
static const char *
type_wrong(const struct field *f, json_object *o)
{
	const char *want = kinds[f->kind].json_type;

	if (kinds[f->kind].array)
		return json_object_is_type(o, json_type_array) ? NULL
							       : "jsonarray";
	switch (f->kind) {
	case K_LOOKUP:
	case K_OWNER:
	case K_USER:
		if (json_object_is_type(o, json_type_object) ||
		    json_object_is_type(o, json_type_string))
			return NULL;
		return "jsonobject";
	case K_BOOLEAN:
		return json_object_is_type(o, json_type_boolean) ? NULL : want;
	case K_INTEGER:
		return json_object_is_type(o, json_type_int) ? NULL : want;
	case K_DOUBLE:
	case K_CURRENCY:
	case K_PERCENT:
		return is_number(o) ? NULL : want;
	case K_BIGINT:
		if (json_object_is_type(o, json_type_int))
			return NULL;
		break;
	default:
		break;
	}
	return json_object_is_type(o, json_type_string) ? NULL : want;
}

static bool
lookup_right(struct call *c, const struct field *f, json_object *o)
{
	const char *id = json_object_is_type(o, json_type_object)
	    ? json_get_text(o, "id")
	    : json_object_get_string(o);
	struct module *m;
	uint32_t n;

	if (id == NULL)
		return false;
	if (f->kind != K_LOOKUP)
		return user_find(id) >= 0;
	m = f->of != NULL ? world_crm(&c->sim->world, f->of) : NULL;
	if (m == NULL)
		return true;
	n = record_find(&c->sim->world, m, id);
	return n != UINT32_MAX && record_lives(&m->recs[n]);
}

static bool
text_right(struct out *o, const struct field *f, int at, const char *text)
{
	int most = f->length > 0 ? f->length : kinds[f->kind].length;
	char more[80];

	if (!looks(f->kind, text)) {
		snprintf(more, sizeof(more), ",\"expected_data_type\":\"%s\"",
		    kinds[f->kind].data_type);
		wrong(o, "INVALID_DATA", f->api, at, more, "invalid data");
		return false;
	}
	if (most > 0 && strlen(text) > (size_t)most) {
		snprintf(more, sizeof(more), ",\"maximum_length\":%d", most);
		wrong(o, "INVALID_DATA", f->api, at, more, "invalid data");
		return false;
	}
	return true;
}

/* Each member of a multi-select is one of its choices. */
static bool
choices_right(const struct field *f, json_object *list)
{
	size_t i;

	for (i = 0; i < json_object_array_length(list); i++) {
		json_object *one = json_object_array_get_idx(list, i);

		if (!json_object_is_type(one, json_type_string) ||
		    !is_choice(f->of, json_object_get_string(one)))
			return false;
	}
	return true;
}

/* What rows of a subform look up is there; else where it is wrong. */
static bool
rows_right(struct call *c, const struct field *f, json_object *rows,
    char where[ROW_PATH])
{
	struct module *m = f->of != NULL ? world_crm(&c->sim->world, f->of)
					 : NULL;
	size_t i;

	for (i = 0; m != NULL && i < json_object_array_length(rows); i++) {
		json_object *row = json_object_array_get_idx(rows, i);

		if (!json_object_is_type(row, json_type_object))
			continue;
		json_object_object_foreach(row, key, value)
		{
			int field = field_find(m, key);

			if (field < 0 || value == NULL ||
			    m->fields[field].def.kind != K_LOOKUP ||
			    lookup_right(c, &m->fields[field].def, value))
				continue;
			snprintf(where, ROW_PATH, "%s[%zu].%s", f->api, i, key);
			return false;
		}
	}
	return true;
}

static bool
value_right(struct call *c, struct out *o, const struct field *f, int at,
    json_object *value)
{
	const char *want = type_wrong(f, value);
	char more[80], where[ROW_PATH];

	if (want != NULL) {
		snprintf(more, sizeof(more), ",\"expected_data_type\":\"%s\"",
		    want);
		wrong(o, "INVALID_DATA", f->api, at, more, "invalid data");
		return false;
	}
	if ((f->kind == K_LOOKUP || f->kind == K_OWNER || f->kind == K_USER) &&
	    !lookup_right(c, f, value)) {
		wrong(o, "INVALID_DATA", f->api, at, "",
		    "the id given seems to be invalid");
		return false;
	}
	if ((f->kind == K_PICKLIST &&
		!is_choice(f->of, json_object_get_string(value))) ||
	    (f->kind == K_MULTISELECT && !choices_right(f, value))) {
		snprintf(more, sizeof(more), ",\"expected_data_type\":\"%s\"",
		    kinds[f->kind].data_type);
		wrong(o, "INVALID_DATA", f->api, at, more, "invalid data");
		return false;
	}
	if (f->kind == K_SUBFORM && !rows_right(c, f, value, where)) {
		wrong(o, "INVALID_DATA", where, at, "",
		    "the id given seems to be invalid");
		return false;
	}
	if (json_object_is_type(value, json_type_string) &&
	    f->kind != K_LOOKUP && f->kind != K_OWNER && f->kind != K_USER)
		return text_right(o, f, at, json_object_get_string(value));
	return true;
}

/* Rows that are named by an id are rows of this record. */
static bool
rows_known(struct call *c, struct out *o, struct module *m, uint32_t n,
    int field, int at, json_object *rows)
{
	size_t i = row_unknown(c, m, n, field, rows);
	char where[ROW_PATH];

	if (i == json_object_array_length(rows))
		return true;
	snprintf(where, sizeof(where), "%s[%zu].id", m->fields[field].def.api,
	    i);
	wrong(o, "INVALID_DATA", where, at, "",
	    "the id given seems to be invalid");
	return false;
}

/* Who else has the value of a field that must differ */
static bool
unique_right(struct call *c, struct out *o, struct module *m, int field,
    uint32_t n, int at, json_object *value)
{
	struct world *w = &c->sim->world;
	uint32_t owner = value_owner(w, m, field,
	    json_object_get_string(value));
	char more[200];

	if (owner == UINT32_MAX || owner == n)
		return true;
	snprintf(more, sizeof(more),
	    ",\"id\":\"%" PRId64 "\",\"duplicate_record\":{\"id\":\"%" PRId64
	    "\",\"module\":{\"api_name\":\"%s\"}}",
	    record_id(w, m, owner), record_id(w, m, owner), m->def->api);
	wrong(o, "DUPLICATE_DATA", m->fields[field].def.api, at, more,
	    "duplicate data");
	return false;
}

static bool
has_mandatory(struct out *o, struct module *m, json_object *row, bool fresh,
    int at)
{
	json_object *value;
	int i;

	for (i = 0; i < m->nfields; i++) {
		const struct field *f = &m->fields[i].def;
		bool there = json_object_object_get_ex(row, f->api, &value);
		bool empty = !there || value == NULL ||
		    (json_object_is_type(value, json_type_string) &&
			json_object_get_string_len(value) == 0);

		if ((f->flags & F_MANDATORY) == 0 || m->fields[i].gone)
			continue;
		if (empty && (fresh || there)) {
			wrong(o, "MANDATORY_NOT_FOUND", f->api, at, "",
			    "required field not found");
			return false;
		}
	}
	return true;
}

/* "-None-" is nothing; an empty text too. */
static json_object *
kept(const struct field *f, json_object *value)
{
	const char *text;

	if (!json_object_is_type(value, json_type_string))
		return json_object_get(value);
	text = json_object_get_string(value);
	if (*text == '\0' ||
	    (f->kind == K_PICKLIST && strcmp(text, "-None-") == 0))
		return NULL;
	return json_object_get(value);
}

/* The choices that stand, with those that are given behind them */
static json_object *
appended(struct call *c, struct module *m, uint32_t n, int field,
    json_object *given)
{
	json_object *all = json_object_new_array();
	struct value v;
	const char *at;
	size_t i;

	value_of(&c->sim->world, m, n, field, &v);
	value_text(&c->sim->world, &v);
	for (at = v.text; *at != '\0';) {
		size_t len = strcspn(at, ";");

		json_object_array_add(all,
		    json_object_new_string_len(at, (int)len));
		at += len + (at[len] == ';');
	}
	for (i = 0; i < json_object_array_length(given); i++)
		json_object_array_add(all,
		    json_object_get(json_object_array_get_idx(given, i)));
	return all;
}

bool
row_check(struct call *c, struct out *o, struct module *m, json_object *row,
    uint32_t n, int at, json_object **patch, int *fields, int *nfields)
{
	*nfields = 0;
	*patch = NULL;
	if (!json_object_is_type(row, json_type_object)) {
		char details[120];

		snprintf(details, sizeof(details),
		    "{\"expected_data_type\":\"jsonobject\",\"json_path\":"
		    "\"$.data[%d]\"}",
		    at);
		out_error(o, "INVALID_DATA", details, "invalid data");
		return false;
	}
	if (!has_mandatory(o, m, row, n == UINT32_MAX, at))
		return false;
	json_object_object_foreach(row, key, value)
	{
		int i = field_find(m, key);
		const struct field *f;

		if (i < 0) /* Zoho leaves out what it does not know */
			continue;
		f = &m->fields[i].def;
		if ((f->flags & F_READONLY) != 0 || f->kind == K_FORMULA ||
		    f->kind == K_ROLLUP || f->kind == K_AUTONUMBER)
			continue;
		if (kinds[f->kind].single_only && n != UINT32_MAX &&
		    json_object_is_type(value, json_type_array) &&
		    !rows_known(c, o, m, n, i, at, value))
			return false;
		if (value != NULL &&
		    (!value_right(c, o, f, at, value) ||
			((f->flags & F_UNIQUE) != 0 &&
			    !unique_right(c, o, m, i, n, at, value))))
			return false;
		fields[(*nfields)++] = i;
	}
	*patch = json_object_new_object();
	for (int k = 0; k < *nfields; k++) {
		const struct field *f = &m->fields[fields[k]].def;

		json_object *given = json_object_object_get(row, f->api);
		bool append =
		    json_object_get_boolean(json_get(json_get(row,
							 "$append_values"),
			f->api));

		json_object_object_add(*patch, f->api,
		    append && n != UINT32_MAX && f->kind == K_MULTISELECT &&
			    given != NULL
			? appended(c, m, n, fields[k], given)
			: kept(f, given));
	}
	return true;
}
