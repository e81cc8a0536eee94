/*
 * Webhooks that somebody has set up: Books default, form and raw payloads,
 * signed; CRM workflow payloads in JSON or as a form; the private wrapper.
 */
#ifndef WEBHOOK_H
#define WEBHOOK_H

#include <json-c/json.h>
#include <stdint.h>

#include "out.h"
#include "watch.h"

enum { HOOKS_MAX = 64, FAILURES_MAX = 2000 };

enum hook_kind {
	HOOK_BOOKS,
	HOOK_BOOKS_FORM,
	HOOK_BOOKS_RAW,
	HOOK_CRM_JSON,
	HOOK_CRM_FORM,
	HOOK_CRM_WRAPPED,
	HOOK_KINDS
};

struct hook {
	int64_t id;
	enum hook_kind kind;
	char url[520], secret[64], key[128], modules[400];
	char events[32]; /* create,edit,delete; empty for all */
};

struct failure {
	int64_t id, webhook, time;
	char record[24], module[64], reason[80];
};

struct webhooks {
	struct hook at[HOOKS_MAX];
	int n;
	struct failure failures[FAILURES_MAX];
	int64_t nfailures; /* ever; the oldest are forgotten */
};

struct sim;
struct module;

/* Add one from JSON {kind,url,secret,key,modules,events}. NULL, or what is
 * wrong. */
const char *webhook_add(struct sim *sim, json_object *o);
void webhooks_write(const struct sim *sim, struct out *o);

void
webhook_tell(struct sim *sim, struct module *m, enum event event, uint32_t n);

/* A CRM webhook was not answered with success. */
void webhook_failed(struct sim *sim, int64_t webhook, const char *module,
    const char *record, const char *reason);

/* Lower-case hex HMAC-SHA256 over the sorted pairs of query and form and the
 * body, as Books signs. "form" says that the body is one. */
void webhook_sign(const char *secret, const char *url, const char *body,
    size_t len, int form, char out[65]);

#endif
