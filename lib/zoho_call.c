#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "json.h"
#include "zoho_own.h"

enum {
	TRIES = 4,
	TIMEOUT_MS = 60000,
	CROWDED_MS = 200,
	LATER_MS = 500,
	MINUTE_CLOSED_MS = 60 * 1000,
	DAY_CLOSED_MS = 30 * 60 * 1000
};

enum status
zoho_make_request(const struct zoho *z, struct zoho_call *call, struct err *err)
{
	struct http_call *h = &call->http;
	size_t n = 0, i;
	enum status st;

	buf_clear(&call->url);
	buf_clear(&call->authorization);
	st = buf_printf(&call->url, err, "%s%s", z->centre.api, call->path);
	if (st == ST_OK && call->from == FROM_BOOKS)
		st = http_add_query(&call->url, "organization_id",
		    settings_text(z->o.settings, SET_ZOHO_ORGANIZATION_ID),
		    err);
	if (st == ST_OK)
		st = buf_printf(&call->authorization, err,
		    "Authorization: Zoho-oauthtoken %s", z->token);
	call->lines[n++] = buf_text(&call->authorization);
	if (call->body != NULL)
		call->lines[n++] = "Content-Type: application/json";
	for (i = 0; i < ZOHO_HEADERS_MAX && call->headers[i] != NULL; i++)
		call->lines[n++] = call->headers[i];
	h->method = call->method;
	h->url = buf_text(&call->url);
	h->headers = call->lines;
	h->headers_len = n;
	h->body = call->body;
	h->body_len = call->body != NULL ? strlen(call->body) : 0;
	h->max_bytes = call->max_bytes;
	h->timeout_ms = TIMEOUT_MS;
	h->reads = call->reads || strcmp(call->method, "GET") == 0;
	h->sink = call->sink;
	h->arg = call->arg;
	return st;
}

int64_t
zoho_about(struct zoho *z, int64_t ms)
{
	return ms / 2 + rand_r(&z->seed) % (int)(ms / 2 + 1);
}

/* What Zoho says of its limits. */
static enum status
learn(struct zoho *z, const struct zoho_call *call, struct err *err)
{
	const struct http_head *head = &call->http.head;
	const char *why = call->err.text;
	struct db *db = z->o.db;
	bool crm = call->from == FROM_CRM;
	enum status st = ST_OK;

	if (crm && head->credits_left >= 0)
		st = budget_left(db, POOL_CRM_CREDITS, head->credits_left, err);
	/* a limit of some hundreds is that of the day */
	if (!crm && head->rate_left >= 0 && head->rate_limit > 500)
		st = budget_left(db, POOL_BOOKS_DAY, head->rate_left, err);
	if (st == ST_OK && call->said.is == ANSWER_MINUTE)
		st = budget_close(db, POOL_BOOKS_MINUTE, MINUTE_CLOSED_MS, why,
		    err);
	if (st == ST_OK && call->said.is == ANSWER_CREDITS)
		st = budget_close(db, crm ? POOL_CRM_CREDITS : POOL_BOOKS_DAY,
		    DAY_CLOSED_MS, why, err);
	return st;
}

int64_t
zoho_again_in(struct zoho *z, const struct zoho_call *call)
{
	const struct http_head *head = &call->http.head;
	if (call->tries >= TRIES)
		return -1;
	switch (call->said.is) {
	case ANSWER_MINUTE:
		return MINUTE_CLOSED_MS;
	case ANSWER_CROWDED:
		return zoho_about(z, (int64_t)CROWDED_MS << call->tries);
	case ANSWER_LIMIT:
		return zoho_about(z, (int64_t)LATER_MS << (2 * call->tries));
	case ANSWER_LATER:
		/* what writes may have been done */
		if (!call->http.reads && call->http.end != HTTP_NOT_SENT)
			return -1;
		if (head->retry_after_s >= 0)
			return head->retry_after_s * 1000;
		return zoho_about(z, (int64_t)LATER_MS << call->tries);
	default:
		return -1;
	}
}

enum status
zoho_read_answer(struct zoho *z, struct zoho_call *call, struct err *err)
{
	const struct http_call *h = &call->http;
	enum status st;

	json_object_put(call->document);
	st = answer_document(h, &call->document, err);
	if (st != ST_OK)
		return st;
	call->err.text[0] = '\0';
	call->err.reason = "";
	call->took_ms = h->took_ms;
	call->said = answer_judge(call->from, h, call->document, &call->err);
	return learn(z, call, err);
}

int64_t
zoho_as_of_us(const struct zoho_call *call)
{
	int64_t answered_us = call->http.head.date_s > 0
	    ? call->http.head.date_s * 1000000
	    : clock_now_us();

	return answered_us - call->http.took_ms * 1000;
}
