#include "tool.h"

#include <stdint.h>
#include <stdio.h>

enum { CONNECT_S = 10 };

enum status
tool_connect(struct db **out, const struct settings *settings,
    const char *program, struct err *err)
{
	struct db_options o = {
		.url = settings_text(settings, SET_ADMIN_DATABASE_URL),
		.program = program,
		.prepare = settings_on(settings, SET_DATABASE_PREPARE),
		.connect_timeout_s = CONNECT_S,
	};
	enum status st = ST_OK;

	*out = NULL;
	if (*o.url == '\0')
		st = settings_need(settings, SET_DATABASE_URL, &o.url, err);
	return st == ST_OK ? db_open(out, &o, err) : st;
}

enum status
tool_print_json(json_object *o, struct err *err)
{
	struct buf line = BUF_INIT(SIZE_MAX);
	enum status st = json_put(&line, o, err);

	if (st == ST_OK)
		(void)puts(line.at);
	buf_release(&line);
	return st;
}
