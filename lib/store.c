#include "store.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "db.h"
#include "group.h"
#include "log.h"
#include "refused.h"
#include "texts.h"

enum {
	GROUP_MAX = 128,    /* requests in one commit */
	RECONNECT_MS = 500, /* between attempts while it is away */
	HINT_MS = 20,       /* at most one wake-up in this time */
	TICK_MS = 1000,     /* how often the writer looks around when idle */
};

static const size_t group_bytes = 4 * MIB;

/* Callers queue only while PostgreSQL is up; before the first connection is
 * settled they wait a moment for it. */
enum state { STARTING, UP, DOWN };

/* One caller: what waits, and the bell that wakes it. */
struct caller {
	struct waiting waiting;
	sem_t done;
};

struct store {
	const struct store_options *options;
	struct db *db; /* the writer's; the caller's when not grouped */
	pthread_t writer;
	pthread_mutex_t lock;   /* guards all below */
	pthread_cond_t wake;    /* the writer has something to do */
	pthread_cond_t settled; /* STARTING is over */
	enum state state;
	struct waiting *head, *tail;
	bool stop;
	bool hint_due;
	int64_t hint_ms; /* when the last was sent */
	struct refused_table *refused;
};

static int64_t
deadline(const struct store *s)
{
	return clock_passed_ms() + s->options->timeout_ms;
}

/* A time for pthread_cond_timedwait(), on the clock that never steps. */
static struct timespec
in_ms(int64_t ms)
{
	int64_t then = clock_passed_ms() + ms;
	struct timespec t = { .tv_sec = (time_t)(then / 1000),
		.tv_nsec = (long)(then % 1000) * 1000000 };

	return t;
}

static void
finish_chain(struct waiting *chain)
{
	struct caller *c;

	while (chain != NULL) {
		/* The caller may be gone as soon as its bell has rung. */
		c = (struct caller *)chain;
		chain = chain->next;
		(void)sem_post(&c->done);
	}
}

static void
fail_chain(struct waiting *chain, const struct err *err)
{
	struct waiting *w;

	for (w = chain; w != NULL; w = w->next) {
		w->status = ST_RETRY;
		w->err = *err;
	}
	finish_chain(chain);
}

/* ---- the writer; functions named locked_ are called with the lock ---- */

static struct waiting *
locked_take(struct store *s)
{
	struct waiting *first = s->head, *w = first;
	size_t n = 1, bytes;

	if (w == NULL)
		return NULL;
	bytes = w->envelope->body_len;
	while (w->next != NULL && n < GROUP_MAX &&
	    bytes + w->next->envelope->body_len <= group_bytes) {
		w = w->next;
		bytes += w->envelope->body_len;
		n++;
	}
	s->head = w->next;
	if (s->head == NULL)
		s->tail = NULL;
	w->next = NULL;
	return first;
}

static void
locked_set_state(struct store *s, enum state state, const char *why)
{
	if (s->state == state)
		return;
	if (state == DOWN)
		log_warn("store: requests go to the spool: %s", why);
	else if (s->state == DOWN)
		log_info("store: PostgreSQL is back");
	s->state = state;
	(void)pthread_cond_broadcast(&s->settled);
}

/* Nothing can be stored: whoever waits must help himself. */
static void
go_down(struct store *s, const struct err *err)
{
	struct waiting *rest;

	db_close(s->db);
	s->db = NULL;
	(void)pthread_mutex_lock(&s->lock);
	locked_set_state(s, DOWN, err->text);
	rest = s->head;
	s->head = NULL;
	s->tail = NULL;
	(void)pthread_mutex_unlock(&s->lock);
	fail_chain(rest, err);
}

static enum status
reconnect(struct store *s, struct err *err)
{
	enum status st;

	db_close(s->db);
	s->db = NULL;
	st = group_connect(&s->db, &s->options->where, err);
	if (st == ST_OK) {
		(void)pthread_mutex_lock(&s->lock);
		locked_set_state(s, UP, "");
		(void)pthread_mutex_unlock(&s->lock);
	}
	return st;
}

/* A lost connection is often one that was ended on purpose while PostgreSQL
 * is well: try once more. The keys make a second try harmless. */
static void
write_chain(struct store *s, struct waiting *chain)
{
	bool prepare = s->options->where.prepare;
	struct err err = ERR_INIT;
	enum status st;

	st = group_store(s->db, prepare, chain, deadline(s), &err);
	if (st != ST_OK && strcmp(err.reason, "timeout") != 0 &&
	    reconnect(s, &err) == ST_OK)
		st = group_store(s->db, prepare, chain, deadline(s), &err);
	finish_chain(chain);
	if (st != ST_OK)
		go_down(s, &err);
}

static void
send_extras(struct store *s, bool hint, bool last)
{
	struct err err = ERR_INIT;
	enum status st = ST_OK;

	if (hint) {
		struct args none = ARGS_INIT;

		st = group_send(s->db, s->options->where.prepare,
		    SQL_INTAKE_HINT, &none, deadline(s), &err);
	}
	if (st == ST_OK)
		st = refused_flush(s->refused, s->db, s->options->where.prepare,
		    deadline(s), last, &err);
	if (st != ST_OK && db_is_lost(s->db))
		go_down(s, &err);
}

static void
locked_idle(struct store *s)
{
	int64_t ms = s->state != UP ? RECONNECT_MS
	    : s->hint_due           ? HINT_MS
				    : TICK_MS;
	struct timespec until = in_ms(ms);

	(void)pthread_cond_timedwait(&s->wake, &s->lock, &until);
}

/* One round; false when there is nothing left and the store is to stop. */
static bool
writer_round(struct store *s)
{
	struct waiting *chain;
	struct err err = ERR_INIT;
	bool hint, stop;

	if (s->db == NULL && reconnect(s, &err) != ST_OK)
		go_down(s, &err);
	(void)pthread_mutex_lock(&s->lock);
	if (s->head == NULL && !s->stop)
		locked_idle(s);
	chain = s->db != NULL ? locked_take(s) : NULL;
	if (chain != NULL)
		s->hint_due = true;
	stop = s->stop && chain == NULL;
	(void)pthread_mutex_unlock(&s->lock);
	if (chain != NULL)
		write_chain(s, group_sort(chain));
	hint = s->hint_due &&
	    (stop || clock_passed_ms() - s->hint_ms >= HINT_MS);
	if (hint) {
		s->hint_due = false;
		s->hint_ms = clock_passed_ms();
	}
	if (s->db != NULL)
		send_extras(s, hint, stop);
	return !stop;
}

static void *
writer_main(void *arg)
{
	struct store *s = arg;

	while (writer_round(s))
		continue;
	return NULL;
}

/* ---- callers ---- */

static enum status
put_grouped(struct store *s, struct caller *c)
{
	struct timespec until = in_ms(s->options->timeout_ms);
	bool up;

	(void)pthread_mutex_lock(&s->lock);
	while (s->state == STARTING &&
	    pthread_cond_timedwait(&s->settled, &s->lock, &until) == 0)
		continue;
	up = s->state == UP && !s->stop;
	if (up) {
		if (s->tail != NULL)
			s->tail->next = &c->waiting;
		else
			s->head = &c->waiting;
		s->tail = &c->waiting;
		(void)pthread_cond_signal(&s->wake);
	}
	(void)pthread_mutex_unlock(&s->lock);
	if (!up)
		return err_class(&c->waiting.err, ST_RETRY, "connection",
		    "PostgreSQL is away");
	while (sem_wait(&c->done) != 0)
		continue;
	return c->waiting.status;
}

static enum status
put_single(struct store *s, struct waiting *w)
{
	struct args none = ARGS_INIT;
	struct err err = ERR_INIT;
	enum status st = ST_OK;

	if (s->db == NULL)
		st = group_connect(&s->db, &s->options->where, &err);
	if (st == ST_OK)
		st = group_store(s->db, s->options->where.prepare, w,
		    deadline(s), &err);
	if (st != ST_OK) {
		db_close(s->db);
		s->db = NULL;
		w->err = err;
		return st;
	}
	if (w->status == ST_OK && !w->repeat &&
	    group_send(s->db, s->options->where.prepare, SQL_INTAKE_HINT, &none,
		deadline(s), &err) != ST_OK)
		log_debug("store: no hint: %s", err.text);
	return w->status;
}

enum status
store_put(struct store *store, const struct envelope *e, bool *repeat,
    struct err *err)
{
	struct caller c = { .waiting = { .envelope = e, .err = ERR_INIT } };
	enum status st;

	if (store->options->grouped) {
		if (sem_init(&c.done, 0, 0) != 0)
			return err_set(err, ST_FAULT, "could not wait");
		st = put_grouped(store, &c);
		(void)sem_destroy(&c.done);
	} else {
		st = put_single(store, &c.waiting);
	}
	*repeat = c.waiting.repeat;
	if (st != ST_OK)
		*err = c.waiting.err;
	return st;
}

void
store_refused(struct store *store, const struct refused *refused)
{
	refused_count(store->refused, refused);
}

/* ---- life ---- */

enum status
store_open(struct store **out, const struct store_options *options,
    struct err *err)
{
	struct store *s = calloc(1, sizeof(*s));
	pthread_condattr_t steady;

	*out = NULL;
	if (s == NULL)
		return err_memory(err);
	s->options = options;
	s->state = STARTING;
	(void)pthread_mutex_init(&s->lock, NULL);
	(void)pthread_condattr_init(&steady);
	(void)pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&s->wake, &steady);
	(void)pthread_cond_init(&s->settled, &steady);
	(void)pthread_condattr_destroy(&steady);
	s->refused = refused_open();
	if (s->refused == NULL ||
	    (options->grouped &&
		pthread_create(&s->writer, NULL, writer_main, s) != 0)) {
		refused_close(s->refused);
		free(s);
		return err_set(err, ST_FAULT, "could not start the writer");
	}
	*out = s;
	return ST_OK;
}

void
store_close(struct store *store)
{
	struct err err = ERR_INIT;

	if (store == NULL)
		return;
	if (store->options->grouped) {
		(void)pthread_mutex_lock(&store->lock);
		store->stop = true;
		(void)pthread_cond_signal(&store->wake);
		(void)pthread_mutex_unlock(&store->lock);
		(void)pthread_join(store->writer, NULL);
	} else if (refused_any(store->refused)) {
		enum status st = ST_OK;

		if (store->db == NULL)
			st = group_connect(&store->db, &store->options->where,
			    &err);
		if (st == ST_OK)
			st = refused_flush(store->refused, store->db,
			    store->options->where.prepare, deadline(store),
			    true, &err);
		if (st != ST_OK)
			log_warn("store: refusals not counted: %s", err.text);
	}
	db_close(store->db);
	refused_close(store->refused);
	(void)pthread_mutex_destroy(&store->lock);
	(void)pthread_cond_destroy(&store->wake);
	(void)pthread_cond_destroy(&store->settled);
	free(store);
}
