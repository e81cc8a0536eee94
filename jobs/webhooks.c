/* webhooks - compare the webhooks that Zoho has with those it should have, and
 * make what its APIs let us make. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "asking.h"
#include "centre.h"
#include "hook_books.h"
#include "hook_crm.h"
#include "job_main.h"
#include "paste.h"
#include "stop.h"
#include "tool.h"

enum { OPT_ANEW, OPT_JSON };

static const struct job_option options[] = {
	[OPT_ANEW] = { "anew", NULL,
	    "apply: send all again, with the secrets of today" },
	[OPT_JSON] = { "json", NULL, "a line of JSON for each webhook" },
};

enum { STATEMENT_MS = 60000, PATIENCE_MS = 70000, KEY_NAMES = 10 };

/* What Zoho has, and how it compares. */
struct run {
	const struct settings *settings;
	struct zoho *zoho;
	struct db *db;
	struct hook_list hooks;
	struct apikey_list keys;
	const char *secret; /* of Books */
	json_object *crm, *books, *rules;
	char key[APIKEY_TEXT_MAX]; /* that webhooks of the CRM send, or "" */
	bool seen[2];              /* of which service they are known */
	bool apply, anew, quiet, json;
	int right, wrong, failed;
	struct err first; /* why the first of them failed */
};

static void
note_failure(struct run *r, const char *what, const struct err *why)
{
	if (r->failed++ == 0)
		r->first = *why;
	(void)fprintf(stderr, "webhooks: %s: %s\n", what, why->text);
}

/* ---- what Zoho has ---- */

static enum status
see_books(struct run *r, struct err *err)
{
	enum status st = settings_need(r->settings, SET_ZOHO_WEBHOOK_SECRET,
	    &r->secret, err);
	size_t len = st == ST_OK ? strlen(r->secret) : 0;

	if (st == ST_OK && (len < HOOK_SECRET_LEAST || len > HOOK_SECRET_MOST))
		st = err_class(err, ST_REJECT, "settings",
		    "ZOHO_WEBHOOK_SECRET has not the %d to %d characters that "
		    "Zoho wants",
		    HOOK_SECRET_LEAST, HOOK_SECRET_MOST);
	return st == ST_OK ? hook_books_read(r->zoho, &r->books, &r->rules, err)
			   : st;
}

static enum status
see_crm(struct run *r, struct err *err)
{
	const char *path;
	enum status st = settings_need(r->settings, SET_API_KEY_FILE, &path,
	    err);

	if (st == ST_OK)
		st = apikey_load(&r->keys, path, err);
	return st == ST_OK ? hook_crm_read(r->zoho, &r->crm, err) : st;
}

/* Whether any of its webhooks should be. */
static bool
is_used(const struct run *r, enum service service)
{
	size_t i;

	if (service == SERVICE_BOOKS &&
	    *settings_text(r->settings, SET_ZOHO_ORGANIZATION_ID) == '\0') {
		(void)fputs("webhooks: Zoho Books is left out, because "
			    "ZOHO_ORGANIZATION_ID is not set\n",
		    stderr);
		return false;
	}
	for (i = 0; i < r->hooks.len; i++)
		if (r->hooks.at[i].module->service == service)
			return true;
	return false;
}

/* One that cannot be looked at leaves the other alone. */
static enum status
see(struct run *r, struct err *err)
{
	static const struct {
		enum service service;
		const char *name;
		enum status (*see)(struct run *r, struct err *err);
	} sides[] = { { SERVICE_BOOKS, "Zoho Books", see_books },
		{ SERVICE_CRM, "Zoho CRM", see_crm } };
	struct err why = ERR_INIT;
	enum status st;
	size_t i;

	for (i = 0; i < ARRAY_LEN(sides); i++) {
		if (!is_used(r, sides[i].service))
			continue;
		st = sides[i].see(r, &why);
		if (db_is_lost(r->db))
			return err_set(err, ST_RETRY, "%s", why.text);
		r->seen[sides[i].service] = st == ST_OK;
		if (st != ST_OK)
			note_failure(r, sides[i].name, &why);
	}
	return ST_OK;
}

/* NULL where it is as it should be. */
static const char *
differs(const struct run *r, const struct hook *h, json_object **there)
{
	const char *why;

	if (h->module->service == SERVICE_CRM) {
		*there = hook_find(r->crm, "name", h);
		return *there == NULL ? "there is none"
				      : hook_crm_differs(*there, h, &r->keys);
	}
	*there = hook_find(r->books, "webhook_name", h);
	if (*there == NULL)
		return "there is none";
	why = hook_books_differs(*there, h);
	return why != NULL ? why : hook_books_rule_differs(r->rules, *there, h);
}

/* ---- making ---- */

/* A key that is in use already, or a new one: what the file holds of keys are
 * their hashes. */
static enum status
have_key(struct run *r, struct err *err)
{
	const char *path = settings_text(r->settings, SET_API_KEY_FILE), *key;
	char name[APIKEY_NAME_MAX] = "crm-webhooks";
	enum status st = ST_REJECT;
	json_object *there;
	size_t i;

	for (i = 0; r->key[0] == '\0' && i < r->hooks.len; i++) {
		there = hook_find(r->crm, "name", &r->hooks.at[i]);
		key = there != NULL ? hook_crm_key(there, &r->keys) : NULL;
		if (key != NULL)
			(void)snprintf(r->key, sizeof(r->key), "%s", key);
	}
	if (r->key[0] != '\0')
		return ST_OK;
	for (i = 2; st == ST_REJECT && i < KEY_NAMES; i++) {
		st = apikey_create(path, name, "webhook", 0, r->key, err);
		if (st != ST_OK)
			(void)snprintf(name, sizeof(name), "crm-webhooks-%zu",
			    i);
	}
	return st;
}

static enum status
make_crm(struct run *r, const struct hook *h, json_object *there,
    struct err *err)
{
	enum status st = have_key(r, err);

	return st == ST_OK ? hook_crm_put(r->zoho, h, there, r->key, err) : st;
}

static enum status
make_books(struct run *r, const struct hook *h, json_object *there,
    struct err *err)
{
	json_object *made = json_object_get(there);
	enum status st = ST_OK;

	if (there == NULL || r->anew || hook_books_differs(there, h) != NULL) {
		json_object_put(made);
		st = hook_books_put(r->zoho, h, there, r->secret, &made, err);
	}
	if (st == ST_OK && hook_books_rule_differs(r->rules, made, h) != NULL)
		st = hook_books_rule_put(r->zoho, h, r->rules, made, err);
	json_object_put(made);
	return st;
}

/* ---- what a person sees ---- */

static enum status
print_json(const struct hook *h, const char *state, const char *why,
    struct err *err)
{
	const char *const pairs[][2] = { { "name", h->name },
		{ "module", h->module->name }, { "url", h->url },
		{ "state", state }, { "why", why } };
	json_object *o = json_object_new_object();
	enum status st = o != NULL ? ST_OK : err_memory(err);
	size_t i;

	for (i = 0; st == ST_OK && i < ARRAY_LEN(pairs); i++)
		st = json_add_text(o, pairs[i][0], pairs[i][1],
		    pairs[i][1] != NULL ? strlen(pairs[i][1]) : 0, err);
	if (st == ST_OK)
		st = tool_print_json(o, err);
	json_object_put(o);
	return st;
}

static enum status
print(const struct run *r, const struct hook *h, const char *state,
    const char *why, struct err *err)
{
	if (r->json)
		return print_json(h, state, why, err);
	if (why != NULL)
		(void)printf("%-9s  %s (%s): %s\n", state, h->name,
		    module_service_name(h->module), why);
	else if (!r->quiet)
		(void)printf("%-9s  %s (%s)\n", state, h->name,
		    module_service_name(h->module));
	return ST_OK;
}

static enum status
one(struct run *r, const struct hook *h, struct err *err)
{
	struct err why_not = ERR_INIT;
	json_object *there;
	const char *why = differs(r, h, &there), *state;
	enum status st;

	if (why == NULL && r->anew)
		why = "sent again";
	if (why == NULL) {
		r->right++;
		return print(r, h, "right", NULL, err);
	}
	state = there == NULL ? "missing" : "different";
	if (!r->apply) {
		r->wrong++;
		return print(r, h, state, why, err);
	}
	st = h->module->service == SERVICE_CRM
	    ? make_crm(r, h, there, &why_not)
	    : make_books(r, h, there, &why_not);
	if (db_is_lost(r->db)) {
		*err = why_not;
		return st;
	}
	if (st != ST_OK) {
		note_failure(r, h->name, &why_not);
		return ST_OK;
	}
	r->right++;
	return there == NULL ? print(r, h, "made", NULL, err)
			     : print(r, h, "changed", why, err);
}

/* ---- all of it ---- */

static enum status
verdict(const struct run *r, bool check, struct err *err)
{
	if (r->failed > 0 || stop_asked)
		return err_class(err, ST_RETRY, "partial",
		    "%d webhooks are right, the others not or not known: %.300s",
		    r->right, r->failed > 0 ? r->first.text : "asked to end");
	if (check && r->wrong > 0)
		return err_class(err, ST_REJECT, "differs",
		    "%d of %d webhooks are not as they should be", r->wrong,
		    r->wrong + r->right);
	return ST_OK;
}

static enum status
go(struct run *r, const char *word, struct err *err)
{
	bool check = strcmp(word, "check") == 0;
	enum status st = see(r, err);
	size_t i;

	r->quiet = check;
	for (i = 0; st == ST_OK && i < r->hooks.len && !stop_asked; i++)
		if (r->seen[r->hooks.at[i].module->service])
			st = one(r, &r->hooks.at[i], err);
	if (st == ST_OK && !check && !r->json)
		paste_rules(&r->hooks);
	return st == ST_OK ? verdict(r, check, err) : st;
}

static enum status
open_all(struct run *r, const struct module_list *modules, struct err *err)
{
	struct zoho_options z = { .settings = r->settings,
		.program = "zohosync",
		.rank = RANK_PERSON,
		.patience_ms = PATIENCE_MS };
	char base[HOOK_URL_MAX];
	enum status st = hook_base(r->settings, base, err);

	if (st == ST_OK)
		st = hook_list_open(&r->hooks, modules, base, err);
	if (st == ST_OK)
		st = asking_open(&r->db, r->settings, "zohosync webhooks",
		    STATEMENT_MS, modules, err);
	z.db = r->db;
	return st == ST_OK ? zoho_open(&r->zoho, &z, err) : st;
}

static void
close_all(struct run *r)
{
	json_object_put(r->crm);
	json_object_put(r->books);
	json_object_put(r->rules);
	explicit_bzero(r->key, sizeof(r->key));
	apikey_release(&r->keys);
	zoho_close(r->zoho);
	db_close(r->db);
	hook_list_close(&r->hooks);
}

static enum status
webhooks(struct job *job, struct err *err)
{
	const char *word = job->words_len == 1 ? job->words[0] : "";
	struct module_list modules = { .len = 0 };
	struct run r = { .settings = &job->settings,
		.apply = strcmp(word, "apply") == 0,
		.anew = job->given[OPT_ANEW] != NULL,
		.json = job->given[OPT_JSON] != NULL };
	enum status st;

	if (!r.apply && strcmp(word, "plan") != 0 && strcmp(word, "check") != 0)
		return err_class(err, ST_REJECT, "usage",
		    "webhooks takes plan, apply or check");
	if (r.anew && !r.apply)
		return err_class(err, ST_REJECT, "usage",
		    "--anew belongs to apply");
	st = centre_must_ask(r.settings, err);
	if (st == ST_OK)
		st = module_list_open(&modules,
		    settings_text(r.settings, SET_ZOHO_MODULES_TO_SYNC), err);
	if (st == ST_OK)
		st = open_all(&r, &modules, err);
	if (st == ST_OK)
		st = go(&r, word, err);
	close_all(&r);
	module_list_close(&modules);
	return st;
}

static const struct job_program program = {
	.name = "webhooks",
	.words = "plan|apply|check",
	.summary = "Compare the webhooks that Zoho has with those it should "
		   "have.",
	.options = options,
	.options_len = ARRAY_LEN(options),
	.quiet_log = true,
	.run = webhooks,
};

int
main(int argc, char **argv)
{
	return job_main(argc, argv, &program);
}
