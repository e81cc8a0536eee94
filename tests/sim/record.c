#include "record.h"

#include <inttypes.h>
#include <string.h>

#include "value.h"
#include "line.h"

void
out_user(struct out *o, int user)
{
	out_text(o, "{\"name\":");
	out_json(o, user_name(user));
	out_f(o, ",\"id\":\"%" PRId64 "\"}", user_id(user));
}

static void
put_tags(struct world *w, struct out *o, struct value *v)
{
	const char *at = v->text;

	if (v->type == V_JSON) {
		value_crm(w, o, v, 0);
		return;
	}
	out_text(o, "[");
	while (v->type == V_LIST && *at != '\0') {
		size_t n = strcspn(at, "|");

		out_comma(o);
		out_text(o, "{\"name\":");
		out_json_n(o, at, n);
		out_f(o, ",\"id\":\"%" PRId64 "\",\"color_code\":\"#57B1FD\"}",
		    user_id(900) + at[0]);
		at += n + (at[n] == '|');
	}
	out_text(o, "]");
}

static void
put_field(struct world *w, struct out *o, struct module *m, uint32_t n,
    int field, size_t cut)
{
	const struct field *f = &m->fields[field].def;
	struct value v;

	out_key(o, f->api);
	value_of(w, m, n, field, &v);
	if (f->kind == K_TAG)
		put_tags(w, o, &v);
	else if (v.type == V_ROWS)
		rows_crm(w, o, m, n, field);
	else
		value_crm(w, o, &v, f->kind == K_RICHTEXT ? cut : 0);
}

void
record_crm_list(struct world *w, struct out *o, struct module *m, uint32_t n,
    const int *fields, int nfields)
{
	bool id = false;
	int i;

	out_text(o, "{");
	for (i = 0; i < nfields; i++) {
		const struct field *f = &m->fields[fields[i]].def;

		id = id || f->kind == K_ID;
		if (!kinds[f->kind].single_only)
			put_field(w, o, m, n, fields[i], RICH_TEXT_CUT);
	}
	if (!id)
		put_field(w, o, m, n, 0, 0);
	out_text(o, "}");
}

void
record_crm(struct world *w, struct out *o, struct module *m, uint32_t n)
{
	const struct rec *r = &m->recs[n];
	int i;

	out_text(o, "{");
	for (i = 0; i < m->nfields; i++)
		if (!m->fields[i].gone)
			put_field(w, o, m, n, i, 0);
	out_f(o,
	    ",\"$currency_symbol\":\"EUR\",\"$field_states\":null,"
	    "\"$approval\":{\"delegate\":false,\"approve\":false,"
	    "\"reject\":false,\"resubmit\":false},\"$approval_state\":"
	    "\"approved\",\"$approved\":true,\"$editable\":true,"
	    "\"$process_flow\":false,\"$review\":null,\"$review_process\":{"
	    "\"approve\":false,\"reject\":false,\"resubmit\":false},"
	    "\"$orchestration\":false,\"$pathfinder\":false,\"$in_merge\":"
	    "%s,\"$locked_for_me\":false,\"$sharing_permission\":"
	    "\"full_access\",\"$state\":\"save\"",
	    (r->flags & R_MERGING) != 0 ? "true" : "false");
	if ((m->def->flags & M_CONVERTS) != 0)
		out_f(o, ",\"$converted\":%s,\"$converted_detail\":{}",
		    (r->flags & R_CONVERTED) != 0 ? "true" : "false");
	out_text(o, ",\"$has_more\":{");
	for (i = 0; i < m->nfields; i++)
		if (!m->fields[i].gone &&
		    kinds[m->fields[i].def.kind].single_only) {
			out_key(o, m->fields[i].def.api);
			out_text(o, "false");
		}
	out_text(o, "}}");
}

void
record_books(struct world *w, struct out *o, struct module *m, uint32_t n,
    bool single)
{
	int i;

	out_f(o, "{\"%s\":\"%" PRId64 "\"", m->def->id_field,
	    record_id(w, m, n));
	for (i = 0; i < m->nfields; i++) {
		const struct field *f = &m->fields[i].def;
		struct value v;

		if (m->fields[i].gone ||
		    (!single && (f->flags & F_SINGLE) != 0))
			continue;
		out_key(o, f->api);
		value_of(w, m, n, i, &v);
		if (v.type == V_ROWS || f->kind == K_SUBFORM)
			rows_books(w, o, m, n, i);
		else
			value_books(w, o, &v);
		if (strcmp(f->api, "total") == 0 && v.type == V_NUMBER)
			out_f(o, ",\"total_formatted\":\"EUR%s\"", v.text);
	}
	out_text(o, "}");
}

void
record_full(struct world *w, struct out *o, struct module *m, uint32_t n)
{
	if ((m->def->flags & M_BOOKS) != 0)
		record_books(w, o, m, n, true);
	else
		record_crm(w, o, m, n);
}
