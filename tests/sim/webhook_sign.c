/* The signature of Books, and the list of failures of CRM. */
#include <inttypes.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crm.h"
#include "sim.h"

static int
by_name(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order != 0 ? order : strcmp(x->value, y->value);
}

void
webhook_sign(const char *secret, const char *url, const char *body, size_t len,
    int form, char out[65])
{
	const char *mark = strchr(url, '?');
	unsigned char sum[EVP_MAX_MD_SIZE];
	unsigned n = 0, i;
	struct pairs p = { .n = 0 };
	struct out text = OUT_INIT;
	int k;

	if (mark != NULL)
		pairs_read(&p, mark + 1, strlen(mark + 1));
	if (form)
		pairs_read(&p, body, len);
	qsort(p.at, (size_t)p.n, sizeof(p.at[0]), by_name);
	for (k = 0; k < p.n; k++) {
		out_text(&text, p.at[k].name);
		out_text(&text, p.at[k].value);
	}
	if (!form)
		out_bytes(&text, body, len);
	HMAC(EVP_sha256(), secret, (int)strlen(secret),
	    (const unsigned char *)out_all(&text), text.buf.len, sum, &n);
	for (i = 0; i < 32; i++)
		snprintf(out + (size_t)i * 2, 3, "%02x", sum[i]);
	pairs_release(&p);
	out_release(&text);
}

static const struct hook *
by_number(const struct sim *sim, int64_t id)
{
	int i;

	for (i = 0; i < sim->webhooks.n; i++)
		if (sim->webhooks.at[i].id == id)
			return &sim->webhooks.at[i];
	return NULL;
}

void
webhook_failed(struct sim *sim, int64_t webhook, const char *module,
    const char *record, const char *reason)
{
	struct webhooks *w = &sim->webhooks;
	struct failure *f = &w->failures[w->nfailures++ % FAILURES_MAX];

	memset(f, 0, sizeof(*f));
	webhook_name(by_number(sim, webhook), module, f->name);
	f->id = new_id(&sim->world);
	f->webhook = webhook;
	f->time = sim_now(sim);
	snprintf(f->module, sizeof(f->module), "%s", module);
	snprintf(f->record, sizeof(f->record), "%s", record);
	snprintf(f->reason, sizeof(f->reason), "%s", reason);
}

static bool
in_range(struct call *c, const struct failure *f, int64_t from, int64_t to)
{
	const char *module = call_param(c, "module");
	const char *hook = call_param(c, "webhook_id");

	return f->time >= from && f->time < to &&
	    (module == NULL || strcmp(module, f->module) == 0) &&
	    (hook == NULL || strtoll(hook, NULL, 10) == f->webhook);
}

static void
put_failure(struct call *c, struct out *o, const struct failure *f)
{
	struct module *m = world_crm(&c->sim->world, f->module);
	char time[MOMENT_MAX];

	moment_crm(time, f->time, c->sim->world.clock.offset);
	out_comma(o);
	out_f(o,
	    "{\"id\":\"%" PRId64 "\",\"webhook\":{\"id\":\"%" PRId64
	    "\",\"name\":",
	    f->id, f->webhook);
	out_json(o, f->name);
	out_f(o,
	    "},\"workflow_rule\":{\"id\":\"%" PRId64
	    "\",\"name\":\"Rule %s\"},\"entity_details\":{\"id\":\"%s\","
	    "\"name\":null,\"module\":{\"api_name\":\"%s\",\"id\":\"%" PRId64
	    "\"}},\"failure_time\":\"%s\",\"failure_reason\":",
	    f->webhook + 1, f->module, f->record, f->module,
	    m != NULL ? m->id : 0, time);
	out_json(o, f->reason);
	out_text(o, "}");
}

void
crm_failures(struct call *c)
{
	struct webhooks *w = &c->sim->webhooks;
	const char *from = call_param(c, "from"), *to = call_param(c, "to");
	int64_t first = 0, last = INT32_MAX, i, start;
	long page, per_page, seen = 0, count = 0;
	struct out *o;

	if (!crm_paging(c, &page, &per_page))
		return;
	if (from != NULL && !moment_read_date(from, &first)) {
		crm_bad_param(c, "from");
		return;
	}
	if (to != NULL && !moment_read_date(to, &last)) {
		crm_bad_param(c, "to");
		return;
	}
	start = w->nfailures > FAILURES_MAX ? w->nfailures - FAILURES_MAX : 0;
	o = answer_json(c, 200);
	out_text(o, "{\"webhook_failures\":[");
	for (i = w->nfailures - 1; i >= start; i--) {
		const struct failure *f = &w->failures[i % FAILURES_MAX];

		if (!in_range(c, f, first * DAY_S, (last + 1) * DAY_S))
			continue;
		if (seen++ >= (page - 1) * per_page && count < per_page) {
			put_failure(c, o, f);
			count++;
		}
	}
	crm_end_page(c, o, count, page, per_page, seen > page * per_page);
}
