#include "asking.h"

#include "chores.h"
#include "schema.h"

enum { CONNECT_S = 5 };

enum status
asking_open(struct db **db, const struct settings *settings,
    const char *program, int statement_timeout_ms,
    const struct module_list *modules, struct err *err)
{
	struct db_options o = {
		.program = program,
		.prepare = settings_on(settings, SET_DATABASE_PREPARE),
		.connect_timeout_s = CONNECT_S,
		.statement_timeout_ms = statement_timeout_ms,
	};
	enum status st = settings_need(settings, SET_DATABASE_URL, &o.url, err);

	if (st == ST_OK)
		st = db_open(db, &o, err);
	if (st == ST_OK)
		st = schema_fits(*db, err);
	return st == ST_OK ? chores_make_room(*db, modules, err) : st;
}
