#include "channel.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crm.h"
#include "digest.h"
#include "json.h"
#include "pages.h"

enum { BODY_MAX = 8 * 1024, PATH_BYTES = 128, ID_TEXT_MAX = 24 };

static const char path[] = "/crm/v8/actions/watch";

/* Fifteen digits: no program takes them for another number. */
enum status
channel_number(const struct module *module, const char *url, int64_t *out,
    struct err *err)
{
	static const uint64_t least = 100000000000000, many = 900000000000000;
	const struct piece pieces[] = {
		{ module->name, strlen(module->name) + 1 },
		{ url, strlen(url) },
	};
	unsigned char hash[DIGEST_BYTES];
	enum status st = digest_sha256(pieces, ARRAY_LEN(pieces), hash, err);
	uint64_t number = 0;
	size_t i;

	for (i = 0; st == ST_OK && i < sizeof(number); i++)
		number = number << 8 | hash[i];
	*out = (int64_t)(least + number % many);
	return st;
}

/* ---- what Zoho has ---- */

enum status
channel_read_all(struct zoho *zoho, json_object **out, int64_t *as_of_us,
    struct err *err)
{
	return pages_read(zoho, SERVICE_CRM, path, "watch", out, as_of_us, err);
}

json_object *
channel_find(json_object *all, int64_t id)
{
	const char *text;
	size_t i;

	for (i = 0; i < json_count(all); i++) {
		text = json_get_text(json_at(all, i), "channel_id");
		if (text != NULL && strtoll(text, NULL, 10) == id)
			return json_at(all, i);
	}
	return NULL;
}

static int64_t
read_until(const char *text)
{
	struct err none = ERR_INIT;
	int64_t us;

	return text != NULL && date_read_time(text, &us, &none) == ST_OK ? us
									 : 0;
}

int64_t
channel_until_us(json_object *channel)
{
	return read_until(json_get_text(channel, "channel_expiry"));
}

const char *
channel_differs(json_object *channel, const struct channel_want *want)
{
	json_object *events = json_get(channel, "events");
	const char *event = json_text(json_at(events, 0));

	if (json_count(events) != 1 || event == NULL ||
	    strcmp(event, want->events) != 0)
		return "events";
	if (!json_says(channel, "notify_url", want->url))
		return "URL";
	if (!json_says(channel, "token", want->token))
		return "token";
	if (json_get(channel, "notification_condition") != NULL)
		return "condition";
	return json_says(channel, "notify_on_related_action", "false")
	    ? NULL
	    : "notify_on_related_action";
}

/* ---- calls ---- */

/* What was said of the only channel of a call; errors may come bare. */
static json_object *
verdict(json_object *document)
{
	json_object *first = json_at(json_get(document, "watch"), 0);

	return first != NULL ? first : document;
}

static enum status
read_grant(json_object *document, int64_t *granted_us, struct err *err)
{
	json_object *said = verdict(document);
	json_object *event =
	    json_at(json_get(json_get(said, "details"), "events"), 0);

	*granted_us = channel_until_us(event);
	if (json_says(said, "code", "SUCCESS") && *granted_us > 0)
		return ST_OK;
	return err_class(err, ST_RETRY, "zoho",
	    "POST %s: the answer grants no life: %.200s", path,
	    json_get_text(said, "message") != NULL
		? json_get_text(said, "message")
		: "it says nothing");
}

/* Only the events can be what it has none of. */
static bool
has_no_such(const struct zoho_call *call)
{
	json_object *said = verdict(call->document);

	return json_says(said, "code", "INVALID_DATA") &&
	    json_says(json_get(said, "details"), "api_name", "events");
}

static enum status
put_body(struct buf *body, const struct channel_want *want, int64_t asked_us,
    struct err *err)
{
	char id[ID_TEXT_MAX], until[CRM_TIME_MAX];

	(void)snprintf(id, sizeof(id), "%" PRId64, want->id);
	crm_put_time(until, asked_us);
	return json_printf(body, err,
	    "{\"watch\":[{\"channel_id\":%s,\"events\":[%s],"
	    "\"channel_expiry\":%s,\"token\":%s,\"notify_url\":%s,"
	    "\"return_affected_field_values\":false,"
	    "\"notify_on_related_action\":false}]}",
	    id, want->events, until, want->token, want->url);
}

enum status
channel_put(struct zoho *zoho, const struct channel_want *want,
    int64_t asked_us, int64_t *granted_us, struct err *err)
{
	struct buf body = BUF_INIT(BODY_MAX);
	struct zoho_call call = zoho_usual_call(SERVICE_CRM, "POST");
	enum status st = put_body(&body, want, asked_us, err);

	call.path = path;
	call.body = buf_text(&body);
	if (st == ST_OK)
		st = zoho_ask(zoho, &call, err);
	if (st == ST_OK || st == ST_REJECT)
		st = has_no_such(&call) ? ST_NONE : st;
	if (st == ST_OK)
		st = read_grant(call.document, granted_us, err);
	zoho_release(&call);
	if (body.at != NULL)
		explicit_bzero(body.at, body.len);
	buf_release(&body);
	return st;
}

enum status
channel_end(struct zoho *zoho, int64_t id, struct err *err)
{
	struct buf whole = BUF_INIT(PATH_BYTES);
	struct zoho_call call = zoho_usual_call(SERVICE_CRM, "DELETE");
	enum status st = buf_printf(&whole, err, "%s?channel_ids=%" PRId64,
	    path, id);

	call.path = buf_text(&whole);
	if (st == ST_OK)
		st = zoho_ask(zoho, &call, err);
	if (st == ST_REJECT && strcmp(call.said.code, "NOT_SUBSCRIBED") == 0)
		st = ST_OK;
	zoho_release(&call);
	buf_release(&whole);
	return st;
}
