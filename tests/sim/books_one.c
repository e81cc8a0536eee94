/* Books: single objects, images, organisations. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "books.h"
#include "record.h"
#include "sim.h"
#include "value.h"

static uint32_t
living(struct call *c, struct module *m)
{
	uint32_t n = record_find(&c->sim->world, m, c->capture[1]);
	char message[120];

	if (n != UINT32_MAX && record_lives(&m->recs[n]))
		return n;
	snprintf(message, sizeof(message), "%c%s does not exist.",
	    m->def->single[0] - 'a' + 'A', m->def->single + 1);
	books_error(c, 404, 1002, message);
	return UINT32_MAX;
}

void
books_one(struct call *c)
{
	struct module *m = books_module(c);
	uint32_t n = m != NULL ? living(c, m) : UINT32_MAX;
	struct out *o;

	if (n == UINT32_MAX)
		return;
	o = answer_json(c, 200);
	out_f(o,
	    "{\"code\":0,\"message\":\"success\",\"%s\":", books_key(c, m));
	record_books(&c->sim->world, o, m, n, true);
	out_text(o, "}");
}

void
books_itemdetails(struct call *c)
{
	struct module *m = world_books(&c->sim->world, "items");
	const char *ids = call_param(c, "item_ids");
	struct out *o;
	int count = 0;

	if (ids == NULL) {
		books_error(c, 400, 4, "Invalid value passed for item_ids");
		return;
	}
	o = answer_json(c, 200);
	out_text(o, "{\"code\":0,\"message\":\"success\",\"items\":[");
	while (*ids != '\0') {
		size_t len = strcspn(ids, ",");
		char id[24];
		uint32_t n;

		snprintf(id, sizeof(id), "%.*s", (int)len, ids);
		ids += len + (ids[len] == ',');
		n = record_find(&c->sim->world, m, id);
		if (++count > 100) {
			books_error(c, 400, 4,
			    "Invalid value passed for item_ids");
			return;
		}
		if (n == UINT32_MAX || !record_lives(&m->recs[n]))
			continue;
		out_comma(o);
		record_books(&c->sim->world, o, m, n, true);
	}
	out_text(o, "]}");
}

/* One pixel whose colour is the item's */
void
books_image(struct call *c)
{
	static const unsigned char png[] = { 0x89, 'P', 'N', 'G', 0x0d, 0x0a,
		0x1a, 0x0a, 0, 0, 0, 0x0d, 'I', 'H', 'D', 'R', 0, 0, 0, 1, 0, 0,
		0, 1, 8, 2, 0, 0, 0, 0x90, 0x77, 0x53, 0xde, 0, 0, 0, 0x0c, 'I',
		'D', 'A', 'T', 0x08, 0xd7, 0x63, 0xf8, 0xcf, 0xc0, 0, 0, 0x03,
		0x01, 0x01, 0, 0x18, 0xdd, 0x8d, 0xb0, 0, 0, 0, 0, 'I', 'E',
		'N', 'D', 0xae, 0x42, 0x60, 0x82 };
	struct module *m = world_books(&c->sim->world, "items");
	uint32_t n;
	struct value v;

	snprintf(c->capture[1], CAPTURE_MAX, "%.100s", c->capture[0]);
	n = living(c, m);
	if (n == UINT32_MAX)
		return;
	value_of(&c->sim->world, m, n, field_find(m, "image_document_id"), &v);
	if (v.type == V_NULL) {
		books_error(c, 404, 1002, "Image does not exist.");
		return;
	}
	answer_text(c, 200, "image/png", "");
	out_bytes(&c->answer.body, png, sizeof(png));
	/* bytes behind the end of the picture tell one item from another */
	out_bytes(&c->answer.body, v.text, v.len);
}

void
books_organizations(struct call *c)
{
	out_f(answer_json(c, 200),
	    "{\"code\":0,\"message\":\"success\",\"organizations\":[{"
	    "\"organization_id\":\"%s\",\"name\":\"Example Company\","
	    "\"is_default_org\":true,\"time_zone\":\"Europe/Berlin\","
	    "\"currency_code\":\"EUR\",\"currency_symbol\":\"EUR\","
	    "\"price_precision\":2,\"fiscal_year_start_month\":\"january\","
	    "\"language_code\":\"en\",\"plan_name\":\"PREMIUM\"}]}",
	    c->sim->organization);
}

/* Short lists that never change */
void
books_small(struct call *c)
{
	static const struct {
		const char *path, *body;
	} lists[] = {
		{ "/books/v3/settings/taxes",
		    "\"taxes\":[{\"tax_id\":\"3285000000000000094\","
		    "\"tax_name\":\"VAT\",\"tax_percentage\":20}]" },
		{ "/books/v3/settings/currencies",
		    "\"currencies\":[{\"currency_id\":\"3285000000000000097\","
		    "\"currency_code\":\"EUR\",\"is_base_currency\":true}]" },
		{ "/books/v3/users",
		    "\"users\":[{\"user_id\":\"3285000000000000001\","
		    "\"name\":\"Api User\",\"email\":\"user1@example.com\"}]" },
		{ "/books/v3/locations",
		    "\"locations\":[{\"location_id\":\"3285000000000000501\","
		    "\"location_name\":\"Head Office\"}]" },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(lists); i++)
		if (strcmp(lists[i].path, c->path) == 0) {
			struct out *o = answer_json(c, 200);

			out_text(o, "{\"code\":0,\"message\":\"success\",");
			out_text(o, lists[i].body);
			out_text(o, "}");
			return;
		}
	books_error(c, 404, 5, "Invalid URL Passed");
}
