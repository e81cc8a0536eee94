#include "group.h"

#include <stdlib.h>

#include "texts.h"

enum { CONNECT_S = 2 /* the least libpq allows */ };

struct group {
	struct call call; /* first: the call is the group */
	struct waiting *chain;
	void (*done)(void *arg, struct waiting *chain);
	void *arg;
};

enum status
group_connect(struct db **out, const struct group_where *where, struct err *err)
{
	const struct db_options o = {
		.url = where->url,
		.program = where->program,
		.prepare = where->prepare,
		.connect_timeout_s = CONNECT_S,
	};

	enum status st = db_open(out, &o, err);

	/* A pipeline calls them by name. */
	if (st == ST_OK)
		st = db_prepare(*out, sql_intake, sql_intake_len, err);
	if (st != ST_OK) {
		db_close(*out);
		*out = NULL;
	}
	return st;
}

/* ---- in: what became of each ---- */

static void
set_chain(struct waiting *chain, enum status st, const struct err *err)
{
	for (; chain != NULL; chain = chain->next) {
		chain->status = st;
		chain->repeat = true;
		if (st != ST_OK)
			chain->err = *err;
	}
}

/* The rows are the places, from 1, of those that were not seen before. */
static void
mark_fresh(struct waiting *chain, const PGresult *res)
{
	int64_t place = 1;
	int row, rows = PQntuples(res);

	for (row = 0; row < rows; row++) {
		int64_t fresh = db_i64(res, row, 0);

		for (; chain != NULL && place < fresh; place++)
			chain = chain->next;
		if (chain != NULL)
			chain->repeat = false;
	}
}

static void
answered(struct call *call, enum status said, const PGresult *res,
    const struct err *why)
{
	struct group *g = (struct group *)call;

	set_chain(g->chain, said, why);
	if (said == ST_OK)
		mark_fresh(g->chain, res);
	g->done(g->arg, g->chain);
	free(g);
}

/* ---- out ---- */

static size_t
room_for(const struct waiting *w)
{
	size_t room = MIB;

	for (; w != NULL; w = w->next)
		room += w->envelope->body_len + 4 * KIB;
	return room;
}

static void
send_rows(struct pipeline *p, struct group *g)
{
	struct rows rows;
	struct args a = ARGS_INIT;
	struct err err = ERR_INIT;
	enum status st = ST_OK;
	const struct waiting *w;

	rows_init(&rows, envelope_types, ENVELOPE_COLUMNS, room_for(g->chain));
	for (w = g->chain; st == ST_OK && w != NULL; w = w->next)
		st = envelope_row(w->envelope, &rows, &err);
	rows_args(&rows, &a);
	if (st == ST_OK)
		pipeline_send(p, SQL_INTAKE_STORE, &a, &g->call);
	else
		answered(&g->call, st, NULL, &err);
	rows_release(&rows);
}

void
group_send(struct pipeline *p, struct waiting *chain,
    void (*done)(void *arg, struct waiting *chain), void *arg)
{
	struct group *g = calloc(1, sizeof(*g));
	struct waiting *w;
	struct err err = ERR_INIT;

	for (w = chain; w != NULL; w = w->next)
		w->tries++;
	if (g == NULL) {
		set_chain(chain, err_memory(&err), &err);
		done(arg, chain);
		return;
	}
	g->call.answered = answered;
	g->chain = chain;
	g->done = done;
	g->arg = arg;
	send_rows(p, g);
}
