/* /books/v3/settings/webhooks */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "books.h"
#include "hook_made.h"
#include "json.h"
#include "sim.h"
#include "workflow.h"

enum { SECRET_LEAST = 12, SECRET_MOST = 50, INVALID = 4, TOO_LONG = 15 };

static bool
refuse(struct call *c, int code, const char *key)
{
	char message[120];

	if (code == TOO_LONG)
		snprintf(message, sizeof(message),
		    "Please ensure that the %s is not too long.", key);
	else
		snprintf(message, sizeof(message),
		    "Invalid value passed for %s", key);
	books_error(c, 400, code, message);
	return false;
}

/* Texts, and how long each may be */
static bool
texts_right(struct call *c, json_object *made)
{
	static const struct {
		const char *key;
		size_t most;
	} texts[] = { { "webhook_name", 50 }, { "description", 100 },
		{ "url", 5000 }, { "raw_data", 100000 },
		{ "user_defined_format_name", 100000 },
		{ "user_defined_format_value", 100000 } };
	size_t i;

	for (i = 0; i < ARRAY_LEN(texts); i++) {
		json_object *text = json_get(made, texts[i].key);

		if (text == NULL)
			continue;
		if (!json_object_is_type(text, json_type_string))
			return refuse(c, INVALID, texts[i].key);
		if (strlen(json_object_get_string(text)) > texts[i].most)
			return refuse(c, TOO_LONG, texts[i].key);
	}
	return true;
}

/* Lists of {"param_name","param_value"} */
static bool
lists_right(struct call *c, json_object *made)
{
	static const char *const lists[] = { "entity_parameters",
		"additional_parameters", "headers", "query_parameters",
		"form_data" };
	size_t i, k;

	for (i = 0; i < ARRAY_LEN(lists); i++) {
		json_object *list = json_get(made, lists[i]);

		if (list == NULL)
			continue;
		if (!json_object_is_type(list, json_type_array))
			return refuse(c, INVALID, lists[i]);
		for (k = 0; k < json_object_array_length(list); k++) {
			json_object *one = json_object_array_get_idx(list, k);
			const char *name = json_get_text(one, "param_name");

			if (name == NULL || *name == '\0' ||
			    json_get_text(one, "param_value") == NULL)
				return refuse(c, INVALID, lists[i]);
		}
	}
	return true;
}

static bool
secret_right(const char *secret)
{
	size_t len = strlen(secret), i;

	for (i = 0; i < len; i++)
		if (!isalnum((unsigned char)secret[i]))
			return false;
	return len == 0 || (len >= SECRET_LEAST && len <= SECRET_MOST);
}

static bool
right(struct call *c, json_object *made)
{
	const char *url = json_get_text(made, "url");
	const char *method = json_get_text(made, "method");
	const char *secret = json_get_text(made, "secret");
	enum hook_body kind = hook_books_kind(made);

	if (!texts_right(c, made) || !lists_right(c, made))
		return false;
	if (url == NULL ||
	    (strncmp(url, "http://", 7) != 0 &&
		strncmp(url, "https://", 8) != 0))
		return refuse(c, INVALID, "url");
	if (books_entity(c->sim, json_get_text(made, "entity")) == NULL)
		return refuse(c, INVALID, "entity");
	if (method != NULL && strcmp(method, "POST") != 0 &&
	    strcmp(method, "PUT") != 0 && strcmp(method, "DELETE") != 0)
		return refuse(c, INVALID, "method");
	if (secret != NULL && !secret_right(secret))
		return refuse(c, INVALID, "secret");
	if (kind == BODY_WRONG)
		return refuse(c, INVALID, "body_type");
	if (kind == BODY_RAW && json_get_text(made, "raw_data") == NULL)
		return refuse(c, INVALID, "raw_data");
	return true;
}

/* Which changes its events speak of: "invoice_created", "edit", ... */
static void
read_events(struct hook *h)
{
	static const struct {
		const char *part;
		enum event event;
	} parts[] = { { "creat", EVENT_CREATE }, { "add", EVENT_CREATE },
		{ "edit", EVENT_EDIT }, { "updat", EVENT_EDIT },
		{ "delet", EVENT_DELETE } };
	json_object *list = json_get(h->made, "events");
	bool has[3] = { false, false, false };
	size_t i, k;

	for (i = 0; json_object_is_type(list, json_type_array) &&
	     i < json_object_array_length(list);
	     i++) {
		const char *word = json_text(json_object_array_get_idx(list,
		    i));

		for (k = 0; word != NULL && k < ARRAY_LEN(parts); k++)
			if (strcasestr(word, parts[k].part) != NULL)
				has[parts[k].event] = true;
	}
	h->events[0] = '\0';
	for (i = 0; i < 3; i++)
		if (has[i])
			snprintf(h->events + strlen(h->events),
			    sizeof(h->events) - strlen(h->events), "%s%s",
			    h->events[0] != '\0' ? "," : "", event_words[i]);
}

/* The definition becomes the webhook's. */
static void
keep(struct call *c, struct hook *h, json_object *made)
{
	const char *secret = json_get_text(made, "secret");
	struct module *m = books_entity(c->sim, json_get_text(made, "entity"));

	json_object_put(h->made);
	h->made = json_object_get(made);
	h->changed = sim_now(c->sim);
	snprintf(h->modules, sizeof(h->modules), "%s", m->def->name);
	snprintf(h->secret, sizeof(h->secret), "%s",
	    secret != NULL ? secret : "");
	read_events(h);
}

/* All but the secret */
static void
put_hook(struct call *c, struct out *o, const struct hook *h)
{
	char created[MOMENT_MAX], changed[MOMENT_MAX];

	moment_books(created, h->created, c->sim->world.clock.offset);
	moment_books(changed, h->changed, c->sim->world.clock.offset);
	out_f(o,
	    "{\"webhook_id\":\"%" PRId64
	    "\",\"created_time\":\"%s\",\"last_modified_time\":\"%s\"",
	    h->id, created, changed);
	out_members(o, h->made, "secret");
	out_text(o, "}");
}

static void
answer_one(struct call *c, int status, const char *message,
    const struct hook *h)
{
	struct out *o = answer_json(c, status);

	out_f(o, "{\"code\":0,\"message\":\"%s\"", message);
	if (h != NULL) {
		out_text(o, ",\"webhook\":");
		put_hook(c, o, h);
	}
	out_text(o, "}");
}

static struct hook *
find(struct call *c)
{
	struct hook *h = webhook_find(c->sim, HOOK_BOOKS_MADE, c->capture[0]);

	if (h == NULL)
		books_error(c, 404, 1002, "Webhook does not exist.");
	return h;
}

void
books_hooks_list(struct call *c)
{
	const struct webhooks *all = &c->sim->webhooks;
	struct out *o = answer_json(c, 200);
	int i;

	out_text(o, "{\"code\":0,\"message\":\"success\",\"webhooks\":[");
	for (i = 0; i < all->n; i++) {
		if (all->at[i].kind != HOOK_BOOKS_MADE)
			continue;
		out_comma(o);
		put_hook(c, o, &all->at[i]);
	}
	out_text(o,
	    "],\"page_context\":{\"page\":1,\"per_page\":200,"
	    "\"has_more_page\":false}}");
}

void
books_hook_one(struct call *c)
{
	const struct hook *h = find(c);

	if (h != NULL)
		answer_one(c, 200, "success", h);
}

void
books_hook_create(struct call *c)
{
	json_object *made = books_body(c);
	struct hook *h;

	if (made == NULL || !right(c, made))
		return;
	h = webhook_new(c->sim, HOOK_BOOKS_MADE);
	if (h == NULL) {
		books_error(c, 400, INVALID, "Too many webhooks.");
		return;
	}
	keep(c, h, made);
	answer_one(c, 201, "The webhook has been created.", h);
}

void
books_hook_update(struct call *c)
{
	struct hook *h = find(c);
	json_object *given = h != NULL ? books_body(c) : NULL;
	json_object *made;

	if (given == NULL)
		return;
	made = json_object_new_object();
	json_object_object_foreach(h->made, key, value)
	{
		json_object_object_add(made, key, json_object_get(value));
	}
	json_object_object_foreach(given, name, fresh)
	{
		json_object_object_add(made, name, json_object_get(fresh));
	}
	if (right(c, made)) {
		keep(c, h, made);
		answer_one(c, 200, "The webhook has been updated.", h);
	}
	json_object_put(made);
}

void
books_hook_delete(struct call *c)
{
	struct hook *h = find(c);

	if (h == NULL)
		return;
	webhook_drop(c->sim, h);
	answer_one(c, 200, "The webhook has been deleted.", NULL);
}
