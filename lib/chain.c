#include "chain.h"

void
chain_clear(struct chain *c)
{
	c->head = NULL;
	c->end = &c->head;
	c->len = 0;
}

void
chain_put(struct chain *c, struct waiting *w)
{
	w->next = NULL;
	*c->end = w;
	c->end = &w->next;
	c->len++;
}

void
chain_put_back(struct chain *c, struct waiting *list)
{
	struct waiting *last = list;

	c->len += chain_length(list);
	while (last->next != NULL)
		last = last->next;
	last->next = c->head;
	if (c->head == NULL)
		c->end = &last->next;
	c->head = list;
}

struct waiting *
chain_take(struct chain *c, size_t most, size_t bytes)
{
	struct waiting *first = c->head, *last = first;
	size_t n = 1, taken = first->envelope->body_len;

	while (last->next != NULL && n < most &&
	    taken + last->next->envelope->body_len <= bytes) {
		last = last->next;
		taken += last->envelope->body_len;
		n++;
	}
	c->len -= n;
	c->head = last->next;
	if (c->head == NULL)
		chain_clear(c);
	last->next = NULL;
	return first;
}

size_t
chain_length(const struct waiting *list)
{
	size_t n = 0;

	for (; list != NULL; list = list->next)
		n++;
	return n;
}
