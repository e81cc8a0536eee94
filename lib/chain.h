/* Requests that wait, in the order in which they came. */
#ifndef CHAIN_H
#define CHAIN_H

#include <stddef.h>

#include "group.h"

struct chain {
	struct waiting *head, **end;
	size_t len;
};

void chain_clear(struct chain *c);
void chain_put(struct chain *c, struct waiting *w);

/* In front of those who wait: a list that was taken before. */
void chain_put_back(struct chain *c, struct waiting *list);

/* Take the first, and more up to "most" and "bytes" of bodies. There is one. */
struct waiting *chain_take(struct chain *c, size_t most, size_t bytes);

/* Of such a list. */
size_t chain_length(const struct waiting *list);

#endif
