/* Searches: the text of their criteria, and GET /{module}/search. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "criteria.h"
#include "crm.h"
#include "record.h"
#include "sim.h"
#include "value.h"

struct reader {
	struct tree *tree;
	const struct module *m;
	const char *at;
	const char *wrong;
	int depth;
};

static void
spaces(struct reader *r)
{
	while (isspace((unsigned char)*r->at))
		r->at++;
}

/* A part up to ":" or the closing bracket, with backslashes taken off */
static size_t
part(struct reader *r, char *out, size_t max, const char *stops)
{
	size_t len = 0;

	while (*r->at != '\0' && strchr(stops, *r->at) == NULL) {
		if (*r->at == '\\' && r->at[1] != '\0')
			r->at++;
		if (len + 1 < max)
			out[len++] = *r->at;
		r->at++;
	}
	out[len] = '\0';
	return len;
}

/* "equals" on a text is found in the midst of it too. */
static enum compare
loosened(const struct reader *r, int field, enum compare compare)
{
	enum kind kind = r->m->fields[field].def.kind;

	if (compare == C_EQUALS &&
	    (kind == K_TEXT || kind == K_TEXTAREA || kind == K_RICHTEXT))
		return C_CONTAINS;
	return compare;
}

static int
read_test(struct reader *r)
{
	char name[128], word[32], value[1024];
	enum compare compare;
	int field, node;

	part(r, name, sizeof(name), ":()");
	if (*r->at != ':')
		return -1;
	r->at++;
	part(r, word, sizeof(word), ":()");
	if (*r->at != ':')
		return -1;
	r->at++;
	field = field_find(r->m, name);
	compare = compare_of(word);
	if (field < 0 || compare == C_COMPARES) {
		r->wrong = field < 0 ? "field" : "comparator";
		return -1;
	}
	node = tree_test(r->tree, field, loosened(r, field, compare));
	do {
		bool several = compare == C_BETWEEN || compare == C_IN ||
		    compare == C_NOT_IN;
		size_t len = part(r, value, sizeof(value),
		    several ? ",)" : ")");

		if (node < 0 || !tree_value(r->tree, node, value, len))
			return -1;
	} while (*r->at == ',' && r->at++ != NULL);
	return node;
}

static int read_group(struct reader *r);

/* (...) */
static int
read_item(struct reader *r)
{
	int node;

	spaces(r);
	if (*r->at != '(' || ++r->depth > 40)
		return -1;
	r->at++;
	spaces(r);
	node = *r->at == '(' ? read_group(r) : read_test(r);
	spaces(r);
	if (node < 0 || *r->at != ')')
		return -1;
	r->at++;
	r->depth--;
	return node;
}

static int
read_group(struct reader *r)
{
	int left = read_item(r);

	for (;;) {
		bool either;
		int right;

		spaces(r);
		if (left < 0 || *r->at == ')' || *r->at == '\0')
			return left;
		either = strncasecmp(r->at, "or", 2) == 0;
		if (!either && strncasecmp(r->at, "and", 3) != 0)
			return -1;
		r->at += either ? 2 : 3;
		right = read_item(r);
		left = right < 0 ? -1 : tree_pair(r->tree, either, left, right);
	}
}

const char *
tree_read(struct tree *t, const struct module *m, const char *text)
{
	struct reader r = { .tree = t, .m = m, .at = text };

	tree_init(t);
	spaces(&r);
	t->root = *r.at == '(' ? read_group(&r) : read_test(&r);
	spaces(&r);
	if (t->root < 0 || *r.at != '\0')
		return r.wrong != NULL ? r.wrong : "syntax";
	return t->tests > 15 ? "limit" : NULL;
}

bool
search_read(struct call *c, struct module *m, struct search *s, bool needed)
{
	const char *criteria = call_param(c, "criteria");
	const char *wrong = NULL;

	memset(s, 0, sizeof(*s));
	tree_init(&s->tree);
	s->converted = call_param(c, "converted");
	if (criteria != NULL)
		wrong = tree_read(&s->tree, m, criteria);
	else if ((s->email = call_param(c, "email")) == NULL &&
	    (s->phone = call_param(c, "phone")) == NULL &&
	    (s->word = call_param(c, "word")) == NULL && needed) {
		crm_missing(c, "criteria");
		return false;
	}
	if (s->word != NULL && strlen(s->word) < 2)
		wrong = "word";
	if (wrong == NULL)
		return true;
	if (strcmp(wrong, "limit") == 0)
		crm_error(c, 400, "LIMIT_EXCEEDED",
		    "{\"limit\":15,\"param_name\":\"criteria\"}",
		    "the limit of criteria is exceeded");
	else if (strcmp(wrong, "word") == 0)
		crm_bad_param(c, "word");
	else
		crm_error(c, 400, "INVALID_QUERY",
		    "{\"param_name\":\"criteria\"}",
		    "the query given seems to be invalid");
	search_release(s);
	return false;
}

void
search_release(struct search *s)
{
	tree_release(&s->tree);
}

/* Whether a field of these kinds holds the text */
static bool
any_holds(struct world *w, struct module *m, uint32_t n, const char *text,
    enum kind only, bool part_of)
{
	struct value v;
	int i;

	for (i = 0; i < m->nfields; i++) {
		if (m->fields[i].gone ||
		    (only != K_KINDS && m->fields[i].def.kind != only))
			continue;
		value_of(w, m, n, i, &v);
		if (v.type != V_TEXT && v.type != V_JSON)
			continue;
		value_text(w, &v);
		if (part_of ? strcasestr(v.text, text) != NULL
			    : strcasecmp(v.text, text) == 0)
			return true;
	}
	return false;
}

bool
search_holds(struct call *c, struct module *m, uint32_t n,
    const struct search *s)
{
	struct world *w = &c->sim->world;

	if (!crm_shows(m, &m->recs[n], s->converted))
		return false;
	if (s->email != NULL)
		return any_holds(w, m, n, s->email, K_EMAIL, false);
	if (s->phone != NULL)
		return any_holds(w, m, n, s->phone, K_PHONE, false);
	if (s->word != NULL)
		return any_holds(w, m, n, s->word, K_KINDS, true);
	return tree_holds(w, m, n, &s->tree);
}

struct found {
	uint32_t key, n;
};

static int
by_key(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->n < y->n ? -1 : x->n > y->n;
}

/* All that are found, up to the limit of searches; what was written within
 * the lag is not in the index yet. */
static uint32_t
find(struct call *c, struct module *m, const struct search *s, struct found *at)
{
	int64_t known = sim_now(c->sim) -
	    variant(&c->sim->variants, VAR_SEARCH_LAG);
	const char *sort = call_param(c, "sort_by");
	const char *order = call_param(c, "sort_order");
	bool lag = variant(&c->sim->variants, VAR_SEARCH_LAG) > 0;
	uint32_t count = 0, n, i;

	for (n = 0; n < m->n; n++) {
		const struct rec *r = &m->recs[n];

		if ((lag && r->modified > known) || !search_holds(c, m, n, s))
			continue;
		at[count].n = n;
		at[count++].key = sort == NULL || strcmp(sort, "id") == 0 ? 0
		    : strcmp(sort, "Created_Time") == 0 ? r->created
							: r->modified;
	}
	qsort(at, count, sizeof(*at), by_key);
	if (order == NULL || strcmp(order, "asc") != 0)
		for (i = 0; i < count / 2; i++) {
			struct found swap = at[i];

			at[i] = at[count - 1 - i];
			at[count - 1 - i] = swap;
		}
	return count;
}

static void
write_found(struct call *c, struct module *m, const struct found *at,
    uint32_t count, long page, long per_page)
{
	const char *fields = call_param(c, "fields");
	int list[FIELDS_MAX], nlist = 0, i;
	uint32_t k, first = (uint32_t)((page - 1) * per_page);
	struct out *o;

	if (fields != NULL)
		nlist = crm_fields(c, m, fields, 50, list);
	if (nlist < 0)
		return;
	for (i = 0; fields == NULL && i < m->nfields; i++)
		if (!m->fields[i].gone)
			list[nlist++] = i;
	if (first >= count) {
		answer_empty(c, 204);
		return;
	}
	o = answer_json(c, 200);
	out_text(o, "{\"data\":[");
	for (k = first; k < count && k < first + (uint32_t)per_page; k++) {
		out_comma(o);
		record_crm_list(&c->sim->world, o, m, at[k].n, list, nlist);
	}
	out_f(o,
	    "],\"info\":{\"per_page\":%ld,\"count\":%u,\"sort_by\":\"%s\","
	    "\"page\":%ld,\"sort_order\":\"%s\",\"more_records\":%s}}",
	    per_page, k - first,
	    call_param(c, "sort_by") != NULL ? call_param(c, "sort_by") : "id",
	    page,
	    call_param(c, "sort_order") != NULL ? call_param(c, "sort_order")
						: "desc",
	    k < count ? "true" : "false");
}

void
crm_search(struct call *c)
{
	struct module *m = crm_module(c, 0);
	struct search s;
	struct found *at;
	long page, per_page;
	bool none;

	if (m == NULL || !crm_filters(c, &none) ||
	    !crm_one_of(c, "sort_order", "asc|desc") ||
	    !crm_one_of(c, "sort_by",
		(m->def->flags & M_NO_MODIFIED) != 0
		    ? "id|Created_Time"
		    : "id|Created_Time|Modified_Time") ||
	    !search_read(c, m, &s, true))
		return;
	if (!crm_paging(c, &page, &per_page)) {
		search_release(&s);
		return;
	}
	if (page * per_page > 2000) {
		crm_error(c, 400, "LIMIT_EXCEEDED", "{\"limit\":2000}",
		    "the limit of records of a search is reached");
		search_release(&s);
		return;
	}
	at = calloc(m->n + 1, sizeof(*at));
	if (at == NULL)
		abort();
	write_found(c, m, at, none ? 0 : find(c, m, &s, at), page, per_page);
	free(at);
	search_release(&s);
}
