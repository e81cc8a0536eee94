#include "watched.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "texts.h"

enum {
	COL_MODULE,
	COL_ID,
	COL_STATE,
	COL_GRANTED,
	COL_RENEWED,
	COL_TRIED,
	COL_SEEN,
	COL_DOUBTED
};

static int64_t
moment(const PGresult *res, int row, int col)
{
	return db_null(res, row, col) ? 0 : db_time(res, row, col);
}

static void
read_row(struct watched *w, const PGresult *res, int row)
{
	(void)snprintf(w->module, sizeof(w->module), "%s",
	    db_text(res, row, COL_MODULE));
	(void)snprintf(w->state, sizeof(w->state), "%s",
	    db_text(res, row, COL_STATE));
	w->id = db_i64(res, row, COL_ID);
	w->granted_us = moment(res, row, COL_GRANTED);
	w->renewed_us = moment(res, row, COL_RENEWED);
	w->tried_us = moment(res, row, COL_TRIED);
	w->seen_us = moment(res, row, COL_SEEN);
	w->doubted = db_bool(res, row, COL_DOUBTED);
}

enum status
watched_read(struct db *db, bool listen, struct watched_list *out,
    struct err *err)
{
	PGresult *res = NULL;
	enum status st = listen
	    ? db_call(db, SQL_CHANNEL_HEARD, NULL, NULL, err)
	    : ST_OK;
	int i, n;

	out->at = NULL;
	out->len = 0;
	if (st == ST_OK)
		st = db_call(db, SQL_CHANNEL_KNOWN, NULL, &res, err);
	if (st != ST_OK)
		return st;
	n = PQntuples(res);
	out->at = calloc((size_t)n + 1, sizeof(*out->at));
	if (out->at == NULL)
		st = err_memory(err);
	for (i = 0; out->at != NULL && i < n; i++)
		read_row(&out->at[out->len++], res, i);
	PQclear(res);
	return st;
}

void
watched_release(struct watched_list *list)
{
	free(list->at);
	list->at = NULL;
	list->len = 0;
}

struct watched
watched_find(const struct watched_list *list, const char *module)
{
	struct watched none = { .id = 0 };
	size_t i;

	for (i = 0; i < list->len; i++)
		if (strcmp(list->at[i].module, module) == 0)
			return list->at[i];
	(void)snprintf(none.module, sizeof(none.module), "%s", module);
	return none;
}

enum { MOMENTS = 6 };

static void
args_moment(struct args *a, int64_t us, char text[static DATE_TEXT_MAX])
{
	date_put_time(us, text);
	args_text(a, us > 0 ? text : NULL);
}

enum status
watched_save(struct db *db, const struct watched *watched,
    const struct channel_want *want, const char *error, struct err *err)
{
	const int64_t moments[MOMENTS] = { watched->asked_us,
		watched->granted_us, watched->renewed_us, watched->tried_us,
		watched->seen_us, watched->lapsed_us };
	char texts[MOMENTS][DATE_TEXT_MAX];
	struct args a = ARGS_INIT;
	int i;

	args_text(&a, watched->module);
	args_i64(&a, want->id);
	args_text(&a, want->events);
	args_text(&a, want->url);
	args_text(&a, watched->state);
	for (i = 0; i < MOMENTS; i++)
		args_moment(&a, moments[i], texts[i]);
	args_text(&a, watched->trusted ? "true" : "false");
	args_text(&a, error);
	return db_call(db, SQL_CHANNEL_SAVE, &a, NULL, err);
}

static enum status
of_module(struct db *db, const struct sql *stmt, const char *module,
    struct err *err)
{
	struct args a = ARGS_INIT;

	args_text(&a, module);
	return db_call(db, stmt, &a, NULL, err);
}

enum status
watched_forget(struct db *db, const char *module, struct err *err)
{
	return of_module(db, SQL_CHANNEL_FORGET, module, err);
}

enum status
watched_hurry(struct db *db, const char *module, struct err *err)
{
	return of_module(db, SQL_CHANNEL_HURRY, module, err);
}
