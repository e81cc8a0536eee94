/* /settings/automation/webhooks: webhooks of workflows, made by calls. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crm.h"
#include "hook_check.h"
#include "json.h"
#include "record.h"
#include "sim.h"

enum { MOST_AT_ONCE = 10 };

/* What they do at once: each row is answered for itself. */
struct rows {
	json_object *list;
	size_t good, all;
};

static bool
start(struct call *c, struct rows *r, int status)
{
	r->list = json_get(call_json(c), "webhooks");
	r->good = 0;
	r->all = json_object_is_type(r->list, json_type_array)
	    ? json_object_array_length(r->list)
	    : 0;
	if (r->all == 0)
		crm_error(c, 400,
		    r->list == NULL ? "MANDATORY_NOT_FOUND" : "INVALID_DATA",
		    "{\"api_name\":\"webhooks\",\"json_path\":\"$.webhooks\"}",
		    "required field not found");
	else if (r->all > MOST_AT_ONCE)
		crm_error(c, 400, "INVALID_DATA",
		    "{\"api_name\":\"webhooks\",\"json_path\":\"$.webhooks\","
		    "\"maximum_length\":10}",
		    "invalid data");
	else {
		out_text(answer_json(c, status), "{\"webhooks\":[");
		return true;
	}
	return false;
}

static void
finish(struct call *c, const struct rows *r)
{
	out_text(&c->answer.body, "]}");
	if (r->good < r->all)
		c->answer.status = r->good > 0 ? 207 : 400;
}

static void
put_done(struct out *o, int64_t id, const char *done)
{
	out_comma(o);
	out_f(o,
	    "{\"code\":\"SUCCESS\",\"details\":{\"id\":\"%" PRId64
	    "\"},\"message\":\"webhook %s successfully\",\"status\":"
	    "\"success\"}",
	    id, done);
}

static void
set_module(struct world *w, struct hook *h)
{
	struct module *m = world_crm(w,
	    json_get_text(json_get(h->made, "module"), "api_name"));

	snprintf(h->modules, sizeof(h->modules), "%s", m->def->name);
}

static bool
create_one(struct call *c, json_object *made, size_t at)
{
	struct out *o = &c->answer.body;
	struct hook *h;

	if (!hook_check(&c->sim->world, o, made, at))
		return false;
	h = webhook_new(c->sim, HOOK_CRM_MADE);
	if (h == NULL) {
		out_error(o, "LIMIT_EXCEEDED", "{\"limit\":128}",
		    "the limit of webhooks is exceeded");
		return false;
	}
	h->made = json_object_get(made);
	set_module(&c->sim->world, h);
	put_done(o, h->id, "created");
	return true;
}

void
crm_hooks_create(struct call *c)
{
	struct rows r;
	size_t i;

	if (!start(c, &r, 201))
		return;
	for (i = 0; i < r.all; i++)
		r.good += create_one(c, json_object_array_get_idx(r.list, i),
		    i);
	finish(c, &r);
}

static bool
bad_id(struct out *o, const char *details)
{
	out_error(o, "INVALID_DATA", details,
	    "the id given seems to be invalid");
	return false;
}

/* The definition that stands with what is given over it */
static bool
update_one(struct call *c, json_object *given, const char *id, size_t at)
{
	struct out *o = &c->answer.body;
	struct hook *h = id == NULL ? NULL
				    : webhook_find(c->sim, HOOK_CRM_MADE, id);
	json_object *made;
	char details[80];
	bool good;

	snprintf(details, sizeof(details),
	    "{\"api_name\":\"id\",\"json_path\":\"$.webhooks[%zu].id\"}", at);
	if (h == NULL)
		return bad_id(o, details);
	made = json_object_new_object();
	json_object_object_foreach(h->made, key, value)
	{
		json_object_object_add(made, key, json_object_get(value));
	}
	if (json_object_is_type(given, json_type_object)) {
		json_object_object_foreach(given, name, fresh)
		{
			if (strcmp(name, "id") != 0)
				json_object_object_add(made, name,
				    json_object_get(fresh));
		}
	}
	good = hook_check(&c->sim->world, o, made, at);
	if (good) {
		json_object_put(h->made);
		h->made = json_object_get(made);
		h->changed = sim_now(c->sim);
		set_module(&c->sim->world, h);
		put_done(o, h->id, "updated");
	}
	json_object_put(made);
	return good;
}

void
crm_hooks_update(struct call *c)
{
	struct rows r;
	size_t i;

	if (!start(c, &r, 200))
		return;
	for (i = 0; i < r.all; i++) {
		json_object *one = json_object_array_get_idx(r.list, i);

		r.good += update_one(c, one,
		    c->captures > 0 ? c->capture[0] : json_get_text(one, "id"),
		    i);
	}
	finish(c, &r);
}

static void
delete_list(struct call *c, const char *ids)
{
	struct rows r = { .list = NULL };
	char id[40], details[80];

	out_text(answer_json(c, 200), "{\"webhooks\":[");
	while (*ids != '\0') {
		size_t len = strcspn(ids, ",");
		struct hook *h;

		snprintf(id, sizeof(id), "%.*s", (int)len, ids);
		ids += len + (ids[len] == ',');
		h = webhook_find(c->sim, HOOK_CRM_MADE, id);
		snprintf(details, sizeof(details), "{\"id\":\"%s\"}", id);
		r.all++;
		if (h == NULL) {
			bad_id(&c->answer.body,
			    strchr(id, '"') == NULL ? details : "{}");
			continue;
		}
		put_done(&c->answer.body, h->id, "deleted");
		webhook_drop(c->sim, h);
		r.good++;
	}
	finish(c, &r);
}

void
crm_hooks_delete(struct call *c)
{
	const char *ids = c->captures > 0 ? c->capture[0]
					  : call_param(c, "ids");
	int count = 1;
	const char *at;

	if (ids == NULL || *ids == '\0') {
		crm_missing(c, "ids");
		return;
	}
	for (at = ids; *at != '\0'; at++)
		count += *at == ',';
	if (count > MOST_AT_ONCE)
		crm_error(c, 400, "INVALID_DATA",
		    "{\"limit\":10,\"param_name\":\"ids\"}",
		    "Bulk deletion of records limit reached");
	else
		delete_list(c, ids);
}

/* ---- reading ---- */

static void
put_hook(struct call *c, struct out *o, const struct hook *h)
{
	struct err err = ERR_INIT;
	char created[MOMENT_MAX], changed[MOMENT_MAX];
	int offset = c->sim->world.clock.offset;

	moment_crm(created, h->created, offset);
	moment_crm(changed, h->changed, offset);
	out_comma(o);
	out_f(o, "{\"id\":\"%" PRId64 "\",\"created_time\":\"%s\",", h->id,
	    created);
	out_f(o, "\"modified_time\":\"%s\",\"created_by\":", changed);
	out_user(o, 0);
	out_text(o, ",\"modified_by\":");
	out_user(o, 0);
	json_object_object_foreach(h->made, key, value)
	{
		if (strcmp(key, "id") == 0)
			continue;
		out_key(o, key);
		if (value == NULL)
			out_text(o, "null");
		else if (json_put(&o->buf, value, &err) != ST_OK)
			o->failed = true;
	}
	out_text(o, "}");
}

static bool
asked_for(struct call *c, const struct hook *h)
{
	const char *module = call_param(c, "module");

	return h->kind == HOOK_CRM_MADE &&
	    (module == NULL ||
		strcmp(module,
		    json_get_text(json_get(h->made, "module"), "api_name")) ==
		    0);
}

void
crm_hooks_list(struct call *c)
{
	const struct webhooks *all = &c->sim->webhooks;
	long page, per_page, seen = 0, count = 0;
	struct out *o;
	int i;

	if (!crm_paging(c, &page, &per_page))
		return;
	o = answer_json(c, 200);
	out_text(o, "{\"webhooks\":[");
	for (i = 0; i < all->n; i++) {
		if (!asked_for(c, &all->at[i]))
			continue;
		if (seen++ >= (page - 1) * per_page && count < per_page) {
			put_hook(c, o, &all->at[i]);
			count++;
		}
	}
	crm_end_page(c, o, count, page, per_page, seen > page * per_page);
}

void
crm_hook_one(struct call *c)
{
	const struct hook *h = webhook_find(c->sim, HOOK_CRM_MADE,
	    c->capture[0]);

	if (h == NULL) {
		crm_error(c, 400, "INVALID_DATA", "{\"resource_path_index\":3}",
		    "the id given seems to be invalid");
		return;
	}
	out_text(answer_json(c, 200), "{\"webhooks\":[");
	put_hook(c, &c->answer.body, h);
	out_text(&c->answer.body, "]}");
}
