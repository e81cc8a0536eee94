#include "slot.h"

#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "clock.h"
#include "stop.h"
#include "texts.h"

enum { NAME_MAX_BYTES = 160, ASK_EVERY_MS = 25 };

static void
name_slot(char out[static NAME_MAX_BYTES], const char *job, int number,
    const char *role)
{
	char host[65] = "";

	(void)gethostname(host, sizeof(host) - 1);
	(void)snprintf(out, NAME_MAX_BYTES, "zohosync %.32s %s %d %s", job,
	    host, number, role);
}

static enum status
try_lock(struct db *db, const char *name, bool *taken, struct err *err)
{
	struct args a = ARGS_INIT;
	PGresult *res = NULL;
	enum status st;

	args_text(&a, name);
	st = db_call(db, SQL_DRAIN_TRY_LOCK, &a, &res, err);
	if (st == ST_OK)
		*taken = db_bool(res, 0, 0);
	PQclear(res);
	return st;
}

/* Asking again and again keeps no snapshot open, which waiting inside
 * PostgreSQL would. */
static enum status
wait_for(struct db *db, const char *name, int64_t deadline_ms, struct err *err)
{
	bool taken = false;
	enum status st = ST_OK;

	while (st == ST_OK && !taken && !stop_asked &&
	    clock_passed_ms() < deadline_ms) {
		st = try_lock(db, name, &taken, err);
		if (st == ST_OK && !taken)
			clock_pause_ms(ASK_EVERY_MS);
	}
	return st == ST_OK && !taken ? ST_NONE : st;
}

enum status
slot_try(struct db *db, const char *job, int number, int64_t deadline_ms,
    struct err *err)
{
	char name[NAME_MAX_BYTES];

	name_slot(name, job, number, "holder");
	return wait_for(db, name, deadline_ms, err);
}

enum status
slot_take(struct db *db, const char *job, int number, int64_t deadline_ms,
    struct err *err)
{
	char holder[NAME_MAX_BYTES], next[NAME_MAX_BYTES];
	struct args a = ARGS_INIT;
	bool taken = false;
	enum status st, unlocked;

	name_slot(holder, job, number, "holder");
	name_slot(next, job, number, "successor");
	st = try_lock(db, holder, &taken, err);
	if (st != ST_OK || taken)
		return st;
	st = try_lock(db, next, &taken, err);
	if (st != ST_OK || !taken)
		return st == ST_OK ? ST_NONE : st;
	st = wait_for(db, holder, deadline_ms, err);
	args_text(&a, next);
	unlocked = st == ST_OK || st == ST_NONE
	    ? db_call(db, SQL_DRAIN_UNLOCK, &a, NULL, err)
	    : ST_OK;
	return unlocked != ST_OK ? unlocked : st;
}
