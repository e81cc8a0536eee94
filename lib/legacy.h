/*
 * A legacy table: rows another program left in this database, brought into
 * the mirror as records of a module until Zoho's own come (features F157 to
 * F172). They have version 0 and the origin "legacy"; nothing they say stands
 * against what Zoho says.
 *
 * A mapping file says what stands where, a line each, "#" begins a comment:
 *
 *   module = crm.deals
 *   table = public.old_deals
 *   id = zoho_id               column of Zoho's id
 *   legacy_id = id             unique column, the order of the rows
 *   modified_time = updated_at optional
 *   time_zone = Asia/Baghdad   of times without one; UTC unless given
 *   source = old_deals         _migration_source; the table unless given
 *   columns = all              all columns by their own names, too
 *   field.Deal_Name = name     a field of the record and its column
 *   field.Owner.email = owner
 */
#ifndef LEGACY_H
#define LEGACY_H

#include <stdbool.h>
#include <stdint.h>
#include <json-c/json.h>

#include "fetch.h"
#include "module.h"
#include "normalise.h"
#include "session.h"

struct legacy {
	const struct module_list *modules;
	const struct module *module;
	json_object *mapping; /* as sync.legacy_rows() takes it */
	struct buf text;      /* the same as text */
};

struct legacy_counts {
	int64_t rows, keys, without_id, ids, here, from_zoho;
};

struct legacy_run {
	struct db *db;
	struct spot *spot;
	struct session *session; /* found and applied grow */
	int batch_size;
	/* Told after each batch, with the session as it stands. */
	void (*progress)(void *arg, const struct module *module,
	    const struct session *session);
	void *arg;
};

/* ST_REJECT: the file is no mapping, with the line; ST_FAULT: it cannot be
 * read. Close it in any case. */
MUST_CHECK
enum status legacy_open(struct legacy *legacy, const char *path,
    const struct module_list *modules, struct err *err);
void legacy_close(struct legacy *legacy);

/* ST_REJECT: no such table or column, or no right to read it. */
MUST_CHECK
enum status legacy_count(const struct legacy *legacy, struct db *db,
    struct legacy_counts *out, struct err *err);

/* Print the first "most" rows as the records they would be. */
MUST_CHECK
enum status legacy_show(const struct legacy *legacy, struct db *db,
    const struct normalise_rules *rules, int most, struct err *err);

/* Bring all rows that are not known; what was brought before is passed over,
 * so a run that was cut off may be started again. */
MUST_CHECK
enum status legacy_load(const struct legacy *legacy, struct legacy_run *run,
    struct err *err);

/* Rename the table. "name" gets the new one. ST_REJECT: not its owner. */
MUST_CHECK
enum status legacy_archive(const struct legacy *legacy, struct db *db,
    char *name, size_t size, struct err *err);

#endif
