/* Books: lists, single objects, images, organisations. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "books.h"
#include "record.h"
#include "sim.h"
#include "value.h"

void
books_error(struct call *c, int status, int code, const char *message)
{
	struct out *o = answer_json(c, status);

	out_f(o, "{\"code\":%d,\"message\":", code);
	out_json(o, message);
	out_text(o, "}");
}

struct module *
books_module(struct call *c)
{
	struct module *m = world_books(&c->sim->world, c->capture[0]);

	if (m == NULL)
		books_error(c, 404, 5, "Invalid URL Passed");
	return m;
}

const char *
books_key(struct call *c, const struct module *m)
{
	if (strcmp(m->def->api, "inventoryadjustments") == 0 &&
	    variant(&c->sim->variants, VAR_ADJUSTMENT_KEY) == 1)
		return "inventoryadjustment";
	return m->def->single;
}

enum { PAGE_MOST = 1000000 };

struct list {
	struct module *m;
	long page, per_page;
	int sort; /* field; -1 for the number */
	bool desc;
	int filter; /* 0 active, 1 inactive, 2 all */
	int since;  /* 0 none, 1 since, 2 exact */
	int64_t time;
	const char *search, *reference, *contact_type, *status;
	bool totals; /* response_option=2 */
};

/* The filter of time: true where it may go on. */
static bool
read_since(struct call *c, struct list *l)
{
	const char *text = call_param(c, "last_modified_time");
	bool zulu = variant(&c->sim->variants, VAR_Z_SUFFIX) == 1;
	bool documented = (l->m->def->flags & M_LINES) != 0;
	int form = variant(&c->sim->variants, VAR_LAST_MODIFIED);

	if (text == NULL)
		return true;
	if (!moment_read(text, zulu, &l->time) || form == 3 ||
	    (!documented && strcmp(l->m->def->api, "items") == 0)) {
		books_error(c, 400, 2,
		    "Invalid value passed for last_modified_time");
		return false;
	}
	if (documented && form < 2)
		l->since = form + 1;
	return true;
}

static bool
read_filter(struct call *c, struct list *l)
{
	const char *by = call_param(c, "filter_by");
	bool listed = field_find(l->m, "status") >= 0 &&
	    l->m->fields[field_find(l->m, "status")].def.gen == G_ACTIVE;

	l->filter = listed && strcmp(l->m->def->api, "items") == 0 ? 0 : 2;
	if (by == NULL)
		return true;
	if (strcmp(by, "Status.All") == 0)
		l->filter = 2;
	else if (strcmp(by, "Status.Active") == 0)
		l->filter = 0;
	else if (strcmp(by, "Status.Inactive") == 0)
		l->filter = 1;
	else if (!listed && strncmp(by, "Status.", 7) == 0)
		l->status = by + 7;
	else {
		books_error(c, 400, 4, "Invalid value passed for filter_by");
		return false;
	}
	return true;
}

static bool
read_list(struct call *c, struct list *l)
{
	const char *sort = call_param(c, "sort_column");
	const char *order = call_param(c, "sort_order");

	l->totals = call_number(c, "response_option", 0) == 2;
	l->page = call_number(c, "page", 1);
	l->per_page = call_number(c, "per_page", 200);
	if (l->page < 1 || l->per_page < 1) {
		books_error(c, 400, 4, "Invalid value passed for page");
		return false;
	}
	if (l->page > PAGE_MOST)
		l->page = PAGE_MOST; /* beyond every company */
	if (l->per_page > 200)
		l->per_page = 200;
	l->sort = sort != NULL ? field_find(l->m, sort) : -1;
	if (sort != NULL && l->sort < 0) {
		books_error(c, 400, 4, "Invalid value passed for sort_column");
		return false;
	}
	if (order != NULL && strcmp(order, "A") != 0 &&
	    strcmp(order, "D") != 0) {
		books_error(c, 400, 4, "Invalid value passed for sort_order");
		return false;
	}
	l->desc = order != NULL && order[0] == 'D';
	l->search = call_param(c, "search_text");
	l->reference = call_param(c, "reference_number");
	l->contact_type = call_param(c, "contact_type");
	if (l->status == NULL)
		l->status = call_param(c, "status");
	return read_filter(c, l) && read_since(c, l);
}

static bool
text_is(struct call *c, struct module *m, uint32_t n, const char *field,
    const char *text, bool part)
{
	int i = field_find(m, field);
	struct value v;

	if (i < 0)
		return true;
	value_of(&c->sim->world, m, n, i, &v);
	value_text(&c->sim->world, &v);
	return part ? strcasestr(v.text, text) != NULL
		    : strcmp(v.text, text) == 0;
}

static bool
shown(struct call *c, const struct list *l, uint32_t n)
{
	struct module *m = l->m;
	const struct rec *r = &m->recs[n];
	bool inactive = (r->flags & R_INACTIVE) != 0;

	if (!record_lives(r) || (l->filter < 2 && inactive != (l->filter == 1)))
		return false;
	if ((l->since == 1 && r->modified < l->time) ||
	    (l->since == 2 && r->modified != l->time))
		return false;
	if (l->reference != NULL &&
	    !text_is(c, m, n, "reference_number", l->reference, false))
		return false;
	if (l->contact_type != NULL &&
	    !text_is(c, m, n, "contact_type", l->contact_type, false))
		return false;
	if (l->status != NULL && !text_is(c, m, n, "status", l->status, false))
		return false;
	return l->search == NULL ||
	    text_is(c, m, n, m->def->display, l->search, true);
}

struct key {
	uint32_t n;
	int64_t time;
	char text[24];
};

static int
compare(const void *a, const void *b)
{
	const struct key *x = a, *y = b;
	int order = strcmp(x->text, y->text);

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	if (order != 0)
		return order;
	return x->n < y->n ? -1 : x->n > y->n;
}

static void
key_of(struct call *c, const struct list *l, uint32_t n, struct key *k)
{
	struct value v;

	memset(k, 0, sizeof(*k));
	k->n = n;
	if (l->sort < 0)
		return;
	value_of(&c->sim->world, l->m, n, l->sort, &v);
	if (v.type == V_TIME) {
		k->time = v.n;
		return;
	}
	if (value_is_number(&v) && v.type == V_NUMBER)
		k->time = (int64_t)(strtod(v.text, NULL) * 100);
	else {
		value_text(&c->sim->world, &v);
		memcpy(k->text, v.text, v.len < 23 ? v.len : 23);
	}
}

static void
write_context(struct out *o, const struct list *l, uint32_t all, bool more)
{
	static const char *const filters[] = { "Status.Active",
		"Status.Inactive", "Status.All" };
	char name[40];

	snprintf(name, sizeof(name), "%s", l->m->def->plural);
	name[0] = (char)(name[0] - 'a' + 'A');
	out_f(o,
	    "],\"page_context\":{\"page\":%ld,\"per_page\":%ld,"
	    "\"has_more_page\":%s,\"report_name\":\"%s\",\"applied_filter\":"
	    "\"%s\",\"custom_fields\":[],\"sort_column\":\"%s\","
	    "\"sort_order\":\"%s\"",
	    l->page, l->per_page, more ? "true" : "false", name,
	    filters[l->filter],
	    l->sort >= 0 ? l->m->fields[l->sort].def.api : "created_time",
	    l->desc ? "D" : "A");
	if (l->totals)
		out_f(o, ",\"total\":%u,\"total_pages\":%ld", all,
		    ((long)all + l->per_page - 1) / l->per_page);
	out_text(o, "}}");
}

static void
write_row(struct call *c, struct out *o, struct module *m, uint32_t n)
{
	bool rows = strcmp(m->def->api, "pricebooks") == 0 &&
	    variant(&c->sim->variants, VAR_PRICEBOOK_ROWS) == 1;

	out_comma(o);
	record_books(&c->sim->world, o, m, n, rows);
}

void
books_list(struct call *c)
{
	struct list l = { .m = books_module(c) };
	struct key *keys;
	struct out *o;
	uint32_t count = 0, n, i, first, last;

	if (l.m == NULL || !read_list(c, &l))
		return;
	keys = calloc(l.m->n + 1, sizeof(*keys));
	if (keys == NULL)
		abort();
	for (n = 0; n < l.m->n; n++)
		if (shown(c, &l, n))
			key_of(c, &l, n, &keys[count++]);
	if (l.sort >= 0)
		qsort(keys, count, sizeof(*keys), compare);
	o = answer_json(c, 200);
	out_f(o, "{\"code\":0,\"message\":\"success\",\"%s\":[",
	    l.m->def->plural);
	first = (uint32_t)((l.page - 1) * l.per_page);
	last = first + (uint32_t)l.per_page;
	for (i = first; i < count && i < last; i++)
		write_row(c, o, l.m, keys[l.desc ? count - 1 - i : i].n);
	free(keys);
	write_context(o, &l, count, last < count);
}
