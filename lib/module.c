#include "module.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "texts.h"

/* clang-format off: a table is read by its rows */
#define CRM(module_name, api_name, whole, rank)                            \
	{                                                                  \
		.name = module_name, .service = SERVICE_CRM,               \
		.resource = api_name, .route = api_name, .id_field = "id", \
		.changed_field = "Modified_Time", .whole_field = whole,    \
		.priority = rank                                           \
	}

#define NEWEST "sort_column=last_modified_time&sort_order=D"
/* without it, those that are not in use are left out */
#define ALL_NEWEST "filter_by=Status.All&" NEWEST

/*
 * Projections of one transaction run in this order. Adjustments and price
 * lists come before items: they take the lock on the products alone, items
 * share it, and a lock that is shared first cannot be taken alone later
 * without a deadlock.
 */
static const struct module known[] = {
	CRM("crm.leads", "Leads", "Last_Name", 10),
	CRM("crm.deals", "Deals", "Deal_Name", 20),
	CRM("crm.contacts", "Contacts", "Last_Name", 30),
	CRM("crm.accounts", "Accounts", "Account_Name", 40),
	{ .name = "books.inventoryadjustments",
	    .service = SERVICE_BOOKS,
	    .resource = "inventoryadjustments",
	    .route = "stock",
	    .entity = "inventory_adjustment",
	    .id_field = "inventory_adjustment_id",
	    .changed_field = "last_modified_time",
	    .whole_field = "line_items",
	    .list_query = NEWEST,
	    .priority = 70,
	    .projection = SQL_PROJECTIONS_BOOKS_INVENTORYADJUSTMENTS },
	{ .name = "books.pricebooks",
	    .service = SERVICE_BOOKS,
	    .resource = "pricebooks",
	    .route = "prices",
	    .entity = "pricebook",
	    .id_field = "pricebook_id",
	    .changed_field = "last_modified_time",
	    .whole_field = "name",
	    .list_query = NEWEST,
	    .priority = 80,
	    .projection = SQL_PROJECTIONS_BOOKS_PRICEBOOKS },
	{ .name = "books.items",
	    .service = SERVICE_BOOKS,
	    .resource = "items",
	    .route = "products",
	    .entity = "item",
	    .id_field = "item_id",
	    .changed_field = "last_modified_time",
	    .whole_field = "name",
	    .list_query = ALL_NEWEST,
	    .many_path = "itemdetails?item_ids=",
	    .priority = 50,
	    .projection = SQL_PROJECTIONS_BOOKS_ITEMS },
	{ .name = "books.contacts",
	    .service = SERVICE_BOOKS,
	    .resource = "contacts",
	    .route = "customers",
	    .entity = "contact",
	    .id_field = "contact_id",
	    .changed_field = "last_modified_time",
	    .whole_field = "contact_name",
	    .list_query = ALL_NEWEST,
	    .priority = 60,
	    .projection = SQL_PROJECTIONS_BOOKS_CONTACTS },
	{ .name = "books.invoices",
	    .service = SERVICE_BOOKS,
	    .resource = "invoices",
	    .route = "invoices",
	    .entity = "invoice",
	    .id_field = "invoice_id",
	    .changed_field = "last_modified_time",
	    .whole_field = "line_items",
	    .list_query = NEWEST,
	    .priority = 90,
	    .projection = SQL_PROJECTIONS_BOOKS_INVOICES },
	{ .name = "books.bills",
	    .service = SERVICE_BOOKS,
	    .resource = "bills",
	    .route = "bills",
	    .entity = "bill",
	    .id_field = "bill_id",
	    .changed_field = "last_modified_time",
	    .whole_field = "line_items",
	    .list_query = NEWEST,
	    .priority = 100,
	    .projection = SQL_PROJECTIONS_BOOKS_BILLS },
	{ .name = "books.creditnotes",
	    .service = SERVICE_BOOKS,
	    .resource = "creditnotes",
	    .route = "credit-notes",
	    .entity = "creditnote",
	    .id_field = "creditnote_id",
	    .changed_field = "last_modified_time",
	    .whole_field = "line_items",
	    .list_query = NEWEST,
	    .priority = 110,
	    .projection = SQL_PROJECTIONS_BOOKS_CREDITNOTES },
};

/* clang-format on */

enum { API_NAME_MAX = 60, CRM_PREFIX = 4, CUSTOM_PRIORITY = 45 };

static bool
is_api_name(const char *name)
{
	size_t i;

	for (i = 0; name[i] != '\0'; i++)
		if (!isalnum((unsigned char)name[i]) && name[i] != '_')
			return false;
	return i > 0 && i <= API_NAME_MAX;
}

/* A CRM module that no row describes: "Widgets" becomes crm.widgets. */
static enum status
make_custom(struct module *m, const char *api_name, struct err *err)
{
	static const struct module shape = CRM(NULL, NULL, "id",
	    CUSTOM_PRIORITY);
	size_t len = strlen(api_name);
	/* Both texts in one block, which module_list_close() frees. */
	char *block = malloc(CRM_PREFIX + len + 1 + len + 1);
	char *name = block;
	size_t i;

	if (block == NULL)
		return err_memory(err);
	(void)sprintf(name, "crm.%s", api_name);
	for (i = CRM_PREFIX; name[i] != '\0'; i++)
		name[i] = (char)tolower((unsigned char)name[i]);
	memcpy(block + CRM_PREFIX + len + 1, api_name, len + 1);
	*m = shape;
	m->name = name;
	m->resource = block + CRM_PREFIX + len + 1;
	m->route = m->resource;
	return ST_OK;
}

static const struct module *
known_crm(const char *api_name)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(known); i++)
		if (known[i].service == SERVICE_CRM &&
		    strcasecmp(known[i].resource, api_name) == 0)
			return &known[i];
	return NULL;
}

static enum status
add_crm(struct module_list *list, const char *api_name, struct err *err)
{
	const struct module *row = known_crm(api_name);
	enum status st = ST_OK;

	if (is_api_name(api_name) &&
	    module_by_resource(list, SERVICE_CRM, api_name) != NULL)
		return ST_OK;
	/* In small letters it would take a route of Books. */
	if (!is_api_name(api_name) ||
	    (row == NULL && islower((unsigned char)api_name[0])))
		return err_class(err, ST_REJECT, "settings",
		    "ZOHO_MODULES_TO_SYNC: \"%s\" is no module's API name",
		    api_name);
	if (row != NULL)
		list->at[list->len] = *row;
	else
		st = make_custom(&list->at[list->len], api_name, err);
	if (st == ST_OK)
		list->len++;
	return st;
}

static enum status
add_listed(struct module_list *list, char *names, struct err *err)
{
	enum status st = ST_OK;
	char *save = NULL, *name;

	for (name = strtok_r(names, ", \t", &save); st == ST_OK && name != NULL;
	     name = strtok_r(NULL, ", \t", &save))
		st = add_crm(list, name, err);
	return st;
}

enum status
module_list_open(struct module_list *list, const char *crm_modules,
    struct err *err)
{
	char *names = strdup(crm_modules);
	enum status st;
	size_t i;

	list->len = 0;
	list->at = calloc(ARRAY_LEN(known) + strlen(crm_modules),
	    sizeof(*list->at));
	if (names == NULL || list->at == NULL) {
		free(names);
		free(list->at);
		list->at = NULL;
		return err_memory(err);
	}
	st = add_listed(list, names, err);
	for (i = 0; i < ARRAY_LEN(known); i++)
		if (known[i].service == SERVICE_BOOKS)
			list->at[list->len++] = known[i];
	free(names);
	if (st != ST_OK)
		module_list_close(list);
	return st;
}

void
module_list_close(struct module_list *list)
{
	union {
		const char *borrowed;
		char *ours;
	} name;
	size_t i;

	for (i = 0; i < list->len; i++) {
		if (list->at[i].service != SERVICE_CRM ||
		    known_crm(list->at[i].resource) != NULL)
			continue;
		name.borrowed = list->at[i].name;
		free(name.ours);
	}
	free(list->at);
	list->at = NULL;
	list->len = 0;
}

const struct module *
module_by_name(const struct module_list *list, const char *name)
{
	size_t i;

	for (i = 0; i < list->len; i++)
		if (strcmp(list->at[i].name, name) == 0)
			return &list->at[i];
	return NULL;
}

/* Zoho's API names begin with a capital: "Products" is the CRM's, "products"
 * is the route of Books. Where nothing is exactly so, Books goes first. */
const struct module *
module_by_route(const struct module_list *list, const char *route)
{
	const struct module *found = NULL;
	size_t i;

	for (i = 0; i < list->len; i++) {
		const struct module *m = &list->at[i];

		if (strcmp(m->route, route) == 0)
			return m;
		if (strcasecmp(m->route, route) == 0 &&
		    (found == NULL || m->service == SERVICE_BOOKS))
			found = m;
	}
	return found;
}

const struct module *
module_by_resource(const struct module_list *list, enum service service,
    const char *resource)
{
	size_t i;

	for (i = 0; i < list->len; i++)
		if (list->at[i].service == service &&
		    list->at[i].resource != NULL &&
		    strcasecmp(list->at[i].resource, resource) == 0)
			return &list->at[i];
	return NULL;
}

/* "inventory_adjustment" and "inventoryadjustment" are one (zoho-api 3.2). */
static bool
same_entity(const char *a, const char *b)
{
	for (;;) {
		while (*a == '_')
			a++;
		while (*b == '_')
			b++;
		if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
			return false;
		if (*a == '\0')
			return true;
		a++;
		b++;
	}
}

const struct module *
module_by_entity(const struct module_list *list, const char *entity)
{
	size_t i;

	for (i = 0; i < list->len; i++)
		if (list->at[i].entity != NULL &&
		    same_entity(list->at[i].entity, entity))
			return &list->at[i];
	return NULL;
}

const char *
module_service_name(const struct module *module)
{
	return module->service == SERVICE_CRM ? "crm" : "books";
}
