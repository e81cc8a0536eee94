/*
 * Small lists of Zoho, which hold no records: channels, webhooks, workflows
 * (zoho-api.md 2.15, 2.16, 3.6).
 */
#ifndef PAGES_H
#define PAGES_H

#include "zoho.h"

/*
 * All pages of the list at "path", which has no query, as one array; its
 * pages name it "key". "*out" is yours: json_object_put(). "*as_of_us" is when
 * the first page stood so, by Zoho's clock.
 * ST_RETRY  also where an answer holds no such list, or it has no end
 * others    as zoho_ask()
 */
MUST_CHECK
enum status
pages_read(struct zoho *zoho, enum service service, const char *path,
    const char *key, json_object **out, int64_t *as_of_us, struct err *err);

#endif
