/* What zoho.c and zoho_call.c share. */
#ifndef ZOHO_OWN_H
#define ZOHO_OWN_H

#include "token.h"
#include "zoho.h"

enum { ZOHO_WAITING = 64 };

struct zoho {
	struct zoho_options o;
	struct centre centre;
	struct http *http;
	struct http *accounts; /* its own: tokens are waited for */
	char agent[80];
	char token[TOKEN_TEXT_MAX]; /* the last one; empty before the first */
	int64_t token_ms;           /* when it is looked at again */
	int most[PLACES_COUNT];
	struct budget_held held[PLACES_COUNT];
	struct zoho_call *waiting[ZOHO_WAITING];
	size_t waiting_len, under_way;
	int64_t sent, credits;
	unsigned seed;
};

/* The token to use now; "refused": another one than the last. As token_get().
 */
MUST_CHECK
enum status zoho_have_token(struct zoho *z, bool refused, struct err *err);

/* A new one is refused as well. */
void zoho_renewed_in_vain(struct zoho *z, struct zoho_call *call);

void zoho_put_back(struct zoho *z, struct zoho_call *call, int64_t wait_ms);

/* It will not be tried again: why is said in call->err. Gives ST_NONE. */
enum status
zoho_give_up(struct zoho_call *call, enum answer is, const struct err *why);

/* Give its place back. Status as db_call(). */
MUST_CHECK
enum status zoho_leave(struct zoho *z, struct zoho_call *call, struct err *err);

/* Send what is due. "*out" is a call that is done instead. */
MUST_CHECK
enum status
zoho_send_due(struct zoho *z, struct zoho_call **out, struct err *err);

/* Fill in call->http with the token of now. ST_FAULT: no memory. */
MUST_CHECK
enum status zoho_make_request(const struct zoho *z, struct zoho_call *call,
    struct err *err);

/* It was exchanged: say what the answer is, and take note of what it tells of
 * limits. Status as db_call(). */
MUST_CHECK
enum status
zoho_read_answer(struct zoho *z, struct zoho_call *call, struct err *err);

/* How long until it is worth another try, in ms; -1: it is not. */
int64_t zoho_again_in(struct zoho *z, const struct zoho_call *call);

/* Between half of it and all of it, so that programs do not meet again. */
int64_t zoho_about(struct zoho *z, int64_t ms);

#endif
