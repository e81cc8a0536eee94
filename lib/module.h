/*
 * Modules: the kinds of Zoho records that are mirrored.
 *
 * What differs between Leads and Invoices is a row in module.c, a projection
 * file under sql/projections/ and the rows of sync.field. A CRM module that
 * the settings name and the table does not is made from the CRM's habits.
 */
#ifndef MODULE_H
#define MODULE_H

#include <stdbool.h>
#include <stddef.h>

#include "err.h"
#include "sql.h"

enum service { SERVICE_CRM, SERVICE_BOOKS };

struct module {
	const char *name; /* in queue, log and settings: books.items */
	enum service service;
	const char *resource; /* below the service's API root: items */
	const char *route;    /* below the webhook prefix: products */
	const char *entity;   /* singular key of a Books payload: item */
	const char *id_field;
	const char *changed_field; /* its time is the order of states */
	const char *whole_field; /* a record without it is incomplete (F103) */
	const char *list_query;  /* a list of all, the newest first; Books */
	const char *many_path;   /* Books: reads many records whole, ids behind
				  * it;   NULL where each takes a call */
	int priority;            /* lower is polled earlier (F175) */
	const struct sql *projection; /* rows for people, or NULL for a view */
};

struct module_list {
	struct module *at;
	size_t len;
};

/*
 * The modules in use: every one of Books, and those CRM modules that
 * "crm_modules" lists by API name, comma-separated.
 * ST_REJECT  a name that is no API name
 */
MUST_CHECK
enum status module_list_open(struct module_list *list, const char *crm_modules,
    struct err *err);
void module_list_close(struct module_list *list);

/* Look up; NULL where there is none. Case is ignored but for "name". */
const struct module *
module_by_name(const struct module_list *list, const char *name);
const struct module *
module_by_route(const struct module_list *list, const char *route);
const struct module *module_by_resource(const struct module_list *list,
    enum service service, const char *resource);
/* By the singular key of a Books payload, also as inventoryadjustment. */
const struct module *
module_by_entity(const struct module_list *list, const char *entity);

const char *module_service_name(const struct module *module);

#endif
