/* GET of one record, of its full texts, of what was deleted, of the count. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "criteria.h"
#include "crm.h"
#include "record.h"
#include "sim.h"
#include "value.h"
#include "view.h"

static void
bad_id(struct call *c)
{
	crm_error(c, 400, "INVALID_DATA", "{\"resource_path_index\":1}",
	    "the id given seems to be invalid");
}

/* The record of the path that still lives; UINT32_MAX, and answered, where
 * there is none. */
static uint32_t
living(struct call *c, struct module *m)
{
	uint32_t n;
	bool formed;

	n = crm_find(c, m, c->capture[1], &formed);
	if (!formed) {
		bad_id(c);
		return UINT32_MAX;
	}
	if (n != UINT32_MAX && record_lives(&m->recs[n]))
		return n;
	if (variant(&c->sim->variants, VAR_ID_NOT_FOUND) == 0)
		answer_empty(c, 204);
	else
		bad_id(c);
	return UINT32_MAX;
}

void
crm_one(struct call *c)
{
	struct module *m = crm_module(c, 0);
	const char *fields = call_param(c, "fields");
	int at[FIELDS_MAX], nat = 0;
	int64_t since;
	struct out *o;
	uint32_t n;
	int has;

	if (m == NULL)
		return;
	n = living(c, m);
	if (n == UINT32_MAX)
		return;
	has = crm_since(c, &since);
	if (has < 0)
		return;
	if (has > 0 && m->recs[n].modified < since) {
		answer_empty(c, 304);
		return;
	}
	if (fields != NULL)
		nat = crm_fields(c, m, fields, 50, at);
	if (nat < 0)
		return;
	o = answer_json(c, 200);
	out_text(o, "{\"data\":[");
	if (nat > 0)
		record_crm_list(&c->sim->world, o, m, n, at, nat);
	else
		record_crm(&c->sim->world, o, m, n);
	out_text(o, "]}");
}

/* Rich text as it is: of one record, or of up to 200 with up to 8 fields. */
static void
full_row(struct call *c, struct out *o, struct module *m, uint32_t n,
    const int *at, int nat)
{
	struct value v;
	int i;

	out_comma(o);
	out_f(o, "{\"id\":\"%" PRId64 "\"", record_id(&c->sim->world, m, n));
	for (i = 0; i < nat; i++) {
		if (m->fields[at[i]].def.kind == K_ID)
			continue;
		out_key(o, m->fields[at[i]].def.api);
		value_of(&c->sim->world, m, n, at[i], &v);
		value_crm(&c->sim->world, o, &v, 0);
	}
	out_text(o, "}");
}

static void
full_many(struct call *c, struct module *m, const char *ids, const int *at,
    int nat)
{
	struct out *o = answer_json(c, 200);
	char id[24];
	int count = 0;

	out_text(o, "{\"data\":[");
	while (*ids != '\0') {
		size_t len = strcspn(ids, ",");
		uint32_t n;

		snprintf(id, sizeof(id), "%.*s", (int)len, ids);
		ids += len + (ids[len] == ',');
		n = record_find(&c->sim->world, m, id);
		if (++count > 200) {
			crm_error(c, 400, "LIMIT_EXCEEDED",
			    "{\"limit\":200,\"param_name\":\"ids\"}",
			    "the limit of ids for one call is exceeded");
			return;
		}
		if (n != UINT32_MAX && record_lives(&m->recs[n]))
			full_row(c, o, m, n, at, nat);
	}
	out_text(o, "]}");
}

void
crm_full_data(struct call *c)
{
	struct module *m = crm_module(c, 0);
	const char *fields = call_param(c, "fields");
	const char *ids = call_param(c, "ids");
	int at[FIELDS_MAX], nat;
	uint32_t n;

	if (m == NULL)
		return;
	if (fields == NULL) {
		crm_missing(c, "fields");
		return;
	}
	nat = crm_fields(c, m, fields, c->captures > 1 ? 50 : 8, at);
	if (nat < 0)
		return;
	if (c->captures < 2 && ids == NULL) {
		crm_missing(c, "ids");
	} else if (c->captures < 2) {
		full_many(c, m, ids, at, nat);
	} else if ((n = living(c, m)) != UINT32_MAX) {
		out_text(answer_json(c, 200), "{\"data\":[");
		full_row(c, &c->answer.body, m, n, at, nat);
		out_text(&c->answer.body, "]}");
	}
}

enum { SEEN_RECYCLE_S = 60 * DAY_S, SEEN_PURGED_S = 120 * DAY_S };

static bool
seen_deleted(const struct rec *r, const char *type, int64_t now, int64_t since)
{
	bool purged = (r->flags & R_PURGED) != 0;

	if ((r->flags & R_DELETED) == 0 || (r->flags & R_UNLISTED) != 0 ||
	    r->deleted < since)
		return false;
	if (now - r->deleted > (purged ? SEEN_PURGED_S : SEEN_RECYCLE_S))
		return false;
	return strcmp(type, "all") == 0 ||
	    strcmp(type, purged ? "permanent" : "recycle") == 0;
}

static void
deleted_row(struct call *c, struct out *o, struct module *m, uint32_t n)
{
	struct world *w = &c->sim->world;
	const struct rec *r = &m->recs[n];
	bool purged = (r->flags & R_PURGED) != 0;
	char time[MOMENT_MAX];
	struct value name;

	out_comma(o);
	out_f(o,
	    "{\"id\":\"%" PRId64 "\",\"display_name\":", record_id(w, m, n));
	value_name(w, m, n, &name);
	out_json(o, purged ? NULL : name.text);
	out_f(o, ",\"type\":\"%s\",\"deleted_by\":",
	    purged ? "permanent" : "recycle");
	if (purged)
		out_text(o, "null,\"created_by\":null");
	else {
		out_user(o, r->deleter);
		out_text(o, ",\"created_by\":");
		out_user(o, (int)(n % USERS));
	}
	moment_crm(time, r->deleted, w->clock.offset);
	out_f(o, ",\"deleted_time\":\"%s\"}", time);
}

struct gone {
	uint32_t time, n;
};

static int
newest_first(const void *a, const void *b)
{
	const struct gone *x = a, *y = b;

	if (x->time != y->time)
		return x->time > y->time ? -1 : 1;
	return x->n > y->n ? -1 : x->n < y->n;
}

static long
find_deleted(struct call *c, struct module *m, const char *type, int64_t since,
    struct gone *at)
{
	long count = 0;
	uint32_t n;

	for (n = 0; n < m->n; n++)
		if (seen_deleted(&m->recs[n], type, sim_now(c->sim), since))
			at[count++] = (struct gone) { m->recs[n].deleted, n };
	qsort(at, (size_t)count, sizeof(*at), newest_first);
	return count;
}

void
crm_deleted(struct call *c)
{
	struct module *m = crm_module(c, 0);
	const char *type = call_param(c, "type");
	long page, per_page, count, i;
	int64_t since = 0;
	struct gone *at;
	struct out *o;

	if (m == NULL || !crm_paging(c, &page, &per_page) ||
	    crm_since(c, &since) < 0)
		return;
	if (type == NULL)
		type = "all";
	if (strcmp(type, "all") != 0 && strcmp(type, "recycle") != 0 &&
	    strcmp(type, "permanent") != 0) {
		crm_bad_param(c, "type");
		return;
	}
	if (variant(&c->sim->variants, VAR_DELETED_PAGING) == 1 &&
	    page * per_page > 2000) {
		crm_error(c, 400, "DISCRETE_PAGINATION_LIMIT_EXCEEDED",
		    "{\"limit\":2000}", "the limit of pages is exceeded");
		return;
	}
	at = calloc(m->n + 1, sizeof(*at));
	if (at == NULL)
		abort();
	count = find_deleted(c, m, type, since, at);
	o = answer_json(c, 200);
	out_text(o, "{\"data\":[");
	for (i = (page - 1) * per_page; i < count && i < page * per_page; i++)
		deleted_row(c, o, m, at[i].n);
	free(at);
	crm_end_page(c, o, i - (page - 1) * per_page, page, per_page,
	    i < count);
}

/* A view is counted, or what a search finds, not both. */
static bool
one_way(struct call *c)
{
	static const char *const ways[] = { "criteria", "email", "phone",
		"word" };
	char details[120];
	size_t i;

	for (i = 0; call_param(c, "cvid") != NULL && i < ARRAY_LEN(ways); i++)
		if (call_param(c, ways[i]) != NULL) {
			snprintf(details, sizeof(details),
			    "{\"ambiguity_due_to\":[{\"param_name\":\"cvid\"},"
			    "{\"param_name\":\"%s\"}]}",
			    ways[i]);
			crm_error(c, 400, "AMBIGUITY_DURING_PROCESSING",
			    details, "ambiguity while processing the request");
			return false;
		}
	return true;
}

void
crm_count(struct call *c)
{
	struct module *m = crm_module(c, 0);
	struct search s;
	uint32_t n;
	int64_t count = 0;
	enum view view;
	bool none;

	if (m == NULL || !crm_filters(c, &none) || !view_read(c, m, &view) ||
	    !one_way(c) || !search_read(c, m, &s, false))
		return;
	for (n = 0; n < m->n && !none; n++)
		count += search_holds(c, m, n, &s) &&
		    view_holds(&c->sim->world, m, n, view);
	search_release(&s);
	out_f(answer_json(c, 200), "{\"count\":%" PRId64 "}", count);
}
