/* The Books resources of the generated company. */
#include "field.h"

#include <stddef.h>

#define END                 \
	{                   \
		.api = NULL \
	}
#define ROW(api, kind, nulls)                             \
	{                                                 \
		api, api, kind, G_KIND, nulls, 0, NULL, 0 \
	}
#define OF(api, kind, nulls, of)                        \
	{                                               \
		api, api, kind, G_KIND, nulls, 0, of, 0 \
	}
#define GEN(api, kind, gen, nulls, flags, of)            \
	{                                                \
		api, api, kind, gen, nulls, flags, of, 0 \
	}
#define CONST(api, kind, of)                                  \
	{                                                     \
		api, api, kind, G_CONST, 0, F_READONLY, of, 0 \
	}
#define ONE(api, kind, gen, of)                                   \
	{                                                         \
		api, api, kind, gen, 0, F_SINGLE | F_STILL, of, 0 \
	}
#define TIMES                                                                \
	GEN("created_time", K_DATETIME, G_CREATED, 0, F_READONLY, NULL),     \
	    GEN("last_modified_time", K_DATETIME, G_MODIFIED, 0, F_READONLY, \
		NULL)
#define PARTY(role, word)                                                      \
	GEN(role "_id", K_TEXT, G_REF_ID, 0, F_STILL, "books.contacts#" word), \
	    GEN(role "_name", K_TEXT, G_REF_NAME, 0, F_READONLY,               \
		"books.contacts#" word)
#define MONEY                                                \
	CONST("currency_id", K_TEXT, "3285000000000000097"), \
	    CONST("currency_code", K_TEXT, "EUR")
#define TOTALS GEN("total", K_CURRENCY, G_TOTAL, 0, F_READONLY, NULL)
#define SINGLES                                                             \
	ONE("line_items", K_SUBFORM, G_LINES, NULL),                        \
	    ONE("sub_total", K_CURRENCY, G_SUBTOTAL, NULL),                 \
	    ONE("tax_total", K_CURRENCY, G_TAX, NULL),                      \
	    ONE("taxes", K_SUBFORM, G_EMPTYLIST, NULL),                     \
	    ONE("custom_fields", K_SUBFORM, G_EMPTYLIST, NULL),             \
	    ONE("custom_field_hash", K_SUBFORM, G_HASH, NULL),              \
	    ONE("exchange_rate", K_DOUBLE, G_CONST, "1"),                   \
	{                                                                   \
		"notes", "notes", K_TEXTAREA, G_KIND, 60, F_SINGLE, NULL, 0 \
	}

const struct field books_items[] = {
	GEN("name", K_TEXT, G_WORD, 0, F_MANDATORY | F_UNIQUE | F_STILL, NULL),
	GEN("sku", K_TEXT, G_CODE, 10, F_UNIQUE | F_STILL, "SKU-"),
	GEN("status", K_TEXT, G_ACTIVE, 0, F_STILL, NULL),
	ROW("description", K_TEXTAREA, 50), ROW("rate", K_CURRENCY, 0),
	ROW("purchase_rate", K_CURRENCY, 10),
	OF("unit", K_PICKLIST, 20, "pcs|kg|m|box"),
	CONST("tax_id", K_TEXT, "3285000000000000094"),
	CONST("tax_name", K_TEXT, "VAT"),
	CONST("tax_percentage", K_INTEGER, "20"),
	CONST("item_type", K_TEXT, "inventory"),
	CONST("product_type", K_TEXT, "goods"),
	CONST("is_taxable", K_BOOLEAN, "true"),
	CONST("track_inventory", K_BOOLEAN, "true"),
	CONST("can_be_sold", K_BOOLEAN, "true"),
	CONST("can_be_purchased", K_BOOLEAN, "true"),
	CONST("account_id", K_TEXT, "3285000000000000388"),
	CONST("account_name", K_TEXT, "Sales"),
	GEN("stock_on_hand", K_DOUBLE, G_STOCK, 0, F_READONLY, NULL),
	GEN("available_stock", K_DOUBLE, G_STOCK, 0, F_READONLY, NULL),
	GEN("actual_available_stock", K_DOUBLE, G_STOCK, 0, F_READONLY, NULL),
	ROW("reorder_level", K_INTEGER, 60), ROW("upc", K_BIGINT, 70),
	ROW("ean", K_BIGINT, 70), ROW("part_number", K_TEXT, 60),
	GEN("image_name", K_TEXT, G_IMAGE, 0, F_READONLY, "name"),
	GEN("image_type", K_TEXT, G_IMAGE, 0, F_READONLY, "type"),
	GEN("image_document_id", K_TEXT, G_IMAGE, 0, F_READONLY, "id"),
	GEN("brand", K_TEXT, G_WORD, 50, 0, NULL),
	GEN("manufacturer", K_TEXT, G_COMPANY, 60, 0, NULL),
	OF("cf_bay", K_PICKLIST, 30,
	    "North 1|North 2|S\xc3\xbc"
	    "d 1"),
	ONE("locations", K_SUBFORM, G_EMPTYLIST, NULL),
	ONE("custom_fields", K_SUBFORM, G_EMPTYLIST, NULL),
	ONE("custom_field_hash", K_SUBFORM, G_HASH, "cf_bay"),
	ONE("item_tax_preferences", K_SUBFORM, G_EMPTYLIST, NULL), TIMES, END
};

const struct field books_contacts[] = { GEN("contact_name", K_TEXT, G_COMPANY,
					    0, F_MANDATORY | F_UNIQUE | F_STILL,
					    NULL),
	GEN("company_name", K_TEXT, G_COMPANY, 20, 0, NULL),
	GEN("contact_type", K_TEXT, G_CONTACT_TYPE, 0, F_STILL, NULL),
	CONST("customer_sub_type", K_TEXT, "business"),
	GEN("status", K_TEXT, G_ACTIVE, 0, F_STILL, NULL),
	ROW("email", K_EMAIL, 20), ROW("phone", K_PHONE, 30),
	ROW("mobile", K_PHONE, 60), ROW("website", K_WEBSITE, 60), MONEY,
	OF("payment_terms", K_PICKLIST, 10, "0|15|30|45"),
	ROW("outstanding_receivable_amount", K_CURRENCY, 0),
	ROW("unused_credits_receivable_amount", K_CURRENCY, 70),
	CONST("is_linked_with_zohocrm", K_BOOLEAN, "false"),
	ONE("pricebook_id", K_TEXT, G_CONST, ""),
	ONE("billing_address", K_SUBFORM, G_ADDRESS, NULL),
	ONE("shipping_address", K_SUBFORM, G_ADDRESS, NULL),
	ONE("contact_persons", K_SUBFORM, G_EMPTYLIST, NULL),
	ONE("custom_fields", K_SUBFORM, G_EMPTYLIST, NULL),
	ONE("custom_field_hash", K_SUBFORM, G_HASH, NULL),
	{ "notes", "notes", K_TEXTAREA, G_KIND, 60, F_SINGLE, NULL, 0 }, TIMES,
	END };

const struct field books_invoices[] = {
	GEN("invoice_number", K_TEXT, G_CODE, 0, F_UNIQUE | F_STILL, "INV-"),
	PARTY("customer", "customer"),
	OF("status", K_PICKLIST, 0,
	    "draft|sent|viewed|overdue|paid|partially_paid|void"),
	ROW("date", K_DATE, 0), ROW("due_date", K_DATE, 0),
	GEN("reference_number", K_TEXT, G_CODE, 30, F_STILL, "REF-"), MONEY,
	TOTALS, GEN("balance", K_CURRENCY, G_BALANCE, 0, F_READONLY, NULL),
	ONE("payment_made", K_CURRENCY, G_CONST, "0"),
	ONE("credits_applied", K_CURRENCY, G_CONST, "0"),
	ONE("write_off_amount", K_CURRENCY, G_CONST, "0"), SINGLES, TIMES, END
};

const struct field books_bills[] = { GEN("bill_number", K_TEXT, G_CODE, 0,
					 F_STILL, "B-"),
	PARTY("vendor", "vendor"),
	OF("status", K_PICKLIST, 0, "draft|open|overdue|paid|void"),
	ROW("date", K_DATE, 0), ROW("due_date", K_DATE, 0),
	GEN("reference_number", K_TEXT, G_CODE, 50, F_STILL, "REF-"), MONEY,
	TOTALS, GEN("balance", K_CURRENCY, G_BALANCE, 0, F_READONLY, NULL),
	ONE("payments", K_SUBFORM, G_EMPTYLIST, NULL), SINGLES, TIMES, END };

const struct field books_creditnotes[] = {
	GEN("creditnote_number", K_TEXT, G_CODE, 0, F_UNIQUE | F_STILL, "CN-"),
	PARTY("customer", "customer"),
	OF("status", K_PICKLIST, 0, "open|closed|void|draft"),
	ROW("date", K_DATE, 0),
	GEN("reference_number", K_TEXT, G_CODE, 60, F_STILL, "REF-"), MONEY,
	TOTALS, GEN("balance", K_CURRENCY, G_BALANCE, 0, F_READONLY, NULL),
	ONE("invoices", K_SUBFORM, G_EMPTYLIST, NULL), SINGLES, TIMES, END
};

const struct field books_salesorders[] = {
	GEN("salesorder_number", K_TEXT, G_CODE, 0, F_UNIQUE | F_STILL, "SO-"),
	PARTY("customer", "customer"),
	OF("status", K_PICKLIST, 0, "draft|open|invoiced|closed|void"),
	ROW("date", K_DATE, 0), ROW("shipment_date", K_DATE, 40),
	GEN("reference_number", K_TEXT, G_CODE, 20, F_STILL, "REF-"), MONEY,
	TOTALS, ONE("is_inclusive_tax", K_BOOLEAN, G_CONST, "false"),
	ONE("shipping_charge", K_CURRENCY, G_CONST, "0"),
	ONE("pricebook_id", K_TEXT, G_CONST, ""), SINGLES, TIMES, END
};

const struct field books_pricebooks[] = {
	GEN("name", K_TEXT, G_WORD, 0, F_MANDATORY | F_UNIQUE | F_STILL, NULL),
	ROW("description", K_TEXTAREA, 50), MONEY,
	OF("pricebook_type", K_PICKLIST, 0, "per_item|fixed_percentage"),
	CONST("pricing_scheme", K_TEXT, "unit"),
	ROW("percentage", K_PERCENT, 0), ROW("is_increase", K_BOOLEAN, 0),
	OF("rounding_type", K_PICKLIST, 0,
	    "no_rounding|round_to_dollor|round_to_dollar_minus_01|"
	    "round_to_half_dollar|round_to_half_dollar_minus_01"),
	CONST("decimal_place", K_INTEGER, "2"),
	CONST("sales_or_purchase_type", K_TEXT, "sales"),
	CONST("is_default", K_BOOLEAN, "false"),
	GEN("status", K_TEXT, G_ACTIVE, 0, F_STILL, NULL),
	ONE("pricebook_items", K_SUBFORM, G_BRACKETS, NULL), TIMES, END
};

const struct field books_adjustments[] = { GEN("reference_number", K_TEXT,
					       G_CODE, 0, F_STILL, "ADJ-"),
	ROW("date", K_DATE, 0),
	OF("reason", K_PICKLIST, 0, "Damaged goods|Stocktake|Stolen goods"),
	CONST("reason_id", K_TEXT, "3285000000000000501"),
	ROW("description", K_TEXTAREA, 50),
	OF("adjustment_type", K_PICKLIST, 0, "quantity|value"),
	OF("status", K_PICKLIST, 0, "adjusted|draft"), TOTALS,
	ONE("line_items", K_SUBFORM, G_LINES, "adjust"), TIMES, END };
