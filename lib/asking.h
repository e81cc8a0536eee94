/* The database of a program that asks Zoho and keeps what it says. */
#ifndef ASKING_H
#define ASKING_H

#include "db.h"
#include "module.h"
#include "settings.h"

/*
 * Connect as "program", see that the schema fits, and make the modules and
 * partitions that are missing: no drain may have run yet. "*db" is closed by
 * the caller, also after a failure.
 * ST_REJECT, ST_FAULT  settings, schema
 * others               as db_open(), db_call()
 */
MUST_CHECK
enum status asking_open(struct db **db, const struct settings *settings,
    const char *program, int statement_timeout_ms,
    const struct module_list *modules, struct err *err);

#endif
