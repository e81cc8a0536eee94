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

enum {
	HOOKS_MAX = 128,
	WORKFLOWS_MAX = 128,
	FAILURES_MAX = 2000,
	USAGE_MAX = 1000,
	HOOK_NAME = 60
};

enum hook_kind {
	HOOK_BOOKS,
	HOOK_BOOKS_FORM,
	HOOK_BOOKS_RAW,
	HOOK_BOOKS_MADE, /* by a call of Books; its definition says all */
	HOOK_CRM_JSON,
	HOOK_CRM_FORM,
	HOOK_CRM_WRAPPED,
	HOOK_CRM_MADE, /* by a call of CRM */
	HOOK_KINDS
};

struct hook {
	int64_t id;
	enum hook_kind kind;
	char url[520], secret[64], key[128], modules[400];
	char events[32];   /* create,edit,delete; empty for all */
	json_object *made; /* as a call defined it; NULL for the others */
	int64_t created, changed;
};

/* A rule of Books: when it fires, the webhooks that it names are sent. */
struct workflow {
	int64_t id, created;
	char modules[64], events[32]; /* as of a webhook */
	bool active;
	json_object *made;
};

/* How often one of CRM was sent on one day */
struct hook_usage {
	int64_t webhook, day; /* days since 1970 */
	uint32_t count;
	char name[HOOK_NAME];
};

struct failure {
	int64_t id, webhook, time;
	char record[24], module[64], reason[80], name[HOOK_NAME];
};

struct webhooks {
	struct hook at[HOOKS_MAX];
	int n;
	struct failure failures[FAILURES_MAX];
	int64_t nfailures; /* ever; the oldest are forgotten */
	struct workflow workflows[WORKFLOWS_MAX];
	int nworkflows;
	struct hook_usage usage[USAGE_MAX];
	int64_t nusage; /* likewise */
};

struct sim;
struct module;

/* Add one from JSON {kind,url,secret,key,modules,events}, or of one that a call
 * of CRM made say when it is sent: {"kind":"crm_rule","name","events"}. NULL,
 * or what is wrong. */
const char *webhook_add(struct sim *sim, json_object *o);
void webhooks_write(const struct sim *sim, struct out *o);
/* Forget them all. */
void webhooks_clear(struct sim *sim);

/* A new one with a number, NULL where there are too many; the one of this
 * kind and number; take one away. */
struct hook *webhook_new(struct sim *sim, enum hook_kind kind);
struct hook *webhook_find(struct sim *sim, enum hook_kind kind, const char *id);
void webhook_drop(struct sim *sim, struct hook *h);

void
webhook_tell(struct sim *sim, struct module *m, enum event event, uint32_t n);

/* A CRM webhook was not answered with success. */
void webhook_failed(struct sim *sim, int64_t webhook, const char *module,
    const char *record, const char *reason);

/* One of CRM is sent: the reports of usage count it. */
void webhook_used(struct sim *sim, const struct hook *h, const char *module);

/* What a webhook is called; "module" names one that has no name of its own. */
void
webhook_name(const struct hook *h, const char *module, char out[HOOK_NAME]);

/* Lower-case hex HMAC-SHA256 over the sorted pairs of query and form and the
 * body, as Books signs. "form" says that the body is one. */
void webhook_sign(const char *secret, const char *url, const char *body,
    size_t len, int form, char out[65]);

#endif
