/* /books/v3/settings/workflows */
#include "workflow.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "books.h"
#include "json.h"
#include "sim.h"

const char *const event_words[] = { "create", "edit", "delete" };

bool
listed(const char *list, const char *word)
{
	size_t len = strlen(word), n;
	const char *at;

	for (at = list; *at != '\0'; at += n + (at[n] == ',')) {
		n = strcspn(at, ",");
		if (n == len && memcmp(at, word, n) == 0)
			return true;
	}
	return list[0] == '\0';
}

struct module *
books_entity(struct sim *sim, const char *entity)
{
	struct world *w = &sim->world;
	int i;

	if (entity == NULL)
		return NULL;
	if (strcmp(entity, "customer") == 0 || strcmp(entity, "vendor") == 0)
		return world_books(w, "contacts");
	for (i = 0; i < w->nmodules; i++) {
		const struct module_def *d = w->modules[i].def;

		if ((d->flags & M_BOOKS) != 0 &&
		    (strcmp(d->single, entity) == 0 ||
			strcmp(d->api, entity) == 0))
			return &w->modules[i];
	}
	return NULL;
}

/* Whether an action of the workflow is this webhook */
static bool
names(const struct workflow *w, const struct hook *h)
{
	json_object *list = json_get(w->made, "instant_actions");
	size_t i;

	for (i = 0; json_object_is_type(list, json_type_array) &&
	     i < json_object_array_length(list);
	     i++) {
		const char *id = json_get_text(json_object_array_get_idx(list,
						   i),
		    "action_id");

		if (id != NULL && strtoll(id, NULL, 10) == h->id)
			return true;
	}
	return false;
}

bool
workflow_lets(struct sim *sim, const struct hook *h, const struct module *m,
    enum event event)
{
	bool own = variant(&sim->variants, VAR_BOOKS_HOOK_RULE) == 0;
	int i;

	if (!listed(h->modules, m->def->name))
		return false;
	for (i = 0; i < sim->webhooks.nworkflows; i++) {
		const struct workflow *w = &sim->webhooks.workflows[i];

		if (!names(w, h))
			continue;
		own = false;
		if (w->active && listed(w->modules, m->def->name) &&
		    listed(w->events, event_words[event]))
			return true;
	}
	return own && listed(h->events, event_words[event]);
}

/* ---- calls ---- */

static struct workflow *
find(struct call *c)
{
	struct webhooks *all = &c->sim->webhooks;
	int64_t id = strtoll(c->capture[0], NULL, 10);
	int i;

	for (i = 0; i < all->nworkflows; i++)
		if (all->workflows[i].id == id)
			return &all->workflows[i];
	books_error(c, 404, 1002, "Workflow does not exist.");
	return NULL;
}

void
workflow_drop(struct sim *sim, struct workflow *w)
{
	struct webhooks *all = &sim->webhooks;
	size_t behind = (size_t)(&all->workflows[all->nworkflows] - w) - 1;

	json_object_put(w->made);
	memmove(w, w + 1, behind * sizeof(*w));
	all->nworkflows--;
}

static void
put_workflow(struct call *c, struct out *o, const struct workflow *w)
{
	char time[MOMENT_MAX];

	moment_books(time, w->created, c->sim->world.clock.offset);
	out_f(o,
	    "{\"workflow_id\":\"%" PRId64
	    "\",\"is_active\":%s,\"status\":\"%s\",\"created_time\":\"%s\"",
	    w->id, w->active ? "true" : "false",
	    w->active ? "active" : "inactive", time);
	out_members(o, w->made, NULL);
	out_text(o, "}");
}

static void
answer_one(struct call *c, int status, const char *message,
    const struct workflow *w)
{
	struct out *o = answer_json(c, status);

	out_f(o, "{\"code\":0,\"message\":\"%s\"", message);
	if (w != NULL) {
		out_text(o, ",\"workflow\":");
		put_workflow(c, o, w);
	}
	out_text(o, "}");
}

void
books_workflows_list(struct call *c)
{
	const struct webhooks *all = &c->sim->webhooks;
	struct out *o = answer_json(c, 200);
	int i;

	out_text(o, "{\"code\":0,\"message\":\"success\",\"workflows\":[");
	for (i = 0; i < all->nworkflows; i++) {
		out_comma(o);
		put_workflow(c, o, &all->workflows[i]);
	}
	out_text(o,
	    "],\"page_context\":{\"page\":1,\"per_page\":200,"
	    "\"has_more_page\":false}}");
}

void
books_workflow_one(struct call *c)
{
	const struct workflow *w = find(c);

	if (w != NULL)
		answer_one(c, 200, "success", w);
}

void
books_workflow_create(struct call *c)
{
	static const char *const rules[][2] = { { "add", "create" },
		{ "edit", "edit" }, { "add_edit", "create,edit" },
		{ "delete", "delete" } };
	struct webhooks *all = &c->sim->webhooks;
	json_object *made = books_body(c);
	const char *rule = json_get_text(made, "rule_type");
	struct module *m = books_entity(c->sim, json_get_text(made, "entity"));
	struct workflow *w = &all->workflows[all->nworkflows];
	size_t i;

	if (made == NULL)
		return;
	for (i = 0; rule != NULL && i < ARRAY_LEN(rules); i++)
		if (strcmp(rules[i][0], rule) == 0)
			break;
	if (m == NULL)
		books_error(c, 400, 4, "Invalid value passed for entity");
	else if (rule == NULL || i == ARRAY_LEN(rules))
		books_error(c, 400, 4, "Invalid value passed for rule_type");
	else if (json_get_text(made, "workflow_name") == NULL)
		books_error(c, 400, 4,
		    "Invalid value passed for workflow_name");
	else if (all->nworkflows == WORKFLOWS_MAX)
		books_error(c, 400, 4, "Too many workflows.");
	else {
		memset(w, 0, sizeof(*w));
		w->id = new_id(&c->sim->world);
		w->created = sim_now(c->sim);
		w->active = true;
		snprintf(w->modules, sizeof(w->modules), "%s", m->def->name);
		snprintf(w->events, sizeof(w->events), "%s", rules[i][1]);
		w->made = json_object_get(made);
		all->nworkflows++;
		answer_one(c, 201, "The workflow has been created.", w);
	}
}

void
books_workflow_delete(struct call *c)
{
	struct workflow *w = find(c);

	if (w == NULL)
		return;
	workflow_drop(c->sim, w);
	answer_one(c, 200, "The workflow has been deleted.", NULL);
}

/* .../active and .../inactive */
void
books_workflow_switch(struct call *c)
{
	bool on = strcmp(c->capture[1], "active") == 0;
	struct workflow *w;

	if (!on && strcmp(c->capture[1], "inactive") != 0) {
		books_error(c, 404, 5, "Invalid URL Passed");
		return;
	}
	w = find(c);
	if (w == NULL)
		return;
	w->active = on;
	answer_one(c, 200,
	    on ? "The workflow has been marked as active."
	       : "The workflow has been marked as inactive.",
	    NULL);
}
