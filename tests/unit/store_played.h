/* What store.c talks to, played: the link to PostgreSQL, its pipeline and the
 * loop; and a store on it. A program of it links with --wrap for each. */
#ifndef STORE_PLAYED_H
#define STORE_PLAYED_H

#include <stdlib.h>
#include <string.h>

#include "table.h"

#include "link.h"
#include "store.h"
#include "texts.h"

enum { SENT_MAX = 64, WAITING_MAX = 400, GROUP_MAX = 128 };

/* ---- what is played ---- */

static enum link_state state;
static const struct link_options *link_told;
static struct hook *hook;
static struct timer *timer; /* the last that was set */
static int left;            /* times the link was left */
static bool no_link;

/* Groups in flight, oldest first, and how they are given back. */
static struct waiting *sent[SENT_MAX];
static void (*give_back)(void *arg, struct waiting *chain);
static void *give_back_to;
static size_t sent_n;

static struct call *hint, *probe;
static int hints, unanswered;

struct link {
	int unused;
};
static struct link played_link;

enum status __wrap_link_open(struct link **out, struct loop *loop,
    const struct link_options *options, struct err *err);
void __wrap_link_close(struct link *link);
void __wrap_link_wake(struct link *link);
void __wrap_link_leave(struct link *link, const struct err *why);
enum link_state __wrap_link_state(const struct link *link);
struct pipeline *__wrap_link_pipeline(struct link *link);
void __wrap_group_send(struct pipeline *p, struct waiting *chain,
    void (*done)(void *arg, struct waiting *chain), void *arg);
void __wrap_pipeline_send(struct pipeline *p, const struct sql *stmt,
    const struct args *args, struct call *call);
int __wrap_pipeline_waiting(const struct pipeline *p);
void __wrap_loop_hook(struct loop *loop, struct hook *h);
void __wrap_loop_at(struct loop *loop, struct timer *t, int64_t at_ms);
void __wrap_loop_at_us(struct loop *loop, struct timer *t, int64_t at_us);
int64_t __wrap_clock_passed_us(void);

enum status
__wrap_link_open(struct link **out, struct loop *loop,
    const struct link_options *options, struct err *err)
{
	(void)loop;
	link_told = options;
	*out = &played_link;
	return no_link ? err_set(err, ST_FAULT, "no helper") : ST_OK;
}

void
__wrap_link_close(struct link *link)
{
	(void)link;
}

void
__wrap_link_wake(struct link *link)
{
	(void)link;
	if (state == LINK_ASLEEP)
		state = LINK_STARTING;
}

void
__wrap_link_leave(struct link *link, const struct err *why)
{
	(void)link;
	(void)why;
	left++;
}

enum link_state
__wrap_link_state(const struct link *link)
{
	(void)link;
	return state;
}

struct pipeline *
__wrap_link_pipeline(struct link *link)
{
	(void)link;
	assert_int_equal(state, LINK_UP);
	return NULL;
}

void
__wrap_group_send(struct pipeline *p, struct waiting *chain,
    void (*done)(void *arg, struct waiting *chain), void *arg)
{
	struct waiting *w;

	(void)p;
	for (w = chain; w != NULL; w = w->next)
		w->tries++;
	assert_true(sent_n < SENT_MAX);
	sent[sent_n++] = chain;
	give_back = done;
	give_back_to = arg;
}

void
__wrap_pipeline_send(struct pipeline *p, const struct sql *stmt,
    const struct args *args, struct call *call)
{
	(void)p;
	(void)args;
	if (stmt == SQL_INTAKE_HINT) {
		hint = call;
		hints++;
	} else if (stmt == SQL_INTAKE_HEALTH) {
		probe = call;
	} else {
		call->answered(call, ST_OK, NULL, NULL); /* a count */
	}
}

int
__wrap_pipeline_waiting(const struct pipeline *p)
{
	(void)p;
	return unanswered;
}

void
__wrap_loop_hook(struct loop *loop, struct hook *h)
{
	(void)loop;
	hook = h;
}

void
__wrap_loop_at(struct loop *loop, struct timer *t, int64_t at_ms)
{
	(void)loop;
	t->at_us = at_ms * 1000;
	t->set = true;
	timer = t;
}

void
__wrap_loop_at_us(struct loop *loop, struct timer *t, int64_t at_us)
{
	(void)loop;
	t->at_us = at_us;
	t->set = true;
	timer = t;
}

/* What groups take is a matter of the test. */
static int64_t now_us = 1000000;

int64_t
__wrap_clock_passed_us(void)
{
	return now_us;
}

/* ---- the store in hand ---- */

static struct store *store;
static const struct store_options options = { .timeout_ms = 1000 };
static struct waiting waiting[WAITING_MAX];
static struct envelope small = { .body_len = 10 };
static int told[WAITING_MAX]; /* how often each was told */

static inline void
stored(struct waiting *w)
{
	told[w - waiting]++;
}

static inline int
start(void **unused)
{
	struct err err = ERR_INIT;

	(void)unused;
	state = LINK_UP;
	sent_n = 0;
	left = hints = unanswered = 0;
	hint = probe = NULL;
	timer = NULL;
	no_link = false;
	memset(told, 0, sizeof(told));
	memset(waiting, 0, sizeof(waiting));
	return store_open(&store, NULL, &options, &err) != ST_OK;
}

static inline int
stop(void **unused)
{
	(void)unused;
	store_close(store);
	return 0;
}

static inline void
put(int n)
{
	waiting[n].envelope = &small;
	waiting[n].stored = stored;
	store_put(store, &waiting[n]);
}

static inline void
put_some(int from, int to)
{
	for (; from < to; from++)
		put(from);
}

/* What the loop does after each round of events. */
static inline void
next_round(void)
{
	hook->run(hook->arg);
}

static inline size_t
length(const struct waiting *chain)
{
	size_t n = 0;

	for (; chain != NULL; chain = chain->next)
		n++;
	return n;
}

/* PostgreSQL's answer to the oldest group in flight. */
static inline void
answer(enum status status, const char *reason)
{
	struct waiting *chain = sent[0], *w;
	size_t i;

	assert_true(sent_n > 0);
	sent_n--;
	for (i = 0; i < sent_n; i++)
		sent[i] = sent[i + 1];
	for (w = chain; w != NULL; w = w->next) {
		w->status = status;
		w->err = (struct err)ERR_INIT;
		w->err.reason = reason;
	}
	give_back(give_back_to, chain);
}

static inline void
told_once(int from, int to, enum status want)
{
	for (; from < to; from++) {
		assert_int_equal(told[from], 1);
		assert_int_equal(waiting[from].status, want);
	}
}

#define TEST(sentence, function)                                              \
	{                                                                     \
		.name = sentence, .test_func = function, .setup_func = start, \
		.teardown_func = stop                                         \
	}

#endif
