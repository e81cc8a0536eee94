#include "lookup.h"

#include <string.h>

#include "crm.h"
#include "fetch_own.h"
#include "json.h"
#include "texts.h"

enum { COLUMN_BYTES = 64 * 1024, SEARCH_PAGE = 200, SEARCH_PAGES = 10 };

/* ---- by id ---- */

static enum status
known(struct lookup *l, const struct module *module, char *const *ids, size_t n,
    PGresult **res, struct err *err)
{
	struct array names;
	struct args a = ARGS_INIT;
	enum status st = ST_OK;
	size_t i;

	array_init(&names, ARRAY_TEXT, COLUMN_BYTES);
	for (i = 0; st == ST_OK && i < n; i++)
		st = array_text(&names, ids[i], err);
	args_text(&a, module->name);
	args_array(&a, &names);
	args_i64(&a, l->max_age_s);
	if (st == ST_OK)
		st = db_call(l->fetch.db, SQL_FETCH_KNOWN, &a, res, err);
	array_release(&names);
	return st;
}

static enum status
tell_known(struct lookup *l, const PGresult *res, int row, const char *id,
    struct err *err)
{
	json_object *record = NULL;
	enum status st = ST_OK;

	if (!db_bool(res, row, 2))
		st = json_read(db_text(res, row, 4), db_len(res, row, 4),
		    &record, err);
	if (st == ST_OK)
		st = l->fetch.told(l->fetch.arg, id, record, err);
	json_object_put(record);
	return st;
}

enum status
lookup_ids(struct lookup *lookup, const struct module *module, char *const *ids,
    size_t n, struct err *err)
{
	struct want wants[CRM_IDS_MOST];
	PGresult *res = NULL;
	enum status st = known(lookup, module, ids, n, &res, err);
	int row, rows = st == ST_OK ? PQntuples(res) : 0;
	size_t asked = 0;

	memset(wants, 0, sizeof(wants));
	for (row = 0; st == ST_OK && row < rows; row++) {
		const char *id = ids[db_i64(res, row, 0) - 1];

		if (db_bool(res, row, 3)) {
			st = tell_known(lookup, res, row, id, err);
			continue;
		}
		wants[asked].id = id;
		wants[asked].unknown = !db_bool(res, row, 1);
		wants[asked].restored = db_bool(res, row, 2);
		asked++;
	}
	if (st == ST_OK && asked > 0)
		st = fetch_set(&lookup->fetch, module, wants, asked, err);
	PQclear(res);
	return st;
}

/* ---- by criteria ---- */

static enum status
one_page(struct lookup *l, const struct module *module, const char *criteria,
    int page, bool *more, struct err *err)
{
	struct buf path = BUF_INIT(COLUMN_BYTES);
	struct zoho_call call = zoho_usual_call(SERVICE_CRM, "GET");
	json_object *data;
	enum status st = buf_printf(&path, err,
	    "/crm/v8/%s/search?per_page=%d&page=%d&converted=both",
	    module->resource, SEARCH_PAGE, page);
	size_t i;

	if (st == ST_OK)
		st = http_add_query(&path, "criteria", criteria, err);
	call.places = PLACES_CRM_SUB;
	call.path = buf_text(&path);
	if (st == ST_OK)
		st = zoho_ask(l->fetch.zoho, &call, err);
	data = json_get(call.document, "data");
	for (i = 0; st == ST_OK && i < json_count(data); i++)
		st = l->fetch.told(l->fetch.arg,
		    json_get_text(json_at(data, i), module->id_field),
		    json_at(data, i), err);
	*more = answer_has_more(call.document);
	zoho_release(&call);
	buf_release(&path);
	return st;
}

enum status
lookup_search(struct lookup *lookup, const struct module *module,
    const char *criteria, struct err *err)
{
	bool more = true;
	enum status st = ST_OK;
	int page;

	for (page = 1; st == ST_OK && more && page <= SEARCH_PAGES; page++)
		st = one_page(lookup, module, criteria, page, &more, err);
	return st;
}
