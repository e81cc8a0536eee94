#include "store.h"

#include <stdlib.h>
#include <string.h>

#include "chain.h"
#include "clock.h"
#include "gather.h"
#include "hint.h"
#include "link.h"
#include "log.h"
#include "texts.h"

enum {
	GROUP_MAX = 128, /* requests in one commit */
	COUNT_MS = 1000, /* refusals are written so often */
	TRIES_MAX = 2,   /* a lost connection is tried once more */
};

static const size_t group_bytes = 4 * MIB;

struct store {
	struct loop *loop;
	const struct store_options *options;
	struct link *link;
	struct link_options link_options;
	struct chain todo;  /* while the link is UP, and while it is STARTING */
	struct call *probe; /* waits for the end of STARTING */
	int groups;         /* in flight */
	size_t newest;      /* requests in the last that was sent */
	struct hook hook;
	struct gather gather;
	struct timer waited, count;
	struct hint hint;
	struct refused_table *refused;
	bool flushed; /* at the end */
};

/* ---- told ---- */

static void
tell(struct waiting *chain)
{
	struct waiting *next;

	/* It may be gone as soon as it is told. */
	for (; chain != NULL; chain = next) {
		next = chain->next;
		chain->stored(chain);
	}
}

static void
fail(struct waiting *chain, const struct err *err)
{
	struct waiting *w;

	for (w = chain; w != NULL; w = w->next) {
		w->status = ST_RETRY;
		w->err = *err;
	}
	tell(chain);
}

static void
fail_todo(struct store *s, const struct err *err)
{
	struct waiting *all = s->todo.head;

	chain_clear(&s->todo);
	fail(all, err);
}

/* ---- up and down ---- */

static void
answer_probe(struct store *s)
{
	struct call *probe = s->probe;

	s->probe = NULL;
	if (probe != NULL)
		store_probe(s, probe);
}

static void
is_up(void *arg)
{
	answer_probe(arg);
}

static void
is_down(void *arg, const struct err *why)
{
	struct store *s = arg;

	fail_todo(s, why);
	answer_probe(s);
}

static bool
can_send(const struct store *s)
{
	return link_state(s->link) == LINK_UP;
}

/* ---- groups ---- */

static void group_done(void *arg, struct waiting *chain);

static void
send_group(struct store *s, struct waiting *chain)
{
	s->groups++;
	group_send(link_pipeline(s->link), chain, group_done, s);
}

static void
send_halves(struct store *s, struct waiting *chain)
{
	struct waiting *middle = chain, *w, *second;

	for (w = chain->next; w != NULL && w->next != NULL; w = w->next->next)
		middle = middle->next;
	second = middle->next;
	middle->next = NULL;
	send_group(s, chain);
	send_group(s, second);
}

/* All that came meanwhile is one group. It may follow the one in flight on its
 * heels when it is as large: PostgreSQL need not wait for us in between, and
 * small groups, which cost more, do not come of it. */
static void
send_next(struct store *s)
{
	struct waiting *chain;

	if (!can_send(s) || s->todo.len == 0 ||
	    !gather_enough(&s->gather, s->todo.len))
		return;
	if (s->groups > 1 ||
	    (s->groups == 1 && (s->gather.slow || s->todo.len < s->newest)))
		return;
	if (s->groups == 0)
		gather_sent(&s->gather, clock_passed_us());
	chain = chain_take(&s->todo, GROUP_MAX, group_bytes);
	s->newest = chain_length(chain);
	send_group(s, chain);
}

static void
waited(void *arg)
{
	struct store *s = arg;

	gather_over(&s->gather);
	send_next(s);
}

/* The next group may wait for those who are answered now. */
static void
gather_more(struct store *s, const struct waiting *done)
{
	int64_t now = clock_passed_us(),
		us = gather_done(&s->gather, chain_length(done), s->todo.len,
		    now);

	if (s->groups > 0)
		gather_over(&s->gather); /* one is on its heels already */
	else if (us > 0)
		loop_at_us(s->loop, &s->waited, now + us);
}

static void
group_done(void *arg, struct waiting *chain)
{
	struct store *s = arg;
	bool lost = chain->status == ST_RETRY &&
	    strcmp(chain->err.reason, "connection") == 0;

	s->groups--;
	if (chain->status == ST_OK)
		hint_wanted(&s->hint);
	if (chain->status != ST_OK && db_is_unfit(&chain->err)) {
		link_leave(s->link, &chain->err);
		tell(chain);
	} else if (lost && chain->tries < TRIES_MAX)
		chain_put_back(&s->todo, chain);
	else if (chain->next != NULL &&
	    (chain->status == ST_REJECT || chain->status == ST_FAULT))
		send_halves(s, chain);
	else {
		gather_more(s, chain);
		/* PostgreSQL works on these while those are answered. */
		send_next(s);
		tell(chain);
	}
}

/* ---- what goes along ---- */

static void
send_counts(void *arg)
{
	struct store *s = arg;

	if (can_send(s))
		refused_flush(s->refused, link_pipeline(s->link));
	if (refused_any(s->refused))
		loop_at(s->loop, &s->count, clock_passed_ms() + COUNT_MS);
}

/* After each round of events. */
static void
round_over(void *arg)
{
	struct store *s = arg;

	send_next(s);
	hint_send(&s->hint);
}

/* ---- callers ---- */

void
store_put(struct store *store, struct waiting *w)
{
	static const struct err away = { .reason = "connection",
		.text = "PostgreSQL is away" };

	w->next = NULL;
	w->tries = 0;
	link_wake(store->link);
	if (link_state(store->link) == LINK_DOWN)
		fail(w, &away);
	else
		chain_put(&store->todo, w);
}

void
store_refused(struct store *store, const struct refused *refused)
{
	link_wake(store->link);
	refused_count(store->refused, refused);
	if (!store->count.set)
		loop_at(store->loop, &store->count,
		    clock_passed_ms() + COUNT_MS);
}

void
store_probe(struct store *store, struct call *call)
{
	static const struct err away = { .reason = "connection",
		.text = "PostgreSQL is away" };

	link_wake(store->link);
	if (can_send(store))
		pipeline_send(link_pipeline(store->link), SQL_INTAKE_HEALTH,
		    NULL, call);
	else if (link_state(store->link) == LINK_STARTING &&
	    store->probe == NULL)
		store->probe = call;
	else
		call->answered(call, ST_RETRY, NULL, &away);
}

bool
store_settled(struct store *store)
{
	if (link_state(store->link) == LINK_STARTING)
		return store->todo.head == NULL && !refused_any(store->refused);
	if (!can_send(store))
		return true;
	gather_over(&store->gather);
	send_next(store);
	hint_send_last(&store->hint);
	if (!store->flushed)
		refused_flush(store->refused, link_pipeline(store->link));
	store->flushed = true;
	return pipeline_waiting(link_pipeline(store->link)) == 0;
}

/* ---- life ---- */

static void
prepare(struct store *s)
{
	chain_clear(&s->todo);
	s->link_options.where = s->options->where;
	s->link_options.timeout_ms = s->options->timeout_ms;
	s->link_options.up = is_up;
	s->link_options.down = is_down;
	s->link_options.arg = s;
	s->waited.due = waited;
	s->waited.arg = s;
	s->count.due = send_counts;
	s->count.arg = s;
	s->hook.run = round_over;
	s->hook.arg = s;
}

enum status
store_open(struct store **out, struct loop *loop,
    const struct store_options *options, struct err *err)
{
	struct store *s = calloc(1, sizeof(*s));

	*out = NULL;
	if (s == NULL)
		return err_memory(err);
	s->loop = loop;
	s->options = options;
	prepare(s);
	s->refused = refused_open();
	if (s->refused == NULL ||
	    link_open(&s->link, loop, &s->link_options, err) != ST_OK) {
		refused_close(s->refused);
		free(s);
		return err_set(err, ST_FAULT, "could not start the store");
	}
	hint_init(&s->hint, loop, s->link);
	loop_hook(loop, &s->hook);
	*out = s;
	return ST_OK;
}

void
store_close(struct store *store)
{
	if (store == NULL)
		return;
	if (refused_any(store->refused))
		log_warn("store: some refusals were not counted");
	link_close(store->link);
	refused_close(store->refused);
	free(store);
}
