#include "hook.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "json.h"

bool
hook_is_url(const char *url)
{
	size_t scheme = strncmp(url, "https://", 8) == 0 ? 8
	    : strncmp(url, "http://", 7) == 0            ? 7
							 : 0;

	return scheme > 0 && url[scheme] != '\0' && url[scheme] != '/' &&
	    strspn(url,
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"0123456789-._~:/[]") == strlen(url);
}

enum status
hook_base(const struct settings *settings, char out[static HOOK_URL_MAX],
    struct err *err)
{
	const char *url;
	enum status st = settings_need(settings, SET_WEBHOOK_URL, &url, err);
	size_t len;

	if (st != ST_OK)
		return st;
	len = strlen(url);
	while (len > 0 && url[len - 1] == '/')
		len--;
	if (len > HOOK_BASE_MAX || !hook_is_url(url))
		return err_class(err, ST_REJECT, "settings",
		    "WEBHOOK_URL is no address like "
		    "https://shop.example.com/api/zoho/webhooks of up to %d "
		    "characters",
		    HOOK_BASE_MAX);
	(void)snprintf(out, HOOK_URL_MAX, "%.*s", (int)len, url);
	return ST_OK;
}

static int
by_service_and_priority(const void *a, const void *b)
{
	const struct hook *x = a, *y = b;

	if (x->module->service != y->module->service)
		return x->module->service == SERVICE_BOOKS ? -1 : 1;
	if (x->module->priority != y->module->priority)
		return x->module->priority - y->module->priority;
	if (x->module != y->module)
		return x->module < y->module ? -1 : 1;
	return x->deletes - y->deletes;
}

static void
fill(struct hook *h, const struct module *module, bool deletes,
    const char *base)
{
	h->module = module;
	h->deletes = deletes;
	(void)snprintf(h->name, sizeof(h->name), "zohosync - %.60s Sync%s",
	    module->route, deletes ? ", deletes" : "");
	(void)snprintf(h->url, sizeof(h->url), "%.200s/%.60s%s", base,
	    module->route, deletes ? "?operation=delete" : "");
}

/* Zoho has no workflow webhooks for these (zoho-api.md 2.16). */
static bool
can_have(const struct module *module)
{
	static const char *const none[] = { "Notes", "Calls" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(none); i++)
		if (module->service == SERVICE_CRM &&
		    strcasecmp(module->resource, none[i]) == 0)
			return false;
	return true;
}

enum status
hook_list_open(struct hook_list *list, const struct module_list *modules,
    const char *base, struct err *err)
{
	size_t i;

	list->len = 0;
	list->at = calloc(modules->len * 2 + 1, sizeof(*list->at));
	if (list->at == NULL)
		return err_memory(err);
	for (i = 0; i < modules->len; i++) {
		if (!can_have(&modules->at[i]))
			continue;
		fill(&list->at[list->len++], &modules->at[i], false, base);
		fill(&list->at[list->len++], &modules->at[i], true, base);
	}
	qsort(list->at, list->len, sizeof(*list->at), by_service_and_priority);
	return ST_OK;
}

void
hook_list_close(struct hook_list *list)
{
	free(list->at);
	list->at = NULL;
	list->len = 0;
}

json_object *
hook_find(json_object *all, const char *name_key, const struct hook *hook)
{
	size_t i;

	for (i = 0; i < json_count(all); i++)
		if (json_says(json_at(all, i), "url", hook->url))
			return json_at(all, i);
	for (i = 0; i < json_count(all); i++)
		if (json_says(json_at(all, i), name_key, hook->name))
			return json_at(all, i);
	return NULL;
}
