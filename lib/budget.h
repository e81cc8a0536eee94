/*
 * What may be asked of Zoho: one budget in the database for all programs and
 * hosts (promise 6). Units are taken before a call goes out; places are for
 * calls at the same time and go with the connection, so a killed program
 * leaves none behind. sql/schema/0009_budget.sql has the arithmetic.
 */
#ifndef BUDGET_H
#define BUDGET_H

#include <stdint.h>

#include "db.h"
#include "err.h"
#include "settings.h"

/* Who asks: what each leaves to those before it stands in sync.share_kept. */
enum budget_rank {
	RANK_PERSON,
	RANK_FOLLOW_UP, /* of a webhook */
	RANK_RECONCILE,
	RANK_VERIFY,
	RANK_BACKFILL
};

enum budget_pool {
	POOL_CRM_CREDITS,
	POOL_CRM_DOWNLOADS,
	POOL_BOOKS_MINUTE,
	POOL_BOOKS_DAY,
	POOL_TOKENS,
	POOL_COUNT
};

/* Kinds of calls at the same time. Those of the CRM that sort, query or write
 * many records count in a smaller pool as well. */
enum budget_places { PLACES_CRM, PLACES_CRM_SUB, PLACES_BOOKS, PLACES_COUNT };

/* Units that one call costs, by pool; 0 for none. */
struct budget_price {
	int units[POOL_COUNT];
};

const char *budget_pool_name(enum budget_pool pool);

/* Bring the limits of the settings into the database. Status as db_call(). */
MUST_CHECK
enum status
budget_open(struct db *db, const struct settings *settings, struct err *err);

/*
 * Take units for up to "wanted" calls.
 * ST_OK     *granted of them may go out
 * ST_RETRY  none for now: reason "budget", and *wait_ms says when to come
 *           again (-1: such a call will never fit)
 */
MUST_CHECK
enum status budget_take(struct db *db, const struct budget_price *price,
    enum budget_rank rank, int wanted, int *granted, int64_t *wait_ms,
    struct err *err);

/* Zoho says that so many are left; that it is used up. */
MUST_CHECK
enum status budget_left(struct db *db, enum budget_pool pool, int64_t left,
    struct err *err);
MUST_CHECK
enum status budget_close(struct db *db, enum budget_pool pool, int64_t for_ms,
    const char *why, struct err *err);

enum { PLACES_MOST = 64 };

/* Places this connection has, of one kind. */
struct budget_held {
	int at[PLACES_MOST];
	int len;
};

/* Take one of "most" places, "*place" counting from 1; ST_NONE: all are
 * taken. Leave it when the call is done. */
MUST_CHECK
enum status budget_enter(struct db *db, enum budget_places kind, int most,
    struct budget_held *held, int *place, struct err *err);
MUST_CHECK
enum status budget_leave(struct db *db, enum budget_places kind,
    struct budget_held *held, int place, struct err *err);

#endif
