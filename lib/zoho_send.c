/* A call's way out: a place, a unit of the budget, the token, the request. */
#include <string.h>

#include "clock.h"
#include "zoho_own.h"

enum {
	NO_PLACE_MS = 50,
	TOKEN_LOOK_MS = 60 * 1000 /* somebody may have a newer one */
};

static struct token_source
source_of(const struct zoho *z)
{
	return (struct token_source) { z->o.db, z->accounts, z->o.settings,
		&z->centre };
}

enum status
zoho_have_token(struct zoho *z, bool refused, struct err *err)
{
	const struct token_source source = source_of(z);
	char before[TOKEN_TEXT_MAX];
	int64_t left_ms = 0;
	enum status st;

	memcpy(before, z->token, sizeof(before));
	st = token_get(&source, refused ? before : NULL, z->token, &left_ms,
	    err);
	explicit_bzero(before, sizeof(before));
	if (st == ST_OK)
		z->token_ms = clock_passed_ms() +
		    (left_ms < TOKEN_LOOK_MS ? left_ms : TOKEN_LOOK_MS);
	return st;
}

/* A new token is refused as well: another one would be. */
void
zoho_renewed_in_vain(struct zoho *z, struct zoho_call *call)
{
	const struct token_source source = source_of(z);

	call->said.is = ANSWER_HUMAN;
	token_in_vain(&source, call->err.text);
}

void
zoho_put_back(struct zoho *z, struct zoho_call *call, int64_t wait_ms)
{
	call->due_ms = clock_passed_ms() + wait_ms;
	z->waiting[z->waiting_len++] = call;
}

/* It will not be tried again: why is said in call->err. */
enum status
zoho_give_up(struct zoho_call *call, enum answer is, const struct err *why)
{
	call->said.is = is;
	call->err = *why;
	return ST_NONE;
}

/* A place for a call of the CRM's smaller pool is one of the first of all. */
static enum budget_places
kind_of(const struct zoho_call *call)
{
	return call->places == PLACES_CRM_SUB ? PLACES_CRM : call->places;
}

enum status
zoho_leave(struct zoho *z, struct zoho_call *call, struct err *err)
{
	int place = call->place;

	call->place = 0;
	if (place == 0)
		return ST_OK;
	return budget_leave(z->o.db, kind_of(call), &z->held[kind_of(call)],
	    place, err);
}

/* ST_OK: it went out, or waits. ST_NONE: it is done. */
static enum status
send_one(struct zoho *z, struct zoho_call *call, struct err *err)
{
	struct err left = ERR_INIT;
	int64_t wait_ms = 0;
	int granted;
	enum status st = budget_enter(z->o.db, kind_of(call),
	    z->most[call->places], &z->held[kind_of(call)], &call->place, err);

	if (st == ST_NONE) {
		zoho_put_back(z, call, zoho_about(z, NO_PLACE_MS));
		return ST_OK;
	}
	if (st == ST_OK)
		st = budget_take(z->o.db, &call->price, z->o.rank, 1, &granted,
		    &wait_ms, err);
	if (st == ST_OK)
		st = zoho_make_request(z, call, err);
	if (st == ST_OK)
		st = http_start(z->http, &call->http, err);
	if (st == ST_OK) {
		call->tries++;
		z->sent++;
		z->credits += call->price.units[POOL_CRM_CREDITS] +
		    call->price.units[POOL_BOOKS_DAY];
		z->under_way++;
		return ST_OK;
	}
	if (zoho_leave(z, call, &left) != ST_OK ||
	    strcmp(err->reason, "budget") != 0)
		return st;
	if (wait_ms < 0 || wait_ms > z->o.patience_ms)
		return zoho_give_up(call, ANSWER_LIMIT, err);
	zoho_put_back(z, call, wait_ms);
	return ST_OK;
}

/* Send what is due. "*out" is a call that is done instead. */
enum status
zoho_send_due(struct zoho *z, struct zoho_call **out, struct err *err)
{
	const int64_t now = clock_passed_ms();
	size_t i = 0, n = z->waiting_len;
	enum status st = ST_OK;

	/* What is put back goes behind the "n" that are looked at. */
	while (st == ST_OK && n > 0) {
		struct zoho_call *call = z->waiting[i];

		n--;
		if (call->due_ms > now) {
			i++;
			continue;
		}
		memmove(&z->waiting[i], &z->waiting[i + 1],
		    (--z->waiting_len - i) * sizeof(call));
		st = send_one(z, call, err);
		if (st == ST_NONE)
			*out = call;
	}
	return st == ST_NONE ? ST_OK : st;
}
