#include "zoho.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "log.h"
#include "stop.h"
#include "zoho_own.h"

enum {
	CONNECT_MS = 10000,
	STALL_MS = 30000,
	SUB_MOST = 8,  /* of 10 in every edition (zoho-api.md 2.14) */
	SLICE_MS = 500 /* looks at stop_asked in between */
};

const struct budget_price zoho_crm_deleted_call = {
	.units = { [POOL_CRM_CREDITS] = 2 }
};

struct zoho_call
zoho_usual_call(enum service service, const char *method)
{
	static const struct budget_price
	    crm = { .units = { [POOL_CRM_CREDITS] = 1 } },
	    books = { .units = {
			  [POOL_BOOKS_MINUTE] = 1, [POOL_BOOKS_DAY] = 1 } };
	bool is_crm = service == SERVICE_CRM;

	return (struct zoho_call) { .from = is_crm ? FROM_CRM : FROM_BOOKS,
		.method = method,
		.price = is_crm ? crm : books,
		.places = is_crm ? PLACES_CRM : PLACES_BOOKS,
		.max_bytes = ZOHO_BYTES };
}

/* ---- open and close ---- */

static enum status
open_http(struct zoho *z, struct err *err)
{
	const char *service = settings_text(z->o.settings,
	    SET_ZOHO_OAUTH_SERVICE_URL);
	const char *hosts[CENTRE_HOSTS + 1];
	char host[CENTRE_HOST_MAX];
	struct http_options o = { .agent = z->agent,
		.hosts = hosts,
		.hosts_len = CENTRE_HOSTS,
		.ca_file = settings_text(z->o.settings, SET_ZOHO_CA_FILE),
		.parallel = ZOHO_PARALLEL,
		.connect_ms = CONNECT_MS,
		.stall_ms = STALL_MS };
	const char *at = strstr(service, "://");
	enum status st;

	memcpy(hosts, z->centre.hosts, sizeof(z->centre.hosts));
	if (at != NULL) {
		(void)snprintf(host, sizeof(host), "%.*s",
		    (int)strcspn(at + 3, "/?#"), at + 3);
		hosts[o.hosts_len++] = host;
	}
	st = http_open(&z->http, &o, err);
	o.parallel = 1;
	if (st == ST_OK)
		st = http_open(&z->accounts, &o, err);
	return st;
}

static enum status
open_into(struct zoho *z, struct err *err)
{
	const struct settings *s = z->o.settings;
	enum status st = centre_find(&z->centre, s, err);

	(void)snprintf(z->agent, sizeof(z->agent), "%s/%s", z->o.program,
	    ZOHOSYNC_VERSION);
	z->most[PLACES_CRM] = (int)settings_number(s, SET_ZOHO_CRM_CONCURRENCY);
	z->most[PLACES_CRM_SUB] = z->most[PLACES_CRM] < SUB_MOST
	    ? z->most[PLACES_CRM]
	    : SUB_MOST;
	z->most[PLACES_BOOKS] = (int)settings_number(s,
	    SET_ZOHO_BOOKS_CONCURRENCY);
	if (st == ST_OK)
		st = open_http(z, err);
	if (st == ST_OK)
		st = budget_open(z->o.db, s, err);
	return st;
}

enum status
zoho_open(struct zoho **out, const struct zoho_options *options,
    struct err *err)
{
	struct zoho *z = calloc(1, sizeof(*z));
	enum status st;

	*out = NULL;
	if (z == NULL)
		return err_memory(err);
	z->o = *options;
	z->seed = (unsigned)clock_passed_us();
	st = open_into(z, err);
	if (st != ST_OK) {
		zoho_close(z);
		return st;
	}
	*out = z;
	return ST_OK;
}

void
zoho_close(struct zoho *zoho)
{
	if (zoho == NULL)
		return;
	http_close(zoho->http);
	http_close(zoho->accounts);
	explicit_bzero(zoho->token, sizeof(zoho->token));
	free(zoho);
}

int64_t
zoho_sent(const struct zoho *zoho)
{
	return zoho->sent;
}

int64_t
zoho_credits(const struct zoho *zoho)
{
	return zoho->credits;
}

/* ---- what came back ---- */

/* ST_OK: it is tried again. ST_NONE: it is done. */
static enum status
conclude(struct zoho *z, struct zoho_call *call, struct err *err)
{
	int64_t wait_ms;
	enum status st;

	z->under_way--;
	st = zoho_leave(z, call, err);
	if (st == ST_OK)
		st = zoho_read_answer(z, call, err);
	if (st != ST_OK)
		return st;
	log_debug("%s %.*s: status %d, %lld ms", call->method,
	    (int)strcspn(call->path, "?"), call->path, call->http.status,
	    (long long)call->took_ms);
	if (call->said.is == ANSWER_TOKEN && !call->renewed) {
		call->renewed = true;
		if (strstr(buf_text(&call->authorization), z->token) != NULL)
			st = zoho_have_token(z, true, &call->err);
		if (st != ST_OK)
			return zoho_give_up(call,
			    st == ST_FAULT ? ANSWER_HUMAN : ANSWER_LATER,
			    &call->err);
		zoho_put_back(z, call, 0);
		return ST_OK;
	}
	if (call->said.is == ANSWER_TOKEN)
		zoho_renewed_in_vain(z, call);
	wait_ms = zoho_again_in(z, call);
	if (wait_ms < 0 || wait_ms > z->o.patience_ms)
		return ST_NONE;
	zoho_put_back(z, call, wait_ms);
	return ST_OK;
}

/* ---- the round ---- */

static enum status
drop_waiting(struct zoho *z, enum answer is, const struct err *why,
    struct zoho_call **out)
{
	*out = z->waiting[--z->waiting_len];
	(void)zoho_give_up(*out, is, why);
	return ST_OK;
}

static struct zoho_call *
whose(struct http_call *http)
{
	return (struct zoho_call *)((char *)http -
	    offsetof(struct zoho_call, http));
}

/* The program is asked to end. What was sent goes on where it writes. */
static enum status
drop_one(struct zoho *z, struct zoho_call **out, struct err *err)
{
	struct err why = ERR_INIT;
	struct http_call *read;

	(void)err_class(&why, ST_RETRY, "stopped", "asked to end");
	if (z->waiting_len > 0)
		return drop_waiting(z, ANSWER_LATER, &why, out);
	read = http_give_up_read(z->http);
	if (read == NULL)
		return ST_OK;
	z->under_way--;
	*out = whose(read);
	(void)zoho_give_up(*out, ANSWER_LATER, &why);
	return zoho_leave(z, *out, err);
}

static int64_t
next_due(const struct zoho *z)
{
	int64_t first = clock_passed_ms() + SLICE_MS;
	size_t i;

	for (i = 0; i < z->waiting_len; i++)
		if (z->waiting[i]->due_ms < first)
			first = z->waiting[i]->due_ms;
	return first;
}

static enum status
wait_a_moment(struct zoho *z, struct zoho_call **out, struct err *err)
{
	int64_t left = next_due(z) - clock_passed_ms();
	struct http_call *done = NULL;
	enum status st;

	if (left < 0)
		left = 0;
	if (z->under_way == 0) {
		clock_pause_ms(left);
		return ST_OK;
	}
	st = http_next(z->http, left, &done, err);
	if (st == ST_RETRY)
		return ST_OK;
	if (st != ST_OK)
		return st;
	*out = whose(done);
	st = conclude(z, *out, err);
	if (st == ST_NONE)
		return ST_OK;
	*out = NULL;
	return st;
}

static enum status
next_done(struct zoho *zoho, struct zoho_call **out, struct err *err)
{
	struct err why = ERR_INIT;
	enum status st = ST_OK;

	*out = NULL;
	while (st == ST_OK && *out == NULL) {
		if (zoho->waiting_len + zoho->under_way == 0)
			return ST_NONE;
		if (stop_asked)
			st = drop_one(zoho, out, err);
		if (st != ST_OK || *out != NULL)
			return st;
		if (zoho->waiting_len > 0 &&
		    (zoho->token[0] == '\0' ||
			clock_passed_ms() >= zoho->token_ms)) {
			st = zoho_have_token(zoho, false, &why);
			if (st != ST_OK)
				return drop_waiting(zoho,
				    st == ST_FAULT ? ANSWER_HUMAN
						   : ANSWER_LATER,
				    &why, out);
		}
		st = zoho_send_due(zoho, out, err);
		if (st == ST_OK && *out == NULL)
			st = wait_a_moment(zoho, out, err);
	}
	return st;
}

/* Those that cannot be left now end with the session. */
static void
leave_all(struct zoho *z, enum budget_places kind)
{
	struct budget_held *held = &z->held[kind];
	struct err why = ERR_INIT;

	while (held->len > 0)
		if (budget_leave(z->o.db, kind, held, held->at[0], &why) !=
		    ST_OK)
			log_debug("a place is not left: %s", why.text);
}

void
zoho_drop(struct zoho *zoho)
{
	enum budget_places kind;

	http_give_up_all(zoho->http);
	zoho->waiting_len = zoho->under_way = 0;
	for (kind = PLACES_CRM; kind < PLACES_COUNT; kind++)
		leave_all(zoho, kind);
}

enum status
zoho_next(struct zoho *zoho, struct zoho_call **out, struct err *err)
{
	enum status st = next_done(zoho, out, err);

	if (st != ST_OK && st != ST_NONE)
		zoho_drop(zoho);
	return st;
}

enum status
zoho_start(struct zoho *zoho, struct zoho_call *call, struct err *err)
{
	if (zoho->waiting_len + zoho->under_way == ARRAY_LEN(zoho->waiting))
		return err_set(err, ST_FAULT, "too many calls at once");
	call->tries = 0;
	call->place = 0;
	call->renewed = false;
	call->url.max = call->authorization.max = 64 * KIB;
	zoho_put_back(zoho, call, 0);
	return ST_OK;
}

enum status
zoho_ask(struct zoho *zoho, struct zoho_call *call, struct err *err)
{
	struct zoho_call *done;
	enum status st = zoho_start(zoho, call, err);

	if (st == ST_OK)
		st = zoho_next(zoho, &done, err);
	if (st != ST_OK)
		return st;
	*err = call->err;
	return answer_status(call->said.is);
}

void
zoho_release(struct zoho_call *call)
{
	json_object_put(call->document);
	call->document = NULL;
	http_release(&call->http);
	buf_release(&call->url);
	buf_release(&call->authorization);
}
