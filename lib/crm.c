#include "crm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "texts.h"

enum { LIST_MAX = 64 * 1024 };

struct zoho_call
crm_read_call(enum budget_places places)
{
	return (struct zoho_call) { .from = FROM_CRM,
		.method = "GET",
		.price = zoho_crm_call,
		.places = places,
		.max_bytes = CRM_BYTES };
}

void
crm_put_time(char out[static CRM_TIME_MAX], int64_t us)
{
	char text[DATE_TEXT_MAX];

	date_put_time(us / 1000000 * 1000000, text);
	(void)snprintf(out, CRM_TIME_MAX, "%.*s+00:00", (int)strlen(text) - 1,
	    text);
}

bool
crm_has_more(json_object *document)
{
	return json_object_get_boolean(json_get(json_get(document, "info"),
	    "more_records"));
}

/* Kinds of fields that lists of records leave out; of the uploads nobody says
 * that they do not. */
static bool
is_rows(json_object *field)
{
	static const char *const kinds[] = { "subform", "multiselectlookup",
		"multiuserlookup", "fileupload", "imageupload" };
	const char *data_type = json_get_text(field, "data_type");
	size_t i;

	for (i = 0; i < ARRAY_LEN(kinds); i++)
		if (data_type != NULL && strcmp(data_type, kinds[i]) == 0)
			return true;
	return false;
}

/* Those that lists cut off after 500 characters. */
static bool
is_long_text(json_object *field)
{
	const char *type = json_get_text(json_get(field, "textarea"), "type");

	return type != NULL && strcmp(type, "rich_text") == 0;
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

/* What the answer of the metadata says. */
struct said {
	struct array usual, texts;
	bool has_rows;
};

static enum status
read_fields(json_object *document, struct said *said, struct err *err)
{
	json_object *fields = json_get(document, "fields");
	enum status st = ST_OK;
	size_t i;

	if (!json_object_is_type(fields, json_type_array))
		return err_class(err, ST_RETRY, "zoho",
		    "the answer holds no fields");
	for (i = 0; st == ST_OK && i < json_count(fields); i++) {
		json_object *field = json_at(fields, i);
		const char *name = json_get_text(field, "api_name");

		if (is_rows(field))
			said->has_rows = true;
		else if (is_name(name))
			st = array_text(is_long_text(field) ? &said->texts
							    : &said->usual,
			    name, err);
	}
	return st;
}

static enum status
keep(struct db *db, const struct module *module, const struct said *said,
    struct err *err)
{
	struct args a = ARGS_INIT;

	args_text(&a, module->name);
	args_array(&a, &said->usual);
	args_array(&a, &said->texts);
	args_text(&a, said->has_rows ? "true" : "false");
	return db_call(db, SQL_FETCH_FIELDS_SAVE, &a, NULL, err);
}

static enum status
ask_fields(struct zoho *zoho, struct db *db, const struct module *module,
    struct err *err)
{
	struct buf path = BUF_INIT(LIST_MAX);
	struct said said = { .has_rows = false };
	struct zoho_call call = crm_read_call(PLACES_CRM);
	enum status st = buf_printf(&path, err,
	    "/crm/v8/settings/fields?module=%s", module->resource);

	array_init(&said.usual, ARRAY_TEXT, LIST_MAX);
	array_init(&said.texts, ARRAY_TEXT, LIST_MAX);
	call.path = buf_text(&path);
	if (st == ST_OK)
		st = zoho_ask(zoho, &call, err);
	if (st == ST_OK)
		st = read_fields(call.document, &said, err);
	if (st == ST_OK)
		st = keep(db, module, &said, err);
	zoho_release(&call);
	array_release(&said.usual);
	array_release(&said.texts);
	buf_release(&path);
	return st;
}

enum status
crm_fields_read(struct zoho *zoho, struct db *db, const struct module *module,
    struct crm_fields *out, struct err *err)
{
	enum status st = look(db, module, out, err);

	if (st == ST_NONE) {
		st = ask_fields(zoho, db, module, err);
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
