/* How values are written and compared. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "line.h"
#include "value.h"

static void
id_text(struct value *v, int64_t id)
{
	v->len = (size_t)snprintf(v->text, sizeof(v->text), "%" PRId64, id);
}

static void
set_text(struct value *v, const char *text)
{
	v->len = strlen(text);
	if (v->len >= VALUE_MAX)
		v->len = VALUE_MAX - 1;
	memcpy(v->text, text, v->len);
	v->text[v->len] = '\0';
}

/* Members of a JSON array, joined */
static void
json_joined(struct value *v)
{
	size_t i;

	if (!json_object_is_type(v->json, json_type_array)) {
		set_text(v, json_object_get_string(v->json));
		return;
	}
	v->len = 0;
	v->text[0] = '\0';
	for (i = 0; i < json_object_array_length(v->json); i++) {
		const char *one =
		    json_object_get_string(json_object_array_get_idx(v->json,
			i));
		size_t n = one != NULL ? strlen(one) : 0;

		if (v->len + n + 2 > VALUE_MAX)
			break;
		if (i > 0)
			v->text[v->len++] = ';';
		memcpy(v->text + v->len, one != NULL ? one : "", n);
		v->len += n;
		v->text[v->len] = '\0';
	}
}

void
value_text(struct world *w, struct value *v)
{
	char *at;

	switch (v->type) {
	case V_NULL:
	case V_ROWS:
		set_text(v, "");
		break;
	case V_BOOL:
		set_text(v, v->n != 0 ? "true" : "false");
		break;
	case V_DATE:
		moment_date(v->text, v->n);
		v->len = strlen(v->text);
		break;
	case V_TIME:
		moment_crm(v->text, v->n, w->clock.offset);
		v->len = strlen(v->text);
		break;
	case V_REF:
		id_text(v, record_id(w, v->module, (uint32_t)v->n));
		break;
	case V_USER:
		id_text(v, user_id((int)v->n));
		break;
	case V_LIST:
		for (at = v->text; *at != '\0'; at++)
			if (*at == '|')
				*at = ';';
		break;
	case V_JSON:
		json_joined(v);
		break;
	default:
		break;
	}
}

bool
value_is_number(const struct value *v)
{
	return v->type == V_NUMBER ||
	    (v->type == V_JSON &&
		(json_object_is_type(v->json, json_type_int) ||
		    json_object_is_type(v->json, json_type_double)));
}

/* How long the first "count" characters are */
static size_t
cut_at(const char *text, size_t len, size_t count)
{
	size_t i = 0;

	for (; i < len; i++)
		if (((unsigned char)text[i] & 0xc0) != 0x80 && count-- == 0)
			break;
	return i;
}

static void
put_ref(struct world *w, struct out *o, const struct value *v)
{
	struct module *m = v->module;
	uint32_t n = (uint32_t)v->n;
	struct value name;

	if (w->deleted_lookup_null && !record_lives(&m->recs[n])) {
		out_text(o, "null");
		return;
	}
	value_name(w, m, n, &name);
	out_text(o, "{\"name\":");
	out_json_n(o, name.text, name.len);
	out_text(o, ",\"id\":\"");
	out_int(o, record_id(w, m, n));
	out_text(o, "\"}");
}

static void
put_user(struct out *o, int user)
{
	out_text(o, "{\"name\":");
	out_json(o, user_name(user));
	out_text(o, ",\"id\":\"");
	out_int(o, user_id(user));
	out_f(o, "\",\"email\":\"user%d@example.com\"}", user + 1);
}

static void
put_list(struct out *o, const struct value *v)
{
	const char *at = v->text;

	out_text(o, "[");
	while (*at != '\0') {
		size_t n = strcspn(at, "|");

		out_comma(o);
		out_json_n(o, at, n);
		at += n + (at[n] == '|');
	}
	out_text(o, "]");
}

static void
put_json(struct out *o, json_object *json)
{
	struct err err = ERR_INIT;

	if (json_put(&o->buf, json, &err) != ST_OK)
		o->failed = true;
}

void
value_crm(struct world *w, struct out *o, struct value *v, size_t cut)
{
	size_t len;

	switch (v->type) {
	case V_TEXT:
		len = cut > 0 ? cut_at(v->text, v->len, cut) : v->len;
		out_json_n(o, v->text, len);
		break;
	case V_NUMBER:
		out_bytes(o, v->text, v->len);
		break;
	case V_BOOL:
	case V_DATE:
	case V_TIME:
		len = v->type == V_BOOL ? 0 : 1;
		value_text(w, v);
		out_text(o, len > 0 ? "\"" : "");
		out_bytes(o, v->text, v->len);
		out_text(o, len > 0 ? "\"" : "");
		break;
	case V_REF:
		put_ref(w, o, v);
		break;
	case V_USER:
		put_user(o, (int)v->n);
		break;
	case V_LIST:
		put_list(o, v);
		break;
	case V_JSON:
		if (cut > 0 && json_object_is_type(v->json, json_type_string))
			out_json_n(o, json_object_get_string(v->json),
			    cut_at(json_object_get_string(v->json),
				strlen(json_object_get_string(v->json)), cut));
		else
			put_json(o, v->json);
		break;
	default:
		out_text(o, "null");
	}
}

/* Nothing is "" there, ids are texts, and a time has no colon. */
void
value_books(struct world *w, struct out *o, struct value *v)
{
	switch (v->type) {
	case V_NULL:
		out_text(o, "\"\"");
		break;
	case V_TIME:
		moment_books(v->text, v->n, w->clock.offset);
		out_json(o, v->text);
		break;
	case V_REF:
	case V_LIST:
		value_text(w, v);
		out_json_n(o, v->text, v->len);
		break;
	default:
		value_crm(w, o, v, 0);
	}
}

static bool
holds(struct world *w, struct module *m, uint32_t n, int field,
    const char *text)
{
	struct value v;

	if (n >= m->n || !record_lives(&m->recs[n]))
		return false;
	value_of(w, m, n, field, &v);
	if (v.type == V_NULL)
		return false;
	value_text(w, &v);
	return strcasecmp(v.text, text) == 0;
}

uint32_t
value_owner(struct world *w, struct module *m, int field, const char *text)
{
	const char *at = text;
	uint32_t n;

	while (*(at += strcspn(at, "0123456789")) != '\0') {
		char *end;
		unsigned long long number = strtoull(at, &end, 10);

		if (number > 0 && number <= m->n &&
		    holds(w, m, (uint32_t)(number - 1), field, text))
			return (uint32_t)(number - 1);
		at = end;
	}
	for (n = 0; n < m->n; n++)
		if (m->recs[n].patch != NULL && holds(w, m, n, field, text))
			return n;
	return UINT32_MAX;
}
