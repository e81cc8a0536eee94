/*
 * Reads of Zoho CRM v8 (zoho-api.md 2.2, 2.3, 2.12): what is asked, and what
 * of the answer counts. The calls themselves are zoho.h's.
 */
#ifndef CRM_H
#define CRM_H

#include "date.h"
#include "module.h"
#include "zoho.h"

enum {
	CRM_FIELDS_MOST = 50,                 /* in one call */
	CRM_GROUP_MOST = CRM_FIELDS_MOST - 1, /* beside the time of change */
	CRM_TEXTS_MOST = 8 - 1,               /* the same, of long texts */
	CRM_IDS_MOST = 50, /* "ids" has 1024 characters, an id 19 */
	CRM_TIME_MAX = DATE_TEXT_MAX + 8
};

struct crm_names {
	char *text; /* apart by NUL; yours */
	const char **at;
	size_t len;
};

/* The fields of a module, without id and time of change, which each call
 * asks for. */
struct crm_fields {
	struct crm_names usual;
	struct crm_names texts; /* lists of records cut them off */
	bool has_rows;          /* some stand only in the read of one record */
	bool timed;             /* there is a time of change */
};

/*
 * From the database, where they are kept for a day, else from Zoho. Status as
 * zoho_ask(). Give back with crm_fields_release().
 */
MUST_CHECK
enum status crm_fields_read(struct zoho *zoho, struct db *db,
    const struct module *module, struct crm_fields *out, struct err *err);
void crm_fields_release(struct crm_fields *fields);

/*
 * Ask Zoho for the fields of a module, or of the rows of a subform, by API
 * name: "*fields" is their list, one or more, borrowed from "call", which the
 * caller releases, also after a failure. Status as zoho_ask().
 */
MUST_CHECK
enum status crm_fields_ask(struct zoho *zoho, const char *resource,
    struct zoho_call *call, json_object **fields, struct err *err);

/* Keep their names for crm_fields_read(). Status as db_call(). */
MUST_CHECK
enum status crm_fields_keep(struct db *db, const struct module *module,
    json_object *fields, struct err *err);

/* As the CRM's pages show a time: by the second, with an offset, no "Z". */
void crm_put_time(char out[static CRM_TIME_MAX], int64_t us);

/* Whether a list of records shows all of them: one call's fields, and none
 * that lists leave out or cut off. */
bool crm_lists_whole(const struct crm_fields *fields);

/* Append "/crm/v8/Leads/ID"; "/crm/v8/Leads?ids=...&fields=..." with the
 * CRM_GROUP_MOST usual fields from "first" on; and the path for CRM_TEXTS_MOST
 * long texts of these records. */
MUST_CHECK
enum status crm_one_path(struct buf *path, const struct module *module,
    const char *id, struct err *err);
MUST_CHECK
enum status crm_ids_path(struct buf *path, const struct module *module,
    const char *const *ids, size_t n, const struct crm_fields *fields,
    size_t first, struct err *err);
MUST_CHECK
enum status crm_texts_path(struct buf *path, const struct module *module,
    const char *const *ids, size_t n, const struct crm_fields *fields,
    size_t first, struct err *err);

#endif
