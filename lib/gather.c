#include "gather.h"

enum {
	SLOW_US = 800, /* a commit that takes less is quick */
	SHARE = 3,     /* a third of it may be waited for */
	LONGEST_US = 5000,
	MANY = 16, /* so many keep both sides busy in two halves */
};

void
gather_sent(struct gather *g, int64_t now_us)
{
	g->began_us = now_us;
	g->want = 0;
}

int64_t
gather_done(struct gather *g, size_t n, size_t todo, int64_t now_us)
{
	int64_t took = now_us - g->began_us;

	g->began_us = now_us;
	g->want = 0;
	g->slow = took >= SLOW_US && n + todo <= MANY;
	if (!g->slow || n + todo < 2)
		return 0;
	g->want = n + todo;
	took /= SHARE;
	return took < LONGEST_US ? took : LONGEST_US;
}

bool
gather_enough(const struct gather *g, size_t todo)
{
	return todo >= g->want;
}

void
gather_over(struct gather *g)
{
	g->want = 0;
}
