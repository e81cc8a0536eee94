#include "spot.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "mirror.h"

enum { CONNECT_S = 5, STATEMENT_MS = 120000 };

struct spot_order {
	struct keeping keep;
	struct batch batch;
};

static void
release(struct spot_order *o)
{
	if (o == NULL)
		return;
	keep_release(&o->keep);
	batch_release(&o->batch);
	free(o);
}

/* ---- in the thread ---- */

static enum status
apply(struct spot *s, struct spot_order *o, struct queue_totals *totals,
    struct err *err)
{
	struct err undone = ERR_INIT;
	enum status st = db_command(s->db, "begin", err);

	memset(totals, 0, sizeof(*totals));
	if (st == ST_OK)
		st = keep_store(s->db, &o->keep, err);
	o->batch.tasks[0].seq = o->keep.seq;
	o->batch.tasks[0].received_us = o->keep.received_us;
	if (st == ST_OK)
		st = mirror_apply(s->db, &o->batch, err);
	if (st == ST_OK)
		st = queue_settle(s->db, &o->batch, &s->policy, totals, err);
	if (st == ST_OK)
		st = db_command(s->db, "commit", err);
	if (st == ST_OK)
		return ST_OK;
	memset(totals, 0, sizeof(*totals));
	if (!db_is_lost(s->db) &&
	    db_command(s->db, "rollback", &undone) != ST_OK)
		log_warn("rollback: %s", undone.text);
	return st;
}

static enum status
apply_or_leave(struct spot *s, struct spot_order *o,
    struct queue_totals *totals, struct err *err)
{
	enum status st = apply(s, o, totals, err);

	if (st == ST_OK || db_is_lost(s->db))
		return st;
	log_warn("%s: left to a drain: %s", o->keep.module->name, err->text);
	return keep_store(s->db, &o->keep, err);
}

static void
work_off(struct spot *s)
{
	struct spot_order *o = s->order;
	struct queue_totals totals;
	struct err err = ERR_INIT;
	enum status st;
	size_t i;

	(void)pthread_mutex_unlock(&s->lock);
	st = apply_or_leave(s, o, &totals, &err);
	(void)pthread_mutex_lock(&s->lock);
	for (i = 0; i < VERDICT_COUNT; i++)
		s->totals.changes[i] += totals.changes[i];
	s->st = st;
	s->err = err;
	s->order = NULL;
	s->done = o;
	(void)pthread_cond_broadcast(&s->moved);
}

static void *
spot_main(void *arg)
{
	struct spot *s = arg;

	(void)pthread_mutex_lock(&s->lock);
	while (s->order != NULL || !s->stop)
		if (s->order != NULL)
			work_off(s);
		else
			(void)pthread_cond_wait(&s->moved, &s->lock);
	(void)pthread_mutex_unlock(&s->lock);
	return NULL;
}

/* ---- outside of it ---- */

/* With the lock held. */
static enum status
await(struct spot *s, struct err *err)
{
	while (s->order != NULL)
		(void)pthread_cond_wait(&s->moved, &s->lock);
	release(s->done);
	s->done = NULL;
	if (s->st != ST_OK)
		*err = s->err;
	return s->st;
}

static enum status
wait_for_all(struct spot *s, struct err *err)
{
	enum status st;

	(void)pthread_mutex_lock(&s->lock);
	st = await(s, err);
	(void)pthread_mutex_unlock(&s->lock);
	return st;
}

static enum status
read_order(struct spot *s, struct spot_order *o, struct err *err)
{
	const struct waiting w = { .known_us = o->keep.as_of_us,
		.finished = "",
		.event_type = buf_text(&o->keep.event),
		.route = o->keep.module->route,
		.query = "",
		.content_type = "application/json",
		.origin = o->keep.origin,
		.body = buf_text(&o->keep.body),
		.body_len = o->keep.body.len,
		.document = o->keep.document };

	o->keep.document = NULL;
	return batch_take(&o->batch, &w, &s->rules, err);
}

static enum status
put(struct spot *s, struct keeping *k, struct err *err)
{
	struct spot_order *o = calloc(1, sizeof(*o));
	enum status st;

	if (o == NULL) {
		keep_release(k);
		return err_memory(err);
	}
	o->keep = *k;
	st = read_order(s, o, err);
	(void)pthread_mutex_lock(&s->lock);
	if (st == ST_OK)
		st = await(s, err);
	if (st == ST_OK)
		s->order = o;
	(void)pthread_cond_broadcast(&s->moved);
	(void)pthread_mutex_unlock(&s->lock);
	if (st != ST_OK)
		release(o);
	return st;
}

/* Signals are for the first thread. */
static enum status
start(struct spot *s, struct err *err)
{
	sigset_t all, before;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	s->started = pthread_create(&s->thread, NULL, spot_main, s) == 0;
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return s->started
	    ? ST_OK
	    : err_class(err, ST_RETRY, "memory", "no thread can be started");
}

enum status
spot_open(struct spot *spot, const struct settings *settings,
    const char *program, const struct module_list *modules,
    const struct normalise_rules *normalise, struct err *err)
{
	struct db_options o = {
		.program = program,
		.prepare = settings_on(settings, SET_DATABASE_PREPARE),
		.connect_timeout_s = CONNECT_S,
		.statement_timeout_ms = STATEMENT_MS,
	};
	enum status st = settings_need(settings, SET_DATABASE_URL, &o.url, err);

	memset(spot, 0, sizeof(*spot));
	(void)pthread_mutex_init(&spot->lock, NULL);
	(void)pthread_cond_init(&spot->moved, NULL);
	spot->put = put;
	spot->wait = wait_for_all;
	spot->rules.modules = modules;
	spot->rules.normalise = normalise;
	spot->rules.crash_limit = 1;
	queue_policy(&spot->policy, settings);
	if (st == ST_OK)
		st = db_open(&spot->db, &o, err);
	if (st == ST_OK)
		st = mirror_tune(spot->db, err);
	/* What a crash takes of the last moments is asked for again: the place
	 * in the list is written later, and so is never ahead of it. */
	if (st == ST_OK)
		st = db_command(spot->db, "set synchronous_commit = off", err);
	return st == ST_OK ? start(spot, err) : st;
}

void
spot_close(struct spot *spot)
{
	if (spot->put == NULL)
		return;
	(void)pthread_mutex_lock(&spot->lock);
	spot->stop = true;
	(void)pthread_cond_broadcast(&spot->moved);
	(void)pthread_mutex_unlock(&spot->lock);
	if (spot->started)
		(void)pthread_join(spot->thread, NULL);
	release(spot->done);
	db_close(spot->db);
	(void)pthread_cond_destroy(&spot->moved);
	(void)pthread_mutex_destroy(&spot->lock);
}

int64_t
spot_changes(struct spot *spot, enum verdict verdict)
{
	int64_t n;

	(void)pthread_mutex_lock(&spot->lock);
	n = spot->totals.changes[verdict];
	(void)pthread_mutex_unlock(&spot->lock);
	return n;
}
