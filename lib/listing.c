#include "listing.h"

#include <stdio.h>
#include <string.h>

#include "date.h"
#include "json.h"
#include "listing_own.h"
#include "texts.h"

enum { PATH_BYTES = 8 * 1024 };

/* ---- paths ---- */

static enum status
crm_path(struct listing *l, struct err *err)
{
	const struct crm_fields *f = l->fields;
	enum status st = buf_printf(&l->path, err,
	    "/crm/v8/%s?per_page=%d&converted=both&approved=both&sort_by=%s"
	    "&sort_order=%s&fields=%s",
	    l->module->resource, l->per_page,
	    l->kind == LISTING_CHANGED ? l->module->changed_field : "id",
	    l->kind == LISTING_CHANGED ? "desc" : "asc",
	    l->timed ? l->module->changed_field : "id");
	size_t i;

	for (i = 0;
	     st == ST_OK && f != NULL && i < f->usual.len && i < CRM_GROUP_MOST;
	     i++)
		st = buf_printf(&l->path, err, ",%s", f->usual.at[i]);
	/* A page is asked for by number only where there is no token: from one
	 * page to the next the place stays, whatever changes meanwhile. */
	if (st == ST_OK && l->token[0] != '\0')
		st = http_add_query(&l->path, "page_token", l->token, err);
	return st;
}

static enum status
deleted_path(struct listing *l, struct err *err)
{
	return buf_printf(&l->path, err,
	    "/crm/v8/%s/deleted?type=all&per_page=%d&page=%d",
	    l->module->resource, l->per_page, l->page);
}

static enum status
books_path(struct listing *l, struct err *err)
{
	enum status st = buf_printf(&l->path, err,
	    "/books/v3/%s?per_page=%d&page=%d", l->module->resource,
	    l->per_page, l->page);

	return st != ST_OK
	    ? st
	    : listing_put_filter(&l->path, l->module, l->active_only, err);
}

static void
ask_by_query(struct listing *l)
{
	l->call.method = "POST";
	l->call.path = "/crm/v8/coql";
	l->call.body = buf_text(&l->path);
	l->call.headers[0] = NULL;
	l->call.reads = true;
}

static enum status
set_call(struct listing *l, struct err *err)
{
	bool crm = l->module->service == SERVICE_CRM;
	char time[CRM_TIME_MAX];

	l->call = zoho_usual_call(l->module->service, "GET");
	if (l->kind == LISTING_DELETED)
		l->call.price = zoho_crm_deleted_call;
	else if (crm) /* sorted lists and queries are of the smaller pool */
		l->call.places = PLACES_CRM_SUB;
	l->path.max = PATH_BYTES;
	buf_clear(&l->path);
	if (crm && l->since_us > 0) {
		crm_put_time(time, l->since_us);
		(void)snprintf(l->since, sizeof(l->since),
		    "If-Modified-Since: %s", time);
		l->call.headers[0] = l->since;
	}
	if (l->querying)
		return listing_put_query(l, err);
	if (!crm)
		return books_path(l, err);
	return l->kind == LISTING_DELETED ? deleted_path(l, err)
					  : crm_path(l, err);
}

/* ---- answers ---- */

/* Where a query would go on. */
static void
read_last(struct listing *l)
{
	size_t n = json_count(l->rows);
	json_object *row = n > 0 ? json_at(l->rows, n - 1) : NULL;
	const char *id = json_get_text(row, l->module->id_field);
	const char *time = json_get_text(row, l->module->changed_field);
	struct err none = ERR_INIT;

	if (id != NULL)
		(void)snprintf(l->last_id, sizeof(l->last_id), "%s", id);
	if (time == NULL || date_read_time(time, &l->last_us, &none) != ST_OK)
		l->last_us = 0;
}

static void
read_place(struct listing *l)
{
	json_object *document = l->call.document;
	json_object *info = json_get(document, "info");
	const char *token = json_get_text(info, "next_page_token");
	bool more = answer_has_more(document);
	bool by_token = l->module->service == SERVICE_CRM &&
	    l->kind != LISTING_DELETED;

	l->page++;
	l->token[0] = '\0';
	l->ended = !more;
	if (more && by_token &&
	    (token == NULL || strlen(token) >= sizeof(l->token)))
		l->querying = true;
	else if (more && by_token)
		(void)snprintf(l->token, sizeof(l->token), "%s", token);
}

static enum status
read_page(struct listing *l, struct err *err)
{
	if (l->page == 1)
		l->as_of_us = zoho_as_of_us(&l->call);
	if (l->call.said.is != ANSWER_DATA)
		return ST_NONE;
	l->rows = answer_rows(l->call.document);
	l->queried = l->querying;
	if (l->rows == NULL)
		return err_class(err, ST_RETRY, "zoho",
		    "the answer holds no list");
	read_last(l);
	read_place(l);
	return json_count(l->rows) > 0 ? ST_OK : ST_NONE;
}

/* What came instead of the next page: the end of what lists give. */
static bool
list_is_at_its_end(const struct listing *l)
{
	return l->module->service == SERVICE_CRM && !l->querying &&
	    l->kind != LISTING_DELETED && l->page > 1 &&
	    strcmp(l->call.said.code, "PAGINATION_LIMIT_EXCEEDED") == 0;
}

static enum status
ask(struct listing *l, struct err *err)
{
	enum status st;

	zoho_release(&l->call);
	st = set_call(l, err);
	if (l->querying)
		ask_by_query(l);
	else
		l->call.path = buf_text(&l->path);
	if (st == ST_OK)
		st = zoho_ask(l->zoho, &l->call, err);
	return st;
}

enum status
listing_next(struct listing *listing, struct err *err)
{
	struct listing *l = listing;
	enum status st;

	l->rows = NULL;
	if (l->ended)
		return ST_NONE;
	if (l->page == 0)
		l->page = 1;
	if (l->per_page == 0)
		l->per_page = LISTING_PAGE;
	st = ask(l, err);
	if (st == ST_REJECT && list_is_at_its_end(l)) {
		l->querying = true;
		st = ask(l, err);
	}
	if (st == ST_OK)
		st = read_page(l, err);
	l->ended = l->ended || st != ST_OK;
	return st;
}

void
listing_close(struct listing *listing)
{
	zoho_release(&listing->call);
	buf_release(&listing->path);
	memset(listing, 0, sizeof(*listing));
}
