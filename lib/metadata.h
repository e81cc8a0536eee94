/*
 * What Zoho says of its CRM modules and their fields (zoho-api.md 2.12), kept
 * in the registry: sync.module, sync.field. What changed since it was last
 * read is noted in sync.field_change and logged as a warning.
 *
 * Books has no such description: its custom fields stand in custom_fields.
 */
#ifndef METADATA_H
#define METADATA_H

#include "db.h"
#include "module.h"
#include "zoho.h"

struct metadata {
	struct db *db;
	struct zoho *zoho;
	const struct module_list *modules;
	int changes; /* noted so far */
};

/* Read the list of modules, and keep what it says of those that are in use.
 * Status as zoho_ask(). */
MUST_CHECK
enum status metadata_modules(struct metadata *m, struct err *err);

/* Read the fields of a CRM module and of the rows of its subforms. The rows of
 * a subform that Zoho does not describe have the fields they show. Status as
 * zoho_ask(). */
MUST_CHECK
enum status metadata_fields(struct metadata *m, const struct module *module,
    struct err *err);

/* Make the views of a module anew where its fields have changed.
 * ST_RETRY  somebody has been reading one for a while; nothing has changed
 * others    as db_call() */
MUST_CHECK
enum status metadata_views(struct metadata *m, const struct module *module,
    struct err *err);

#endif
