#include "variant.h"

#include <stdlib.h>
#include <string.h>

struct row {
	const char *name;
	const char *values; /* "a|b"; "" for a number */
	const char *usual, *worst;
	const char *section; /* of the description of the wire */
};

static const struct row rows[VAR_COUNT] = {
	[VAR_TOKEN_THROTTLE] = { "token_throttle", "200|400", "200", "400",
	    "1.4" },
	[VAR_TOKEN_ERROR] = { "token_error",
	    "INVALID_TOKEN|AUTHENTICATION_FAILURE", "INVALID_TOKEN",
	    "AUTHENTICATION_FAILURE", "2.1" },
	[VAR_SCOPE_IN_TOKEN] = { "scope_in_token", "yes|no", "yes", "no",
	    "1.3" },
	[VAR_EXPIRES_IN] = { "expires_in", "seconds|milliseconds|absent",
	    "seconds", "seconds", "1.3" },
	[VAR_IMS_BOUNDARY] = { "if_modified_since", "inclusive|exclusive",
	    "inclusive", "exclusive", "2.2" },
	[VAR_ID_NOT_FOUND] = { "id_not_found", "204|400", "204", "400", "2.3" },
	[VAR_RESTORE_MOVES_TIME] = { "restore_moves_time", "yes|no", "yes",
	    "no", "2.4" },
	[VAR_SEARCH_LAG] = { "search_lag", "", "0", "30", "2.6" },
	[VAR_COQL_JOINS] = { "coql_joins", "limits|two", "limits", "two",
	    "2.7" },
	[VAR_ERRORS] = { "errors", "wrapped|bare", "wrapped", "bare", "2.1" },
	[VAR_WORDING_429] = { "wording_429", "exact|generic|old|empty", "exact",
	    "empty", "2.14" },
	[VAR_FAILED_WRITE] = { "failed_write", "400|202|207", "400", "202",
	    "2.8" },
	[VAR_UPSERT_STATUS] = { "upsert_status", "200|201", "200", "201",
	    "2.8" },
	[VAR_DELETED_LOOKUP] = { "deleted_lookup", "keep|null", "keep", "keep",
	    "2.13" },
	[VAR_MERGE_SECONDS] = { "merge_seconds", "", "2", "30", "2.8" },
	[VAR_MERGE_STATUS] = { "merge_status", "202|201", "202", "201", "2.8" },
	[VAR_MERGED_DELETED] = { "merged_deleted", "permanent|recycle|absent",
	    "permanent", "absent", "2.8" },
	[VAR_MERGED_LOOKUP] = { "merged_lookup", "moved|silent|keep|null",
	    "moved", "silent", "2.8" },
	[VAR_BIGINT] = { "bigint", "text|number", "text", "number", "2.13" },
	[VAR_BULK_ID] = { "bulk_id", "Id|id", "Id", "id", "2.10" },
	[VAR_BULK_POLLS] = { "bulk_polls", "", "2", "3", "2.10" },
	[VAR_BULK_CREDITS] = { "bulk_credits", "", "50", "50", "2.10" },
	[VAR_DELETED_PAGING] = { "deleted_paging", "free|2000", "free", "2000",
	    "2.4" },
	[VAR_MASS_NOTIFIES] = { "mass_notifies", "yes|no", "yes", "no", "2.9" },
	[VAR_QUIET_NOTIFIES] = { "quiet_notifies", "yes|no", "yes", "no",
	    "2.15" },
	[VAR_OPERATION_WORDS] = { "operation_words", "insert|create|UPPER",
	    "insert", "UPPER", "2.15" },
	[VAR_CHANNEL_ID] = { "channel_id", "text|number", "text", "number",
	    "2.15" },
	[VAR_CHANNEL_MOST] = { "channel_most", "week|day|hour", "week", "day",
	    "2.15" },
	[VAR_AFFECTED_FIELDS] = { "affected_fields", "pairs|empty|absent",
	    "pairs", "absent", "2.15" },
	[VAR_HOOK_IDS] = { "hook_ids", "text|number", "text", "number", "3.6" },
	[VAR_HOOK_DELETE] = { "hook_delete", "full|id", "full", "id", "3.6" },
	[VAR_HOOK_ESCAPES] = { "hook_escapes", "no|yes", "no", "yes", "3.6" },
	[VAR_HOOK_TYPE] = { "hook_type", "right|lies", "right", "lies", "3.6" },
	[VAR_HOOK_RETRIES] = { "hook_retries", "", "0", "0", "3.6" },
	[VAR_BOOKS_HOOK_RULE] = { "books_hook_rule", "own|wanted", "own",
	    "wanted", "3.6" },
	[VAR_LAST_MODIFIED] = { "last_modified_time",
	    "since|exact|ignored|rejected", "since", "exact", "3.3" },
	[VAR_Z_SUFFIX] = { "z_suffix", "rejected|accepted", "rejected",
	    "rejected", "3.3" },
	[VAR_ADJUSTMENT_KEY] = { "adjustment_key",
	    "inventory_adjustment|inventoryadjustment", "inventory_adjustment",
	    "inventoryadjustment", "3.2" },
	[VAR_PRICEBOOK_ROWS] = { "pricebook_rows", "without|with", "without",
	    "without", "3.2" },
	[VAR_BOOKS_UNAUTHORISED] = { "books_unauthorised", "401|400", "401",
	    "400", "3.1" },
	[VAR_BLOCK_44] = { "block_44", "", "60", "300", "3.1" },
	[VAR_STOCK_MOVES_TIME] = { "stock_moves_time", "yes|no", "yes", "no",
	    "3.3" },
};

/* The index of "value" among "a|b"; -1 where it is none of them */
static int
index_of(const char *values, const char *value)
{
	size_t len = strlen(value);
	int i;

	for (i = 0; *values != '\0'; i++) {
		size_t n = strcspn(values, "|");

		if (n == len && memcmp(values, value, len) == 0)
			return i;
		values += n + (values[n] == '|');
	}
	return -1;
}

static bool
set_row(struct variants *v, int i, const char *value)
{
	char *end;
	long number;

	if (rows[i].values[0] != '\0') {
		int index = index_of(rows[i].values, value);

		if (index < 0)
			return false;
		v->at[i] = index;
		return true;
	}
	number = strtol(value, &end, 10);
	if (end == value || *end != '\0' || number < 0 || number > 1000000)
		return false;
	v->at[i] = (int)number;
	return true;
}

static void
set_all(struct variants *v, bool worst)
{
	int i;

	for (i = 0; i < VAR_COUNT; i++)
		set_row(v, i, worst ? rows[i].worst : rows[i].usual);
}

void
variants_init(struct variants *v)
{
	set_all(v, false);
}

bool
variant_set(struct variants *v, const char *name, const char *value)
{
	int i;

	if (strcmp(name, "all") == 0) {
		bool worst = strcmp(value, "worst") == 0;

		if (!worst && strcmp(value, "default") != 0)
			return false;
		set_all(v, worst);
		return true;
	}
	for (i = 0; i < VAR_COUNT; i++)
		if (strcmp(rows[i].name, name) == 0)
			return set_row(v, i, value);
	return false;
}

int
variant(const struct variants *v, enum variant name)
{
	return v->at[name];
}

static void
write_value(struct out *o, int i, int value)
{
	const char *values = rows[i].values;

	if (*values == '\0') {
		out_f(o, "\"%d\"", value);
		return;
	}
	for (; value > 0; value--)
		values += strcspn(values, "|") + 1;
	out_json_n(o, values, strcspn(values, "|"));
}

void
variants_write(const struct variants *v, struct out *o)
{
	int i;

	out_text(o, "{");
	for (i = 0; i < VAR_COUNT; i++) {
		out_key(o, rows[i].name);
		out_text(o, "{\"value\":");
		write_value(o, i, v->at[i]);
		out_f(o,
		    ",\"values\":\"%s\",\"default\":\"%s\",\"worst\":\"%s\","
		    "\"section\":\"%s\"}",
		    *rows[i].values != '\0' ? rows[i].values : "number",
		    rows[i].usual, rows[i].worst, rows[i].section);
	}
	out_text(o, "}");
}
