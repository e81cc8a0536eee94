/*
 * Where Zoho's documents are silent or contradict each other, each reading
 * has a name and can be played. The table in variant.c is the list.
 */
#ifndef VARIANT_H
#define VARIANT_H

#include <stdbool.h>

#include "out.h"

enum variant {
	VAR_TOKEN_THROTTLE,
	VAR_TOKEN_ERROR,
	VAR_SCOPE_IN_TOKEN,
	VAR_EXPIRES_IN,
	VAR_IMS_BOUNDARY,
	VAR_ID_NOT_FOUND,
	VAR_RESTORE_MOVES_TIME,
	VAR_SEARCH_LAG,
	VAR_COQL_JOINS,
	VAR_ERRORS,
	VAR_WORDING_429,
	VAR_FAILED_WRITE,
	VAR_UPSERT_STATUS,
	VAR_DELETED_LOOKUP,
	VAR_MERGE_SECONDS,
	VAR_MERGE_STATUS,
	VAR_MERGED_DELETED,
	VAR_MERGED_LOOKUP,
	VAR_BIGINT,
	VAR_BULK_ID,
	VAR_BULK_POLLS,
	VAR_BULK_CREDITS,
	VAR_DELETED_PAGING,
	VAR_MASS_NOTIFIES,
	VAR_QUIET_NOTIFIES,
	VAR_OPERATION_WORDS,
	VAR_CHANNEL_ID,
	VAR_CHANNEL_MOST,
	VAR_AFFECTED_FIELDS,
	VAR_HOOK_IDS,
	VAR_HOOK_DELETE,
	VAR_HOOK_ESCAPES,
	VAR_HOOK_TYPE,
	VAR_HOOK_RETRIES,
	VAR_BOOKS_HOOK_RULE,
	VAR_LAST_MODIFIED,
	VAR_Z_SUFFIX,
	VAR_ADJUSTMENT_KEY,
	VAR_PRICEBOOK_ROWS,
	VAR_BOOKS_UNAUTHORISED,
	VAR_BLOCK_44,
	VAR_STOCK_MOVES_TIME,
	VAR_COUNT
};

struct variants {
	int at[VAR_COUNT]; /* index of the value, or the number itself */
};

/* Every variant at its default. */
void variants_init(struct variants *v);

/* Set "name" to "value"; the name "all" takes "default" or "worst". False
 * where there is no such name or value. */
bool variant_set(struct variants *v, const char *name, const char *value);

/* The index of the value in its row, or the number. */
int variant(const struct variants *v, enum variant name);

/* All of them as an object: name, value, values, default, worst, section. */
void variants_write(const struct variants *v, struct out *o);

#endif
