/* GET /{module}: pages of records, by number or by token. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crm.h"
#include "record.h"
#include "sim.h"
#include "view.h"

enum { MOST_FIELDS = 50, BY_PAGE_ROWS = 2000, IDS_MAX = 1024 };

struct list {
	struct module *m;
	int fields[FIELDS_MAX];
	int nfields;
	long page, per_page;
	const char *sort_by;
	int by; /* -1 id, 0 Created_Time, 1 Modified_Time */
	bool desc;
	bool since_set;
	int64_t since;
	const char *converted, *ids;
	enum view view;
	bool none; /* what is asked for, no record is */
	const struct page_token *token;
	const struct order *order;
};

static bool
read_sort(struct call *c, struct list *l)
{
	const char *order = call_param(c, "sort_order");

	l->sort_by = call_param(c, "sort_by");
	l->by = -1;
	l->desc = order == NULL || strcmp(order, "desc") == 0;
	if (order != NULL && !l->desc && strcmp(order, "asc") != 0) {
		crm_bad_param(c, "sort_order");
		return false;
	}
	if (l->sort_by == NULL) {
		l->sort_by = "id";
		return true;
	}
	if (call_param(c, "cvid") != NULL) {
		crm_error(c, 400, "AMBIGUITY_DURING_PROCESSING",
		    "{\"ambiguity_due_to\":[{\"param_name\":\"cvid\"},"
		    "{\"param_name\":\"sort_by\"}]}",
		    "ambiguity while processing the request");
		return false;
	}
	if (strcmp(l->sort_by, "Created_Time") == 0)
		l->by = 0;
	else if (strcmp(l->sort_by, "Modified_Time") == 0 &&
	    (l->m->def->flags & M_NO_MODIFIED) == 0)
		l->by = 1;
	else if (strcmp(l->sort_by, "id") != 0) {
		crm_bad_param(c, "sort_by");
		return false;
	}
	return true;
}

static bool
read_place(struct call *c, struct list *l)
{
	const char *token = call_param(c, "page_token");

	if (!crm_paging(c, &l->page, &l->per_page))
		return false;
	if (token != NULL && call_param(c, "page") != NULL) {
		crm_error(c, 400, "AMBIGUITY_DURING_PROCESSING",
		    "{\"ambiguity_due_to\":[{\"param_name\":\"page\"},"
		    "{\"param_name\":\"page_token\"}]}",
		    "ambiguity while processing the request");
		return false;
	}
	if (token == NULL && l->page * l->per_page > BY_PAGE_ROWS) {
		crm_error(c, 400, "DISCRETE_PAGINATION_LIMIT_EXCEEDED",
		    "{\"limit\":2000}",
		    "more than 2000 records can be read with page_token only");
		return false;
	}
	if (token == NULL)
		return true;
	l->token = page_token_use(c, token);
	if (l->token != NULL &&
	    l->token->place.rows >= c->sim->limits.list_rows) {
		crm_error(c, 400, "PAGINATION_LIMIT_EXCEEDED",
		    "{\"limit\":100000}",
		    "the limit of records to be read by page is exceeded");
		return false;
	}
	return l->token != NULL;
}

static bool
read_filters(struct call *c, struct list *l)
{
	int has = crm_since(c, &l->since);

	if (has < 0)
		return false;
	l->since_set = has > 0;
	l->ids = call_param(c, "ids");
	l->converted = call_param(c, "converted");
	if (l->ids != NULL && strlen(l->ids) > IDS_MAX) {
		crm_error(c, 400, "LIMIT_EXCEEDED",
		    "{\"limit\":1024,\"param_name\":\"ids\"}",
		    "the limit of ids for one call is exceeded");
		return false;
	}
	return crm_filters(c, &l->none) && view_read(c, l->m, &l->view);
}

static bool
read_list(struct call *c, struct list *l)
{
	const char *fields = call_param(c, "fields");

	memset(l, 0, sizeof(*l));
	l->m = crm_module(c, 0);
	if (l->m == NULL)
		return false;
	if (fields == NULL || *fields == '\0') {
		crm_missing(c, "fields");
		return false;
	}
	l->nfields = crm_fields(c, l->m, fields, MOST_FIELDS, l->fields);
	return l->nfields >= 0 && read_sort(c, l) && read_place(c, l) &&
	    read_filters(c, l);
}

static bool
shown(struct call *c, const struct list *l, uint32_t n)
{
	const struct rec *r = &l->m->recs[n];

	char id[24];

	if (l->none || !crm_shows(l->m, r, l->converted))
		return false;
	if (!view_holds(&c->sim->world, l->m, n, l->view))
		return false;
	if (l->since_set && r->modified < l->since)
		return false;
	if (l->ids == NULL)
		return true;
	snprintf(id, sizeof(id), "%" PRId64,
	    record_id(&c->sim->world, l->m, n));
	return strstr(l->ids, id) != NULL;
}

static int64_t
key_of(const struct list *l, uint32_t n)
{
	if (l->by < 0)
		return 0;
	return l->by == 0 ? l->m->recs[n].created : l->m->recs[n].modified;
}

/* The first position behind the place, in ascending terms: how many records
 * are before it, or at it when "with". */
static uint32_t
rank(const struct list *l, const struct place *p, bool with)
{
	uint32_t low = 0, high = l->m->n;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;
		uint32_t n = l->order != NULL ? l->order->at[mid] : mid;
		int64_t key = key_of(l, n);
		bool before = key != p->key ? key < p->key : n < p->n;

		if (before || (with && key == p->key && n == p->n))
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

struct walk {
	int64_t at, end, step;
};

static struct walk
walk_from(const struct list *l)
{
	struct walk w = { 0, l->m->n, 1 };

	if (l->token != NULL)
		w.at = rank(l, &l->token->place, true);
	if (!l->desc)
		return w;
	w.step = -1;
	w.end = -1;
	w.at = (int64_t)l->m->n - 1;
	if (l->token != NULL)
		w.at = (int64_t)rank(l, &l->token->place, false) - 1;
	return w;
}

static void
write_info(struct call *c, struct out *o, const struct list *l, long count,
    bool more, const struct place *last)
{
	const struct page_token *t = NULL;
	char until[MOMENT_MAX];

	out_f(o,
	    "],\"info\":{\"call\":false,\"per_page\":%ld,\"count\":%ld,"
	    "\"page\":%ld,\"sort_by\":\"%s\",\"sort_order\":\"%s\","
	    "\"email\":false,\"more_records\":%s,",
	    l->per_page, count, last->page, l->sort_by,
	    l->desc ? "desc" : "asc", more ? "true" : "false");
	if (more)
		t = page_token_new(c, last);
	if (t == NULL) {
		out_text(o,
		    "\"next_page_token\":null,\"previous_page_token\":"
		    "null,\"page_token_expiry\":null}}");
		return;
	}
	moment_crm(until, t->made + PAGE_TOKEN_LIFE_S,
	    c->sim->world.clock.offset);
	out_f(o,
	    "\"next_page_token\":\"%s\",\"previous_page_token\":null,"
	    "\"page_token_expiry\":\"%s\"}}",
	    t->text, until);
}

static void
write_page(struct call *c, const struct list *l)
{
	struct out *o = answer_json(c, 200);
	struct walk w = walk_from(l);
	struct place last = { .page = l->page };
	long skip = l->token == NULL ? (l->page - 1) * l->per_page : 0;
	long count = 0;
	bool more = false;

	if (l->token != NULL) {
		last.rows = l->token->place.rows;
		last.page = l->token->place.page + 1;
	} else {
		last.rows = skip;
	}
	out_text(o, "{\"data\":[");
	for (; w.at != w.end && !more; w.at += w.step) {
		uint32_t n = l->order != NULL ? l->order->at[w.at]
					      : (uint32_t)w.at;

		if (!shown(c, l, n) || skip-- > 0)
			continue;
		if (count == l->per_page) {
			more = true;
			continue;
		}
		out_comma(o);
		record_crm_list(&c->sim->world, o, l->m, n, l->fields,
		    l->nfields);
		last.n = n;
		last.key = key_of(l, n);
		last.rows++;
		count++;
	}
	if (count == 0)
		answer_empty(c, l->since_set ? 304 : 204);
	else
		write_info(c, o, l, count, more, &last);
}

void
crm_list(struct call *c)
{
	struct list l;

	if (!read_list(c, &l))
		return;
	if (l.by >= 0)
		l.order = module_order(l.m, l.by);
	write_page(c, &l);
}
