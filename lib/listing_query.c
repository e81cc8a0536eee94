/* Where the CRM's list ends, a query goes on (zoho-api.md 2.7). */
#include <stdio.h>
#include <string.h>

#include "listing_own.h"

enum { QUERY_BYTES = 2048 };

/* The newest first, as the list had them. */
static enum status
put_changed(struct listing *l, struct buf *query, struct err *err)
{
	const char *field = l->module->changed_field;
	char last[CRM_TIME_MAX], since[CRM_TIME_MAX];
	enum status st;

	crm_put_time(last, l->last_us);
	crm_put_time(since, l->since_us);
	st = buf_printf(query, err, "select id, %s from %s where ", field,
	    l->module->resource);
	if (st == ST_OK && l->since_us > 0)
		st = buf_printf(query, err, "%s >= '%s' and ", field, since);
	/* The list may have had those of one second in another order. */
	if (st == ST_OK)
		st = l->queried
		    ? buf_printf(query, err,
			  "((%s < '%s') or ((%s = '%s') and (id < %s)))", field,
			  last, field, last, l->last_id)
		    : buf_printf(query, err, "%s <= '%s'", field, last);
	if (st == ST_OK)
		st = buf_printf(query, err,
		    " order by %s desc, id desc limit %d", field, LISTING_PAGE);
	return st;
}

static enum status
put_all(struct listing *l, struct buf *query, struct err *err)
{
	return buf_printf(query, err,
	    "select id%s%s from %s where id > %s order by id asc limit %d",
	    l->timed ? ", " : "", l->timed ? l->module->changed_field : "",
	    l->module->resource, l->last_id, LISTING_PAGE);
}

enum status
listing_put_query(struct listing *l, struct err *err)
{
	struct buf query = BUF_INIT(QUERY_BYTES);
	enum status st;

	if (l->last_id[0] == '\0' ||
	    strspn(l->last_id, "0123456789") != strlen(l->last_id) ||
	    (l->kind == LISTING_CHANGED && l->last_us == 0))
		return err_class(err, ST_REJECT, "zoho",
		    "the list ends before all of it was seen");
	st = l->kind == LISTING_CHANGED ? put_changed(l, &query, err)
					: put_all(l, &query, err);
	/* Names, digits and times: nothing that JSON would have escaped. */
	if (st == ST_OK)
		st = buf_printf(&l->path, err, "{\"select_query\":\"%s\"}",
		    buf_text(&query));
	buf_release(&query);
	return st;
}
