#include "mirror.h"

#include <stdlib.h>
#include <string.h>

#include "rows.h"
#include "texts.h"

enum { RACES_MAX = 5, ARRAY_MAX_MIB = 512 };

/* Columns that go to sql/drain/apply.sql, in its order. */
enum {
	IN_MODULE,
	IN_ID,
	IN_ACT,
	IN_TIME,
	IN_SEQ,
	IN_RECEIVED,
	IN_OPERATION,
	IN_DATA,
	IN_NOTED,
	IN_OWNER_ID,
	IN_OWNER_NAME,
	IN_OWNER_EMAIL,
	IN_ORIGIN,
	IN_COUNT
};

static const enum array_type column_types[IN_COUNT] = {
	[IN_MODULE] = ARRAY_TEXT,
	[IN_ID] = ARRAY_TEXT,
	[IN_ACT] = ARRAY_TEXT,
	[IN_TIME] = ARRAY_TIME,
	[IN_SEQ] = ARRAY_I64,
	[IN_RECEIVED] = ARRAY_TIME,
	[IN_OPERATION] = ARRAY_TEXT,
	[IN_DATA] = ARRAY_JSONB,
	[IN_NOTED] = ARRAY_JSONB,
	[IN_OWNER_ID] = ARRAY_TEXT,
	[IN_OWNER_NAME] = ARRAY_TEXT,
	[IN_OWNER_EMAIL] = ARRAY_TEXT,
	[IN_ORIGIN] = ARRAY_TEXT,
};

/* What one mirror_apply() works with. */
struct applying {
	struct db *db;
	const struct batch *batch;
	struct rows rows;
	struct item **sorted; /* scratch for ordering by record */
	struct err *err;
};

/* ---- rounds: a record's changes one after the other, all records at once */

static int
by_record(const void *a, const void *b)
{
	const struct item *x = *(struct item *const *)a;
	const struct item *y = *(struct item *const *)b;
	/* Modules in the order of their table: projections run in it. */
	int d = (x->change->module > y->change->module) -
	    (x->change->module < y->change->module);

	if (d == 0)
		d = strcmp(x->change->id, y->change->id);
	if (d == 0)
		d = (x > y) - (x < y);
	return d;
}

static bool
same_record(const struct item *x, const struct item *y)
{
	return x->change->module == y->change->module &&
	    strcmp(x->change->id, y->change->id) == 0;
}

/* Number each record's changes in their order; returns the highest number.
 * "items" come in the order in which they arrived. */
static int
number_rounds(struct applying *a, struct item **items, size_t n)
{
	int highest = 0;
	size_t i;

	memcpy(a->sorted, items, n * sizeof(*items));
	qsort(a->sorted, n, sizeof(*a->sorted), by_record);
	for (i = 0; i < n; i++) {
		a->sorted[i]->round = 1;
		if (i > 0 && same_record(a->sorted[i - 1], a->sorted[i]))
			a->sorted[i]->round = a->sorted[i - 1]->round + 1;
		if (a->sorted[i]->round > highest)
			highest = a->sorted[i]->round;
	}
	return highest;
}

/* ---- one round ---- */

static enum status
put_item(struct applying *a, const struct item *item)
{
	const struct change *c = item->change;
	const char *docs = buf_text(&a->batch->docs);
	const struct {
		int column;
		const char *at;
		size_t len;
	} texts[] = {
		{ IN_MODULE, c->module->name, strlen(c->module->name) },
		{ IN_ID, c->id, strlen(c->id) },
		{ IN_ACT, item->act, strlen(item->act) },
		{ IN_OPERATION, operation_name(c->op),
		    strlen(operation_name(c->op)) },
		{ IN_DATA, item->doc_len > 0 ? docs + item->doc : NULL,
		    item->doc_len },
		{ IN_NOTED, item->notes_len > 0 ? docs + item->notes : NULL,
		    item->notes_len },
		{ IN_ORIGIN, item->task->origin, strlen(item->task->origin) },
	};
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < ARRAY_LEN(texts); i++)
		st = array_bytes(&a->rows.columns[texts[i].column], texts[i].at,
		    texts[i].len, a->err);
	if (st == ST_OK)
		st = c->timed
		    ? array_time(&a->rows.columns[IN_TIME], c->time_us, a->err)
		    : array_null(&a->rows.columns[IN_TIME], a->err);
	if (st == ST_OK)
		st = array_i64(&a->rows.columns[IN_SEQ], item->task->seq,
		    a->err);
	if (st == ST_OK)
		st = array_time(&a->rows.columns[IN_RECEIVED],
		    item->task->known_us, a->err);
	if (st == ST_OK)
		st = array_text(&a->rows.columns[IN_OWNER_ID], item->owner.id,
		    a->err);
	if (st == ST_OK)
		st = array_text(&a->rows.columns[IN_OWNER_NAME],
		    item->owner.name, a->err);
	if (st == ST_OK)
		st = array_text(&a->rows.columns[IN_OWNER_EMAIL],
		    item->owner.email, a->err);
	return st;
}

/* "*raced" where another drain made a record between lock and write. */
static enum status
take_verdicts(struct item **items, size_t n, int round, const PGresult *res,
    bool *raced)
{
	size_t i;
	int row = 0;

	for (i = 0; i < n; i++) {
		const char *said;

		if (items[i]->round != round)
			continue;
		said = db_text(res, row++, 1);
		items[i]->verdict = verdict_find(said);
		if (items[i]->verdict == VERDICT_NONE)
			*raced = true;
	}
	return ST_OK;
}

static enum status
apply_round(struct applying *a, struct item **items, size_t n, int round,
    bool *raced)
{
	struct args args = ARGS_INIT;
	PGresult *res = NULL;
	enum status st = ST_OK;
	size_t i;

	rows_clear(&a->rows);
	for (i = 0; st == ST_OK && i < n; i++)
		if (items[i]->round == round)
			st = put_item(a, items[i]);
	if (st != ST_OK)
		return st;
	rows_args(&a->rows, &args);
	st = db_call(a->db, SQL_DRAIN_APPLY, &args, &res, a->err);
	if (st == ST_OK)
		st = take_verdicts(items, n, round, res, raced);
	PQclear(res);
	return st;
}

static enum status
lock_records(struct applying *a, struct item **items, size_t n)
{
	struct array *modules = &a->rows.columns[IN_MODULE];
	struct array *ids = &a->rows.columns[IN_ID];
	struct args args = ARGS_INIT;
	enum status st = ST_OK;
	size_t i;

	rows_clear(&a->rows);
	for (i = 0; st == ST_OK && i < n; i++) {
		if (items[i]->round != 1)
			continue;
		st = array_text(modules, items[i]->change->module->name,
		    a->err);
		if (st == ST_OK)
			st = array_text(ids, items[i]->change->id, a->err);
	}
	args_array(&args, modules);
	args_array(&args, ids);
	if (st == ST_OK)
		st = db_call(a->db, SQL_DRAIN_LOCK, &args, NULL, a->err);
	return st;
}

/* ---- projections ---- */

/* The rows for people of one module's records that were written. "sorted" is
 * in the order of records, so equal ones are neighbours. */
static enum status
project_module(struct applying *a, const struct module *module, size_t from,
    size_t to)
{
	struct array *ids = &a->rows.columns[IN_ID];
	struct args args = ARGS_INIT;
	const char *last = "";
	enum status st = ST_OK;
	size_t i;

	array_clear(ids);
	for (i = from; st == ST_OK && i < to; i++) {
		const struct item *item = a->sorted[i];

		if (item->verdict != VERDICT_APPLIED ||
		    strcmp(item->change->id, last) == 0)
			continue;
		last = item->change->id;
		st = array_text(ids, last, a->err);
	}
	if (st != ST_OK || ids->n == 0)
		return st;
	args_array(&args, ids);
	return db_call(a->db, module->projection, &args, NULL, a->err);
}

static enum status
project(struct applying *a, size_t n)
{
	enum status st = ST_OK;
	size_t from, to;

	for (from = 0; st == ST_OK && from < n; from = to) {
		const struct module *module = a->sorted[from]->change->module;

		for (to = from; to < n; to++)
			if (a->sorted[to]->change->module != module)
				break;
		if (module->projection != NULL)
			st = project_module(a, module, from, to);
	}
	return st;
}

/* ---- sets of items ---- */

static enum status
apply_set(struct applying *a, struct item **items, size_t n, bool *raced)
{
	int rounds = number_rounds(a, items, n), round;
	enum status st = lock_records(a, items, n);

	*raced = false;
	for (round = 1; st == ST_OK && !*raced && round <= rounds; round++)
		st = apply_round(a, items, n, round, raced);
	if (st == ST_OK && !*raced)
		st = project(a, n);
	return st;
}

/* Failures that are nobody's data: the transaction as a whole is over. */
static bool
is_general(const struct err *err)
{
	static const char *const general[] = { "connection", "deadlock",
		"serialization", "timeout", "lock", "resources", "io",
		"memory" };
	size_t i;

	if (db_is_unfit(err))
		return true;
	for (i = 0; i < ARRAY_LEN(general); i++)
		if (strcmp(err->reason, general[i]) == 0)
			return true;
	return false;
}

static enum status
try_set(struct applying *a, struct item **items, size_t n)
{
	enum status st;
	bool raced = true;
	int i;

	for (i = 0; i < RACES_MAX && raced; i++) {
		st = db_command(a->db, "savepoint s", a->err);
		if (st == ST_OK)
			st = apply_set(a, items, n, &raced);
		if (st != ST_OK)
			return st;
		st = db_command(a->db, raced ? "rollback to s" : "release s",
		    a->err);
		if (st != ST_OK)
			return st;
	}
	return raced ? err_class(a->err, ST_RETRY, "serialization",
			   "another drain keeps making the same records")
		     : ST_OK;
}

static enum status
settle(struct applying *a, struct item **items, size_t n)
{
	enum status st = n > 0 ? try_set(a, items, n) : ST_OK;
	struct err undone = ERR_INIT;

	if (st == ST_OK || is_general(a->err))
		return st;
	if (db_command(a->db, "rollback to s", &undone) != ST_OK) {
		*a->err = undone;
		return ST_RETRY;
	}
	if (n == 1) {
		items[0]->verdict = VERDICT_RETRY;
		items[0]->err = *a->err;
		return ST_OK;
	}
	st = settle(a, items, n / 2);
	if (st == ST_OK)
		st = settle(a, items + n / 2, n - n / 2);
	return st;
}

/* The first, so that the locks of a program that was killed go while its
 * statement still runs, and those of a host that went away soon. Compiling
 * plans costs more than it saves here. A plan made while a table was small
 * must not read the whole of it for each record once it has grown: everything
 * here is looked up by key. */
enum status
mirror_tune(struct db *db, struct err *err)
{
	return db_command(db,
	    "set client_connection_check_interval = '500ms';"
	    "set tcp_keepalives_idle = 15;"
	    "set tcp_keepalives_interval = 5;"
	    "set tcp_keepalives_count = 3;"
	    "set jit = off;"
	    "set enable_seqscan = off",
	    err);
}

enum status
mirror_apply(struct db *db, struct batch *batch, struct err *err)
{
	struct applying a = { .db = db, .batch = batch, .err = err };
	struct item **items = calloc(batch->items_len + 1, sizeof(*items));
	enum status st = ST_OK;
	size_t i, n = 0;

	a.sorted = calloc(batch->items_len + 1, sizeof(*a.sorted));
	rows_init(&a.rows, column_types, IN_COUNT, ARRAY_MAX_MIB * MIB);
	if (items == NULL || a.sorted == NULL) {
		st = err_memory(err);
	} else {
		for (i = 0; i < batch->items_len; i++)
			if (batch->items[i].verdict == VERDICT_NONE)
				items[n++] = &batch->items[i];
		st = settle(&a, items, n);
	}
	rows_release(&a.rows);
	free(items);
	free(a.sorted);
	return st;
}
