#include "spooler.h"

#include <stdlib.h>

struct spooler {
	const struct spool *spool;
	struct aside *aside;
	struct aside_work work;
};

static void
run(void *arg, struct errand *all)
{
	const struct spooler *spooler = arg;
	struct spool_item *items[SPOOL_TOGETHER];
	struct spooling *s;
	size_t n = 0;

	for (; all != NULL; all = all->next) {
		s = (struct spooling *)all;
		if (s->count_only)
			s->count = spool_count(spooler->spool);
		else
			items[n++] = &s->item;
		if (n == SPOOL_TOGETHER || (all->next == NULL && n > 0)) {
			spool_put_all(spooler->spool, items, n);
			n = 0;
		}
	}
}

static void
done(void *arg, struct errand *one)
{
	struct spooling *s = (struct spooling *)one;

	(void)arg;
	s->done(s);
}

enum status
spooler_open(struct spooler **out, struct loop *loop, const struct spool *spool,
    struct err *err)
{
	struct spooler *s = calloc(1, sizeof(*s));
	enum status st;

	*out = NULL;
	if (s == NULL)
		return err_memory(err);
	s->spool = spool;
	s->work.run = run;
	s->work.done = done;
	s->work.arg = s;
	st = aside_open(&s->aside, loop, &s->work, err);
	if (st != ST_OK) {
		free(s);
		return st;
	}
	*out = s;
	return ST_OK;
}

void
spooler_close(struct spooler *spooler)
{
	if (spooler == NULL)
		return;
	aside_close(spooler->aside);
	free(spooler);
}

void
spooler_put(struct spooler *spooler, struct spooling *s)
{
	s->count_only = false;
	aside_put(spooler->aside, &s->errand);
}

void
spooler_count(struct spooler *spooler, struct spooling *s)
{
	s->count_only = true;
	aside_put(spooler->aside, &s->errand);
}
