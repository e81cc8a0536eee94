#include "webhook.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deliver.h"
#include "hook_body.h"
#include "hook_made.h"
#include "json.h"
#include "record.h"
#include "sim.h"
#include "value.h"
#include "workflow.h"

static const char *const names[HOOK_KINDS] = { "books", "books_form",
	"books_raw", "books_api", "crm_json", "crm_form", "crm_wrapped",
	"crm_api" };

struct hook *
webhook_new(struct sim *sim, enum hook_kind kind)
{
	struct webhooks *all = &sim->webhooks;
	struct hook *h = &all->at[all->n];

	if (all->n == HOOKS_MAX)
		return NULL;
	all->n++;
	memset(h, 0, sizeof(*h));
	h->kind = kind;
	h->id = new_id(&sim->world);
	h->created = h->changed = sim_now(sim);
	return h;
}

struct hook *
webhook_find(struct sim *sim, enum hook_kind kind, const char *id)
{
	int64_t number = id_wellformed(id) ? strtoll(id, NULL, 10) : 0;
	int i;

	for (i = 0; i < sim->webhooks.n; i++)
		if (sim->webhooks.at[i].kind == kind &&
		    sim->webhooks.at[i].id == number)
			return &sim->webhooks.at[i];
	return NULL;
}

void
webhook_drop(struct sim *sim, struct hook *h)
{
	struct webhooks *all = &sim->webhooks;
	size_t behind = (size_t)(&all->at[all->n] - h) - 1;

	json_object_put(h->made);
	memmove(h, h + 1, behind * sizeof(*h));
	all->n--;
}

void
webhooks_clear(struct sim *sim)
{
	while (sim->webhooks.nworkflows > 0)
		workflow_drop(sim, &sim->webhooks.workflows[0]);
	while (sim->webhooks.n > 0)
		webhook_drop(sim, &sim->webhooks.at[sim->webhooks.n - 1]);
}

void
webhook_name(const struct hook *h, const char *module, char out[HOOK_NAME])
{
	const char *name = h != NULL ? json_get_text(h->made, "name") : NULL;

	if (name != NULL)
		snprintf(out, HOOK_NAME, "%s", name);
	else
		snprintf(out, HOOK_NAME, "Mirror %.40s", module);
}

/* A workflow rule of the CRM, as somebody makes it on its pages: when the
 * webhook of this name is sent. */
static const char *
set_rule(struct sim *sim, json_object *o)
{
	const char *name = json_get_text(o, "name");
	const char *events = json_get_text(o, "events");
	int i;

	for (i = 0; name != NULL && events != NULL && i < sim->webhooks.n;
	     i++) {
		struct hook *h = &sim->webhooks.at[i];
		const char *is = json_get_text(h->made, "name");

		if (h->kind != HOOK_CRM_MADE || is == NULL ||
		    strcmp(is, name) != 0)
			continue;
		snprintf(h->events, sizeof(h->events), "%s", events);
		return NULL;
	}
	return "\"name\" of a webhook and \"events\" are wanted";
}

const char *
webhook_add(struct sim *sim, json_object *o)
{
	struct hook *h;
	const char *kind = json_get_text(o, "kind");
	const char *url = json_get_text(o, "url");
	const char *secret = json_get_text(o, "secret");
	const char *key = json_get_text(o, "key");
	const char *modules = json_get_text(o, "modules");
	const char *events = json_get_text(o, "events");
	int i;

	if (kind != NULL && strcmp(kind, "crm_rule") == 0)
		return set_rule(sim, o);
	if (kind == NULL || url == NULL || strlen(url) >= sizeof(h->url))
		return "\"kind\" and \"url\" are wanted";
	for (i = 0; i < HOOK_KINDS; i++)
		if (strcmp(names[i], kind) == 0)
			break;
	if (i == HOOK_KINDS || i == HOOK_BOOKS_MADE || i == HOOK_CRM_MADE)
		return "no such \"kind\"";
	h = webhook_new(sim, (enum hook_kind)i);
	if (h == NULL)
		return "too many webhooks";
	snprintf(h->url, sizeof(h->url), "%s", url);
	snprintf(h->secret, sizeof(h->secret), "%s", secret ? secret : "");
	snprintf(h->key, sizeof(h->key), "%s", key ? key : "");
	snprintf(h->modules, sizeof(h->modules), "%s", modules ? modules : "");
	snprintf(h->events, sizeof(h->events), "%s", events ? events : "");
	return NULL;
}

void
webhooks_write(const struct sim *sim, struct out *o)
{
	int i;

	out_text(o, "{\"webhooks\":[");
	for (i = 0; i < sim->webhooks.n; i++) {
		const struct hook *h = &sim->webhooks.at[i];

		out_comma(o);
		out_f(o,
		    "{\"id\":\"%" PRId64 "\",\"kind\":\"%s\",\"url\":", h->id,
		    names[h->kind]);
		out_json(o,
		    h->made != NULL ? json_get_text(h->made, "url") : h->url);
		out_text(o, "}");
	}
	out_text(o, "]}");
}

/* "modules" is a list of names, crm.leads; empty for all of the service. */
static bool
wants(struct sim *sim, const struct hook *h, const struct module *m,
    enum event event)
{
	bool books = (m->def->flags & M_BOOKS) != 0;

	if (books && h->kind == HOOK_BOOKS_MADE)
		return workflow_lets(sim, h, m, event);
	return books == (h->kind <= HOOK_BOOKS_MADE) &&
	    listed(h->modules, m->def->name) &&
	    listed(h->events, event_words[event]);
}

/* All values as texts, as merge fields give them. */
static void
crm_pairs(struct sim *sim, struct out *o, struct module *m, uint32_t n,
    bool form)
{
	struct value v;
	int i;

	for (i = 0; i < m->nfields; i++) {
		const struct field *f = &m->fields[i].def;

		if (m->fields[i].gone || kinds[f->kind].single_only)
			continue;
		value_of(&sim->world, m, n, i, &v);
		value_text(&sim->world, &v);
		if (!form) {
			out_key(o, f->api);
			out_json_n(o, v.text, v.len);
			continue;
		}
		out_text(o, o->buf.len > 0 ? "&" : "");
		out_percent(o, f->api);
		out_text(o, "=");
		out_percent(o, v.text);
	}
}

static void
crm_wrapped(struct sim *sim, struct out *o, struct module *m, enum event event,
    uint32_t n)
{
	int user = m->recs[n].user;
	char time[MOMENT_MAX];

	out_f(o, "{\"operation\":\"%s.%s\",\"source\":\"web\",\"user\":{",
	    m->def->api, event_words[event]);
	out_f(o, "\"id\":\"%" PRId64 "\",\"name\":", user_id(user));
	out_json(o, user_name(user));
	out_f(o,
	    ",\"email\":\"user%d@example.com\"},\"timestamp\":%" PRId64
	    ",\"data\":[",
	    user + 1, moment_now_ms(&sim->world.clock));
	if (event == EVENT_DELETE) {
		moment_crm(time, m->recs[n].deleted, sim->world.clock.offset);
		out_f(o, "{\"id\":\"%" PRId64 "\",\"Modified_Time\":\"%s\"}",
		    record_id(&sim->world, m, n), time);
	} else {
		record_crm(&sim->world, o, m, n);
	}
	out_text(o, "]}");
}

static const char *
write_body(struct sim *sim, const struct hook *h, struct out *o,
    struct module *m, enum event event, uint32_t n)
{
	struct out json = OUT_INIT;

	switch (h->kind) {
	case HOOK_BOOKS:
	case HOOK_BOOKS_RAW:
		hook_books_body(sim, o, m, event, n);
		break;
	case HOOK_BOOKS_FORM:
		hook_books_body(sim, &json, m, event, n);
		out_text(o, "JSONString=");
		out_percent(o, out_all(&json));
		out_release(&json);
		return "application/x-www-form-urlencoded";
	case HOOK_CRM_JSON:
		out_f(o, "{\"module\":\"%s\",\"id\":\"%" PRId64 "\"",
		    m->def->api, record_id(&sim->world, m, n));
		out_release(&json);
		crm_pairs(sim, &json, m, n, false);
		out_text(o, ",");
		out_text(o, out_all(&json));
		out_release(&json);
		out_text(o, "}");
		break;
	case HOOK_CRM_FORM:
		out_f(o, "module=%s&id=%" PRId64, m->def->api,
		    record_id(&sim->world, m, n));
		crm_pairs(sim, o, m, n, true);
		return "application/x-www-form-urlencoded";
	default:
		crm_wrapped(sim, o, m, event, n);
	}
	return "application/json";
}

/* Those that a call defined say all of it themselves. */
static const char *
write_call(struct sim *sim, const struct hook *h, struct delivery *d,
    struct module *m, enum event event, uint32_t n)
{
	if (h->made != NULL)
		return hook_made(sim, h, m, event, n, d);
	d->url = strdup(h->url);
	d->method = strdup("POST");
	return write_body(sim, h, &d->body, m, event, n);
}

static void
send_hook(struct sim *sim, const struct hook *h, struct module *m,
    enum event event, uint32_t n)
{
	struct delivery d = { .body = OUT_INIT };
	const char *type = write_call(sim, h, &d, m, event, n);
	bool form = strcmp(type, "application/x-www-form-urlencoded") == 0;
	char sign[65];

	if (variant(&sim->variants, VAR_HOOK_TYPE) == 1)
		type = "application/x-www-form-urlencoded;charset=UTF-8";
	pairs_add(&d.headers, "Content-Type", type);
	if (h->key[0] != '\0')
		pairs_add(&d.headers, "X-API-Key", h->key);
	if (h->secret[0] != '\0' && h->kind <= HOOK_BOOKS_MADE) {
		webhook_sign(h->secret, d.url, out_all(&d.body), d.body.buf.len,
		    form, sign);
		pairs_add(&d.headers, "X-Zoho-Webhook-Signature", sign);
	}
	if (h->kind > HOOK_BOOKS_MADE) {
		d.webhook = h->id;
		snprintf(d.record, sizeof(d.record), "%" PRId64,
		    record_id(&sim->world, m, n));
		snprintf(d.module, sizeof(d.module), "%s", m->def->api);
		webhook_used(sim, h, m->def->api);
	}
	deliver_put(sim, &d);
}

void
webhook_tell(struct sim *sim, struct module *m, enum event event, uint32_t n)
{
	int i;

	for (i = 0; i < sim->webhooks.n; i++)
		if (wants(sim, &sim->webhooks.at[i], m, event))
			send_hook(sim, &sim->webhooks.at[i], m, event, n);
}
