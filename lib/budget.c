#include "budget.h"

#include "texts.h"

enum { COLUMN_BYTES = 64 * 1024, PERCENT = 100 };

static const char *const names[POOL_COUNT] = {
	[POOL_CRM_CREDITS] = "crm.credits",
	[POOL_CRM_DOWNLOADS] = "crm.downloads",
	[POOL_BOOKS_MINUTE] = "books.minute",
	[POOL_BOOKS_DAY] = "books.day",
	[POOL_TOKENS] = "tokens",
};

const char *
budget_pool_name(enum budget_pool pool)
{
	return names[pool];
}

/* Two columns, of the pools whose number is not 0. */
static enum status
columns(struct array *pools, struct array *numbers,
    const int number[static POOL_COUNT], struct err *err)
{
	enum status st = ST_OK;
	int i;

	array_init(pools, ARRAY_TEXT, COLUMN_BYTES);
	array_init(numbers, ARRAY_I32, COLUMN_BYTES);
	for (i = 0; st == ST_OK && i < POOL_COUNT; i++) {
		if (number[i] == 0)
			continue;
		st = array_text(pools, names[i], err);
		if (st == ST_OK)
			st = array_i32(numbers, number[i], err);
	}
	return st;
}

/* Less than Zoho allows, because a call may be on its way for a while: what
 * went out in one minute may come in another (F251). */
static int
below(const struct settings *s, enum setting limit)
{
	int64_t percent = PERCENT -
	    settings_number(s, SET_ZOHO_LIMIT_BUFFER_PERCENT);

	return (int)(settings_number(s, limit) * percent / PERCENT);
}

enum status
budget_open(struct db *db, const struct settings *settings, struct err *err)
{
	const int most[POOL_COUNT] = {
		[POOL_CRM_CREDITS] = below(settings, SET_ZOHO_CRM_CREDITS),
		[POOL_BOOKS_MINUTE] = below(settings, SET_ZOHO_RATE_LIMIT),
		[POOL_BOOKS_DAY] = below(settings, SET_ZOHO_BOOKS_CALLS),
	};
	struct array pools, numbers;
	struct args a = ARGS_INIT;
	enum status st = columns(&pools, &numbers, most, err);

	args_array(&a, &pools);
	args_array(&a, &numbers);
	if (st == ST_OK)
		st = db_call(db, SQL_ZOHO_LIMITS, &a, NULL, err);
	array_release(&pools);
	array_release(&numbers);
	return st;
}

static enum status
read_take(const PGresult *res, int *granted, int64_t *wait_ms, struct err *err)
{
	*granted = (int)db_i64(res, 0, 0);
	*wait_ms = db_null(res, 0, 1) ? -1 : db_i64(res, 0, 1);
	if (*granted > 0)
		return ST_OK;
	if (*wait_ms < 0)
		return err_class(err, ST_RETRY, "budget",
		    "one call costs more than the limit allows");
	return err_class(err, ST_RETRY, "budget",
	    "the limit is reached; calls go on in %lld s",
	    (long long)(*wait_ms + 999) / 1000);
}

enum status
budget_take(struct db *db, const struct budget_price *price,
    enum budget_rank rank, int wanted, int *granted, int64_t *wait_ms,
    struct err *err)
{
	struct array pools, costs;
	struct args a = ARGS_INIT;
	PGresult *res = NULL;
	enum status st = columns(&pools, &costs, price->units, err);

	*granted = 0;
	*wait_ms = 0;
	args_array(&a, &pools);
	args_array(&a, &costs);
	args_i64(&a, wanted);
	args_i64(&a, rank);
	if (st == ST_OK)
		st = db_call(db, SQL_ZOHO_TAKE, &a, &res, err);
	if (st == ST_OK)
		st = read_take(res, granted, wait_ms, err);
	PQclear(res);
	array_release(&pools);
	array_release(&costs);
	return st;
}

enum status
budget_left(struct db *db, enum budget_pool pool, int64_t left, struct err *err)
{
	struct args a = ARGS_INIT;

	args_text(&a, names[pool]);
	args_i64(&a, left < INT32_MAX ? left : INT32_MAX);
	return db_call(db, SQL_ZOHO_LEFT_OVER, &a, NULL, err);
}

enum status
budget_close(struct db *db, enum budget_pool pool, int64_t for_ms,
    const char *why, struct err *err)
{
	struct args a = ARGS_INIT;

	args_text(&a, names[pool]);
	args_i64(&a, for_ms);
	args_text(&a, why);
	return db_call(db, SQL_ZOHO_CLOSE_POOL, &a, NULL, err);
}

enum status
budget_enter(struct db *db, enum budget_places kind, int most,
    struct budget_held *held, int *place, struct err *err)
{
	struct array ours;
	struct args a = ARGS_INIT;
	PGresult *res = NULL;
	enum status st = ST_OK;
	int i;

	if (held->len == PLACES_MOST)
		return ST_NONE;
	array_init(&ours, ARRAY_I32, COLUMN_BYTES);
	for (i = 0; st == ST_OK && i < held->len; i++)
		st = array_i32(&ours, held->at[i], err);
	args_i64(&a, kind);
	args_i64(&a, most);
	args_array(&a, &ours);
	if (st == ST_OK)
		st = db_call(db, SQL_ZOHO_ENTER, &a, &res, err);
	if (st == ST_OK && PQntuples(res) == 0)
		st = ST_NONE;
	if (st == ST_OK) {
		*place = (int)db_i64(res, 0, 0);
		held->at[held->len++] = *place;
	}
	PQclear(res);
	array_release(&ours);
	return st;
}

enum status
budget_leave(struct db *db, enum budget_places kind, struct budget_held *held,
    int place, struct err *err)
{
	struct args a = ARGS_INIT;
	int i = 0;

	while (i < held->len && held->at[i] != place)
		i++;
	if (i < held->len)
		held->at[i] = held->at[--held->len];
	args_i64(&a, kind);
	args_i64(&a, place);
	return db_call(db, SQL_ZOHO_LEAVE, &a, NULL, err);
}
