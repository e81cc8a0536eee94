/* What the commands for a person share. */
#ifndef TOOL_H
#define TOOL_H

#include <stdbool.h>

#include "db.h"
#include "err.h"
#include "json.h"
#include "settings.h"

/* Connect as the administrator (ADMIN_DATABASE_URL, or DATABASE_URL where it
 * is empty) with the statements of sql/admin prepared. Status as db_open(). */
MUST_CHECK
enum status tool_connect(struct db **out, const struct settings *settings,
    const char *program, struct err *err);

/* Print a document on a line of its own, or nothing of it. ST_FAULT: no
 * memory. */
MUST_CHECK
enum status tool_print_json(json_object *o, struct err *err);

/*
 * Print a result whose columns are texts, the last of them a JSON document of
 * the whole row: as a table with its columns' names, or with "json" only the
 * documents, one a line. tool_print_row() prints the first row, a column a
 * line.
 */
void tool_print_table(const PGresult *res, bool json);
void tool_print_row(const PGresult *res, bool json);

#endif
