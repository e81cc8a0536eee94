#include "control.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "json.h"
#include "sim.h"

void
control_ok(struct call *c)
{
	out_text(answer_json(c, 200), "{\"ok\":true}");
}

void
control_wrong(struct call *c, const char *why)
{
	struct out *o = answer_json(c, 400);

	out_text(o, "{\"error\":");
	out_json(o, why);
	out_text(o, "}");
}

static void
clock_show(struct call *c)
{
	struct moment *m = &c->sim->world.clock;
	char text[MOMENT_MAX];

	moment_crm(text, moment_now(m), 0);
	out_f(answer_json(c, 200),
	    "{\"now\":\"%s\",\"unix\":%" PRId64 ",\"rate\":%g}", text,
	    moment_now(m), m->rate);
}

static void
clock_set(struct call *c)
{
	struct moment *m = &c->sim->world.clock;
	json_object *o = call_json(c);
	const char *now = json_get_text(o, "now");
	json_object *advance = json_get(o, "advance");
	json_object *rate = json_get(o, "rate");
	int64_t t;

	if (now != NULL && !moment_read(now, true, &t)) {
		control_wrong(c, "\"now\" is no time");
		return;
	}
	if (now != NULL)
		moment_set(m, t);
	if (advance != NULL)
		moment_set(m, moment_now(m) + json_object_get_int64(advance));
	if (rate != NULL)
		moment_rate(m, json_object_get_double(rate));
	clock_show(c);
}

static void
variants_show(struct call *c)
{
	variants_write(&c->sim->variants, answer_json(c, 200));
}

static void
variants_set(struct call *c)
{
	struct sim *sim = c->sim;
	json_object *o = call_json(c);

	if (!json_object_is_type(o, json_type_object)) {
		control_wrong(c, "an object is wanted");
		return;
	}
	json_object_object_foreach(o, key, value)
	{
		if (!variant_set(&sim->variants, key,
			json_object_get_string(value))) {
			control_wrong(c, key);
			return;
		}
	}
	sim->world.deleted_lookup_null = variant(&sim->variants,
					     VAR_DELETED_LOOKUP) == 1;
	sim->world.bigint_number = variant(&sim->variants, VAR_BIGINT) == 1;
	control_ok(c);
}

static void
faults_set(struct call *c)
{
	const char *wrong = faults_add(&c->sim->faults, call_json(c));

	if (wrong != NULL)
		control_wrong(c, wrong);
	else
		control_ok(c);
}

static void
faults_show(struct call *c)
{
	faults_write(&c->sim->faults, answer_json(c, 200));
}

static void
faults_clear(struct call *c)
{
	c->sim->faults.n = 0;
	control_ok(c);
}

static void
counters_show(struct call *c)
{
	counters_write(c->sim, answer_json(c, 200));
}

static void
counters_clear(struct call *c)
{
	memset(&c->sim->counters, 0, sizeof(c->sim->counters));
	control_ok(c);
}

static void
limits_set(struct call *c)
{
	json_object *o = call_json(c);

	if (!json_object_is_type(o, json_type_object)) {
		control_wrong(c, "an object is wanted");
		return;
	}
	json_object_object_foreach(o, key, value)
	{
		if (strcmp(key, "latency_ms") == 0)
			c->sim->latency_ms = json_object_get_int(value);
		else if (!limit_set(&c->sim->limits, key,
			     json_object_get_int64(value))) {
			control_wrong(c, key);
			return;
		}
	}
	control_ok(c);
}

/* A refresh token, or a grant code to redeem, of these scopes. */
static void
grants_add(struct call *c)
{
	json_object *o = call_json(c);
	const char *scope = json_get_text(o, "scope");
	bool code = json_object_get_boolean(json_get(o, "code"));
	const struct grant *g;
	int i;

	if (scope == NULL) {
		control_wrong(c, "\"scope\" is missing");
		return;
	}
	i = oauth_grant(c->sim, scope, code);
	if (i < 0) {
		control_wrong(c, "too many grants");
		return;
	}
	g = &c->sim->oauth.grants[i];
	out_f(answer_json(c, 200), "{\"refresh_token\":\"%s\",\"code\":\"%s\"}",
	    g->refresh, g->code);
}

static void
tokens_kill(struct call *c)
{
	oauth_kill(c->sim);
	control_ok(c);
}

static void
hooks_add(struct call *c)
{
	json_object *o = call_json(c);
	const char *wrong = NULL;
	size_t i;

	if (json_object_is_type(o, json_type_array))
		for (i = 0; wrong == NULL && i < json_object_array_length(o);
		     i++)
			wrong = webhook_add(c->sim,
			    json_object_array_get_idx(o, i));
	else
		wrong = webhook_add(c->sim, o);
	if (wrong != NULL)
		control_wrong(c, wrong);
	else
		webhooks_write(c->sim, answer_json(c, 200));
}

static void
hooks_show(struct call *c)
{
	webhooks_write(c->sim, answer_json(c, 200));
}

static void
hooks_clear(struct call *c)
{
	webhooks_clear(c->sim);
	control_ok(c);
}

static void
deliveries_show(struct call *c)
{
	deliveries_write(c->sim, answer_json(c, 200),
	    call_number(c, "last", 0));
}

/* How deliveries go wrong, outside a day of work too. */
static void
deliveries_set(struct call *c)
{
	struct chances *ch = &c->sim->deliveries.chances;
	json_object *o = call_json(c), *n;

	if ((n = json_get(o, "lost")) != NULL)
		ch->lost = json_object_get_double(n);
	if ((n = json_get(o, "doubled")) != NULL)
		ch->doubled = json_object_get_double(n);
	if ((n = json_get(o, "reordered")) != NULL)
		ch->reordered = json_object_get_double(n);
	if ((n = json_get(o, "corrupted")) != NULL)
		ch->corrupted = json_object_get_double(n);
	if ((n = json_get(o, "seed")) != NULL)
		ch->seed = (uint64_t)json_object_get_int64(n);
	control_ok(c);
}

static void
modules_show(struct call *c)
{
	struct world *w = &c->sim->world;
	struct out *o = answer_json(c, 200);
	uint32_t n;
	int i;

	out_f(o, "{\"organization_id\":\"%s\",\"zgid\":\"%s\",\"modules\":{",
	    c->sim->organization, c->sim->zgid);
	for (i = 0; i < w->nmodules; i++) {
		struct module *m = &w->modules[i];
		uint32_t lives = 0;

		for (n = 0; n < m->n; n++)
			lives += record_lives(&m->recs[n]);
		out_key(o, m->def->name);
		out_f(o, "{\"api_name\":\"%s\",\"records\":%u,\"ever\":%u}",
		    m->def->api, lives, m->n);
	}
	out_text(o, "}}");
}

static const struct {
	const char *method, *path;
	void (*handle)(struct call *c);
} paths[] = {
	{ "GET", "clock", clock_show },
	{ "POST", "clock", clock_set },
	{ "GET", "variants", variants_show },
	{ "PUT", "variants", variants_set },
	{ "GET", "faults", faults_show },
	{ "POST", "faults", faults_set },
	{ "DELETE", "faults", faults_clear },
	{ "GET", "counters", counters_show },
	{ "DELETE", "counters", counters_clear },
	{ "PUT", "limits", limits_set },
	{ "POST", "grants", grants_add },
	{ "DELETE", "tokens", tokens_kill },
	{ "GET", "webhooks", hooks_show },
	{ "POST", "webhooks", hooks_add },
	{ "DELETE", "webhooks", hooks_clear },
	{ "GET", "deliveries", deliveries_show },
	{ "PUT", "deliveries", deliveries_set },
	{ "GET", "company", modules_show },
	{ "GET", "state", state_call },
	{ "POST", "day", day_call },
	{ "POST", "act", act_call },
};

void
control_call(struct call *c)
{
	size_t i;

	if (!c->loopback) {
		answer_text(c, 403, "text/plain", "from this machine only\n");
		return;
	}
	for (i = 0; i < ARRAY_LEN(paths); i++)
		if (strcmp(paths[i].method, c->method) == 0 &&
		    strcmp(paths[i].path, c->path + 6) == 0) {
			paths[i].handle(c);
			return;
		}
	answer_text(c, 404, "text/plain", "no such control path\n");
}
