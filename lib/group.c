#include "group.h"

#include <stdlib.h>

#include "texts.h"

enum { COLUMNS = 12, CONNECT_S = 2 /* the least libpq allows */ };

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

/* ---- out: a column for each part of an envelope ---- */

static const enum array_type types[COLUMNS] = { ARRAY_BYTES, ARRAY_TEXT,
	ARRAY_TEXT, ARRAY_TEXT, ARRAY_TEXT, ARRAY_TEXT, ARRAY_I32, ARRAY_TEXT,
	ARRAY_TEXT, ARRAY_TEXT, ARRAY_TEXT, ARRAY_BYTES };

static enum status
put_row(struct array *col, const struct envelope *e, struct err *err)
{
	const char *const texts[COLUMNS] = { NULL, e->source, e->route,
		e->module, e->operation, e->event_type, NULL, e->query,
		e->content_type, e->headers, e->remote, NULL };
	enum status st = array_bytes(&col[0], e->key, sizeof(e->key), err);
	size_t i;

	for (i = 1; st == ST_OK && i < COLUMNS - 1; i++)
		st = types[i] == ARRAY_TEXT
		    ? array_text(&col[i], texts[i], err)
		    : array_i32(&col[i], e->changes, err);
	if (st == ST_OK)
		st = array_bytes(&col[COLUMNS - 1], e->body, e->body_len, err);
	return st;
}

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
	struct array col[COLUMNS];
	struct args a = ARGS_INIT;
	struct err err = ERR_INIT;
	enum status st = ST_OK;
	const struct waiting *w;
	size_t i, room = room_for(g->chain);

	for (i = 0; i < COLUMNS; i++)
		array_init(&col[i], types[i], room);
	for (w = g->chain; st == ST_OK && w != NULL; w = w->next)
		st = put_row(col, w->envelope, &err);
	for (i = 0; i < COLUMNS; i++)
		args_array(&a, &col[i]);
	if (st == ST_OK)
		pipeline_send(p, SQL_INTAKE_STORE, &a, &g->call);
	else
		answered(&g->call, st, NULL, &err);
	for (i = 0; i < COLUMNS; i++)
		array_release(&col[i]);
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
