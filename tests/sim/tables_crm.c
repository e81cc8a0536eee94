/* The CRM modules of the generated company. Choices are made up. */
#include "field.h"

#include <stddef.h>

#define END                 \
	{                   \
		.api = NULL \
	}
#define ROW(api, label, kind, nulls)                        \
	{                                                   \
		api, label, kind, G_KIND, nulls, 0, NULL, 0 \
	}
#define OF(api, label, kind, nulls, of)                   \
	{                                                 \
		api, label, kind, G_KIND, nulls, 0, of, 0 \
	}
#define CUSTOM(api, label, kind, nulls, of)                      \
	{                                                        \
		api, label, kind, G_KIND, nulls, F_CUSTOM, of, 0 \
	}
#define GEN(api, label, kind, gen, nulls, flags, of)       \
	{                                                  \
		api, label, kind, gen, nulls, flags, of, 0 \
	}

/* Every module has these; those without Modified_Time lack two of them. */
const struct field crm_common[] = { GEN("id", "Record Id", K_ID, G_KIND, 0,
					F_READONLY, NULL),
	GEN("Owner", "Owner", K_OWNER, G_KIND, 0, F_STILL, NULL),
	GEN("Created_By", "Created By", K_OWNER, G_CREATOR, 0, F_READONLY,
	    NULL),
	GEN("Modified_By", "Modified By", K_OWNER, G_MODIFIER, 0, F_READONLY,
	    NULL),
	GEN("Created_Time", "Created Time", K_DATETIME, G_CREATED, 0,
	    F_READONLY, NULL),
	GEN("Modified_Time", "Modified Time", K_DATETIME, G_MODIFIED, 0,
	    F_READONLY, NULL),
	GEN("Last_Activity_Time", "Last Activity Time", K_DATETIME, G_ACTIVITY,
	    40, F_READONLY, NULL),
	GEN("Tag", "Tag", K_TAG, G_KIND, 80, F_STILL, "Blue|Green|Priority"),
	GEN("Record_Status__s", "Record Status", K_PICKLIST, G_CONST, 0,
	    F_READONLY, "Available"),
	GEN("Locked__s", "Locked", K_BOOLEAN, G_CONST, 0, F_READONLY, "false"),
	END };

const struct field crm_leads[] = { GEN("First_Name", "First Name", K_TEXT,
				       G_FIRST, 10, F_STILL, NULL),
	GEN("Last_Name", "Last Name", K_TEXT, G_WORD, 0, F_MANDATORY | F_STILL,
	    NULL),
	GEN("Full_Name", "Full Name", K_TEXT, G_FULL, 0, F_READONLY, NULL),
	GEN("Email", "Email", K_EMAIL, G_KIND, 8,
	    F_UNIQUE | F_DUPCHECK | F_STILL, NULL),
	GEN("Company", "Company", K_TEXT, G_COMPANY, 0, 0, NULL),
	ROW("Phone", "Phone", K_PHONE, 20),
	ROW("Mobile", "Mobile", K_PHONE, 60),
	ROW("Website", "Website", K_WEBSITE, 60),
	OF("Lead_Source", "Lead Source", K_PICKLIST, 15,
	    "Web|Fair|Referral|Cold Call|Messe K\xc3\xb6ln"),
	OF("Lead_Status", "Lead Status", K_PICKLIST, 5,
	    "New|Contacted|Qualified|Lost Lead|Junk Lead"),
	ROW("Annual_Revenue", "Annual Revenue", K_CURRENCY, 40),
	ROW("No_of_Employees", "No. of Employees", K_INTEGER, 40),
	ROW("Email_Opt_Out", "Email Opt Out", K_BOOLEAN, 0),
	GEN("City", "City", K_TEXT, G_CITY, 20, 0, NULL),
	GEN("Street", "Street", K_TEXT, G_STREET, 30, 0, NULL),
	OF("Country", "Country", K_PICKLIST, 10, "Nordland|Suedland|Ostland"),
	CUSTOM("Interests", "Interests", K_MULTISELECT, 40,
	    "Pumps|Valves|Service|Ersatzteile|\xe9\x83\xa8\xe5\x93\x81"),
	{ "External_Key", "External Key", K_TEXT, G_CODE, 70,
	    F_CUSTOM | F_UNIQUE | F_STILL, "ext-l-", 100 },
	ROW("Description", "Description", K_TEXTAREA, 60),
	CUSTOM("Score", "Score", K_FORMULA, 5, NULL),
	GEN("Converted__s", "Is Converted", K_BOOLEAN, G_CONVERTED, 0,
	    F_READONLY, NULL),
	GEN("Converted_Date_Time", "Converted Date Time", K_DATETIME,
	    G_CONVERTED_TIME, 0, F_READONLY, NULL),
	GEN("Converted_Account", "Converted Account", K_LOOKUP, G_CONVERTED_TO,
	    0, F_READONLY, "Accounts"),
	GEN("Converted_Contact", "Converted Contact", K_LOOKUP, G_CONVERTED_TO,
	    0, F_READONLY, "Contacts"),
	GEN("Converted_Deal", "Converted Deal", K_LOOKUP, G_CONVERTED_TO, 0,
	    F_READONLY, "Deals"),
	END };

const struct field crm_accounts[] = {
	GEN("Account_Name", "Account Name", K_TEXT, G_COMPANY, 0,
	    F_MANDATORY | F_DUPCHECK | F_STILL, NULL),
	ROW("Phone", "Phone", K_PHONE, 20),
	ROW("Website", "Website", K_WEBSITE, 30),
	OF("Account_Type", "Account Type", K_PICKLIST, 15,
	    "Customer|Supplier|Partner|Prospect"),
	OF("Industry", "Industry", K_PICKLIST, 20,
	    "Mining|Shipping|Farming|Energy"),
	ROW("Annual_Revenue", "Annual Revenue", K_CURRENCY, 30),
	ROW("Employees", "Employees", K_INTEGER, 30),
	GEN("Billing_City", "Billing City", K_TEXT, G_CITY, 10, 0, NULL),
	GEN("Billing_Street", "Billing Street", K_TEXT, G_STREET, 10, 0, NULL),
	ROW("Billing_Code", "Billing Code", K_INTEGER, 20),
	GEN("Shipping_City", "Shipping City", K_TEXT, G_CITY, 30, 0, NULL),
	{ "External_Key", "External Key", K_TEXT, G_CODE, 70,
	    F_CUSTOM | F_UNIQUE | F_STILL, "ext-a-", 100 },
	CUSTOM("Open_Deals", "Open Deals", K_ROLLUP, 10, NULL),
	ROW("Description", "Description", K_RICHTEXT, 40), END
};

const struct field crm_contacts[] = { GEN("First_Name", "First Name", K_TEXT,
					  G_FIRST, 10, F_STILL, NULL),
	GEN("Last_Name", "Last Name", K_TEXT, G_WORD, 0, F_MANDATORY | F_STILL,
	    NULL),
	GEN("Full_Name", "Full Name", K_TEXT, G_FULL, 0, F_READONLY, NULL),
	GEN("Email", "Email", K_EMAIL, G_KIND, 10,
	    F_UNIQUE | F_DUPCHECK | F_STILL, NULL),
	OF("Account_Name", "Account Name", K_LOOKUP, 10, "Accounts"),
	ROW("Phone", "Phone", K_PHONE, 20),
	ROW("Mobile", "Mobile", K_PHONE, 50),
	GEN("Title", "Title", K_TEXT, G_WORD, 40, 0, NULL),
	OF("Department", "Department", K_PICKLIST, 40,
	    "Sales|Purchasing|Einkauf S\xc3\xbc"
	    "d|Stores"),
	ROW("Date_of_Birth", "Date of Birth", K_DATE, 70),
	ROW("Email_Opt_Out", "Email Opt Out", K_BOOLEAN, 0),
	GEN("Mailing_City", "Mailing City", K_TEXT, G_CITY, 20, 0, NULL),
	GEN("Mailing_Street", "Mailing Street", K_TEXT, G_STREET, 20, 0, NULL),
	ROW("Mailing_Zip", "Mailing Zip", K_INTEGER, 20),
	OF("Reporting_To", "Reporting To", K_LOOKUP, 80, "Contacts"),
	CUSTOM("Languages", "Languages", K_MULTISELECT, 50,
	    "English|Deutsch|Espa\xc3\xb1ol|\xe6\x97\xa5\xe6\x9c\xac"),
	CUSTOM("Account_Manager", "Account Manager", K_USER, 60, NULL),
	CUSTOM("Last_Call", "Last Call", K_DATETIME, 50, NULL),
	CUSTOM("Loyalty_Number", "Loyalty Number", K_BIGINT, 50, NULL),
	CUSTOM("field71", "\xd0\x97\xd0\xb0\xd0\xbc\xd0\xb5\xd1\x82\xd0\xba",
	    K_TEXT, 70, NULL),
	{ "External_Key", "External Key", K_TEXT, G_CODE, 70,
	    F_CUSTOM | F_UNIQUE | F_STILL, "ext-c-", 100 },
	ROW("Description", "Description", K_TEXTAREA, 60), END };

const struct field crm_deals[] = {
	GEN("Deal_Name", "Deal Name", K_TEXT, G_COMPANY, 0,
	    F_MANDATORY | F_DUPCHECK | F_STILL, NULL),
	OF("Account_Name", "Account Name", K_LOOKUP, 5, "Accounts"),
	OF("Contact_Name", "Contact Name", K_LOOKUP, 20, "Contacts"),
	GEN("Stage", "Stage", K_PICKLIST, G_KIND, 0, F_MANDATORY,
	    "Qualification|Offer|Negotiation|Closed Won|Closed Lost"),
	ROW("Amount", "Amount", K_CURRENCY, 10),
	ROW("Closing_Date", "Closing Date", K_DATE, 5),
	ROW("Probability", "Probability", K_INTEGER, 5),
	CUSTOM("Weighted", "Weighted", K_FORMULA, 5, NULL),
	CUSTOM("Margin", "Margin", K_PERCENT, 30, NULL),
	OF("Type", "Type", K_PICKLIST, 20, "New Business|Existing Business"),
	OF("Lead_Source", "Lead Source", K_PICKLIST, 30,
	    "Web|Fair|Referral|Cold Call"),
	ROW("Next_Step", "Next Step", K_TEXT, 60),
	ROW("Description", "Description", K_RICHTEXT, 30), END
};

const struct field crm_products[] = {
	GEN("Product_Name", "Product Name", K_TEXT, G_WORD, 0,
	    F_MANDATORY | F_DUPCHECK | F_STILL, NULL),
	{ "Product_Code", "Product Code", K_TEXT, G_CODE, 0, F_UNIQUE | F_STILL,
	    "P-", 40 },
	ROW("Product_Active", "Product Active", K_BOOLEAN, 0),
	ROW("Unit_Price", "Unit Price", K_CURRENCY, 2),
	ROW("Qty_in_Stock", "Quantity in Stock", K_DOUBLE, 10),
	OF("Product_Category", "Product Category", K_PICKLIST, 10,
	    "Hardware|Software|Service"),
	OF("Tax", "Tax", K_MULTISELECT, 60, "VAT|Levy"),
	ROW("Taxable", "Taxable", K_BOOLEAN, 0),
	CUSTOM("Drawings", "Drawings", K_FILE, 70, NULL),
	CUSTOM("Pictures", "Pictures", K_IMAGE, 70, NULL),
	ROW("Description", "Description", K_TEXTAREA, 40), END
};

const struct field crm_salesorders[] = {
	GEN("Subject", "Subject", K_TEXT, G_COMPANY, 0,
	    F_MANDATORY | F_DUPCHECK | F_STILL, NULL),
	GEN("SO_Number", "SO Number", K_AUTONUMBER, G_CODE, 0,
	    F_READONLY | F_STILL, "SO-"),
	OF("Account_Name", "Account Name", K_LOOKUP, 0, "Accounts"),
	OF("Contact_Name", "Contact Name", K_LOOKUP, 20, "Contacts"),
	OF("Deal_Name", "Deal Name", K_LOOKUP, 60, "Deals"),
	OF("Status", "Status", K_PICKLIST, 0,
	    "Created|Approved|Delivered|Cancelled"),
	ROW("Due_Date", "Due Date", K_DATE, 20),
	GEN("Ordered_Items", "Ordered Items", K_SUBFORM, G_KIND, 0, 0,
	    "Ordered_Items"),
	GEN("Sub_Total", "Sub Total", K_FORMULA, G_SUBTOTAL, 0, F_READONLY,
	    NULL),
	GEN("Grand_Total", "Grand Total", K_FORMULA, G_TOTAL, 0, F_READONLY,
	    NULL),
	GEN("Billing_City", "Billing City", K_TEXT, G_CITY, 20, 0, NULL),
	ROW("Terms_and_Conditions", "Terms and Conditions", K_TEXTAREA, 60), END
};

const struct field crm_ordered[] = { OF("Product_Name", "Product Name",
					 K_LOOKUP, 0, "Products"),
	ROW("Quantity", "Quantity", K_DOUBLE, 0),
	ROW("List_Price", "List Price", K_CURRENCY, 0),
	ROW("Discount", "Discount", K_CURRENCY, 0),
	ROW("Total", "Total", K_FORMULA, 0),
	OF("Parent_Id", "Parent", K_LOOKUP, 0, "Sales_Orders"), END };

const struct field crm_warranties[] = {
	GEN("Name", "Warranty Name", K_TEXT, G_CODE, 0,
	    F_MANDATORY | F_DUPCHECK | F_STILL, "W-"),
	OF("Product", "Product", K_LOOKUP, 0, "Products"),
	OF("Customer", "Customer", K_LOOKUP, 10, "Accounts"),
	CUSTOM("Covered_Contacts", "Covered Contacts", K_MULTILOOKUP, 20,
	    "Contacts"),
	CUSTOM("Technicians", "Technicians", K_MULTIUSER, 40, NULL),
	CUSTOM("Service_Visits", "Service Visits", K_SUBFORM, 30,
	    "Service_Visits"),
	CUSTOM("Starts", "Starts", K_DATE, 5, NULL),
	CUSTOM("Ends", "Ends", K_DATETIME, 5, NULL),
	CUSTOM("Covers", "Covers", K_MULTISELECT, 10,
	    "Parts|Labour|Travel|Anfahrt"),
	CUSTOM("Serial_Number", "Serial Number", K_BIGINT, 10, NULL),
	CUSTOM("Terms", "Terms", K_RICHTEXT, 10, NULL),
	CUSTOM("Days_Left", "Days Left", K_FORMULA, 5, NULL),
	CUSTOM("Registered_Online", "Registered Online", K_BOOLEAN, 0, NULL),
	END
};

const struct field crm_visits[] = { CUSTOM("Visit_Date", "Visit Date", K_DATE,
					0, NULL),
	CUSTOM("Hours", "Hours", K_DOUBLE, 0, NULL),
	CUSTOM("Remark", "Remark", K_TEXT, 20, NULL),
	OF("Parent_Id", "Parent", K_LOOKUP, 0, "Warranties"), END };

const struct field crm_ratecards[] = {
	GEN("Name", "Rate Card Name", K_TEXT, G_COMPANY, 0,
	    F_MANDATORY | F_DUPCHECK | F_STILL, NULL),
	CUSTOM("Zone", "Zone", K_PICKLIST, 0, "A|B|C"),
	CUSTOM("Hourly_Rate", "Hourly Rate", K_CURRENCY, 5, NULL),
	CUSTOM("Valid_From", "Valid From", K_DATE, 5, NULL), END
};

#define READING(n) CUSTOM("Reading_" n, "Reading " n, K_DOUBLE, 20, NULL)
#define REMARK(n) CUSTOM("Remark_" n, "Remark " n, K_TEXT, 50, NULL)
#define CHECKED(n) CUSTOM("Checked_" n, "Checked " n, K_BOOLEAN, 0, NULL)

/* More than 50 fields. */
const struct field crm_surveys[] = {
	GEN("Name", "Site Survey Name", K_TEXT, G_CODE, 0,
	    F_MANDATORY | F_DUPCHECK | F_STILL, "SV-"),
	OF("Site", "Site", K_LOOKUP, 0, "Accounts"),
	CUSTOM("Surveyed_On", "Surveyed On", K_DATE, 5, NULL),
	CUSTOM("Grade", "Grade", K_PICKLIST, 5, "A|B|C|D"),
	CUSTOM("Report", "Report", K_RICHTEXT, 20, NULL), READING("01"),
	READING("02"), READING("03"), READING("04"), READING("05"),
	READING("06"), READING("07"), READING("08"), READING("09"),
	READING("10"), READING("11"), READING("12"), READING("13"),
	READING("14"), READING("15"), READING("16"), READING("17"),
	READING("18"), READING("19"), READING("20"), REMARK("01"), REMARK("02"),
	REMARK("03"), REMARK("04"), REMARK("05"), REMARK("06"), REMARK("07"),
	REMARK("08"), REMARK("09"), REMARK("10"), REMARK("11"), REMARK("12"),
	REMARK("13"), REMARK("14"), REMARK("15"), CHECKED("01"), CHECKED("02"),
	CHECKED("03"), CHECKED("04"), CHECKED("05"), CHECKED("06"),
	CHECKED("07"), CHECKED("08"), CHECKED("09"), CHECKED("10"),
	CHECKED("11"), CHECKED("12"), END
};

const struct field crm_notes[] = { ROW("Note_Title", "Note Title", K_TEXT, 0),
	ROW("Note_Content", "Note Content", K_TEXTAREA, 0), END };
