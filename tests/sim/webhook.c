#include "webhook.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "deliver.h"
#include "json.h"
#include "record.h"
#include "sim.h"
#include "value.h"

static const char *const names[HOOK_KINDS] = { "books", "books_form",
	"books_raw", "crm_json", "crm_form", "crm_wrapped" };

const char *
webhook_add(struct sim *sim, json_object *o)
{
	struct webhooks *all = &sim->webhooks;
	struct hook *h = &all->at[all->n];
	const char *kind = json_get_text(o, "kind");
	const char *url = json_get_text(o, "url");
	const char *secret = json_get_text(o, "secret");
	const char *key = json_get_text(o, "key");
	const char *modules = json_get_text(o, "modules");
	const char *events = json_get_text(o, "events");
	int i;

	if (all->n == HOOKS_MAX)
		return "too many webhooks";
	if (kind == NULL || url == NULL || strlen(url) >= sizeof(h->url))
		return "\"kind\" and \"url\" are wanted";
	for (i = 0; i < HOOK_KINDS; i++)
		if (strcmp(names[i], kind) == 0)
			break;
	if (i == HOOK_KINDS)
		return "no such \"kind\"";
	memset(h, 0, sizeof(*h));
	h->kind = (enum hook_kind)i;
	h->id = new_id(&sim->world);
	snprintf(h->url, sizeof(h->url), "%s", url);
	snprintf(h->secret, sizeof(h->secret), "%s", secret ? secret : "");
	snprintf(h->key, sizeof(h->key), "%s", key ? key : "");
	snprintf(h->modules, sizeof(h->modules), "%s", modules ? modules : "");
	snprintf(h->events, sizeof(h->events), "%s", events ? events : "");
	all->n++;
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
		out_json(o, h->url);
		out_text(o, "}");
	}
	out_text(o, "]}");
}

/* A list of words, or empty for all */
static bool
named(const char *list, const char *word)
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

static const char *const event_words[] = { "create", "edit", "delete" };

/* "modules" is a list of names, crm.leads; empty for all of the service. */
static bool
wants(const struct hook *h, const struct module *m, enum event event)
{
	bool books = (m->def->flags & M_BOOKS) != 0;

	return books == (h->kind <= HOOK_BOOKS_RAW) &&
	    named(h->modules, m->def->name) &&
	    named(h->events, event_words[event]);
}

/* Whether this string of digits is a number's place: an id in quotes */
static size_t
id_length(const char *at)
{
	size_t n;

	if (*at != '"')
		return 0;
	n = strspn(at + 1, "0123456789");
	return n >= 15 && at[1 + n] == '"' ? n : 0;
}

/* Ids as numbers, letters beyond ASCII as \u: as some have seen it. */
static void
reshape(struct sim *sim, struct out *o)
{
	bool numbers = variant(&sim->variants, VAR_HOOK_IDS) == 1;
	bool escapes = variant(&sim->variants, VAR_HOOK_ESCAPES) == 1;
	struct out from = *o;
	const char *at;
	size_t n;

	if (!numbers && !escapes)
		return;
	*o = (struct out)OUT_INIT;
	for (at = out_all(&from); *at != '\0'; at += n) {
		unsigned char c = (unsigned char)*at;
		unsigned code;

		n = 1;
		if (numbers && id_length(at) > 0) {
			n = id_length(at) + 2;
			out_bytes(o, at + 1, n - 2);
			continue;
		}
		if (!escapes || c < 0xc0) {
			out_bytes(o, at, 1);
			continue;
		}
		n = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
		code = c & (0xffu >> (n + 1));
		for (size_t i = 1; i < n; i++)
			code = code << 6 | ((unsigned char)at[i] & 0x3f);
		if (code > 0xffff) {
			code -= 0x10000;
			out_f(o, "\\u%04x\\u%04x", 0xd800 + (code >> 10),
			    0xdc00 + (code & 0x3ff));
		} else {
			out_f(o, "\\u%04x", code);
		}
	}
	out_release(&from);
}

static void
books_body(struct sim *sim, struct out *o, struct module *m, enum event event,
    uint32_t n)
{
	const char *key = strcmp(m->def->api, "inventoryadjustments") == 0 &&
		variant(&sim->variants, VAR_ADJUSTMENT_KEY) == 1
	    ? "inventoryadjustment"
	    : m->def->single;

	out_f(o, "{\"organization_id\":\"%s\",\"%s\":", sim->organization, key);
	if (event == EVENT_DELETE &&
	    variant(&sim->variants, VAR_HOOK_DELETE) == 1)
		out_f(o, "{\"%s\":\"%" PRId64 "\"}", m->def->id_field,
		    record_id(&sim->world, m, n));
	else
		record_books(&sim->world, o, m, n, true);
	out_text(o, "}");
	if (variant(&sim->variants, VAR_HOOK_IDS) == 1) {
		struct out whole = OUT_INIT;

		/* the organization is no id of 15 digits */
		out_f(&whole, "{\"organization_id\":%s", sim->organization);
		out_text(&whole, out_all(o) + 21 + strlen(sim->organization));
		out_release(o);
		*o = whole;
	}
	reshape(sim, o);
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
		books_body(sim, o, m, event, n);
		break;
	case HOOK_BOOKS_FORM:
		books_body(sim, &json, m, event, n);
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

static void
send_hook(struct sim *sim, const struct hook *h, struct module *m,
    enum event event, uint32_t n)
{
	struct delivery d = { .body = OUT_INIT };
	const char *type = write_body(sim, h, &d.body, m, event, n);
	char sign[65];

	if (variant(&sim->variants, VAR_HOOK_TYPE) == 1)
		type = "application/x-www-form-urlencoded;charset=UTF-8";
	d.url = strdup(h->url);
	d.method = strdup("POST");
	pairs_add(&d.headers, "Content-Type", type);
	if (h->key[0] != '\0')
		pairs_add(&d.headers, "X-API-Key", h->key);
	if (h->secret[0] != '\0' && h->kind <= HOOK_BOOKS_RAW) {
		webhook_sign(h->secret, h->url, out_all(&d.body),
		    d.body.buf.len, h->kind == HOOK_BOOKS_FORM, sign);
		pairs_add(&d.headers, "X-Zoho-Webhook-Signature", sign);
	}
	if (h->kind > HOOK_BOOKS_RAW) {
		d.webhook = h->id;
		snprintf(d.record, sizeof(d.record), "%" PRId64,
		    record_id(&sim->world, m, n));
		snprintf(d.module, sizeof(d.module), "%s", m->def->api);
	}
	deliver_put(sim, &d);
}

void
webhook_tell(struct sim *sim, struct module *m, enum event event, uint32_t n)
{
	int i;

	for (i = 0; i < sim->webhooks.n; i++)
		if (wants(&sim->webhooks.at[i], m, event))
			send_hook(sim, &sim->webhooks.at[i], m, event, n);
}
