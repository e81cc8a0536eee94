/*
 * Fields and modules as data. A module is a row, a field is a row of its
 * module; nothing else knows one module from another, but for what Zoho
 * itself treats apart (conversion of leads, documents with lines).
 */
#ifndef FIELD_H
#define FIELD_H

#include <stdbool.h>
#include <stdint.h>

enum kind {
	K_TEXT,
	K_TEXTAREA,
	K_RICHTEXT,
	K_EMAIL,
	K_PHONE,
	K_WEBSITE,
	K_PICKLIST,
	K_MULTISELECT,
	K_AUTONUMBER,
	K_INTEGER,
	K_BIGINT,
	K_DOUBLE,
	K_CURRENCY,
	K_PERCENT,
	K_BOOLEAN,
	K_DATE,
	K_DATETIME,
	K_LOOKUP,
	K_OWNER,
	K_USER,
	K_MULTILOOKUP,
	K_MULTIUSER,
	K_SUBFORM,
	K_FILE,
	K_IMAGE,
	K_FORMULA,
	K_ROLLUP,
	K_TAG,
	K_ID,
	K_KINDS
};

/* How a value is made, where its kind does not say it. */
enum gen {
	G_KIND,
	G_WORD,    /* one made-up word */
	G_FIRST,   /* the same, of another list */
	G_FULL,    /* first and last name together */
	G_COMPANY, /* two words and a legal form */
	G_CITY,
	G_STREET,
	G_CODE,  /* "of", then a number of its own */
	G_CONST, /* "of" as it is */
	G_CREATED,
	G_MODIFIED,
	G_CREATOR,
	G_MODIFIER,
	G_ACTIVITY, /* Last_Activity_Time: as modified, or null */
	G_CONVERTED,
	G_CONVERTED_TIME,
	G_CONVERTED_TO,
	G_REF_ID,   /* Books: the id of a record of module "of" */
	G_REF_NAME, /* and its name */
	G_LINES,    /* Books: line items */
	G_SUBTOTAL,
	G_TAX,
	G_TOTAL,
	G_BALANCE,
	G_STOCK,
	G_ACTIVE, /* Books: status, "active" or "inactive" */
	G_ADDRESS,
	G_HASH,  /* custom_field_hash and its like: an object of fields */
	G_IMAGE, /* image_document_id, image_name: set for some */
	G_EMPTYLIST,
	G_BRACKETS,
	G_CONTACT_TYPE,
	G_ORG
};

enum {
	F_MANDATORY = 1,
	F_UNIQUE = 2,
	F_READONLY = 4,
	F_CUSTOM = 8,
	F_SINGLE = 16,   /* Books: absent from lists */
	F_DUPCHECK = 32, /* a system field that upsert looks for */
	F_STILL = 64,    /* a day of work leaves it alone */
};

struct field {
	const char *api;
	const char *label;
	enum kind kind;
	enum gen gen;
	int nulls; /* share of nulls in percent */
	unsigned flags;
	const char *of; /* choices "A|B"; module looked up; prefix */
	int length;     /* longest text; 0 for what the kind has */
};

enum {
	M_CONVERTS = 1, /* leads */
	M_NO_MODIFIED = 2,
	M_CUSTOM = 4,
	M_SUBFORM = 8, /* rows of another module's subform */
	M_BOOKS = 16,
	M_NO_LIST = 32, /* answers 403: for administrators only */
	M_LINES = 64,   /* Books: a document with line items */
};

struct module_def {
	const char *name;   /* in control paths: crm.leads */
	const char *api;    /* Leads; Books: items */
	const char *single; /* Lead; Books: item */
	const char *plural;
	const char *id_field; /* id, item_id */
	const char *display;  /* field that names a record */
	unsigned flags;
	int share;                  /* of 1,000 records of a company */
	const struct field *fields; /* ends with a NULL api */
};

struct kind_def {
	const char *data_type;
	const char *json_type;
	int length;
	bool single_only; /* CRM: absent from lists */
	bool array;
};

extern const struct kind_def kinds[K_KINDS];

/* All modules; ends with a NULL name. CRM's first. */
extern const struct module_def module_defs[];
extern const struct field crm_common[];
extern const struct field crm_leads[], crm_accounts[], crm_contacts[],
    crm_deals[], crm_products[], crm_salesorders[], crm_ordered[],
    crm_warranties[], crm_visits[], crm_ratecards[], crm_surveys[], crm_notes[];
extern const struct field books_items[], books_contacts[], books_invoices[],
    books_bills[], books_creditnotes[], books_salesorders[], books_pricebooks[],
    books_adjustments[];

/* The kind of this data_type; K_KINDS where there is none. */
enum kind kind_of(const char *data_type);

#endif
