#include "page_token.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "call.h"
#include "crm.h"
#include "sim.h"

static uint64_t
hash_text(uint64_t h, const char *text)
{
	for (; *text != '\0'; text++)
		h = mix(h, (unsigned char)*text);
	return h;
}

/* The order of the parameters does not matter. */
uint64_t
page_bound(const struct call *c)
{
	const char *since = call_header(c, "if-modified-since");
	uint64_t h = hash_text(1, c->path), sum = 0;
	int i;

	for (i = 0; i < c->query.n; i++) {
		const struct pair *p = &c->query.at[i];

		if (strcmp(p->name, "page") == 0 ||
		    strcmp(p->name, "page_token") == 0)
			continue;
		sum += hash_text(hash_text(2, p->name), p->value);
	}
	return mix(h, sum) + (since != NULL ? hash_text(3, since) : 0);
}

const struct page_token *
page_token_new(struct call *c, const struct place *place)
{
	struct page_tokens *all = &c->sim->pages;
	struct page_token *t = &all->at[all->n++ % PAGE_TOKENS];
	uint64_t h = mix(c->sim->world.seed ^ 0x9a6e, all->n);

	snprintf(t->text, sizeof(t->text), "%016" PRIx64 "%08x", h,
	    (unsigned)(mix(h, 1) & 0xffffffff));
	t->place = *place;
	t->bound = page_bound(c);
	t->grant = c->grant;
	t->made = sim_now(c->sim);
	return t;
}

const struct page_token *
page_token_use(struct call *c, const char *text)
{
	static const char details[] = "{\"param_name\":\"page_token\"}";
	struct page_tokens *all = &c->sim->pages;
	const struct page_token *t = NULL;
	int i;

	for (i = 0; i < PAGE_TOKENS && t == NULL; i++)
		if (all->at[i].text[0] != '\0' &&
		    strcmp(all->at[i].text, text) == 0)
			t = &all->at[i];
	if (t == NULL || t->grant != c->grant)
		crm_error(c, 400, "INVALID_DATA", details,
		    "the page_token given seems to be invalid");
	else if (t->bound != page_bound(c))
		crm_error(c, 400, "TOKEN_BOUND_DATA_MISMATCH", details,
		    "the other parameters are not those of the page_token");
	else if (sim_now(c->sim) - t->made >= PAGE_TOKEN_LIFE_S)
		crm_error(c, 400, "EXPIRED_VALUE", details,
		    "the page_token given has expired");
	else
		return t;
	return NULL;
}
