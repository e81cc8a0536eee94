#include "line.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "value.h"

static bool
is_books(const struct module *m)
{
	return (m->def->flags & M_BOOKS) != 0;
}

int64_t
row_id(struct world *w, struct module *m, uint32_t n, int row)
{
	return record_id(w, m, n) + 400000000000000 +
	    (int64_t)row * 100000000000;
}

int
rows_count(struct world *w, struct module *m, uint32_t n, int field)
{
	return 1 + (int)(value_hash(w, m, n, field) % 4);
}

int
lines_of(struct world *w, struct module *m, uint32_t n,
    struct line at[LINES_MAX])
{
	int field = field_find(m, is_books(m) ? "line_items" : "Ordered_Items");
	struct module *goods = is_books(m) ? world_books(w, "items")
					   : world_crm(w, "Products");
	int i, count;
	uint64_t h;

	if (field < 0 || (m->recs[n].flags & R_WRITTEN) != 0)
		return 0;
	h = value_hash(w, m, n, field);
	count = 1 + (int)(h % 4);
	for (i = 0; i < count; i++) {
		uint64_t k = mix(h, (uint64_t)i);

		at[i].module = goods;
		at[i].product = (uint32_t)(k % goods->base);
		at[i].quantity = 1 + (int)(k >> 32 & 7);
		at[i].price = (int64_t)(mix(k, 1) % 50000) + 50;
		at[i].total = at[i].price * at[i].quantity;
		at[i].id = row_id(w, m, n, i);
	}
	return count;
}

int64_t
lines_sum(struct world *w, struct module *m, uint32_t n, enum gen gen)
{
	struct line lines[LINES_MAX];
	int i, count = lines_of(w, m, n, lines);
	int64_t sum = 0, tax;

	for (i = 0; i < count; i++)
		sum += lines[i].total;
	tax = sum / 5;
	if (gen == G_SUBTOTAL)
		return sum;
	if (gen == G_TAX)
		return tax;
	if (gen == G_BALANCE && n % 3 == 0)
		return 0;
	return sum + tax;
}

static void
put_cents(struct out *o, int64_t cents)
{
	out_f(o, "%" PRId64 ".%02d", cents / 100, (int)(cents % 100));
}

static void
put_name(struct world *w, struct out *o, struct module *m, uint32_t n)
{
	struct value v;

	value_name(w, m, n, &v);
	out_json_n(o, v.text, v.len);
}

static void
row_head(struct world *w, struct out *o, struct module *m, uint32_t n,
    int64_t id)
{
	char time[MOMENT_MAX];

	moment_crm(time, m->recs[n].created, w->clock.offset);
	out_comma(o);
	out_f(o, "{\"id\":\"%" PRId64 "\",\"Parent_Id\":{\"name\":", id);
	put_name(w, o, m, n);
	out_f(o, ",\"id\":\"%" PRId64 "\"},\"Created_Time\":\"%s\"",
	    record_id(w, m, n), time);
	moment_crm(time, m->recs[n].modified, w->clock.offset);
	out_f(o, ",\"Modified_Time\":\"%s\"", time);
}

static void
ordered_items(struct world *w, struct out *o, struct module *m, uint32_t n)
{
	struct line lines[LINES_MAX];
	int i, count = lines_of(w, m, n, lines);

	for (i = 0; i < count; i++) {
		row_head(w, o, m, n, lines[i].id);
		out_text(o, ",\"Product_Name\":{\"name\":");
		put_name(w, o, lines[i].module, lines[i].product);
		out_f(o, ",\"id\":\"%" PRId64 "\"},\"Quantity\":%d,",
		    record_id(w, lines[i].module, lines[i].product),
		    lines[i].quantity);
		out_text(o, "\"List_Price\":");
		put_cents(o, lines[i].price);
		out_text(o, ",\"Discount\":0,\"Total\":");
		put_cents(o, lines[i].total);
		out_f(o, ",\"Sequence_Number\":%d}", i + 1);
	}
}

/* Rows of a module of their own, by its fields */
static void
subform_rows(struct world *w, struct out *o, struct module *m, uint32_t n,
    int field, int count)
{
	struct module *rows = world_crm(w, m->fields[field].def.of);
	uint64_t h = value_hash(w, m, n, field);
	int i;

	for (i = 0; i < count; i++) {
		char day[MOMENT_MAX];
		uint64_t k = mix(h, (uint64_t)i);
		char remark[64];

		row_head(w, o, m, n, row_id(w, m, n, i));
		if (rows != NULL && field_find(rows, "Visit_Date") >= 0) {
			moment_date(day, 19000 + (int64_t)(k % 1500));
			out_f(o, ",\"Visit_Date\":\"%s\",\"Hours\":%u.5", day,
			    (unsigned)(k % 9));
			remark[word_put(remark, mix(k, 3))] = '\0';
			out_text(o, ",\"Remark\":");
			out_json(o, k % 5 == 0 ? NULL : remark);
		}
		out_text(o, "}");
	}
}

static void
multi_rows(struct world *w, struct out *o, struct module *m, uint32_t n,
    int field, int count)
{
	const struct field *f = &m->fields[field].def;
	struct module *to = f->of != NULL ? world_crm(w, f->of) : NULL;
	uint64_t h = value_hash(w, m, n, field);
	int i;

	for (i = 0; i < count; i++) {
		uint64_t k = mix(h, (uint64_t)i + 50);

		row_head(w, o, m, n, row_id(w, m, n, i + 10 + field));
		out_f(o, ",\"%s\":{\"name\":", f->api);
		if (f->kind == K_MULTIUSER || to == NULL || to->base == 0) {
			out_json(o, user_name((int)(k % USERS)));
			out_f(o, ",\"id\":\"%" PRId64 "\"}}",
			    user_id((int)(k % USERS)));
			continue;
		}
		put_name(w, o, to, (uint32_t)(k % to->base));
		out_f(o, ",\"id\":\"%" PRId64 "\"}}",
		    record_id(w, to, (uint32_t)(k % to->base)));
	}
}

static void
file_rows(struct world *w, struct out *o, struct module *m, uint32_t n,
    int field, int count)
{
	uint64_t h = value_hash(w, m, n, field);
	bool image = m->fields[field].def.kind == K_IMAGE;
	int i;

	for (i = 0; i < count; i++) {
		out_comma(o);
		out_f(o,
		    "{\"id\":\"%" PRId64 "\",\"File_Id__s\":\"f%016" PRIx64
		    "\",\"File_Name__s\":\"%s-%d.%s\",\"Size__s\":%u,"
		    "\"Preview_Id__s\":\"p%016" PRIx64
		    "\",\"Sequence_Number__s\":%d}",
		    row_id(w, m, n, i + 30 + field), mix(h, (uint64_t)i),
		    image ? "picture" : "drawing", i + 1, image ? "png" : "pdf",
		    (unsigned)(h % 90000 + 1000), mix(h, (uint64_t)i + 9),
		    i + 1);
	}
}

static bool
patched_rows(struct out *o, struct module *m, uint32_t n, int field)
{
	struct err err = ERR_INIT;
	json_object *set;

	if (m->recs[n].patch == NULL ||
	    !json_object_object_get_ex(m->recs[n].patch,
		m->fields[field].def.api, &set))
		return false;
	if (set == NULL)
		out_text(o, "[]");
	else if (json_put(&o->buf, set, &err) != ST_OK)
		o->failed = true;
	return true;
}

void
rows_crm(struct world *w, struct out *o, struct module *m, uint32_t n,
    int field)
{
	const struct field *f = &m->fields[field].def;
	int count = rows_count(w, m, n, field);

	if (patched_rows(o, m, n, field))
		return;
	out_text(o, "[");
	if (strcmp(f->api, "Ordered_Items") == 0)
		ordered_items(w, o, m, n);
	else if (f->kind == K_SUBFORM)
		subform_rows(w, o, m, n, field, count);
	else if (f->kind == K_FILE || f->kind == K_IMAGE)
		file_rows(w, o, m, n, field, count);
	else
		multi_rows(w, o, m, n, field, count);
	out_text(o, "]");
}

static void
books_lines(struct world *w, struct out *o, struct module *m, uint32_t n,
    bool adjust)
{
	struct line lines[LINES_MAX];
	int i, count = lines_of(w, m, n, lines);

	for (i = 0; i < count; i++) {
		out_comma(o);
		out_f(o,
		    "{\"line_item_id\":\"%" PRId64 "\",\"item_id\":\"%" PRId64
		    "\",\"name\":",
		    lines[i].id,
		    record_id(w, lines[i].module, lines[i].product));
		put_name(w, o, lines[i].module, lines[i].product);
		out_f(o, ",\"description\":\"\",\"%s\":%d,\"unit\":\"pcs\",",
		    adjust ? "quantity_adjusted" : "quantity",
		    adjust && i % 2 == 0 ? -lines[i].quantity
					 : lines[i].quantity);
		out_text(o, "\"rate\":");
		put_cents(o, lines[i].price);
		out_text(o,
		    ",\"discount\":0,\"tax_percentage\":20,"
		    "\"item_total\":");
		put_cents(o, lines[i].total);
		out_f(o, ",\"item_order\":%d}", i);
	}
}

/* Rows of a price list of the kind "per_item": none for the other kind. */
static void
pricebook_items(struct world *w, struct out *o, struct module *m, uint32_t n)
{
	struct module *items = world_books(w, "items");
	uint64_t h = value_hash(w, m, n, 0);
	struct value kind;
	uint32_t i;

	value_of(w, m, n, field_find(m, "pricebook_type"), &kind);
	value_text(w, &kind);
	for (i = 0; strcmp(kind.text, "per_item") == 0 && i < 5; i++) {
		uint64_t k = mix(h, i);

		out_comma(o);
		out_f(o,
		    "{\"pricebook_item_id\":\"%" PRId64
		    "\",\"item_id\":\"%" PRId64 "\",\"pricebook_rate\":",
		    row_id(w, m, n, (int)i),
		    record_id(w, items, (uint32_t)((h + i) % items->base)));
		put_cents(o, (int64_t)(k % 40000) + 10);
		out_f(o,
		    ",\"pricebook_discount\":\"%u%%\",\"pricing_scheme\":"
		    "\"unit\",\"price_brackets\":[]}",
		    (unsigned)(k % 20));
	}
}

static void
put_address(struct out *o, uint64_t h)
{
	char city[64];

	city[word_put(city, h)] = '\0';
	out_text(o, "{\"attention\":\"\",\"address\":");
	out_f(o, "\"Main Road %u\",\"street2\":\"\",\"city\":",
	    (unsigned)(h % 90 + 1));
	out_json(o, city);
	out_f(o, ",\"state\":\"\",\"zip\":\"%05u\",\"country\":\"Nordland\"}",
	    (unsigned)(h % 90000));
}

void
rows_books(struct world *w, struct out *o, struct module *m, uint32_t n,
    int field)
{
	const struct field *f = &m->fields[field].def;
	struct value v;

	if (f->gen == G_ADDRESS) {
		put_address(o, value_hash(w, m, n, field));
		return;
	}
	if (f->gen == G_HASH) {
		out_text(o, "{");
		if (f->of != NULL) {
			value_of(w, m, n, field_find(m, f->of), &v);
			out_key(o, f->of);
			value_books(w, o, &v);
		}
		out_text(o, "}");
		return;
	}
	if (patched_rows(o, m, n, field))
		return;
	out_text(o, "[");
	if (f->gen == G_LINES)
		books_lines(w, o, m, n, f->of != NULL);
	else if (f->gen == G_BRACKETS)
		pricebook_items(w, o, m, n);
	out_text(o, "]");
}

void
rows_text(struct world *w, struct out *o, struct module *m, uint32_t n,
    int field)
{
	struct value v;

	value_of(w, m, n, field, &v);
	if (v.type == V_ROWS)
		rows_crm(w, o, m, n, field);
}
