#include "crm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "datatype.h"
#include "json.h"
#include "texts.h"

enum { LIST_MAX = 64 * 1024, PATH_BYTES = 1024 };

void
crm_put_time(char out[static CRM_TIME_MAX], int64_t us)
{
	char text[DATE_TEXT_MAX];

	date_put_time(us / 1000000 * 1000000, text);
	(void)snprintf(out, CRM_TIME_MAX, "%.*s+00:00", (int)strlen(text) - 1,
	    text);
}

static void
release_names(struct crm_names *names)
{
	free(names->text);
	free(names->at);
}

void
crm_fields_release(struct crm_fields *fields)
{
	release_names(&fields->usual);
	release_names(&fields->texts);
	memset(fields, 0, sizeof(*fields));
}

/* "a,b,c", but for what each call asks for anyway. */
static enum status
split(struct crm_fields *fields, struct crm_names *out,
    const struct module *module, const char *list, struct err *err)
{
	size_t n = 1, i;
	char *at, *save = NULL;

	for (i = 0; list[i] != '\0'; i++)
		n += list[i] == ',';
	out->text = strdup(list);
	out->at = calloc(n, sizeof(*out->at));
	if (out->text == NULL || out->at == NULL)
		return err_memory(err);
	for (at = strtok_r(out->text, ",", &save); at != NULL;
	     at = strtok_r(NULL, ",", &save))
		if (strcmp(at, module->changed_field) == 0)
			fields->timed = true;
		else if (strcmp(at, module->id_field) != 0)
			out->at[out->len++] = at;
	return ST_OK;
}

/* ST_NONE: they are not known, or not lately. */
static enum status
look(struct db *db, const struct module *module, struct crm_fields *out,
    struct err *err)
{
	struct args a = ARGS_INIT;
	PGresult *res = NULL;
	enum status st;

	args_text(&a, module->name);
	st = db_call(db, SQL_FETCH_FIELDS, &a, &res, err);
	if (st == ST_OK &&
	    (PQntuples(res) == 0 || db_null(res, 0, 0) || !db_bool(res, 0, 3)))
		st = ST_NONE;
	if (st == ST_OK)
		st = split(out, &out->usual, module, db_text(res, 0, 0), err);
	if (st == ST_OK)
		st = split(out, &out->texts, module, db_text(res, 0, 1), err);
	if (st == ST_OK)
		out->has_rows = db_bool(res, 0, 2);
	PQclear(res);
	return st;
}

/* Names that may stand in "fields"; anything else is not asked for. */
static bool
is_name(const char *name)
{
	return name != NULL && name[0] != '\0' && strlen(name) < 128 &&
	    strspn(name,
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789_") == strlen(name);
}

/* What the answer of the metadata says of names. What Zoho works out by itself
 * goes first: lists show no more than CRM_GROUP_MOST, and nothing but a list
 * tells that it changed. */
struct said {
	struct array computed, usual, texts;
	bool has_rows;
};

static enum status
read_fields(json_object *fields, struct said *said, struct err *err)
{
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < json_count(fields); i++) {
		json_object *field = json_at(fields, i);
		const char *name = json_get_text(field, "api_name");

		if (datatype_is_rows(field))
			said->has_rows = true;
		else if (is_name(name))
			st = array_text(datatype_is_long_text(field)
				? &said->texts
				: datatype_is_computed(field) ? &said->computed
							      : &said->usual,
			    name, err);
	}
	return st;
}

enum status
crm_fields_keep(struct db *db, const struct module *module, json_object *fields,
    struct err *err)
{
	struct said said = { .has_rows = false };
	struct args a = ARGS_INIT;
	enum status st;

	array_init(&said.computed, ARRAY_TEXT, LIST_MAX);
	array_init(&said.usual, ARRAY_TEXT, LIST_MAX);
	array_init(&said.texts, ARRAY_TEXT, LIST_MAX);
	st = read_fields(fields, &said, err);
	args_text(&a, module->name);
	args_array(&a, &said.computed);
	args_array(&a, &said.usual);
	args_array(&a, &said.texts);
	args_text(&a, said.has_rows ? "true" : "false");
	if (st == ST_OK)
		st = db_call(db, SQL_FETCH_FIELDS_SAVE, &a, NULL, err);
	array_release(&said.computed);
	array_release(&said.usual);
	array_release(&said.texts);
	return st;
}

enum status
crm_fields_ask(struct zoho *zoho, const char *resource, struct zoho_call *call,
    json_object **fields, struct err *err)
{
	struct buf path = BUF_INIT(PATH_BYTES);
	enum status st = buf_printf(&path, err,
	    "/crm/v8/settings/fields?module=%s", resource);

	*fields = NULL;
	*call = zoho_usual_call(SERVICE_CRM, "GET");
	call->path = buf_text(&path);
	if (st == ST_OK)
		st = zoho_ask(zoho, call, err);
	call->path = NULL;
	buf_release(&path);
	if (st != ST_OK)
		return st;
	*fields = json_get(call->document, "fields");
	return json_count(*fields) > 0
	    ? ST_OK
	    : err_class(err, ST_RETRY, "zoho", "the answer holds no fields");
}

static enum status
ask_names(struct zoho *zoho, struct db *db, const struct module *module,
    struct err *err)
{
	struct zoho_call call = { .method = NULL };
	json_object *fields;
	enum status st = crm_fields_ask(zoho, module->resource, &call, &fields,
	    err);

	if (st == ST_OK)
		st = crm_fields_keep(db, module, fields, err);
	zoho_release(&call);
	return st;
}

enum status
crm_fields_read(struct zoho *zoho, struct db *db, const struct module *module,
    struct crm_fields *out, struct err *err)
{
	enum status st = look(db, module, out, err);

	if (st == ST_NONE) {
		st = ask_names(zoho, db, module, err);
		if (st == ST_OK)
			st = look(db, module, out, err);
	}
	if (st != ST_OK)
		crm_fields_release(out);
	return st;
}

bool
crm_lists_whole(const struct crm_fields *fields)
{
	return fields->timed && !fields->has_rows && fields->texts.len == 0 &&
	    fields->usual.len <= CRM_GROUP_MOST;
}

enum status
crm_one_path(struct buf *path, const struct module *module, const char *id,
    struct err *err)
{
	return buf_printf(path, err, "/crm/v8/%s/%s", module->resource, id);
}

/* Names and ids need no encoding: they are checked where they come in. The
 * time of change is in each group, to see that they belong together. */
static enum status
put_ids_and_names(struct buf *path, const struct module *module,
    const char *const *ids, size_t n, const struct crm_fields *fields,
    const struct crm_names *names, size_t first, size_t most, struct err *err)
{
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < n; i++)
		st = buf_printf(path, err, "%s%s", i > 0 ? "," : "", ids[i]);
	if (st == ST_OK)
		st = buf_printf(path, err, "&fields=%s",
		    fields->timed ? module->changed_field : module->id_field);
	for (i = first; st == ST_OK && i < names->len && i < first + most; i++)
		st = buf_printf(path, err, ",%s", names->at[i]);
	return st;
}

enum status
crm_ids_path(struct buf *path, const struct module *module,
    const char *const *ids, size_t n, const struct crm_fields *fields,
    size_t first, struct err *err)
{
	enum status st = buf_printf(path, err,
	    "/crm/v8/%s?per_page=200&converted=both&approved=both&ids=",
	    module->resource);

	return st != ST_OK ? st
			   : put_ids_and_names(path, module, ids, n, fields,
				 &fields->usual, first, CRM_GROUP_MOST, err);
}

enum status
crm_texts_path(struct buf *path, const struct module *module,
    const char *const *ids, size_t n, const struct crm_fields *fields,
    size_t first, struct err *err)
{
	enum status st = buf_printf(path, err,
	    "/crm/v8/%s/actions/fetch_full_data?ids=", module->resource);

	return st != ST_OK ? st
			   : put_ids_and_names(path, module, ids, n, fields,
				 &fields->texts, first, CRM_TEXTS_MOST, err);
}
