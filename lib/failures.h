/*
 * The CRM's list of webhooks that did not reach us (zoho-api.md 2.16): a queue
 * of repairs. What it names is wanted from Zoho like whatever a comparison
 * finds.
 */
#ifndef FAILURES_H
#define FAILURES_H

#include <stdbool.h>
#include <stdint.h>

#include "db.h"
#include "module.h"
#include "zoho.h"

/*
 * Read what was not read before. "*found" counts the records that are wanted
 * now; "keep" false only counts.
 * ST_OK
 * ST_NONE   Zoho does not give it, "err" says why: most often the token has no
 *           right to it
 * others    the database
 */
MUST_CHECK
enum status failures_read(struct zoho *zoho, struct db *db,
    const struct module_list *modules, bool keep, int64_t *found,
    struct err *err);

#endif
