#include "unspool.h"

#include "clock.h"
#include "log.h"
#include "stop.h"
#include "texts.h"

enum {
	LOAD_FILES = 500,
	LOAD_BYTES = 16 * MIB, /* one file may be larger */
	LOAD_DAYS = 16,        /* days of a wrong clock want partitions each */
	FILE_MAX_MIB = 80,
	NAMES = ENVELOPE_COLUMNS, /* the columns behind the envelope */
	TIMES,
	COLUMNS
};

#define DAY_US (INT64_C(86400) * 1000000)

struct load {
	struct db *db;
	const struct spool *spool;
	struct buf content; /* of one file */
	struct rows rows;   /* of those that go together */
	const char *name;   /* of the last of them */
	int64_t day;
	int days;
	int64_t *loaded;
	struct err *err;
};

/* It can never be loaded: a person may look at it. */
static enum status
set_aside(const struct load *l, const char *name)
{
	log_error("spool: %s is set aside in \"bad\": %s", name, l->err->text);
	return spool_set_aside(l->spool, name, l->err);
}

static enum status
add_row(struct load *l, const char *name, const struct envelope *e)
{
	struct array *col = l->rows.columns;
	enum status st = envelope_row(e, &l->rows, l->err);

	if (st == ST_OK)
		st = array_text(&col[NAMES], name, l->err);
	if (st == ST_OK)
		st = array_i64(&col[TIMES], e->received_us, l->err);
	l->name = name;
	if (l->days == 0 || l->day != e->received_us / DAY_US)
		l->days++;
	l->day = e->received_us / DAY_US;
	return st;
}

/* Another drain may have taken it meanwhile. */
static enum status
add_file(struct load *l, const char *name)
{
	struct envelope e;
	enum status st = spool_read(l->spool, name, &l->content, l->err);

	if (st == ST_NONE)
		return ST_OK;
	if (st == ST_OK)
		st = envelope_read(&e, l->content.at, l->content.len, l->err);
	if (st == ST_REJECT)
		return set_aside(l, name);
	if (st != ST_OK)
		return st;
	st = add_row(l, name, &e);
	envelope_release(&e);
	return st;
}

static enum status
load_rows(struct load *l)
{
	struct args days = ARGS_INIT, all = ARGS_INIT;
	PGresult *res = NULL;
	enum status st;

	args_array(&days, &l->rows.columns[TIMES]);
	st = db_call(l->db, SQL_DRAIN_DAYS, &days, NULL, l->err);
	rows_args(&l->rows, &all);
	if (st == ST_OK)
		st = db_call(l->db, SQL_DRAIN_LOAD, &all, &res, l->err);
	if (st == ST_OK)
		*l->loaded += db_i64(res, 0, 0);
	PQclear(res);
	return st;
}

/* Load some of the names from the first on; "*n" says how many may be and
 * how many were. ST_REJECT: PostgreSQL refuses one of them. */
static enum status
load_some(struct load *l, char (*names)[SPOOL_NAME_MAX], size_t *n)
{
	size_t most = *n, i;
	enum status st = ST_OK;

	rows_clear(&l->rows);
	l->days = 0;
	for (i = 0; st == ST_OK && i < most && l->days <= LOAD_DAYS &&
	     l->rows.columns[ENVELOPE_COLUMNS - 1].bytes.len < LOAD_BYTES;
	     i++)
		st = add_file(l, names[i]);
	*n = i;
	if (st == ST_OK && rows_count(&l->rows) > 0)
		st = load_rows(l);
	if (st == ST_REJECT && rows_count(&l->rows) == 1)
		st = set_aside(l, l->name);
	for (i = 0; st == ST_OK && i < *n; i++)
		st = spool_remove(l->spool, names[i], l->err);
	return st;
}

/* Refused together, they are tried in smaller parts. */
static enum status
load_all(struct load *l, const struct spool_names *names, int64_t until_ms)
{
	size_t at = 0, most = LOAD_FILES, n;
	enum status st = ST_OK;

	while (st == ST_OK && at < names->len && stop_asked == 0 &&
	    clock_passed_ms() < until_ms) {
		n = names->len - at < most ? names->len - at : most;
		st = load_some(l, names->at + at, &n);
		if (st == ST_OK)
			at += n;
		most = st == ST_REJECT ? (n + 1) / 2 : LOAD_FILES;
		if (st == ST_REJECT)
			st = ST_OK;
	}
	return st;
}

enum status
unspool(struct db *db, const struct spool *spool, int64_t until_ms,
    int64_t *loaded, struct err *err)
{
	enum array_type types[COLUMNS];
	struct load l = { .db = db,
		.spool = spool,
		.content = BUF_INIT(FILE_MAX_MIB * MIB),
		.loaded = loaded,
		.err = err };
	struct spool_names names;
	enum status st = spool_list(spool, 0, &names, err);
	size_t i;

	*loaded = 0;
	if (st == ST_OK && names.len == 0)
		return ST_NONE;
	for (i = 0; i < ENVELOPE_COLUMNS; i++)
		types[i] = envelope_types[i];
	types[NAMES] = ARRAY_TEXT;
	types[TIMES] = ARRAY_I64;
	rows_init(&l.rows, types, COLUMNS, 2UL * FILE_MAX_MIB * MIB);
	if (st == ST_OK)
		st = load_all(&l, &names, until_ms);
	rows_release(&l.rows);
	buf_release(&l.content);
	spool_names_release(&names);
	return st;
}
