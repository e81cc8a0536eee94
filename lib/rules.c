#include "rules.h"

#include <string.h>

#include "log.h"
#include "texts.h"

static enum status
read_fields(struct field_list *fields, struct db *db, struct err *err)
{
	PGresult *res = NULL;
	enum status st = db_call(db, SQL_DRAIN_FIELDS, NULL, &res, err);
	enum kind kind;
	int i;

	for (i = 0; st == ST_OK && i < PQntuples(res); i++) {
		kind = kind_find(db_text(res, i, 2));
		if (kind == KIND_COUNT) {
			log_warn("field %s %s: no kind is called \"%s\"",
			    db_text(res, i, 0), db_text(res, i, 1),
			    db_text(res, i, 2));
			kind = KIND_JSON;
		}
		st = field_list_add(fields, db_text(res, i, 0),
		    db_text(res, i, 1), kind, err);
	}
	field_list_sort(fields);
	PQclear(res);
	return st;
}

enum status
rules_read(struct rules *rules, struct db *db, const struct settings *settings,
    struct err *err)
{
	rules->normalise.fields = &rules->fields;
	rules->normalise.context.phone_region = settings_text(settings,
	    SET_DEFAULT_PHONE_REGION);
	rules->normalise.default_owner_email = settings_text(settings,
	    SET_ZOHO_DEFAULT_OWNER_EMAIL);
	return read_fields(&rules->fields, db, err);
}

void
rules_release(struct rules *rules)
{
	field_list_release(&rules->fields);
	memset(rules, 0, sizeof(*rules));
}
