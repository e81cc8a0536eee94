/*
 * The webhooks that Zoho should have: of each module one for what is created
 * or edited and one for what is deleted, because no payload says which it was
 * (zoho-api.md 3.6, F017).
 */
#ifndef HOOK_H
#define HOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <json-c/json.h>

#include "err.h"
#include "module.h"
#include "settings.h"

/* The CRM takes URLs of 300 characters, Books names of 50. */
enum { HOOK_BASE_MAX = 200, HOOK_URL_MAX = 301, HOOK_NAME_MAX = 96 };

struct hook {
	const struct module *module; /* borrowed */
	bool deletes;                /* else what is created or edited */
	char name[HOOK_NAME_MAX];    /* zohosync - Leads Sync */
	char url[HOOK_URL_MAX];
};

struct hook_list {
	struct hook *at;
	size_t len;
};

/*
 * Where Zoho reaches the webhooks: WEBHOOK_URL, without a slash at its end.
 * ST_FAULT   it is not set
 * ST_REJECT  it is none, or longer than HOOK_BASE_MAX
 */
MUST_CHECK
enum status hook_base(const struct settings *settings,
    char out[static HOOK_URL_MAX], struct err *err);

/* Whether it is an address of a web server and has no letter that an address
 * writes otherwise. */
bool hook_is_url(const char *url);

/* All that Zoho can have, those of Books first, each service in the order in
 * which people think of modules. Modules are borrowed, and so is "base".
 * ST_FAULT: no memory. */
MUST_CHECK
enum status hook_list_open(struct hook_list *list,
    const struct module_list *modules, const char *base, struct err *err);
void hook_list_close(struct hook_list *list);

/* The one of those Zoho has that has this URL, or else this name, which it
 * calls "name_key"; NULL where there is none. Borrowed. */
json_object *
hook_find(json_object *all, const char *name_key, const struct hook *hook);

#endif
