#include "chores.h"

#include "rows.h"
#include "texts.h"

enum { SOME_MORE_S = 60 };

static enum status
add_modules(struct db *db, const struct module_list *modules, struct err *err)
{
	static const enum array_type types[] = { ARRAY_TEXT, ARRAY_TEXT,
		ARRAY_TEXT, ARRAY_I32 };
	struct args a = ARGS_INIT;
	struct rows rows;
	enum status st = ST_OK;
	size_t i, k;

	rows_init(&rows, types, ARRAY_LEN(types), MIB);
	for (i = 0; st == ST_OK && i < modules->len; i++) {
		const struct module *m = &modules->at[i];
		const char *const texts[] = { m->name, module_service_name(m),
			m->resource };

		for (k = 0; st == ST_OK && k < ARRAY_LEN(texts); k++)
			st = array_text(&rows.columns[k], texts[k], err);
		if (st == ST_OK)
			st = array_i32(&rows.columns[k], m->priority, err);
	}
	rows_args(&rows, &a);
	if (st == ST_OK)
		st = db_call(db, SQL_DRAIN_MODULE, &a, NULL, err);
	rows_release(&rows);
	return st;
}

enum status
chores_make_room(struct db *db, const struct module_list *modules,
    struct err *err)
{
	enum status st = add_modules(db, modules, err);

	if (st == ST_OK)
		st = db_call(db, SQL_DRAIN_PARTITIONS, NULL, NULL, err);
	return st;
}

enum status
chores_tidy(struct db *db, int64_t window_s, int64_t longest_s, struct err *err)
{
	struct args window = ARGS_INIT, longest = ARGS_INIT;
	enum status st;

	args_i64(&window, window_s);
	args_i64(&longest, longest_s + SOME_MORE_S);
	st = db_call(db, SQL_DRAIN_PRUNE, &window, NULL, err);
	if (st == ST_OK)
		st = db_call(db, SQL_DRAIN_WAKE, &longest, NULL, err);
	return st;
}
