#include "queue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "log.h"
#include "rows.h"
#include "texts.h"

enum { ARRAY_MAX_MIB = 64, SHIFT_MAX = 20 };

void
queue_policy(struct retry_policy *out, const struct settings *settings)
{
	out->limit = (int)settings_number(settings, SET_RETRY_LIMIT);
	out->base_s = (int)settings_number(settings, SET_RETRY_BASE_SECONDS);
	out->max_s = (int)settings_number(settings, SET_RETRY_MAX_SECONDS);
	out->seed = (unsigned)clock_now_us() ^ (unsigned)getpid();
}

void
queue_totals_add(struct queue_totals *to, const struct queue_totals *more)
{
	size_t i;

	for (i = 0; i < VERDICT_COUNT; i++)
		to->changes[i] += more->changes[i];
	to->requests += more->requests;
	to->postponed += more->postponed;
}

int
queue_wait_ms(struct retry_policy *policy, int tries)
{
	int64_t wait = policy->base_s;

	wait <<= tries < SHIFT_MAX ? tries : SHIFT_MAX;
	if (wait > policy->max_s)
		wait = policy->max_s;
	wait *= 1000;
	return (int)(wait / 2 + rand_r(&policy->seed) % (wait / 2 + 1));
}

static enum status
rows_call(struct rows *r, struct db *db, const struct sql *stmt,
    struct err *err)
{
	struct args a = ARGS_INIT;

	if (rows_count(r) == 0)
		return ST_OK;
	rows_args(r, &a);
	return db_call(db, stmt, &a, NULL, err);
}

static const enum array_type finish_types[] = { ARRAY_I64, ARRAY_TIME,
	ARRAY_TEXT, ARRAY_JSONB, ARRAY_TEXT, ARRAY_TEXT, ARRAY_I32 };
static const enum array_type postpone_types[] = { ARRAY_I64, ARRAY_I32,
	ARRAY_JSONB, ARRAY_TEXT, ARRAY_TEXT };
static const enum array_type bury_types[] = { ARRAY_I64, ARRAY_I32, ARRAY_TIME,
	ARRAY_TEXT, ARRAY_TEXT, ARRAY_TEXT, ARRAY_TEXT, ARRAY_TEXT, ARRAY_I32 };
static const enum array_type resolve_types[] = { ARRAY_I64, ARRAY_I32 };

struct settling {
	struct rows finish, postpone, bury, resolve;
	struct retry_policy *policy;
	struct queue_totals *totals;
	struct buf changes; /* {"0":"applied"} of one request */
	struct err *err;
};

/* Whether this item goes back; the last try has been used otherwise. */
static bool
goes_back(const struct settling *s, struct item *item)
{
	if (item->verdict != VERDICT_RETRY)
		return false;
	if (item->task->tries + 1 < s->policy->limit)
		return true;
	item->verdict = VERDICT_DEAD;
	return false;
}

static enum status
bury(struct settling *s, const struct item *item)
{
	const struct task *t = item->task;
	const struct change *c = item->change;
	struct array *col = s->bury.columns;
	struct err *err = s->err;
	const char *reason = *item->err.reason != '\0' ? item->err.reason
						       : "database";
	enum status st = array_i64(&col[0], t->seq, err);

	if (st == ST_OK)
		st = array_i32(&col[1], item->ord, err);
	if (st == ST_OK)
		st = array_time(&col[2], t->received_us, err);
	if (st == ST_OK)
		st = array_text(&col[3],
		    c != NULL && c->module != NULL ? c->module->name : NULL,
		    err);
	if (st == ST_OK)
		st = array_text(&col[4],
		    c != NULL && *c->id != '\0' ? c->id : NULL, err);
	if (st == ST_OK)
		st = array_text(&col[5],
		    t->event_type != NULL && *t->event_type != '\0'
			? t->event_type
			: "unknown",
		    err);
	if (st == ST_OK)
		st = array_text(&col[6], reason, err);
	if (st == ST_OK)
		st = array_text(&col[7], item->err.text, err);
	if (st == ST_OK)
		st = array_i32(&col[8], t->tries + 1, err);
	log_warn("request %lld: dead: change %d: %s: %s", (long long)t->seq,
	    item->ord, reason, item->err.text);
	return st;
}

static enum status
note_change(struct settling *s, const struct item *item)
{
	if (item->verdict == VERDICT_RETRY)
		return ST_OK;
	return buf_printf(&s->changes, s->err, "%s\"%d\":\"%s\"",
	    s->changes.len > 1 ? "," : "", item->ord,
	    verdict_name(item->verdict));
}

static enum status
finish_task(struct settling *s, const struct task *t, enum verdict gravest)
{
	struct array *col = s->finish.columns;
	struct err *err = s->err;
	enum status st = array_i64(&col[0], t->seq, err);

	if (st == ST_OK)
		st = array_time(&col[1], t->received_us, err);
	if (st == ST_OK)
		st = array_text(&col[2], verdict_name(gravest), err);
	if (st == ST_OK)
		st = array_bytes(&col[3], s->changes.at, s->changes.len, err);
	if (st == ST_OK)
		st = array_text(&col[4], t->module, err);
	if (st == ST_OK)
		st = array_text(&col[5], t->event_type, err);
	if (st == ST_OK)
		st = array_i32(&col[6], t->tries, err);
	s->totals->requests++;
	return st;
}

static enum status
postpone_task(struct settling *s, const struct task *t,
    const struct item *failed)
{
	struct array *col = s->postpone.columns;
	struct err *err = s->err;
	int wait_ms = queue_wait_ms(s->policy, t->tries);
	enum status st = array_i64(&col[0], t->seq, err);

	if (st == ST_OK)
		st = array_i32(&col[1], wait_ms, err);
	if (st == ST_OK)
		st = array_bytes(&col[2], s->changes.at, s->changes.len, err);
	if (st == ST_OK)
		st = array_text(&col[3], failed->err.reason, err);
	if (st == ST_OK)
		st = array_text(&col[4], failed->err.text, err);
	s->totals->postponed++;
	log_warn("request %lld: try %d failed, again in %d ms: %s",
	    (long long)t->seq, t->tries + 1, wait_ms, failed->err.text);
	return st;
}

/* A dead letter that was tried again and is not dead any more. */
static enum status
resolve(struct settling *s, const struct task *t, int ord)
{
	enum status st = array_i64(&s->resolve.columns[0], t->seq, s->err);

	if (st == ST_OK)
		st = array_i32(&s->resolve.columns[1], ord, s->err);
	return st;
}

static enum status
settle_task(struct settling *s, const struct task *t, struct item *items)
{
	enum verdict gravest = VERDICT_IGNORED;
	const struct item *failed = NULL;
	enum status st;
	size_t i;

	buf_clear(&s->changes);
	st = buf_puts(&s->changes, "{", s->err);
	/* It was dead as a whole and can be read now. */
	if (st == ST_OK && t->retried && t->count > 0 && items[0].ord >= 0)
		st = resolve(s, t, -1);
	for (i = 0; st == ST_OK && i < t->count; i++) {
		struct item *item = &items[i];
		if (goes_back(s, item))
			failed = item;
		else if (item->verdict > gravest)
			gravest = item->verdict;
		if (!item->before && item->verdict == VERDICT_DEAD)
			st = bury(s, item);
		else if (t->retried && item->verdict < VERDICT_DEAD)
			st = resolve(s, t, item->ord);
		if (st == ST_OK)
			st = note_change(s, item);
		s->totals->changes[item->verdict] += item->before ? 0 : 1;
	}
	if (st == ST_OK)
		st = buf_puts(&s->changes, "}", s->err);
	if (st != ST_OK)
		return st;
	return failed != NULL ? postpone_task(s, t, failed)
			      : finish_task(s, t, gravest);
}

static enum status
call_all(struct settling *s, struct db *db)
{
	enum status st = rows_call(&s->finish, db, SQL_DRAIN_FINISH, s->err);

	if (st == ST_OK)
		st = rows_call(&s->postpone, db, SQL_DRAIN_POSTPONE, s->err);
	if (st == ST_OK)
		st = rows_call(&s->resolve, db, SQL_DRAIN_RESOLVE, s->err);
	if (st == ST_OK)
		st = rows_call(&s->bury, db, SQL_DRAIN_BURY, s->err);
	return st;
}

enum status
queue_settle(struct db *db, struct batch *batch, struct retry_policy *policy,
    struct queue_totals *totals, struct err *err)
{
	struct settling s = { .policy = policy,
		.totals = totals,
		.changes = BUF_INIT(MIB),
		.err = err };
	enum status st = ST_OK;
	size_t i;

	rows_init(&s.finish, finish_types, ARRAY_LEN(finish_types),
	    ARRAY_MAX_MIB * MIB);
	rows_init(&s.postpone, postpone_types, ARRAY_LEN(postpone_types),
	    ARRAY_MAX_MIB * MIB);
	rows_init(&s.bury, bury_types, ARRAY_LEN(bury_types),
	    ARRAY_MAX_MIB * MIB);
	rows_init(&s.resolve, resolve_types, ARRAY_LEN(resolve_types),
	    ARRAY_MAX_MIB * MIB);
	for (i = 0; st == ST_OK && i < batch->tasks_len; i++)
		st = settle_task(&s, &batch->tasks[i],
		    batch->items + batch->tasks[i].first);
	if (st == ST_OK)
		st = call_all(&s, db);
	rows_release(&s.finish);
	rows_release(&s.postpone);
	rows_release(&s.bury);
	rows_release(&s.resolve);
	buf_release(&s.changes);
	return st;
}
