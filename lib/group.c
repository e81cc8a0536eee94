#include "group.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "clock.h"
#include "texts.h"

enum { BINARY = 1, CONNECT_S = 2 /* the least libpq allows */ };

enum status
group_connect(struct db **out, const struct group_where *where, struct err *err)
{
	static const struct sql *const sets[] = { sql_intake, NULL };
	static const size_t *const lens[] = { &sql_intake_len };
	const struct db_options o = {
		.url = where->url,
		.program = where->program,
		.sets = sets,
		.set_lens = lens,
		.prepare = where->prepare,
		.connect_timeout_s = CONNECT_S,
	};

	return db_open(out, &o, err);
}

static int
by_key(const struct waiting *a, const struct waiting *b)
{
	return memcmp(a->envelope->key, b->envelope->key, DIGEST_BYTES);
}

struct waiting *
group_sort(struct waiting *chain)
{
	struct waiting *sorted = NULL, *next, **at;

	for (; chain != NULL; chain = next) {
		next = chain->next;
		at = &sorted;
		while (*at != NULL && by_key(*at, chain) <= 0)
			at = &(*at)->next;
		chain->next = *at;
		*at = chain;
	}
	return sorted;
}

static void
fill_args(struct args *a, const struct envelope *e)
{
	args_bytes(a, e->key, sizeof(e->key));
	args_text(a, e->source);
	args_text(a, e->route);
	args_text(a, e->module);
	args_text(a, e->operation);
	args_text(a, e->event_type);
	args_i64(a, e->changes);
	args_text(a, e->query);
	args_text(a, e->content_type);
	args_text(a, e->headers);
	args_text(a, e->remote);
	args_bytes(a, e->body, e->body_len);
}

static bool
send_statement(PGconn *conn, bool prepare, const struct sql *stmt,
    const struct args *a)
{
	if (prepare)
		return PQsendQueryPrepared(conn, stmt->name, a->n, a->values,
			   a->lengths, a->formats, BINARY) == 1;
	return PQsendQueryParams(conn, stmt->text, a->n, NULL, a->values,
		   a->lengths, a->formats, BINARY) == 1;
}

/* Wait until the socket is ready, or the deadline. */
static enum status
wait_socket(PGconn *conn, short events, int64_t deadline_ms, struct err *err)
{
	struct pollfd p = { .fd = PQsocket(conn), .events = events };
	int64_t left;
	int n;

	do {
		left = deadline_ms - clock_passed_ms();
		n = left > 0 ? poll(&p, 1, (int)left) : 0;
	} while (n < 0 && errno == EINTR);
	if (n > 0)
		return ST_OK;
	return err_class(err, ST_RETRY, "timeout",
	    "PostgreSQL did not answer in time");
}

static enum status
flush_all(PGconn *conn, int64_t deadline_ms, struct err *err)
{
	enum status st = ST_OK;
	int left;

	while (st == ST_OK && (left = PQflush(conn)) != 0) {
		if (left < 0)
			return db_failure(conn, NULL, err);
		st = wait_socket(conn, POLLIN | POLLOUT, deadline_ms, err);
		if (st == ST_OK && PQconsumeInput(conn) == 0)
			return db_failure(conn, NULL, err);
	}
	return st;
}

/* The next result, NULL at the end of one statement's results. */
static enum status
next_result(PGconn *conn, int64_t deadline_ms, PGresult **out, struct err *err)
{
	enum status st = ST_OK;

	*out = NULL;
	while (st == ST_OK && PQisBusy(conn) != 0) {
		st = wait_socket(conn, POLLIN, deadline_ms, err);
		if (st == ST_OK && PQconsumeInput(conn) == 0)
			return db_failure(conn, NULL, err);
	}
	*out = st == ST_OK ? PQgetResult(conn) : NULL;
	return st;
}

/* Read one statement's only result and the end behind it. "*said" is what
 * PostgreSQL made of it, "*stored" what it counted. */
static enum status
read_statement(PGconn *conn, int64_t deadline_ms, enum status *said,
    int64_t *stored, struct err *why, struct err *err)
{
	PGresult *res = NULL, *end = NULL;
	enum status st = next_result(conn, deadline_ms, &res, err);

	if (st != ST_OK)
		return st;
	switch (PQresultStatus(res)) {
	case PGRES_TUPLES_OK:
	case PGRES_COMMAND_OK:
		*said = ST_OK;
		if (stored != NULL && PQntuples(res) == 1)
			*stored = db_i64(res, 0, 0);
		break;
	case PGRES_PIPELINE_ABORTED:
		*said = err_class(why, ST_RETRY, "group",
		    "another request of its group failed");
		break;
	default:
		*said = db_failure(conn, res, why);
		break;
	}
	PQclear(res);
	st = next_result(conn, deadline_ms, &end, err);
	if (st == ST_OK && end != NULL) {
		PQclear(end);
		return err_class(err, ST_RETRY, "connection",
		    "more results than statements");
	}
	return PQstatus(conn) == CONNECTION_OK ? st
					       : db_failure(conn, NULL, err);
}

/* The end of a pipeline: the commit, or what it says instead. */
static enum status
read_sync(PGconn *conn, int64_t deadline_ms, struct err *err)
{
	PGresult *res = NULL;
	enum status st = next_result(conn, deadline_ms, &res, err);
	ExecStatusType got;

	if (st != ST_OK)
		return st;
	got = PQresultStatus(res);
	if (got != PGRES_PIPELINE_SYNC)
		st = db_failure(conn, res, err);
	PQclear(res);
	return st;
}

static enum status
send_chain(PGconn *conn, bool prepare, const struct waiting *w,
    const struct waiting *end, int64_t deadline_ms, struct err *err)
{
	for (; w != end; w = w->next) {
		struct args a = ARGS_INIT;

		fill_args(&a, w->envelope);
		if (!send_statement(conn, prepare, SQL_INTAKE_STORE, &a))
			return db_failure(conn, NULL, err);
	}
	if (PQpipelineSync(conn) != 1)
		return db_failure(conn, NULL, err);
	return flush_all(conn, deadline_ms, err);
}

/*
 * One transaction for the requests from "first" up to "end". "*all_ok" tells
 * whether it was committed. A failing commit (a deferred error) shows at the
 * sync and counts as a failure of all.
 */
static enum status
one_transaction(PGconn *conn, bool prepare, struct waiting *first,
    const struct waiting *end, int64_t deadline_ms, bool *all_ok,
    struct err *err)
{
	enum status st = send_chain(conn, prepare, first, end, deadline_ms,
	    err);
	struct waiting *w;
	int64_t stored;

	*all_ok = true;
	for (w = first; st == ST_OK && w != end; w = w->next) {
		stored = 0;
		st = read_statement(conn, deadline_ms, &w->status, &stored,
		    &w->err, err);
		if (st != ST_OK)
			break;
		w->repeat = stored == 0;
		*all_ok = *all_ok && w->status == ST_OK;
	}
	if (st == ST_OK)
		st = read_sync(conn, deadline_ms, err);
	return st;
}

static void
set_chain(struct waiting *first, const struct waiting *end, enum status st,
    const struct err *err)
{
	struct waiting *w;

	for (w = first; w != end; w = w->next) {
		w->status = st;
		if (st != ST_OK && err != NULL)
			w->err = *err;
	}
}

/* Each in a transaction of its own: only what is wrong fails. */
static enum status
one_by_one(PGconn *conn, bool prepare, struct waiting *chain,
    int64_t deadline_ms, struct err *err)
{
	enum status st = ST_OK;
	struct waiting *w;
	bool ok;

	for (w = chain; st == ST_OK && w != NULL; w = w->next) {
		struct err none = ERR_INIT;

		w->err = none;
		st = one_transaction(conn, prepare, w, w->next, deadline_ms,
		    &ok, err);
		if (st != ST_OK)
			set_chain(w, NULL, st, err);
	}
	return st;
}

static enum status
store_chain(PGconn *conn, bool prepare, struct waiting *chain,
    int64_t deadline_ms, struct err *err)
{
	enum status st;
	bool all_ok;

	st = one_transaction(conn, prepare, chain, NULL, deadline_ms, &all_ok,
	    err);
	if (st != ST_OK) {
		set_chain(chain, NULL, st, err);
		return st;
	}
	if (all_ok || chain->next == NULL)
		return ST_OK;
	return one_by_one(conn, prepare, chain, deadline_ms, err);
}

static enum status
pipeline_on(PGconn *conn, struct err *err)
{
	if (PQsetnonblocking(conn, 1) != 0 || PQenterPipelineMode(conn) != 1)
		return db_failure(conn, NULL, err);
	return ST_OK;
}

enum status
group_store(struct db *db, bool prepare, struct waiting *chain,
    int64_t deadline_ms, struct err *err)
{
	PGconn *conn = db_conn(db);
	enum status st = pipeline_on(conn, err);

	if (st == ST_OK)
		st = store_chain(conn, prepare, chain, deadline_ms, err);
	else
		set_chain(chain, NULL, st, err);
	if (st == ST_OK && PQexitPipelineMode(conn) != 1)
		return db_failure(conn, NULL, err);
	return st;
}

enum status
group_send(struct db *db, bool prepare, const struct sql *stmt,
    const struct args *args, int64_t deadline_ms, struct err *err)
{
	PGconn *conn = db_conn(db);
	enum status st = pipeline_on(conn, err);
	enum status said = ST_OK;
	struct err why = ERR_INIT;

	if (st == ST_OK &&
	    (!send_statement(conn, prepare, stmt, args) ||
		PQpipelineSync(conn) != 1))
		st = db_failure(conn, NULL, err);
	if (st == ST_OK)
		st = flush_all(conn, deadline_ms, err);
	if (st == ST_OK)
		st = read_statement(conn, deadline_ms, &said, NULL, &why, err);
	if (st == ST_OK)
		st = read_sync(conn, deadline_ms, err);
	if (st == ST_OK && PQexitPipelineMode(conn) != 1)
		st = db_failure(conn, NULL, err);
	if (st == ST_OK && said != ST_OK) {
		*err = why;
		st = said;
	}
	return st;
}
