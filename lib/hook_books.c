#include "hook_books.h"

#include <stdio.h>
#include <string.h>

#include "json.h"
#include "pages.h"

enum { BODY_MAX = 16 * 1024, PATH_BYTES = 160 };

static const char hooks_path[] = "/books/v3/settings/webhooks";
static const char rules_path[] = "/books/v3/settings/workflows";

enum status
hook_books_read(struct zoho *zoho, json_object **hooks, json_object **rules,
    struct err *err)
{
	int64_t as_of_us;
	enum status st = pages_read(zoho, SERVICE_BOOKS, hooks_path, "webhooks",
	    hooks, &as_of_us, err);

	*rules = NULL;
	return st == ST_OK ? pages_read(zoho, SERVICE_BOOKS, rules_path,
				 "workflows", rules, &as_of_us, err)
			   : st;
}

const char *
hook_books_differs(json_object *there, const struct hook *hook)
{
	const char *method = json_get_text(there, "method");
	const char *kind = json_get_text(there, "body_type");

	if (!json_says(there, "url", hook->url))
		return "its URL";
	if (!json_says(there, "entity", hook->module->entity))
		return "its module";
	if (method != NULL && strcmp(method, "POST") != 0)
		return "its method";
	return kind == NULL || *kind == '\0' || strncmp(kind, "default", 7) == 0
	    ? NULL
	    : "its body";
}

/* ---- rules ---- */

static const char *
rule_type(const struct hook *hook)
{
	return hook->deletes ? "delete" : "add_edit";
}

static bool
calls(json_object *rule, const char *id)
{
	json_object *actions = json_get(rule, "instant_actions");
	size_t i;

	for (i = 0; i < json_count(actions); i++)
		if (json_says(json_at(actions, i), "action_id", id))
			return true;
	return false;
}

static json_object *
find_rule(json_object *rules, json_object *there, const struct hook *hook)
{
	const char *id = json_get_text(there, "webhook_id");
	size_t i;

	for (i = 0; id != NULL && i < json_count(rules); i++)
		if (calls(json_at(rules, i), id) &&
		    json_says(json_at(rules, i), "rule_type", rule_type(hook)))
			return json_at(rules, i);
	return NULL;
}

static bool
is_off(json_object *rule)
{
	return json_says(rule, "is_active", "false") ||
	    json_says(rule, "status", "inactive");
}

const char *
hook_books_rule_differs(json_object *rules, json_object *there,
    const struct hook *hook)
{
	json_object *rule = find_rule(rules, there, hook);

	if (rule == NULL)
		return "no workflow rule calls it";
	return is_off(rule) ? "its workflow rule is switched off" : NULL;
}

/* ---- calls ---- */

/* "*out" (unless NULL) is the member "key" of the answer. */
static enum status
send(struct zoho *zoho, const char *method, const struct buf *path,
    const struct buf *body, const char *key, json_object **out, struct err *err)
{
	struct zoho_call call = zoho_usual_call(SERVICE_BOOKS, method);
	enum status st;

	call.path = buf_text(path);
	call.body = body->len > 0 ? buf_text(body) : NULL;
	st = zoho_ask(zoho, &call, err);
	if (st == ST_OK && out != NULL) {
		*out = json_object_get(json_get(call.document, key));
		if (*out == NULL)
			st = err_class(err, ST_RETRY, "zoho",
			    "%s %s: the answer holds no %s", method, call.path,
			    key);
	}
	zoho_release(&call);
	return st;
}

enum status
hook_books_put(struct zoho *zoho, const struct hook *hook, json_object *there,
    const char *secret, json_object **made, struct err *err)
{
	const char *id = json_get_text(there, "webhook_id");
	struct buf path = BUF_INIT(PATH_BYTES), body = BUF_INIT(BODY_MAX);
	enum status st = json_printf(&body, err,
	    "{\"webhook_name\":%s,\"entity\":%s,\"method\":\"POST\","
	    "\"url\":%s,\"body_type\":\"default\",\"secret\":%s}",
	    hook->name, hook->module->entity, hook->url, secret);

	*made = NULL;
	if (st == ST_OK)
		st = buf_printf(&path, err, "%s%s%s", hooks_path,
		    id != NULL ? "/" : "", id != NULL ? id : "");
	if (st == ST_OK)
		st = send(zoho, id != NULL ? "PUT" : "POST", &path, &body,
		    "webhook", made, err);
	if (body.at != NULL)
		explicit_bzero(body.at, body.len);
	buf_release(&body);
	buf_release(&path);
	return st;
}

static enum status
put_rule(struct buf *body, const struct hook *hook, json_object *there,
    struct err *err)
{
	return json_printf(body, err,
	    "{\"workflow_name\":%s,\"entity\":%s,\"rule_type\":%s,"
	    "\"instant_actions\":[{\"action_id\":%s,\"action_type\":"
	    "\"webhook\"}]}",
	    hook->name, hook->module->entity, rule_type(hook),
	    json_get_text(there, "webhook_id"));
}

enum status
hook_books_rule_put(struct zoho *zoho, const struct hook *hook,
    json_object *rules, json_object *there, struct err *err)
{
	json_object *rule = find_rule(rules, there, hook);
	const char *id = json_get_text(rule, "workflow_id");
	struct buf path = BUF_INIT(PATH_BYTES), body = BUF_INIT(BODY_MAX);
	enum status st;

	if (json_get_text(there, "webhook_id") == NULL)
		return err_class(err, ST_RETRY, "zoho",
		    "Books gave the webhook no id");
	st = id != NULL ? buf_printf(&path, err, "%s/%s/active", rules_path, id)
			: buf_puts(&path, rules_path, err);
	if (st == ST_OK && id == NULL)
		st = put_rule(&body, hook, there, err);
	if (st == ST_OK)
		st = send(zoho, "POST", &path, &body, NULL, NULL, err);
	buf_release(&body);
	buf_release(&path);
	return st;
}
