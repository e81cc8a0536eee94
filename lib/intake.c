#include "intake.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "dedupe.h"
#include "health.h"
#include "log.h"
#include "proof.h"
#include "spooler.h"
#include "store.h"
#include "text.h"

enum { HEADERS_MAX = 4096 };

struct intake {
	const struct settings *settings;
	struct module_list modules;
	struct proofs *proofs;
	struct store *store;
	struct store_options store_options;
	struct spooler *spooler;
	struct spool spool;
	struct health *health;
};

/* One request on its way, until it is answered. */
struct receiving {
	struct waiting waiting; /* first: what the store hands back */
	struct spooling spooling;
	struct envelope envelope;
	struct intake *intake;
	struct exchange *exchange;
	const struct request *req; /* of the exchange, as is the reply */
	struct reply *reply;
	const char *route;
	const struct module *module; /* NULL for notifications */
	const char *source;
	struct change_list changes;
	bool is_read;
	enum status readable;
	struct err why_not; /* where not readable */
	struct buf headers, query, content_type;
};

static void
finish(struct receiving *r)
{
	struct exchange *x = r->exchange;

	change_list_release(&r->changes);
	buf_release(&r->headers);
	buf_release(&r->query);
	buf_release(&r->content_type);
	free(r);
	exchange_answer(x);
}

static void
read_changes(struct receiving *r)
{
	const struct message m = {
		.module = r->module,
		.query = r->req->query,
		.content_type = r->req->content_type,
		.body = buf_text(&r->req->body),
		.body_len = r->req->body.len,
	};

	if (r->is_read)
		return;
	r->is_read = true;
	r->readable = change_read(&r->changes, &r->intake->modules, &m,
	    &r->why_not);
}

/* Nothing can be said of it for want of memory: the drain reads it again. */
static bool
unread(const struct receiving *r)
{
	return r->readable != ST_OK && r->readable != ST_REJECT;
}

/* ---- prove ---- */

static void
refuse(struct receiving *r, const char *event_type, const struct err *err)
{
	const struct refused refused = {
		.source = r->source,
		.event_type = event_type,
		.route = r->route,
		.remote = r->req->remote,
		.sample = r->req->body.at,
		.sample_len = r->req->body.len,
	};

	store_refused(r->intake->store, &refused);
	log_debug("%s: %s from %s: %s", r->route, event_type, r->req->remote,
	    err->text);
	reply_say(r->reply, 401, "refused", "not authorised");
}

static bool
prove(struct receiving *r)
{
	struct proofs *proofs = r->intake->proofs;
	enum service service = r->module != NULL ? r->module->service
						 : SERVICE_CRM;
	struct err err = ERR_INIT;
	enum proof_result got;

	got = proof_headers(proofs, r->req, service, &r->source, &err);
	if (got == PROOF_MISSING && service == SERVICE_CRM) {
		read_changes(r);
		if (r->readable == ST_OK && r->changes.is_notification)
			got = proof_notification(proofs, &r->changes,
			    &r->source, &err);
	}
	if (got != PROOF_OK && unread(r)) {
		log_error("%s: %s", r->route, r->why_not.text);
		reply_unavailable(r->reply);
		return false;
	}
	switch (got) {
	case PROOF_OK:
		return true;
	case PROOF_MISSING:
		refuse(r, "signature_missing", &err);
		break;
	case PROOF_INVALID:
		refuse(r, "signature_invalid", &err);
		break;
	case PROOF_UNCONFIGURED:
		log_error("%s: nobody is let in: %s", r->route, err.text);
		reply_say(r->reply, 503, "unconfigured",
		    "no secret is configured for this route");
		break;
	}
	return false;
}

/* ---- name ---- */

static enum status
name(struct receiving *r, struct envelope *e, struct err *err)
{
	const struct change *c = r->changes.len > 0 ? &r->changes.at[0] : NULL;
	enum status st;

	request_keep_headers(r->req, &r->headers);
	st = buf_puts(&r->query, r->req->query, err);
	if (st == ST_OK)
		st = buf_puts(&r->content_type, r->req->content_type, err);
	if (st != ST_OK)
		return st;
	text_clean(r->query.at);
	text_clean(r->content_type.at);
	memset(e, 0, sizeof(*e));
	e->received_us = clock_now_us();
	e->source = r->source;
	e->route = r->route;
	if (c != NULL && c->module != NULL) {
		e->module = c->module->name;
		e->operation = operation_name(c->op);
	} else if (r->module != NULL) {
		e->module = r->module->name;
	}
	e->event_type = r->changes.event_type;
	e->changes = (int)r->changes.len;
	e->query = buf_text(&r->query);
	e->content_type = buf_text(&r->content_type);
	e->headers = buf_text(&r->headers);
	e->remote = r->req->remote;
	e->body = buf_text(&r->req->body);
	e->body_len = r->req->body.len;
	return dedupe_key(e, r->readable == ST_OK ? &r->changes : NULL, err);
}

/* ---- store ---- */

static void
say_stored(struct receiving *r, const char *word)
{
	if (r->readable == ST_OK || unread(r))
		reply_say(r->reply, 202, word, NULL);
	else
		reply_say(r->reply, 400, "unreadable", r->why_not.text);
}

static void
spooled(struct spooling *spooling)
{
	struct receiving *r = (struct receiving *)((char *)spooling -
	    offsetof(struct receiving, spooling));

	if (spooling->item.status == ST_OK) {
		log_debug("%s: spooled: %s", r->route, r->waiting.err.text);
		say_stored(r, "accepted");
	} else {
		log_error("%s: not kept, the sender was told: %s; %s", r->route,
		    r->waiting.err.text, spooling->item.err.text);
		reply_unavailable(r->reply);
	}
	finish(r);
}

static void
stored(struct waiting *w)
{
	struct receiving *r = (struct receiving *)w;

	if (w->status == ST_OK) {
		say_stored(r, w->repeat ? "repeat" : "accepted");
		finish(r);
		return;
	}
	r->spooling.item.envelope = &r->envelope;
	r->spooling.done = spooled;
	spooler_put(r->intake->spooler, &r->spooling);
}

/* False where the request was answered already. */
static bool
receive(struct receiving *r)
{
	struct err err = ERR_INIT;

	if (r->req->body.len == 0) {
		reply_say(r->reply, 400, "unreadable", "the body is empty");
		return false;
	}
	if (!prove(r))
		return false;
	read_changes(r);
	if (name(r, &r->envelope, &err) != ST_OK) {
		log_error("%s: %s", r->route, err.text);
		reply_unavailable(r->reply);
		return false;
	}
	return true;
}

static struct receiving *
begin(struct intake *intake, const char *route, struct exchange *x)
{
	static const struct buf headers = BUF_INIT(HEADERS_MAX),
				text = BUF_INIT(256 * KIB);
	static const struct change_list none = CHANGE_LIST_INIT;
	struct receiving *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	r->intake = intake;
	r->exchange = x;
	r->req = &x->req;
	r->reply = &x->reply;
	r->route = route;
	r->module = module_by_route(&intake->modules, route);
	r->source = "";
	r->changes = none;
	r->headers = headers;
	r->query = text;
	r->content_type = text;
	return r;
}

void
intake_receive(struct intake *intake, const char *route, struct exchange *x)
{
	struct receiving *r;

	if (module_by_route(&intake->modules, route) == NULL &&
	    strcmp(route, "notifications") != 0) {
		reply_say(&x->reply, 404, "unknown",
		    "no module of this name is enabled");
		exchange_answer(x);
		return;
	}
	r = begin(intake, route, x);
	if (r == NULL) {
		reply_unavailable(&x->reply);
		exchange_answer(x);
		return;
	}
	if (receive(r)) {
		r->waiting.envelope = &r->envelope;
		r->waiting.stored = stored;
		store_put(intake->store, &r->waiting);
	} else {
		finish(r);
	}
}

void
intake_health(struct intake *intake, struct exchange *x)
{
	health_report(intake->health, x);
}

/* ---- life ---- */

static enum status
open_into(struct intake *in, struct loop *loop, bool many, struct err *err)
{
	const struct settings *s = in->settings;
	enum status st;

	st = settings_need(s, SET_WEB_DATABASE_URL,
	    &in->store_options.where.url, err);
	if (st == ST_OK)
		st = module_list_open(&in->modules,
		    settings_text(s, SET_ZOHO_MODULES_TO_SYNC), err);
	if (st == ST_OK)
		st = proofs_open(&in->proofs, s, err);
	if (st != ST_OK)
		return st;
	in->spool.dir = settings_text(s, SET_SPOOL_DIR);
	in->spool.max_bytes = settings_number(s, SET_SPOOL_MAX_MB) *
	    (int64_t)MIB;
	if (spool_open(&in->spool, err) != ST_OK)
		log_error("spool: nothing can wait for PostgreSQL: %s",
		    err->text);
	in->store_options.where.program = "zohosync webhook";
	in->store_options.where.prepare = many &&
	    settings_on(s, SET_DATABASE_PREPARE);
	in->store_options.timeout_ms = (int)settings_number(s,
	    SET_STORE_TIMEOUT_MS);
	st = spooler_open(&in->spooler, loop, &in->spool, err);
	if (st == ST_OK)
		st = store_open(&in->store, loop, &in->store_options, err);
	if (st == ST_OK)
		st = health_open(&in->health, in->store, in->spooler,
		    in->proofs, err);
	return st;
}

enum status
intake_open(struct intake **out, struct loop *loop,
    const struct settings *settings, bool many, struct err *err)
{
	struct intake *in = calloc(1, sizeof(*in));
	enum status st;

	*out = NULL;
	if (in == NULL)
		return err_memory(err);
	in->settings = settings;
	st = open_into(in, loop, many, err);
	if (st != ST_OK) {
		intake_close(in);
		return st;
	}
	*out = in;
	return ST_OK;
}

bool
intake_settled(struct intake *intake)
{
	return store_settled(intake->store);
}

void
intake_close(struct intake *intake)
{
	if (intake == NULL)
		return;
	health_close(intake->health);
	store_close(intake->store);
	spooler_close(intake->spooler);
	proofs_close(intake->proofs);
	module_list_close(&intake->modules);
	free(intake);
}
