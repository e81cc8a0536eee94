#include "metadata.h"

#include <string.h>

#include "crm.h"
#include "datatype.h"
#include "json.h"
#include "log.h"
#include "texts.h"

enum { DOCS_BYTES = ZOHO_BYTES, NAMES_BYTES = 1024 * 1024, PREFIX_BYTES = 256 };

/* Descriptions on their way into a statement, each with a word. */
struct docs {
	struct array docs, words;
};

static void
docs_open(struct docs *d)
{
	array_init(&d->docs, ARRAY_JSONB, DOCS_BYTES);
	array_init(&d->words, ARRAY_TEXT, NAMES_BYTES);
}

static void
docs_close(struct docs *d)
{
	array_release(&d->docs);
	array_release(&d->words);
}

/* "doc" may be NULL. */
static enum status
docs_add(struct docs *d, json_object *doc, const char *word, struct err *err)
{
	struct buf text = BUF_INIT(DOCS_BYTES);
	enum status st = array_text(&d->words, word, err);

	if (st == ST_OK && doc == NULL)
		st = array_null(&d->docs, err);
	else if (st == ST_OK)
		st = json_put(&text, doc, err);
	if (st == ST_OK && doc != NULL)
		st = array_bytes(&d->docs, text.at, text.len, err);
	buf_release(&text);
	return st;
}

/* One line a change; "module" is NULL where the rows name it themselves. */
static void
tell_changes(struct metadata *m, const char *module, const PGresult *res)
{
	int row, rows = PQntuples(res);

	for (row = 0; row < rows; row++) {
		const char *about = db_text(res, row, 0);
		const char *what = db_text(res, row, 1);
		bool from = !db_null(res, row, 2), to = !db_null(res, row, 3);

		log_warn("%s %s: %s%s%s%s%s",
		    module != NULL ? module : "module", about, what,
		    from ? " from " : "", from ? db_text(res, row, 2) : "",
		    to ? " to " : "", to ? db_text(res, row, 3) : "");
	}
	m->changes += rows;
}

/* ---- modules ---- */

static json_object *
find_module(json_object *list, const char *resource)
{
	size_t i;

	for (i = 0; i < json_count(list); i++) {
		const char *name = json_get_text(json_at(list, i), "api_name");

		if (name != NULL && strcmp(name, resource) == 0)
			return json_at(list, i);
	}
	return NULL;
}

static enum status
save_modules(struct metadata *m, json_object *list, struct err *err)
{
	struct docs d;
	struct args a = ARGS_INIT;
	PGresult *res = NULL;
	enum status st = ST_OK;
	size_t i;

	docs_open(&d);
	for (i = 0; st == ST_OK && i < m->modules->len; i++) {
		const struct module *of = &m->modules->at[i];
		json_object *doc = find_module(list, of->resource);

		if (of->service != SERVICE_CRM)
			continue;
		if (doc == NULL)
			log_warn("%s: Zoho lists no module \"%s\"", of->name,
			    of->resource);
		if (doc == NULL || !json_has_nul(doc))
			st = docs_add(&d, doc, of->name, err);
	}
	args_array(&a, &d.words);
	args_array(&a, &d.docs);
	if (st == ST_OK)
		st = db_call(m->db, SQL_FIELDS_MODULES, &a, &res, err);
	if (st == ST_OK)
		tell_changes(m, NULL, res);
	PQclear(res);
	docs_close(&d);
	return st;
}

enum status
metadata_modules(struct metadata *m, struct err *err)
{
	struct zoho_call call = zoho_usual_call(SERVICE_CRM, "GET");
	json_object *list;
	enum status st;

	call.path = "/crm/v8/settings/modules";
	st = zoho_ask(m->zoho, &call, err);
	list = json_get(call.document, "modules");
	if (st == ST_OK && json_count(list) == 0)
		st = err_class(err, ST_RETRY, "zoho",
		    "the answer holds no modules");
	if (st == ST_OK)
		st = save_modules(m, list, err);
	zoho_release(&call);
	return st;
}

/* ---- fields ---- */

static enum status
save_fields(struct metadata *m, const struct module *module, const char *prefix,
    json_object *fields, struct err *err)
{
	struct docs d;
	struct args a = ARGS_INIT;
	PGresult *res = NULL;
	enum status st = ST_OK;
	size_t i;

	docs_open(&d);
	for (i = 0; st == ST_OK && i < json_count(fields); i++) {
		json_object *field = json_at(fields, i);

		if (json_has_nul(field))
			log_warn("%s: a field with a NUL is passed over",
			    module->name);
		else
			st = docs_add(&d, field, datatype_kind(field), err);
	}
	args_text(&a, module->name);
	args_text(&a, prefix);
	args_array(&a, &d.docs);
	args_array(&a, &d.words);
	if (st == ST_OK)
		st = db_call(m->db, SQL_FIELDS_SAVE, &a, &res, err);
	if (st == ST_OK)
		tell_changes(m, module->name, res);
	PQclear(res);
	docs_close(&d);
	return st;
}

static enum status
take_seen(struct metadata *m, const struct module *module, const char *subform,
    struct err *err)
{
	struct args a = ARGS_INIT;

	args_text(&a, module->name);
	args_text(&a, subform);
	return db_call(m->db, SQL_FIELDS_SEEN, &a, NULL, err);
}

/* Whether Zoho answered that it does not describe it, and will not later. */
static bool
is_untold(const struct zoho_call *call)
{
	return call->said.is == ANSWER_NONE || call->said.is == ANSWER_GONE ||
	    call->said.is == ANSWER_HUMAN || call->said.is == ANSWER_WRONG;
}

/* "of" is NULL where Zoho does not say what module the rows are. */
static enum status
read_subform(struct metadata *m, const struct module *module, const char *name,
    const char *of, struct err *err)
{
	struct buf prefix = BUF_INIT(PREFIX_BYTES);
	struct zoho_call call = { .method = NULL };
	json_object *fields = NULL;
	enum status st = buf_printf(&prefix, err, "%s.", name);

	if (st == ST_OK && of != NULL)
		st = crm_fields_ask(m->zoho, of, &call, &fields, err);
	if (st == ST_OK && fields != NULL)
		st = save_fields(m, module, buf_text(&prefix), fields, err);
	else if (of == NULL || is_untold(&call))
		st = take_seen(m, module, name, err);
	zoho_release(&call);
	buf_release(&prefix);
	return st;
}

static enum status
read_subforms(struct metadata *m, const struct module *module, struct err *err)
{
	struct args a = ARGS_INIT;
	PGresult *res = NULL;
	enum status st;
	int row;

	args_text(&a, module->name);
	st = db_call(m->db, SQL_FIELDS_SUBFORMS, &a, &res, err);
	for (row = 0; st == ST_OK && row < PQntuples(res); row++)
		st = read_subform(m, module, db_text(res, row, 0),
		    db_null(res, row, 1) ? NULL : db_text(res, row, 1), err);
	PQclear(res);
	return st;
}

enum status
metadata_fields(struct metadata *m, const struct module *module,
    struct err *err)
{
	struct zoho_call call = { .method = NULL };
	json_object *fields;
	enum status st = crm_fields_ask(m->zoho, module->resource, &call,
	    &fields, err);

	if (st == ST_OK)
		st = crm_fields_keep(m->db, module, fields, err);
	if (st == ST_OK)
		st = save_fields(m, module, "", fields, err);
	zoho_release(&call);
	return st == ST_OK ? read_subforms(m, module, err) : st;
}

/* ---- views ---- */

enum status
metadata_views(struct metadata *m, const struct module *module, struct err *err)
{
	struct args a = ARGS_INIT;

	args_text(&a, module->name);
	return db_call(m->db, SQL_FIELDS_VIEW, &a, NULL, err);
}
