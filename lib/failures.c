#include "failures.h"

#include <string.h>

#include "clock.h"
#include "crm.h"
#include "date.h"
#include "json.h"
#include "texts.h"
#include "rows.h"

enum { COL_MODULE, COL_ID, COL_TIME, COLS };
enum { COLUMN_BYTES = 1024 * 1024, PAGES_MOST = 50, DATE_LEN = 10 };

static const char mark[] = "crm.webhook_failures";

struct reading {
	struct zoho *zoho;
	struct db *db;
	const struct module_list *modules;
	struct rows rows;
	char since[DATE_TEXT_MAX]; /* or "" */
	int64_t as_of_us;
};

static enum status
read_mark(struct reading *r, struct err *err)
{
	struct args a = ARGS_INIT;
	PGresult *res = NULL;
	enum status st;

	args_text(&a, mark);
	st = db_call(r->db, SQL_RECONCILE_MARK, &a, &res, err);
	if (st == ST_OK && PQntuples(res) > 0)
		date_put_time(db_time(res, 0, 0), r->since);
	PQclear(res);
	return st;
}

static enum status
save_mark(struct reading *r, struct err *err)
{
	char as_of[DATE_TEXT_MAX];
	struct args a = ARGS_INIT;

	date_put_time(r->as_of_us, as_of);
	args_text(&a, mark);
	args_text(&a, as_of);
	return db_call(r->db, SQL_RECONCILE_MARK_SAVE, &a, NULL, err);
}

static enum status
add_failure(struct reading *r, json_object *failure, struct err *err)
{
	json_object *entity = json_get(failure, "entity_details");
	const char *resource = json_get_text(json_get(entity, "module"),
	    "api_name");
	const char *id = json_get_text(entity, "id");
	const char *time = json_get_text(failure, "failure_time");
	const struct module *module = resource != NULL
	    ? module_by_resource(r->modules, SERVICE_CRM, resource)
	    : NULL;
	struct err none = ERR_INIT;
	enum status st;
	int64_t us;

	if (module == NULL || id == NULL || time == NULL ||
	    date_read_time(time, &us, &none) != ST_OK)
		return ST_OK;
	st = array_text(&r->rows.columns[COL_MODULE], module->name, err);
	if (st == ST_OK)
		st = array_text(&r->rows.columns[COL_ID], id, err);
	if (st == ST_OK)
		st = array_time(&r->rows.columns[COL_TIME], us, err);
	return st;
}

static enum status
page_path(const struct reading *r, struct buf *path, int page, struct err *err)
{
	char day[DATE_TEXT_MAX];

	/* Days of the list are those of the organisation: one more is asked
	 * for than any zone needs. */
	date_put_time(clock_now_us() - INT64_C(2) * 86400 * 1000000, day);
	return buf_printf(path, err,
	    "/crm/v8/settings/automation/webhook_failures?from=%.*s"
	    "&per_page=200&page=%d",
	    DATE_LEN, r->since[0] != '\0' ? r->since : day, page);
}

/* "*more" while there are further pages. */
static enum status
read_page(struct reading *r, int page, bool *more, struct err *err)
{
	struct buf path = BUF_INIT(KIB);
	struct zoho_call call = zoho_usual_call(SERVICE_CRM, "GET");
	json_object *list;
	enum status st = page_path(r, &path, page, err);
	size_t i;

	call.path = buf_text(&path);
	if (st == ST_OK)
		st = zoho_ask(r->zoho, &call, err);
	if (page == 1)
		r->as_of_us = zoho_as_of_us(&call);
	list = json_get(call.document, "webhook_failures");
	for (i = 0; st == ST_OK && i < json_count(list); i++)
		st = add_failure(r, json_at(list, i), err);
	*more = answer_has_more(call.document);
	zoho_release(&call);
	buf_release(&path);
	return st;
}

static enum status
want(struct reading *r, bool keep, int64_t *found, struct err *err)
{
	struct args a = ARGS_INIT;
	PGresult *res = NULL;
	enum status st = ST_OK;

	rows_args(&r->rows, &a);
	args_text(&a, r->since[0] != '\0' ? r->since : NULL);
	args_text(&a, keep ? "true" : "false");
	if (rows_count(&r->rows) > 0)
		st = db_call(r->db, SQL_RECONCILE_FAILED, &a, &res, err);
	if (res != NULL)
		*found = db_i64(res, 0, 0);
	PQclear(res);
	return st;
}

enum status
failures_read(struct zoho *zoho, struct db *db,
    const struct module_list *modules, bool keep, int64_t *found,
    struct err *err)
{
	static const enum array_type types[COLS] = { ARRAY_TEXT, ARRAY_TEXT,
		ARRAY_TIME };
	struct reading r = { .zoho = zoho, .db = db, .modules = modules };
	enum status st = read_mark(&r, err);
	bool more = true, refused = false;
	int page;

	*found = 0;
	rows_init(&r.rows, types, COLS, COLUMN_BYTES);
	for (page = 1; st == ST_OK && more && page <= PAGES_MOST; page++) {
		st = read_page(&r, page, &more, err);
		refused = st != ST_OK;
	}
	if (st == ST_OK)
		st = want(&r, keep, found, err);
	if (st == ST_OK && keep)
		st = save_mark(&r, err);
	rows_release(&r.rows);
	return refused && !db_is_lost(db) ? ST_NONE : st;
}
