#include "hook_crm.h"

#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "json.h"
#include "pages.h"

enum { BODY_MAX = 16 * 1024, PATH_BYTES = 128, FIELD_MAX = 80 };

static const char path[] = "/crm/v8/settings/automation/webhooks";

enum status
hook_crm_read(struct zoho *zoho, json_object **out, struct err *err)
{
	int64_t as_of_us;

	return pages_read(zoho, SERVICE_CRM, path, "webhooks", out, &as_of_us,
	    err);
}

/* The value of the parameter "name" in a list of them. */
static const char *
parameter(json_object *list, const char *name)
{
	size_t i;

	for (i = 0; i < json_count(list); i++)
		if (json_says(json_at(list, i), "name", name))
			return json_get_text(json_at(list, i), "value");
	return NULL;
}

static const char *
sent_key(json_object *there)
{
	return parameter(json_get(json_get(there, "headers"),
			     "custom_parameters"),
	    "X-API-Key");
}

/* Stars in its place are no other key. */
static bool
is_hidden(const char *key)
{
	return key[strspn(key, "*")] == '\0';
}

const char *
hook_crm_key(json_object *there, const struct apikey_list *keys)
{
	const char *key = sent_key(there);
	const struct apikey *found;
	struct err none = ERR_INIT;

	return key != NULL &&
		apikey_find(keys, key, "webhook", clock_now_us(), &found,
		    &none) == ST_OK
	    ? key
	    : NULL;
}

/* The merge field that is the id of a record. */
static void
id_field(const struct hook *hook, char out[static FIELD_MAX])
{
	(void)snprintf(out, FIELD_MAX, "${!%.60s.id}", hook->module->resource);
}

const char *
hook_crm_differs(json_object *there, const struct hook *hook,
    const struct apikey_list *keys)
{
	json_object *body = json_get(there, "body");
	const char *key = sent_key(there), *id;
	char field[FIELD_MAX];

	id_field(hook, field);
	id = parameter(json_get(json_get(body, "form_data_content"),
			   "module_parameters"),
	    "id");
	if (!json_says(there, "url", hook->url))
		return "its URL";
	if (!json_says(json_get(there, "module"), "api_name",
		hook->module->resource))
		return "its module";
	if (!json_says(there, "http_method", "POST"))
		return "its method";
	if (!json_says(body, "type", "form_data") || id == NULL ||
	    strcmp(id, field) != 0)
		return "the id it sends";
	if (key == NULL ||
	    (!is_hidden(key) && hook_crm_key(there, keys) == NULL))
		return "its key";
	return NULL;
}

static enum status
put_body(struct buf *body, const struct hook *hook, const char *key,
    struct err *err)
{
	char field[FIELD_MAX];

	id_field(hook, field);
	return json_printf(body, err,
	    "{\"webhooks\":[{\"name\":%s,\"url\":%s,\"http_method\":\"POST\","
	    "\"module\":{\"api_name\":%s},\"feature_type\":\"workflow\","
	    "\"authentication\":{\"type\":\"general\"},"
	    "\"headers\":{\"module_parameters\":[],\"custom_parameters\":"
	    "[{\"name\":\"X-API-Key\",\"value\":%s}]},"
	    "\"body\":{\"type\":\"form_data\",\"form_data_content\":"
	    "{\"module_parameters\":[{\"name\":\"id\",\"value\":%s}],"
	    "\"custom_parameters\":[]}}}]}",
	    hook->name, hook->url, hook->module->resource, key, field);
}

/* Each has a verdict of its own, whatever the status is. */
static enum status
read_verdict(const struct zoho_call *call, struct err *err)
{
	json_object *first = json_at(json_get(call->document, "webhooks"), 0);

	if (json_says(first, "code", "SUCCESS"))
		return ST_OK;
	return err_class(err, ST_REJECT, "request", "%s %s: %.200s",
	    call->method, path,
	    json_get_text(first, "message") != NULL
		? json_get_text(first, "message")
		: "the answer says nothing of it");
}

enum status
hook_crm_put(struct zoho *zoho, const struct hook *hook, json_object *there,
    const char *key, struct err *err)
{
	const char *id = json_get_text(there, "id");
	struct zoho_call call = zoho_usual_call(SERVICE_CRM,
	    id != NULL ? "PUT" : "POST");
	struct buf body = BUF_INIT(BODY_MAX), whole = BUF_INIT(PATH_BYTES);
	enum status st = put_body(&body, hook, key, err);

	if (st == ST_OK)
		st = buf_printf(&whole, err, "%s%s%s", path,
		    id != NULL ? "/" : "", id != NULL ? id : "");
	call.path = buf_text(&whole);
	call.body = buf_text(&body);
	if (st == ST_OK)
		st = zoho_ask(zoho, &call, err);
	if (st == ST_OK)
		st = read_verdict(&call, err);
	zoho_release(&call);
	if (body.at != NULL)
		explicit_bzero(body.at, body.len);
	buf_release(&body);
	buf_release(&whole);
	return st;
}
