/* Books: create, update, delete, status. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act.h"
#include "books.h"
#include "json.h"
#include "record.h"
#include "sim.h"
#include "value.h"

static void
money(json_object *o, const char *key, int64_t cents)
{
	char text[40];

	snprintf(text, sizeof(text), "%" PRId64 ".%02d", cents / 100,
	    (int)(cents % 100));
	json_object_object_add(o, key, json_new_number(text));
}

static int64_t
cents_of(json_object *o, const char *key, double usual)
{
	json_object *n = json_get(o, key);

	return (int64_t)((n != NULL ? json_object_get_double(n) : usual) * 100 +
	    0.5);
}

/* A line as it is kept: with an id, a name, a total */
static json_object *
line_kept(struct call *c, json_object *given, int64_t *sum)
{
	struct world *w = &c->sim->world;
	struct module *items = world_books(w, "items");
	const char *item = json_get_text(given, "item_id");
	json_object *quantity = json_get(given, "quantity");
	json_object *line = json_object_new_object();
	uint32_t n = item != NULL ? record_find(w, items, item) : UINT32_MAX;
	double count = quantity != NULL ? json_object_get_double(quantity) : 1;
	int64_t total;
	char id[24];
	struct value v;

	json_object_object_foreach(given, key, value)
	{
		json_object_object_add(line, key, json_object_get(value));
	}
	if (json_get_text(given, "line_item_id") == NULL) {
		snprintf(id, sizeof(id), "%" PRId64, new_id(w));
		json_object_object_add(line, "line_item_id",
		    json_object_new_string(id));
	}
	v.len = 0;
	if (n != UINT32_MAX) {
		value_name(w, items, n, &v);
		json_object_object_add(line, "name",
		    json_object_new_string_len(v.text, (int)v.len));
		value_of(w, items, n, field_find(items, "rate"), &v);
		value_text(w, &v);
		v.text[v.len] = '\0';
	}
	total = (int64_t)((double)cents_of(line, "rate",
			      v.len > 0 ? strtod(v.text, NULL) : 0) *
	    count);
	money(line, "item_total", total);
	*sum += total;
	return line;
}

static void
keep_lines(struct call *c, struct module *m, uint32_t n, json_object *lines)
{
	json_object *kept = json_object_new_array(), *o;
	static const char *const sums[] = { "sub_total", "total", "balance" };
	int64_t sum = 0;
	size_t i;

	for (i = 0; i < json_object_array_length(lines); i++)
		json_object_array_add(kept,
		    line_kept(c, json_object_array_get_idx(lines, i), &sum));
	record_set(m, n, "line_items", kept);
	for (i = 0; i < ARRAY_LEN(sums); i++)
		if (field_find(m, sums[i]) >= 0) {
			o = json_object_new_object();
			money(o, "x", sum);
			record_set(m, n, sums[i],
			    json_object_get(json_object_object_get(o, "x")));
			json_object_put(o);
		}
	if (field_find(m, "tax_total") >= 0)
		record_set(m, n, "tax_total", json_object_new_int(0));
}

/* Check and keep; false, and answered, where something is wrong. */
static bool
keep(struct call *c, struct module *m, json_object *o, uint32_t *n)
{
	bool fresh = *n == UINT32_MAX;
	json_object *lines = json_get(o, "line_items");
	const char *wrong;
	char today[MOMENT_MAX];
	int code;

	wrong = books_wrong(c, m, o, *n, &code);
	if (wrong != NULL) {
		books_error(c, 400, code, wrong);
		return false;
	}
	if (fresh) {
		*n = record_insert(&c->sim->world, m, json_object_new_object(),
		    0);
		moment_date(today, sim_now(c->sim) / DAY_S);
		if (field_find(m, "date") >= 0)
			record_set(m, *n, "date",
			    json_object_new_string(today));
		if (field_find(m, "status") >= 0 &&
		    (m->def->flags & M_LINES) != 0)
			record_set(m, *n, "status",
			    json_object_new_string("draft"));
	}
	json_object_object_foreach(o, key, value)
	{
		int f = field_find(m, key);

		if (f >= 0 && (m->fields[f].def.flags & F_READONLY) == 0 &&
		    strcmp(key, "line_items") != 0 &&
		    m->fields[f].def.gen != G_ACTIVE)
			record_set(m, *n, key, json_object_get(value));
	}
	if (lines != NULL)
		keep_lines(c, m, *n, lines);
	if (!fresh)
		record_touch(&c->sim->world, m, *n, 0);
	return true;
}

/* "Sales Order Created Successfully." */
static void
put_done(struct call *c, struct module *m, uint32_t n, int status,
    const char *done)
{
	static const struct {
		const char *api, *label;
	} labels[] = { { "salesorders", "Sales Order" },
		{ "creditnotes", "Credit Note" },
		{ "inventoryadjustments", "Inventory Adjustment" },
		{ "pricebooks", "Price List" } };
	char label[60];
	struct out *o;
	size_t i;

	snprintf(label, sizeof(label), "The %s", m->def->single);
	for (i = 0; i < ARRAY_LEN(labels); i++)
		if (strcmp(labels[i].api, m->def->api) == 0)
			snprintf(label, sizeof(label), "%s", labels[i].label);
	o = answer_json(c, status);
	out_f(o, "{\"code\":0,\"message\":\"%s %s Successfully.\"", label,
	    done);
	if (n != UINT32_MAX) {
		out_key(o, books_key(c, m));
		record_books(&c->sim->world, o, m, n, true);
	}
	out_text(o, "}");
}

void
books_insert(struct call *c)
{
	struct module *m = books_module(c);
	json_object *o = m != NULL ? books_body(c) : NULL;
	uint32_t n = UINT32_MAX;

	if (o == NULL || !keep(c, m, o, &n))
		return;
	act_tell(c->sim, m, EVENT_CREATE, n, NULL, 0, true);
	put_done(c, m, n, 201, "Created");
}

static uint32_t
living(struct call *c, struct module *m, const char *id)
{
	uint32_t n = record_find(&c->sim->world, m, id);

	if (n != UINT32_MAX && record_lives(&m->recs[n]))
		return n;
	books_error(c, 404, 1002, "Resource does not exist.");
	return UINT32_MAX;
}

void
books_update(struct call *c)
{
	struct module *m = books_module(c);
	uint32_t n = m != NULL ? living(c, m, c->capture[1]) : UINT32_MAX;
	json_object *o = n != UINT32_MAX ? books_body(c) : NULL;

	if (o == NULL || !keep(c, m, o, &n))
		return;
	act_tell(c->sim, m, EVENT_EDIT, n, NULL, 0, true);
	put_done(c, m, n, 200, "Updated");
}

/* PUT with X-Unique-Identifier-Key and -Value, X-Upsert to create */
void
books_unique_update(struct call *c)
{
	struct module *m = books_module(c);
	const char *key = call_header(c, "x-unique-identifier-key");
	const char *value = call_header(c, "x-unique-identifier-value");
	const char *upsert = call_header(c, "x-upsert");
	json_object *o = m != NULL ? books_body(c) : NULL;
	int field = key != NULL && m != NULL ? field_find(m, key) : -1;
	uint32_t n;
	bool fresh;

	if (o == NULL)
		return;
	if (field < 0 || value == NULL) {
		books_error(c, 400, 4,
		    "Invalid value passed for X-Unique-Identifier-Key");
		return;
	}
	n = value_owner(&c->sim->world, m, field, value);
	fresh = n == UINT32_MAX;
	if (fresh && (upsert == NULL || strcmp(upsert, "true") != 0)) {
		books_error(c, 404, 1002, "Resource does not exist.");
		return;
	}
	if (!keep(c, m, o, &n))
		return;
	if (fresh)
		record_set(m, n, key, json_object_new_string(value));
	act_tell(c->sim, m, fresh ? EVENT_CREATE : EVENT_EDIT, n, NULL, 0,
	    true);
	put_done(c, m, n, fresh ? 201 : 200, fresh ? "Created" : "Updated");
}

void
books_delete(struct call *c)
{
	struct module *m = books_module(c);
	uint32_t n = m != NULL ? living(c, m, c->capture[1]) : UINT32_MAX;

	if (n == UINT32_MAX)
		return;
	act_delete(c->sim, m, n, 0, true);
	put_done(c, m, UINT32_MAX, 200, "Deleted");
}

/* .../status/open, .../active, .../inactive */
void
books_status(struct call *c)
{
	struct module *m = books_module(c);
	const char *word = c->capture[2];
	uint32_t n = m != NULL ? living(c, m, c->capture[1]) : UINT32_MAX;
	int field = m != NULL ? field_find(m, "status") : -1;
	bool on = strcmp(word, "active") == 0;

	if (n == UINT32_MAX)
		return;
	if (field >= 0 && m->fields[field].def.gen == G_ACTIVE &&
	    (on || strcmp(word, "inactive") == 0)) {
		m->recs[n].flags &= (uint8_t)~R_INACTIVE;
		if (!on)
			m->recs[n].flags |= R_INACTIVE;
	} else if (field >= 0 && m->fields[field].def.kind == K_PICKLIST &&
	    strstr(m->fields[field].def.of, word) != NULL) {
		record_set(m, n, "status", json_object_new_string(word));
	} else {
		books_error(c, 404, 5, "Invalid URL Passed");
		return;
	}
	record_touch(&c->sim->world, m, n, 0);
	act_tell(c->sim, m, EVENT_EDIT, n, NULL, 0, true);
	put_done(c, m, UINT32_MAX, 200, "Updated");
}
