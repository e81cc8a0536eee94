#include "answer.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "json.h"

enum { ANY = 0 };

struct rule {
	enum answerer from;
	int status;       /* ANY, a status, or 4 and 5 for all of a hundred */
	const char *code; /* NULL for any, "" for none */
	const char *word; /* in the message, in any case; NULL for any */
	enum answer is;
};

/* The first that fits. What an error code says counts before the status;
 * rows of a status alone come last. */
static const struct rule rules[] = {
	/* zoho-api.md 1.4: often with status 200 */
	{ FROM_ACCOUNTS, ANY, "invalid_code", NULL, ANSWER_HUMAN },
	{ FROM_ACCOUNTS, ANY, "invalid_client", NULL, ANSWER_HUMAN },
	{ FROM_ACCOUNTS, ANY, "invalid_client_secret", NULL, ANSWER_HUMAN },
	{ FROM_ACCOUNTS, ANY, "invalid_scope", NULL, ANSWER_HUMAN },
	{ FROM_ACCOUNTS, ANY, "invalid_redirect_uri", NULL, ANSWER_HUMAN },
	{ FROM_ACCOUNTS, ANY, "Access Denied", NULL, ANSWER_THROTTLED },
	{ FROM_ACCOUNTS, ANY, "access_denied", "too many", ANSWER_THROTTLED },
	{ FROM_ACCOUNTS, ANY, "access_denied", NULL, ANSWER_HUMAN },
	{ FROM_ACCOUNTS, ANY, "general_error", NULL, ANSWER_LATER },
	{ FROM_ACCOUNTS, 429, NULL, NULL, ANSWER_THROTTLED },
	{ FROM_ACCOUNTS, 4, NULL, NULL, ANSWER_HUMAN },

	/* 2.1, 2.2 */
	{ FROM_CRM, ANY, "INVALID_TOKEN", NULL, ANSWER_TOKEN },
	{ FROM_CRM, ANY, "AUTHENTICATION_FAILURE", NULL, ANSWER_TOKEN },
	{ FROM_CRM, ANY, "OAUTH_SCOPE_MISMATCH", NULL, ANSWER_HUMAN },
	{ FROM_CRM, ANY, "NO_PERMISSION", NULL, ANSWER_HUMAN },
	{ FROM_CRM, ANY, "AUTHORIZATION_FAILED", NULL, ANSWER_HUMAN },
	{ FROM_CRM, ANY, "EXPIRED_VALUE", NULL, ANSWER_PAGES },
	{ FROM_CRM, ANY, "TOKEN_BOUND_DATA_MISMATCH", NULL, ANSWER_PAGES },
	{ FROM_CRM, ANY, "ALREADY_MODIFIED", NULL, ANSWER_OUTDATED },
	{ FROM_CRM, ANY, "RECORD_LOCKED", NULL, ANSWER_LATER },
	{ FROM_CRM, ANY, "INTERNAL_ERROR", NULL, ANSWER_LATER },
	{ FROM_CRM, ANY, "INVALID_DATA", "the id given", ANSWER_GONE },
	/* 2.14: one code for all of them; words tell them apart */
	{ FROM_CRM, 429, NULL, "concurrency", ANSWER_CROWDED },
	{ FROM_CRM, 429, NULL, "24 hour", ANSWER_CREDITS },
	{ FROM_CRM, 429, NULL, NULL, ANSWER_LIMIT },
	{ FROM_CRM, ANY, "TOO_MANY_REQUESTS", "concurrency", ANSWER_CROWDED },
	{ FROM_CRM, ANY, "TOO_MANY_REQUESTS", "24 hour", ANSWER_CREDITS },
	{ FROM_CRM, ANY, "TOO_MANY_REQUESTS", NULL, ANSWER_LIMIT },
	{ FROM_CRM, 401, NULL, NULL, ANSWER_TOKEN },
	{ FROM_CRM, 403, NULL, NULL, ANSWER_HUMAN },
	{ FROM_CRM, 412, NULL, NULL, ANSWER_OUTDATED },

	/* 3.1 */
	{ FROM_BOOKS, ANY, "44", NULL, ANSWER_MINUTE },
	{ FROM_BOOKS, ANY, "45", NULL, ANSWER_CREDITS },
	{ FROM_BOOKS, ANY, "1070", NULL, ANSWER_CROWDED },
	{ FROM_BOOKS, 429, NULL, NULL, ANSWER_LIMIT },
	{ FROM_BOOKS, ANY, "57", NULL, ANSWER_TOKEN },
	{ FROM_BOOKS, ANY, "14", NULL, ANSWER_TOKEN },
	{ FROM_BOOKS, 401, NULL, NULL, ANSWER_TOKEN },
	{ FROM_BOOKS, 404, NULL, NULL, ANSWER_GONE },
	{ FROM_BOOKS, ANY, "1002", NULL, ANSWER_GONE },
	{ FROM_BOOKS, 403, NULL, NULL, ANSWER_HUMAN },
};

/* What a person reads, and the reason class. */
static const struct {
	const char *reason, *says;
} words[] = {
	[ANSWER_DATA] = { "", "" },
	[ANSWER_NONE] = { "", "" },
	[ANSWER_UNCHANGED] = { "", "" },
	[ANSWER_GONE] = { "gone", "there is no such record" },
	[ANSWER_OUTDATED] = { "outdated", "the record was changed meanwhile" },
	[ANSWER_PAGES] = { "pages", "the page token is no longer good" },
	[ANSWER_TOKEN] = { "token", "the access token is not accepted" },
	[ANSWER_CREDITS] = { "credits", "the quota of the day is used up" },
	[ANSWER_MINUTE] = { "minute", "the quota of the minute is used up" },
	[ANSWER_CROWDED] = { "crowded", "too many calls at once" },
	[ANSWER_LIMIT] = { "limit", "a limit is reached" },
	[ANSWER_THROTTLED] = { "throttled", "too many new tokens" },
	[ANSWER_LATER] = { "zoho", "Zoho could not answer" },
	[ANSWER_HUMAN] = { "refused", "Zoho refuses" },
	[ANSWER_WRONG] = { "request", "Zoho does not take this request" },
};

enum status
answer_document(const struct http_call *call, json_object **out,
    struct err *err)
{
	enum status st;

	*out = NULL;
	if (call->end != HTTP_ANSWERED || call->answer.len == 0)
		return ST_OK;
	st = json_read(buf_text(&call->answer), call->answer.len, out, err);
	return st == ST_REJECT ? ST_OK : st;
}

/* ---- what was said ---- */

struct saying {
	const char *code, *message;
	bool failed; /* the document calls itself an error */
};

/* CRM: {"code",...,"status":"error"}, bare or as the only element of a list
 * with any name. Results of single records are no error of the request, where
 * the status is not one either. */
static json_object *
crm_error(json_object *document, int status)
{
	struct json_object_iterator it, end;
	json_object *list, *first;

	if (json_get_text(document, "code") != NULL || status < 400)
		return document;
	it = json_object_iter_begin(document);
	end = json_object_iter_end(document);
	for (; !json_object_iter_equal(&it, &end); json_object_iter_next(&it)) {
		list = json_object_iter_peek_value(&it);
		if (!json_object_is_type(list, json_type_array) ||
		    json_object_array_length(list) == 0)
			continue;
		first = json_object_array_get_idx(list, 0);
		if (json_get_text(first, "code") != NULL)
			return first;
	}
	return document;
}

static const char *
either(json_object *o, const char *key, const char *other)
{
	const char *text = json_get_text(o, key);

	if (text == NULL)
		text = json_get_text(o, other);
	return text != NULL ? text : "";
}

static struct saying
listen(enum answerer from, const struct http_call *call, json_object *document)
{
	struct saying s = { "", "", false };
	const char *status;

	if (!json_object_is_type(document, json_type_object))
		return s;
	if (from == FROM_ACCOUNTS) {
		s.code = either(document, "error", "error");
		s.message = either(document, "error_description", "message");
		s.failed = json_get_text(document, "access_token") == NULL;
		return s;
	}
	if (from == FROM_CRM)
		document = crm_error(document, call->status);
	s.code = either(document, "code", "error");
	s.message = either(document, "message", "error_info");
	status = either(document, "status", "status");
	s.failed = from == FROM_BOOKS ? strcmp(s.code, "0") != 0
				      : strcasecmp(status, "error") == 0;
	/* the older shape of a limit: {"code":429,"error":"TOO_MANY..."} */
	if (from == FROM_CRM && strcmp(s.code, "429") == 0) {
		s.code = either(document, "error", "code");
		s.failed = true;
	}
	return s;
}

/* ---- the judgement ---- */

static bool
fits(const struct rule *r, enum answerer from, int status,
    const struct saying *s)
{
	if (r->from != from)
		return false;
	if (r->status != ANY && r->status != status &&
	    r->status != status / 100)
		return false;
	if (r->code != NULL && strcmp(r->code, s->code) != 0)
		return false;
	return r->word == NULL || strcasestr(s->message, r->word) != NULL;
}

static enum answer
by_rules(enum answerer from, int status, const struct saying *s)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(rules); i++)
		if (fits(&rules[i], from, status, s))
			return rules[i].is;
	return status >= 500 || status < 400 ? ANSWER_LATER : ANSWER_WRONG;
}

static enum answer
judge(enum answerer from, const struct http_call *call, json_object *document,
    const struct saying *s)
{
	bool fine = call->status >= 200 && call->status < 300;

	if (call->end == HTTP_UNTRUSTED)
		return ANSWER_HUMAN;
	if (call->end != HTTP_ANSWERED)
		return ANSWER_LATER;
	if (call->status == 304)
		return ANSWER_UNCHANGED;
	if (call->status == 204)
		return ANSWER_NONE;
	if (fine && document != NULL && !s->failed)
		return ANSWER_DATA;
	/* A page of HTML in the place of JSON; a 401 or 429 says enough. */
	if (document == NULL && (fine || call->status == 404))
		return ANSWER_LATER;
	return by_rules(from, call->status, s);
}

static void
tell(const struct http_call *call, const struct saying *s, enum answer is,
    struct err *err)
{
	static const char *const ends[] = {
		[HTTP_ANSWERED] = "answered",
		[HTTP_NOT_SENT] = "could not be asked",
		[HTTP_UNTRUSTED] = "could not prove its name",
		[HTTP_BROKEN] = "gave no whole answer",
		[HTTP_TOO_LARGE] = "answered too much",
		[HTTP_STOPPED] = "was interrupted",
	};
	int path = (int)strcspn(call->url, "?");

	if (call->end != HTTP_ANSWERED)
		(void)err_class(err, ST_RETRY, words[is].reason,
		    "%s %.*s: it %s: %s", call->method, path, call->url,
		    ends[call->end], call->said);
	else
		(void)err_class(err, ST_RETRY, words[is].reason,
		    "%s %.*s: %s: status %d%s%s%s%.200s", call->method, path,
		    call->url, words[is].says, call->status,
		    s->code[0] != '\0' ? ", code " : "", s->code,
		    s->message[0] != '\0' ? ", " : "", s->message);
}

struct answer_said
answer_judge(enum answerer from, const struct http_call *call,
    json_object *document, struct err *err)
{
	struct saying s = listen(from, call, document);
	struct answer_said said = { .is = judge(from, call, document, &s) };

	(void)snprintf(said.code, sizeof(said.code), "%s", s.code);
	if (words[said.is].reason[0] != '\0')
		tell(call, &s, said.is, err);
	return said;
}

enum status
answer_status(enum answer is)
{
	switch (is) {
	case ANSWER_DATA:
	case ANSWER_NONE:
	case ANSWER_UNCHANGED:
		return ST_OK;
	case ANSWER_GONE:
		return ST_NONE;
	case ANSWER_HUMAN:
		return ST_FAULT;
	case ANSWER_WRONG:
		return ST_REJECT;
	default:
		return ST_RETRY;
	}
}

json_object *
answer_rows(json_object *document)
{
	json_object *data = json_get(document, "data");

	if (json_object_is_type(data, json_type_array))
		return data;
	if (!json_object_is_type(document, json_type_object))
		return NULL;
	json_object_object_foreach(document, key, member)
	{
		(void)key;
		if (json_object_is_type(member, json_type_array))
			return member;
	}
	return NULL;
}

bool
answer_has_more(json_object *document)
{
	json_object *info = json_get(document, "info");

	return info != NULL
	    ? json_object_get_boolean(json_get(info, "more_records"))
	    : json_object_get_boolean(json_get(json_get(document,
						   "page_context"),
		  "has_more_page"));
}
