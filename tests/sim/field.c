#include "field.h"

#include <string.h>

const struct kind_def kinds[K_KINDS] = {
	[K_TEXT] = { "text", "string", 255, false, false },
	[K_TEXTAREA] = { "textarea", "string", 2000, false, false },
	[K_RICHTEXT] = { "textarea", "string", 50000, false, false },
	[K_EMAIL] = { "email", "string", 100, false, false },
	[K_PHONE] = { "phone", "string", 30, false, false },
	[K_WEBSITE] = { "website", "string", 450, false, false },
	[K_PICKLIST] = { "picklist", "string", 120, false, false },
	[K_MULTISELECT] = { "multiselectpicklist", "jsonarray", 2000, false,
	    true },
	[K_AUTONUMBER] = { "autonumber", "string", 120, false, false },
	[K_INTEGER] = { "integer", "integer", 9, false, false },
	[K_BIGINT] = { "bigint", "string", 18, false, false },
	[K_DOUBLE] = { "double", "double", 16, false, false },
	[K_CURRENCY] = { "currency", "double", 16, false, false },
	[K_PERCENT] = { "percent", "double", 5, false, false },
	[K_BOOLEAN] = { "boolean", "boolean", 5, false, false },
	[K_DATE] = { "date", "string", 20, false, false },
	[K_DATETIME] = { "datetime", "string", 120, false, false },
	[K_LOOKUP] = { "lookup", "jsonobject", 120, false, false },
	[K_OWNER] = { "ownerlookup", "jsonobject", 120, false, false },
	[K_USER] = { "userlookup", "jsonobject", 120, false, false },
	[K_MULTILOOKUP] = { "multiselectlookup", "jsonarray", 120, true, true },
	[K_MULTIUSER] = { "multiuserlookup", "jsonarray", 120, true, true },
	[K_SUBFORM] = { "subform", "jsonarray", 120, true, true },
	[K_FILE] = { "fileupload", "jsonarray", 120, true, true },
	[K_IMAGE] = { "imageupload", "jsonarray", 120, true, true },
	[K_FORMULA] = { "formula", "double", 20, false, false },
	[K_ROLLUP] = { "rollup_summary", "double", 20, false, false },
	[K_TAG] = { "text", "jsonarray", 2000, false, true },
	[K_ID] = { "bigint", "string", 20, false, false },
};

/* In CRM's order of data_type values for new fields; the rest is ours. */
enum kind
kind_of(const char *data_type)
{
	int i;

	for (i = 0; i < K_KINDS; i++)
		if (strcmp(kinds[i].data_type, data_type) == 0)
			return (enum kind)i;
	return K_KINDS;
}

const struct module_def module_defs[] = {
	{ "crm.leads", "Leads", "Lead", "Leads", "id", "Full_Name", M_CONVERTS,
	    150, crm_leads },
	{ "crm.accounts", "Accounts", "Account", "Accounts", "id",
	    "Account_Name", 0, 80, crm_accounts },
	{ "crm.contacts", "Contacts", "Contact", "Contacts", "id", "Full_Name",
	    0, 250, crm_contacts },
	{ "crm.deals", "Deals", "Deal", "Deals", "id", "Deal_Name", 0, 120,
	    crm_deals },
	{ "crm.products", "Products", "Product", "Products", "id",
	    "Product_Name", 0, 40, crm_products },
	{ "crm.salesorders", "Sales_Orders", "Sales Order", "Sales Orders",
	    "id", "Subject", 0, 60, crm_salesorders },
	{ "crm.ordered_items", "Ordered_Items", "Ordered Item", "Ordered Items",
	    "id", "id", M_SUBFORM, 0, crm_ordered },
	{ "crm.warranties", "Warranties", "Warranty", "Warranties", "id",
	    "Name", M_CUSTOM, 30, crm_warranties },
	{ "crm.service_visits", "Service_Visits", "Service Visit",
	    "Service Visits", "id", "id", M_SUBFORM | M_CUSTOM, 0, crm_visits },
	{ "crm.rate_cards", "Rate_Cards", "Rate Card", "Rate Cards", "id",
	    "Name", M_CUSTOM | M_NO_MODIFIED, 10, crm_ratecards },
	{ "crm.site_surveys", "Site_Surveys", "Site Survey", "Site Surveys",
	    "id", "Name", M_CUSTOM, 30, crm_surveys },
	{ "crm.notes", "Notes", "Note", "Notes", "id", "Note_Title", M_NO_LIST,
	    0, crm_notes },
	{ "books.items", "items", "item", "items", "item_id", "name", M_BOOKS,
	    50, books_items },
	{ "books.contacts", "contacts", "contact", "contacts", "contact_id",
	    "contact_name", M_BOOKS, 60, books_contacts },
	{ "books.invoices", "invoices", "invoice", "invoices", "invoice_id",
	    "invoice_number", M_BOOKS | M_LINES, 50, books_invoices },
	{ "books.bills", "bills", "bill", "bills", "bill_id", "bill_number",
	    M_BOOKS | M_LINES, 25, books_bills },
	{ "books.creditnotes", "creditnotes", "creditnote", "creditnotes",
	    "creditnote_id", "creditnote_number", M_BOOKS | M_LINES, 10,
	    books_creditnotes },
	{ "books.salesorders", "salesorders", "salesorder", "salesorders",
	    "salesorder_id", "salesorder_number", M_BOOKS | M_LINES, 25,
	    books_salesorders },
	{ "books.pricebooks", "pricebooks", "pricebook", "pricebooks",
	    "pricebook_id", "name", M_BOOKS, 2, books_pricebooks },
	{ "books.inventoryadjustments", "inventoryadjustments",
	    "inventory_adjustment", "inventory_adjustments",
	    "inventory_adjustment_id", "reference_number", M_BOOKS | M_LINES, 8,
	    books_adjustments },
	{ .name = NULL },
};
