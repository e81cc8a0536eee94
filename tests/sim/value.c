#include "value.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "line.h"
#include "value_make.h"

uint64_t
value_hash(const struct world *w, const struct module *m, uint32_t n, int field)
{
	const struct field_live *f = &m->fields[field];
	uint64_t h = mix(w->seed + (uint64_t)m->id, n);
	uint32_t rev = m->recs[n].rev;

	if (f->def.kind == K_FORMULA || f->def.kind == K_ROLLUP)
		return mix(mix(h, (uint64_t)field), m->formula_epoch);
	while (rev > 0 && !revision_changes(w, m, n, rev, field))
		rev--;
	return mix(mix(h, (uint64_t)field + 1), rev);
}

/* What follows from the record's state and not from chance */
static bool
made_state(struct world *w, struct module *m, uint32_t n, int field,
    struct value *v)
{
	const struct field *f = &m->fields[field].def;
	const struct rec *r = &m->recs[n];
	bool converted = (r->flags & R_CONVERTED) != 0;

	switch (f->gen) {
	case G_CREATED:
		v->type = V_TIME;
		v->n = r->created;
		return true;
	case G_MODIFIED:
		v->type = V_TIME;
		v->n = r->modified;
		return true;
	case G_ACTIVITY:
		v->type = n % 5 < 2 ? V_NULL : V_TIME;
		v->n = r->modified;
		return true;
	case G_CREATOR:
	case G_MODIFIER:
		v->type = V_USER;
		v->n = f->gen == G_MODIFIER       ? r->user
		    : (r->flags & R_WRITTEN) != 0 ? 0
						  : n % USERS;
		return true;
	case G_CONVERTED:
		v->type = V_BOOL;
		v->n = converted;
		return true;
	case G_CONVERTED_TIME:
		v->type = converted ? V_TIME : V_NULL;
		v->n = r->modified;
		return true;
	case G_CONVERTED_TO:
		v->type = V_NULL;
		if (converted)
			make_ref(w, v, f->of, mix(w->seed ^ 5, n));
		return true;
	case G_CONST:
		if (f->kind == K_BOOLEAN) {
			v->type = V_BOOL;
			v->n = strcmp(f->of, "true") == 0;
		} else {
			make_text(v, f->of);
			if (kinds[f->kind].json_type[0] != 's')
				v->type = V_NUMBER;
		}
		return true;
	case G_ACTIVE:
		make_text(v,
		    (r->flags & R_INACTIVE) != 0 ? "inactive" : "active");
		return true;
	case G_CONTACT_TYPE:
		make_text(v, n % 5 == 0 ? "vendor" : "customer");
		return true;
	default:
		return false;
	}
}

/* What is worked out from other values of the record */
static bool
made_derived(struct world *w, struct module *m, uint32_t n, int field,
    struct value *v, uint64_t h)
{
	const struct field *f = &m->fields[field].def;
	struct value other;

	switch (f->gen) {
	case G_FULL:
		value_of(w, m, n, field_find(m, "First_Name"), v);
		value_of(w, m, n, field_find(m, "Last_Name"), &other);
		value_text(w, v);
		value_text(w, &other);
		if (v->len > 0 && v->len < 300)
			v->text[v->len++] = ' ';
		if (v->len + other.len < VALUE_MAX)
			memcpy(v->text + v->len, other.text, other.len + 1);
		v->len += other.len;
		v->type = V_TEXT;
		return true;
	case G_REF_ID:
		h = mix(mix(w->seed, n),
		    (uint64_t)strlen(f->of) + (uint64_t)m->id);
		make_ref(w, v, f->of, h);
		return true;
	case G_REF_NAME: /* of the id before it */
		value_of(w, m, n, field - 1, v);
		if (v->type == V_REF)
			value_name(w, v->module, (uint32_t)v->n, v);
		return true;
	case G_SUBTOTAL:
	case G_TAX:
	case G_TOTAL:
	case G_BALANCE:
		make_cents(v, lines_sum(w, m, n, f->gen));
		return true;
	case G_STOCK:
		make_print(v, V_NUMBER, "%u",
		    (unsigned)(mix(mix(w->seed, n), m->formula_epoch) % 900));
		return true;
	case G_IMAGE:
		make_image(v, f, n, h);
		return true;
	default:
		return false;
	}
}

/* A value that a call set */
static void
patched(struct world *w, const struct field *f, json_object *o, struct value *v)
{
	const char *id = json_object_get_string(json_object_is_type(o,
						    json_type_object)
		? json_object_object_get(o, "id")
		: o);

	v->json = o;
	v->type = V_JSON;
	if (o == NULL) {
		v->type = f->kind == K_BOOLEAN ? V_BOOL : V_NULL;
		v->n = 0;
	} else if (f->kind == K_LOOKUP || f->gen == G_REF_ID) {
		struct module *m = record_module(w, id);

		v->type = m == NULL ? V_NULL : V_REF;
		v->module = m;
		v->n = m == NULL ? 0 : record_find(w, m, id);
	} else if (f->kind == K_OWNER || f->kind == K_USER) {
		v->n = user_find(id);
		v->type = v->n < 0 ? V_NULL : V_USER;
	} else if (f->kind == K_DATETIME && moment_read(id, true, &v->n)) {
		v->type = V_TIME;
	} else if (kinds[f->kind].single_only || f->kind == K_SUBFORM) {
		v->type = V_ROWS;
	}
}

/* Whether a field of a record that a call inserted has a value though none was
 * given: it follows from others, is numbered, or somebody edited it since. */
static bool
outlives(const struct world *w, const struct module *m, uint32_t n, int field)
{
	const struct field *f = &m->fields[field].def;
	uint32_t rev = m->recs[n].rev;

	if (f->gen == G_FULL || f->gen == G_REF_NAME || f->kind == K_AUTONUMBER)
		return true;
	if (f->gen == G_CODE && (m->def->flags & M_LINES) != 0 &&
	    (f->flags & F_UNIQUE) != 0)
		return true;
	while (rev > 0 && !revision_changes(w, m, n, rev, field))
		rev--;
	return rev > 0 && !kinds[f->kind].single_only;
}

void
value_of(struct world *w, struct module *m, uint32_t n, int field,
    struct value *v)
{
	const struct field_live *live = &m->fields[field];
	const struct field *f = &live->def;
	const struct rec *r = &m->recs[n];
	json_object *set;
	uint64_t h;

	if (r->patch != NULL &&
	    json_object_object_get_ex(r->patch, f->api, &set)) {
		patched(w, f, set, v);
		return;
	}
	if (f->kind == K_ID) {
		make_print(v, V_TEXT, "%" PRId64, record_id(w, m, n));
		return;
	}
	if (f->kind == K_OWNER && f->gen == G_KIND &&
	    (r->flags & R_WRITTEN) != 0) {
		v->type = V_USER;
		v->n = 0;
		return;
	}
	if (made_state(w, m, n, field, v))
		return;
	h = value_hash(w, m, n, field);
	if ((r->flags & R_WRITTEN) != 0 && !outlives(w, m, n, field)) {
		v->type = f->kind == K_BOOLEAN ? V_BOOL : V_NULL;
		v->n = 0;
		return;
	}
	if (live->made > r->modified ||
	    (f->nulls > 0 && mix(h, 9) % 100 < (uint64_t)f->nulls)) {
		v->type = f->kind == K_BOOLEAN ? V_BOOL : V_NULL;
		v->n = 0;
		return;
	}
	if (kinds[f->kind].single_only || f->kind == K_SUBFORM) {
		v->type = V_ROWS;
		return;
	}
	if (!made_derived(w, m, n, field, v, h))
		make_kind(w, v, f, n, h);
}

void
value_name(struct world *w, struct module *m, uint32_t n, struct value *v)
{
	int field = field_find(m, m->def->display);

	if (field < 0) {
		v->type = V_NULL;
		return;
	}
	value_of(w, m, n, field, v);
	value_text(w, v);
	v->type = V_TEXT;
}
