#include "mint.h"

#include <stdio.h>
#include <string.h>

#include "budget.h"
#include "json.h"

enum {
	LIFE_S = 3600, /* where Zoho does not say */
	LONGEST_S = 86400,
	ANSWER_BYTES = 64 * 1024,
	TIMEOUT_MS = 15000
};

static const char *
text(const struct token_source *s, enum setting which)
{
	return settings_text(s->settings, which);
}

/* Seconds; old answers had milliseconds there. */
static int64_t
life_of(json_object *document)
{
	int64_t s = json_object_get_int64(json_get(document, "expires_in"));

	if (s > LONGEST_S)
		s /= 1000;
	return s > 0 && s <= LONGEST_S ? s : LIFE_S;
}

/* The API is where the settings say, or the token is of another centre. */
static enum status
check_domain(const struct token_source *s, json_object *document,
    struct err *err)
{
	const char *domain = json_get_text(document, "api_domain");

	if (domain == NULL || strcmp(domain, s->centre->api) == 0)
		return ST_OK;
	return err_class(err, ST_FAULT, "centre",
	    "the token is for %s, the settings say %s: set ZOHO_DATA_CENTRE",
	    domain, s->centre->api);
}

static enum status
read_tokens(const struct token_source *s, json_object *document,
    struct minted *out, struct err *err)
{
	const char *access = json_get_text(document, "access_token");
	const char *refresh = json_get_text(document, "refresh_token");

	if (access == NULL || strlen(access) >= sizeof(out->access) ||
	    (refresh != NULL && strlen(refresh) >= sizeof(out->refresh)))
		return err_class(err, ST_RETRY, "zoho",
		    "the answer holds no token");
	(void)snprintf(out->access, sizeof(out->access), "%s", access);
	(void)snprintf(out->refresh, sizeof(out->refresh), "%s",
	    refresh != NULL ? refresh : "");
	out->life_s = life_of(document);
	return check_domain(s, document, err);
}

static enum status
ask(const struct token_source *s, struct http_call *call, struct minted *out,
    struct err *err)
{
	static const struct budget_price one = { .units = {
						     [POOL_TOKENS] = 1 } };
	json_object *document = NULL;
	int64_t wait_ms;
	int granted;
	enum status st = budget_take(s->db, &one, RANK_PERSON, 1, &granted,
	    &wait_ms, err);

	out->is = ANSWER_LATER;
	if (st == ST_OK)
		st = http_do(s->http, call, err);
	if (st == ST_OK)
		st = answer_document(call, &document, err);
	if (st == ST_OK) {
		out->is = answer_judge(FROM_ACCOUNTS, call, document, err).is;
		st = answer_status(out->is);
	}
	if (st == ST_OK)
		st = read_tokens(s, document, out, err);
	json_object_put(document);
	if (err_passing(st, err) == ST_FAULT)
		out->is = ANSWER_HUMAN;
	return err_wrap(err, st, "access token");
}

static enum status
fill_form(const struct token_source *s, struct buf *form, const char *grant,
    const char *name, const char *value, struct err *err)
{
	enum status st = http_add_form(form, "grant_type", grant, err);

	if (st == ST_OK)
		st = http_add_form(form, name, value, err);
	if (st == ST_OK)
		st = http_add_form(form, "client_id",
		    text(s, SET_ZOHO_CLIENT_ID), err);
	if (st == ST_OK)
		st = http_add_form(form, "client_secret",
		    text(s, SET_ZOHO_CLIENT_SECRET), err);
	if (st == ST_OK && text(s, SET_ZOHO_REDIRECT_URI)[0] != '\0')
		st = http_add_form(form, "redirect_uri",
		    text(s, SET_ZOHO_REDIRECT_URI), err);
	return st;
}

static enum status
ask_zoho(const struct token_source *s, const char *grant, const char *name,
    const char *value, struct minted *out, struct err *err)
{
	static const char *const headers[] = {
		"Content-Type: application/x-www-form-urlencoded"
	};
	char url[CENTRE_HOST_MAX + 32];
	struct buf form = BUF_INIT(ANSWER_BYTES);
	struct http_call call = { .method = "POST",
		.url = url,
		.headers = headers,
		.headers_len = ARRAY_LEN(headers),
		.max_bytes = ANSWER_BYTES,
		.timeout_ms = TIMEOUT_MS };
	enum status st = fill_form(s, &form, grant, name, value, err);

	(void)snprintf(url, sizeof(url), "%s/oauth/v2/token",
	    s->centre->accounts);
	call.body = buf_text(&form);
	call.body_len = form.len;
	if (st == ST_OK)
		st = ask(s, &call, out, err);
	http_release(&call);
	if (form.at != NULL)
		explicit_bzero(form.at, form.cap);
	buf_release(&form);
	return st;
}

/* F362: a token to begin with. How long it lasts yet nobody knows. */
static enum status
take_given(const struct token_source *s, struct minted *out, struct err *err)
{
	const char *token = text(s, SET_ZOHO_ACCESS_TOKEN);

	if (token[0] == '\0' || strlen(token) >= sizeof(out->access))
		return err_class(err, ST_FAULT, "setting",
		    "ZOHO_REFRESH_TOKEN is not set: zohosync login gets one");
	(void)snprintf(out->access, sizeof(out->access), "%s", token);
	out->refresh[0] = '\0';
	out->life_s = LIFE_S;
	return ST_OK;
}

static enum status
ask_service(const struct token_source *s, struct minted *out, struct err *err)
{
	struct http_call call = { .method = "GET",
		.url = text(s, SET_ZOHO_OAUTH_SERVICE_URL),
		.max_bytes = ANSWER_BYTES,
		.timeout_ms = TIMEOUT_MS };
	enum status st = ask(s, &call, out, err);

	http_release(&call);
	return st;
}

enum status
mint(const struct token_source *source, const char *code, struct minted *out,
    struct err *err)
{
	const char *refresh = text(source, SET_ZOHO_REFRESH_TOKEN);

	out->is = ANSWER_HUMAN;
	if (code != NULL)
		return ask_zoho(source, "authorization_code", "code", code, out,
		    err);
	if (text(source, SET_ZOHO_OAUTH_SERVICE_URL)[0] != '\0')
		return ask_service(source, out, err);
	if (refresh[0] == '\0')
		return take_given(source, out, err);
	return ask_zoho(source, "refresh_token", "refresh_token", refresh, out,
	    err);
}
