/* The document in a body: JSON, or a form, whatever the content type says. */
#ifndef BODY_H
#define BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <json-c/json.h>

#include "err.h"

/*
 * Read a body. A form may carry its JSON in one field (JSONString, payload,
 * json or data); any other form becomes an object of texts, and "*is_pairs"
 * tells so: its fields were chosen by somebody and are never a whole record.
 * On ST_OK "*out" is yours.
 * ST_REJECT  empty, neither JSON nor a form, or a form without pairs
 */
MUST_CHECK
enum status body_read(const char *content_type, const char *body, size_t len,
    json_object **out, bool *is_pairs, struct err *err);

#endif
