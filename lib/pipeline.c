#include "pipeline.h"

#include <stdlib.h>

#include "clock.h"

enum { BINARY = 1 };

struct pipeline {
	struct loop *loop;
	struct db *db;
	PGconn *conn;
	const struct pipeline_options *options;
	struct watch watch;
	struct timer timer; /* for the oldest call */
	struct timer ended; /* tells of the loss, outside of any call */
	struct call *head, **end;
	int waiting;
	bool lost;
	struct err why;
};

/* ---- the end of it ---- */

static void
answer_head(struct pipeline *p, enum status said, const struct err *why)
{
	struct call *c = p->head;
	PGresult *res = c->res;

	p->head = c->next;
	if (p->head == NULL)
		p->end = &p->head;
	p->waiting--;
	c->res = NULL;
	c->answered(c, said, res, why);
	PQclear(res);
}

static void
tell_lost(void *arg)
{
	struct pipeline *p = arg;
	const struct err why = p->why;

	p->options->lost(p->options->arg, &why);
}

/* Everybody is told at once; the owner a moment later, when no function of
 * the pipeline is on the stack and it may be closed. */
static void
lose(struct pipeline *p, const struct err *why)
{
	if (p->lost)
		return;
	p->lost = true;
	p->why = *why;
	loop_forget(p->loop, &p->watch);
	loop_never(p->loop, &p->timer);
	while (p->head != NULL)
		answer_head(p, ST_RETRY, &p->why);
	loop_at(p->loop, &p->ended, 0);
}

static void
lose_connection(struct pipeline *p)
{
	struct err why = ERR_INIT;

	(void)db_failure(p->conn, NULL, &why);
	lose(p, &why);
}

static void
timed_out(void *arg)
{
	struct err why = ERR_INIT;

	(void)err_class(&why, ST_RETRY, "timeout",
	    "PostgreSQL did not answer in time");
	lose(arg, &why);
}

/* ---- out ---- */

static void
flush(struct pipeline *p)
{
	int left = PQflush(p->conn);
	struct err why = ERR_INIT;

	if (left < 0)
		lose_connection(p);
	else if (loop_watch(p->loop, &p->watch,
		     left > 0 ? LOOP_READ | LOOP_WRITE : LOOP_READ,
		     &why) != ST_OK)
		lose(p, &why);
}

static bool
send_statement(const struct pipeline *p, const struct sql *stmt,
    const struct args *a)
{
	int sent = p->options->prepare
	    ? PQsendQueryPrepared(p->conn, stmt->name, a->n, a->values,
		  a->lengths, a->formats, BINARY)
	    : PQsendQueryParams(p->conn, stmt->text, a->n, NULL, a->values,
		  a->lengths, a->formats, BINARY);

	return sent == 1 && PQpipelineSync(p->conn) == 1;
}

void
pipeline_send(struct pipeline *p, const struct sql *stmt,
    const struct args *args, struct call *call)
{
	static const struct args none = ARGS_INIT;

	call->next = NULL;
	call->res = NULL;
	call->wants = CALL_RESULT;
	call->due_ms = clock_passed_ms() + p->options->timeout_ms;
	if (p->lost) {
		call->answered(call, ST_RETRY, NULL, &p->why);
		return;
	}
	*p->end = call;
	p->end = &call->next;
	p->waiting++;
	if (!p->timer.set)
		loop_at(p->loop, &p->timer, call->due_ms);
	if (send_statement(p, stmt, args != NULL ? args : &none))
		flush(p);
	else
		lose_connection(p);
}

int
pipeline_waiting(const struct pipeline *p)
{
	return p->waiting;
}

/* ---- in ---- */

/* The commit. Anything but a sync here means that we lost count. */
static void
take_sync(struct pipeline *p, const PGresult *res)
{
	struct call *c = p->head;
	struct err why = ERR_INIT;
	ExecStatusType got;

	if (PQresultStatus(res) != PGRES_PIPELINE_SYNC) {
		(void)db_failure(p->conn, res, &why);
		lose(p, &why);
		return;
	}
	if (c->next != NULL)
		loop_at(p->loop, &p->timer, c->next->due_ms);
	else
		loop_never(p->loop, &p->timer);
	got = PQresultStatus(c->res);
	if (got == PGRES_TUPLES_OK || got == PGRES_COMMAND_OK)
		answer_head(p, ST_OK, &why);
	else
		answer_head(p, db_failure(p->conn, c->res, &why), &why);
}

/* One thing that PQgetResult() gave for the oldest call. */
static void
take_result(struct pipeline *p, PGresult *res)
{
	struct call *c = p->head;

	if (c->wants == CALL_SYNC) {
		take_sync(p, res);
		PQclear(res);
	} else if (res == NULL) {
		c->wants = CALL_SYNC;
	} else {
		/* One after the result is an error of the commit: it counts. */
		PQclear(c->res);
		c->res = res;
		c->wants = CALL_END;
	}
}

/* libpq may say NULL once when it goes on to the next statement, and says it
 * again and again when it has nothing. */
static void
take_results(struct pipeline *p)
{
	PGresult *res;
	int nothing = 0;

	while (p->head != NULL && nothing < 2 && PQisBusy(p->conn) == 0) {
		res = PQgetResult(p->conn);
		if (res == NULL && p->head->wants != CALL_END) {
			nothing++;
			continue;
		}
		nothing = 0;
		take_result(p, res);
	}
}

static void
ready(void *arg, int events)
{
	struct pipeline *p = arg;

	if ((events & LOOP_READ) != 0 && PQconsumeInput(p->conn) == 0) {
		lose_connection(p);
		return;
	}
	take_results(p);
	if (!p->lost && PQstatus(p->conn) != CONNECTION_OK)
		lose_connection(p);
	if (!p->lost)
		flush(p);
}

/* ---- life ---- */

enum status
pipeline_open(struct pipeline **out, struct loop *loop, struct db *db,
    const struct pipeline_options *options, struct err *err)
{
	struct pipeline *p = calloc(1, sizeof(*p));
	PGconn *conn = db_conn(db);
	enum status st;

	*out = NULL;
	if (p == NULL)
		return err_memory(err);
	p->loop = loop;
	p->db = db;
	p->conn = conn;
	p->options = options;
	p->end = &p->head;
	p->timer.due = timed_out;
	p->timer.arg = p;
	p->ended.due = tell_lost;
	p->ended.arg = p;
	p->watch.fd = PQsocket(conn);
	p->watch.ready = ready;
	p->watch.arg = p;
	if (PQsetnonblocking(conn, 1) != 0 || PQenterPipelineMode(conn) != 1)
		st = db_failure(conn, NULL, err);
	else
		st = loop_watch(loop, &p->watch, LOOP_READ, err);
	if (st != ST_OK) {
		free(p);
		return st;
	}
	*out = p;
	return ST_OK;
}

void
pipeline_close(struct pipeline *p)
{
	const struct err why = { .reason = "connection",
		.text = "the connection was closed" };

	if (p == NULL)
		return;
	lose(p, &why);
	loop_never(p->loop, &p->ended);
	free(p);
}
