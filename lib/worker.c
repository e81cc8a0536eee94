#include "worker.h"

#include <poll.h>
#include <string.h>

#include "clock.h"
#include "drain.h"
#include "log.h"
#include "slot.h"
#include "stop.h"

enum {
	POLL_MS = 1000, /* looks at the queue even without a hint */
	SPOOL_WAIT_MS = 20,
	SPOOL_AGAIN_MS = 1000, /* after it could not be loaded */
	PAUSE_MS = 500,        /* after a failure that may pass */
	ONCE_TRIES = 6,
	/* Until PostgreSQL has noticed that the one before was killed: a
	 * moment where that may be, long where it is known. */
	ONCE_WAIT_MS = 900,
	REPLACE_WAIT_MS = 10000,
};

struct worker {
	const struct worker_orders *orders;
	struct drain *drain; /* NULL while PostgreSQL is out of reach */
	int64_t spool_ms;    /* when the spool is looked at again */
	int failures;        /* in a row */
	struct err said;     /* the last warning, not to be said again */
	struct err spool;    /* why it could not be loaded */
	struct width width;
};

static bool
time_is_up(const struct worker *w)
{
	return stop_asked || clock_passed_ms() >= w->orders->deadline_ms;
}

/* Until a hint, a second, the deadline or a signal, whichever is first. */
static void
wait_for_work(const struct worker *w)
{
	PGconn *conn = db_conn(drain_db(w->drain));
	struct pollfd p = { .fd = PQsocket(conn), .events = POLLIN };
	int64_t left = w->orders->deadline_ms - clock_passed_ms();
	PGnotify *hint;

	if (left > POLL_MS)
		left = POLL_MS;
	if (left > 0 && poll(&p, 1, (int)left) > 0)
		(void)PQconsumeInput(conn);
	while ((hint = PQnotifies(conn)) != NULL)
		PQfreemem(hint);
}

/* What waits in the spool came before what is in the queue: it goes first, so
 * that a record's changes stay in order. Where it cannot be loaded, the rest
 * goes on in between. */
static enum status
look_at_spool(struct worker *w, struct err *err)
{
	int64_t loaded = 0;
	enum status st;

	if (w->orders->number != 0 || clock_passed_ms() < w->spool_ms)
		return ST_OK;
	st = drain_spool(w->drain, w->orders->deadline_ms, &loaded, err);
	w->spool.text[0] = '\0';
	if (st != ST_OK && st != ST_NONE) {
		w->spool_ms = clock_passed_ms() + SPOOL_AGAIN_MS;
		w->spool = *err;
	}
	w->orders->report->loaded += loaded;
	if (loaded > 0)
		log_info("spool: %lld requests loaded", (long long)loaded);
	return st == ST_NONE ? ST_OK : st;
}

/* Connect and take our place. ST_NONE: another run has it. */
static enum status
start(struct worker *w, struct err *err)
{
	const struct worker_orders *o = w->orders;
	enum status st = drain_open(&w->drain, o->settings, &o->report->reading,
	    err);

	if (st == ST_OK)
		st = db_command(drain_db(w->drain), "listen zohosync_work",
		    err);
	if (st == ST_OK && o->once)
		st = slot_try(drain_db(w->drain), "drain-once", o->number,
		    clock_passed_ms() +
			(o->replaces ? REPLACE_WAIT_MS : ONCE_WAIT_MS),
		    err);
	if (st == ST_OK && !o->once)
		st = drain_warm(w->drain, err);
	if (st == ST_OK && !o->once)
		st = slot_take(drain_db(w->drain), "drain", o->number,
		    o->deadline_ms, err);
	if (st == ST_NONE)
		log_info("worker %d: another drain is at work: nothing done",
		    o->number);
	if (st == ST_OK)
		st = drain_make_room(w->drain, err);
	if (st == ST_OK && o->number == 0)
		st = drain_housekeeping(w->drain, err);
	return st;
}

/* Work until nothing is due (ST_NONE), the time is up (ST_OK) or it fails. */
static enum status
work(struct worker *w, struct err *err)
{
	enum status st = ST_OK;

	while (st == ST_OK && !time_is_up(w)) {
		st = look_at_spool(w, err);
		if (st == ST_OK)
			st = drain_batch(w->drain, &w->width,
			    &w->orders->report->totals, err);
		if (st == ST_RETRY && strcmp(err->reason, "spool_first") == 0) {
			/* the first worker loads it; the others wait */
			if (w->orders->number != 0)
				clock_pause_ms(SPOOL_WAIT_MS);
			st = ST_OK;
		}
		if (st == ST_OK) {
			w->failures = 0;
			if (w->spool.text[0] == '\0')
				w->said.text[0] = '\0';
		}
	}
	if (st == ST_NONE && drain_note_modules(w->drain, err) != ST_OK)
		st = ST_RETRY;
	if (st == ST_NONE && w->spool.text[0] != '\0' && w->orders->once) {
		*err = w->spool;
		w->spool_ms = 0;
		st = ST_RETRY;
	}
	return st;
}

/* Something failed that may pass. Start anew where the connection is lost, or
 * the server has become one that only reads: another may have taken over. */
static enum status
recover(struct worker *w, struct err *err)
{
	bool unfit = db_is_unfit(err);

	if (strcmp(w->said.text, err->text) != 0)
		log_warn("worker %d: %s", w->orders->number, err->text);
	w->said = *err;
	clock_pause_ms(PAUSE_MS);
	if (w->drain != NULL && !db_is_lost(drain_db(w->drain)) && !unfit)
		return ST_OK;
	drain_close(w->drain);
	w->drain = NULL;
	return start(w, err);
}

static enum status
linger(struct worker *w, struct err *err)
{
	enum status st = err_passing(start(w, err), err);

	if (st == ST_NONE)
		return ST_NONE;
	for (;;) {
		if (st == ST_OK)
			st = err_passing(work(w, err), err);
		if (st == ST_NONE && !w->orders->once && !time_is_up(w)) {
			wait_for_work(w);
			st = ST_OK;
			continue;
		}
		if (st != ST_RETRY || time_is_up(w) ||
		    (w->orders->once && ++w->failures >= ONCE_TRIES))
			return st;
		st = err_passing(recover(w, err), err);
		if (st == ST_NONE)
			return ST_NONE;
	}
}

enum status
worker_run(const struct worker_orders *orders, struct err *err)
{
	struct worker w = { .orders = orders };
	struct err noted = ERR_INIT;
	enum status st = linger(&w, err);

	if (w.drain != NULL && !db_is_lost(drain_db(w.drain)) &&
	    drain_note_modules(w.drain, &noted) != ST_OK)
		log_debug("worker %d: %s", orders->number, noted.text);
	drain_close(w.drain);
	return st;
}
