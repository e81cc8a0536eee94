/* Counts of lists, and places in them. */
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "json.h"
#include "listing_own.h"

enum { PATH_BYTES = 1024 };

/* A token lives for a day; the hours left are for the run. */
static const int64_t place_life_us = INT64_C(20) * 3600 * 1000000;

enum status
listing_put_filter(struct buf *path, const struct module *module,
    bool active_only, struct err *err)
{
	static const char all[] = "filter_by=Status.All",
			  active[] = "filter_by=Status.Active";
	const char *query = module->list_query;
	bool filtered;

	if (query == NULL)
		return ST_OK;
	filtered = strncmp(query, all, strlen(all)) == 0;
	return buf_printf(path, err, "&%s%s",
	    filtered && active_only ? active : "",
	    filtered && active_only ? query + strlen(all) : query);
}

/* ---- places ---- */

enum status
listing_put_place(const struct listing *l, struct buf *out, struct err *err)
{
	/* Tokens, ids and numbers: nothing that JSON would have escaped. */
	if (strpbrk(l->token, "\"\\") != NULL)
		return buf_puts(out, "null", err);
	return buf_printf(out, err,
	    "{\"page\":%d,\"token\":\"%s\",\"querying\":%s,\"ended\":%s,"
	    "\"last_id\":\"%s\",\"last_us\":%lld,\"as_of_us\":%lld,"
	    "\"at_us\":%lld}",
	    l->page, l->token, l->querying ? "true" : "false",
	    l->ended ? "true" : "false", l->last_id, (long long)l->last_us,
	    (long long)l->as_of_us, (long long)clock_now_us());
}

static int64_t
number(json_object *place, const char *key)
{
	return json_object_get_int64(json_get(place, key));
}

enum status
listing_set_place(struct listing *l, json_object *place, struct err *err)
{
	const char *token = json_get_text(place, "token");
	const char *last_id = json_get_text(place, "last_id");
	int64_t age_us = clock_now_us() - number(place, "at_us");

	if (token == NULL || last_id == NULL || number(place, "page") < 2 ||
	    strlen(token) >= sizeof(l->token) ||
	    strlen(last_id) >= sizeof(l->last_id) || age_us < 0 ||
	    age_us > place_life_us)
		return err_class(err, ST_REJECT, "place",
		    "the place in the list is too old to go on from");
	(void)snprintf(l->token, sizeof(l->token), "%s", token);
	(void)snprintf(l->last_id, sizeof(l->last_id), "%s", last_id);
	l->last_us = number(place, "last_us");
	l->page = (int)number(place, "page");
	l->querying = json_object_get_boolean(json_get(place, "querying"));
	l->ended = json_object_get_boolean(json_get(place, "ended"));
	l->as_of_us = number(place, "as_of_us");
	return ST_OK;
}

/* ---- counts ---- */

static enum status
count_path(struct buf *path, const struct module *module, bool active_only,
    struct err *err)
{
	enum status st;

	if (module->service == SERVICE_CRM)
		return buf_printf(path, err,
		    "/crm/v8/%s/actions/count?converted=both&approved=both",
		    module->resource);
	st = buf_printf(path, err,
	    "/books/v3/%s?response_option=2&per_page=1&page=1",
	    module->resource);
	return st != ST_OK ? st
			   : listing_put_filter(path, module, active_only, err);
}

/* zoho-api.md 2.5 and 3.1 */
static json_object *
count_of(const struct module *module, json_object *document)
{
	return module->service == SERVICE_CRM
	    ? json_get(document, "count")
	    : json_get(json_get(document, "page_context"), "total");
}

enum status
listing_count(struct zoho *zoho, const struct module *module, bool active_only,
    int64_t *out, struct err *err)
{
	bool crm = module->service == SERVICE_CRM;
	struct buf path = BUF_INIT(PATH_BYTES);
	struct zoho_call call = zoho_usual_call(module->service, "GET");
	json_object *count;
	enum status st = count_path(&path, module, active_only, err);

	call.path = buf_text(&path);
	if (st == ST_OK)
		st = zoho_ask(zoho, &call, err);
	count = count_of(module, call.document);
	if (st == ST_OK && !json_object_is_type(count, json_type_int))
		st = err_class(err, crm ? ST_RETRY : ST_REJECT, "zoho",
		    "the answer holds no count");
	if (st == ST_OK)
		*out = json_object_get_int64(count);
	zoho_release(&call);
	buf_release(&path);
	return st;
}
