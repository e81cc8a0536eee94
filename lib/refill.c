#include "refill.h"

#include <stdio.h>

#include "module.h"
#include "texts.h"

enum { ID_MAX = 256, PAGE_MAX = 256 * 1024 };

/* Copy a page's ids into an array; "last" becomes the last of them. */
static enum status
read_page(const PGresult *res, struct array *ids, char last[static ID_MAX],
    struct err *err)
{
	enum status st = ST_OK;
	int row;

	for (row = 0; st == ST_OK && row < PQntuples(res); row++) {
		st = array_text(ids, db_text(res, row, 0), err);
		(void)snprintf(last, ID_MAX, "%s", db_text(res, row, 0));
	}
	return st;
}

/* One page in one transaction; "*n" is 0 behind the last. */
static enum status
refill_page(struct db *db, const struct module *module,
    char last[static ID_MAX], int *n, struct err *err)
{
	struct args page = ARGS_INIT, args = ARGS_INIT;
	struct array ids;
	PGresult *res = NULL;
	enum status st;

	array_init(&ids, ARRAY_TEXT, PAGE_MAX);
	args_text(&page, module->name);
	args_text(&page, last);
	st = db_call(db, SQL_MIGRATE_RECORDS, &page, &res, err);
	*n = st == ST_OK ? PQntuples(res) : 0;
	if (st == ST_OK)
		st = read_page(res, &ids, last, err);
	PQclear(res);
	if (st == ST_OK && *n > 0) {
		args_array(&args, &ids);
		st = db_call(db, module->projection, &args, NULL, err);
	}
	array_release(&ids);
	return st;
}

static enum status
refill_module(struct db *db, const struct module *module, int64_t *projected,
    struct err *err)
{
	char last[ID_MAX] = "";
	enum status st;
	int n;

	do {
		st = refill_page(db, module, last, &n, err);
		*projected += st == ST_OK ? n : 0;
	} while (st == ST_OK && n > 0);
	return err_wrap(err, st, "%s", module->name);
}

enum status
refill(struct db *db, const char *alone, int64_t *projected, struct err *err)
{
	struct module_list modules;
	enum status st = module_list_open(&modules, "", err);
	size_t i;

	*projected = 0;
	if (st == ST_OK && *alone == '\0')
		st = db_command(db, "set role zohosync_owner", err);
	for (i = 0; st == ST_OK && i < modules.len; i++)
		if (modules.at[i].projection != NULL)
			st = refill_module(db, &modules.at[i], projected, err);
	if (st == ST_OK && *alone == '\0')
		st = db_command(db, "reset role", err);
	module_list_close(&modules);
	return st;
}
