#include "tool.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { CONNECT_S = 10, TABLE_COLUMNS = 16 };

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

/* Columns on a screen: characters, not bytes. */
static int
width(const char *text)
{
	int n = 0;

	for (; *text != '\0'; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

static void
put_cell(const char *text, int wide)
{
	const int short_by = wide - width(text);

	(void)printf("%s%*s", text, short_by > 0 ? short_by : 0, "");
}

void
tool_print_table(const PGresult *res, bool json)
{
	const int rows = PQntuples(res), last = PQnfields(res) - 1;
	int wide[TABLE_COLUMNS] = { 0 };
	int row, col;

	for (row = 0; json && row < rows; row++)
		(void)puts(db_text(res, row, last));
	for (col = 0; !json && col < last && col < TABLE_COLUMNS; col++)
		for (wide[col] = width(PQfname(res, col)), row = 0; row < rows;
		     row++)
			if (width(db_text(res, row, col)) > wide[col])
				wide[col] = width(db_text(res, row, col));
	for (row = -1; !json && row < rows; row++)
		for (col = 0; col < last && col < TABLE_COLUMNS; col++) {
			put_cell(row < 0 ? PQfname(res, col)
					 : db_text(res, row, col),
			    col < last - 1 ? wide[col] + 2 : 0);
			if (col == last - 1)
				(void)putchar('\n');
		}
}

void
tool_print_row(const PGresult *res, bool json)
{
	const int last = PQnfields(res) - 1;
	int col;

	if (json)
		(void)puts(db_text(res, 0, last));
	for (col = 0; !json && col < last; col++)
		(void)printf("%-10s %s\n", PQfname(res, col),
		    db_text(res, 0, col));
}
