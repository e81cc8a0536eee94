/* Rows of a legacy table on their way into the mirror. */
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "json.h"
#include "legacy.h"
#include "spot.h"
#include "stop.h"
#include "texts.h"
#include "tool.h"

enum { BODY_BYTES = 256 * 1024 * 1024 };
enum { COL_KEY, COL_ID, COL_KNOWN, COL_RECORD };

enum status
legacy_count(const struct legacy *legacy, struct db *db,
    struct legacy_counts *out, struct err *err)
{
	struct args a = ARGS_INIT;
	PGresult *res = NULL;
	enum status st;

	args_text(&a, buf_text(&legacy->text));
	args_text(&a, legacy->module->name);
	st = db_call(db, SQL_BACKFILL_LEGACY_COUNTS, &a, &res, err);
	if (st == ST_OK) {
		out->rows = db_i64(res, 0, 0);
		out->keys = db_i64(res, 0, 1);
		out->without_id = db_i64(res, 0, 2);
		out->ids = db_i64(res, 0, 3);
		out->here = db_i64(res, 0, 4);
		out->from_zoho = db_i64(res, 0, 5);
	}
	PQclear(res);
	if (st != ST_OK)
		return err_wrap(err, st, "%s",
		    json_get_text(legacy->mapping, "table"));
	return out->keys == out->rows
	    ? ST_OK
	    : err_class(err, ST_REJECT, "mapping",
		  "legacy_id: the column \"%.60s\" has %lld values in %lld "
		  "rows; it must be unique and never null",
		  json_get_text(legacy->mapping, "legacy_id"),
		  (long long)out->keys, (long long)out->rows);
}

static enum status
some_rows(const struct legacy *l, struct db *db, const char *behind, int most,
    PGresult **res, struct err *err)
{
	struct args a = ARGS_INIT;

	args_text(&a, buf_text(&l->text));
	args_text(&a, l->module->name);
	args_text(&a, l->module->id_field);
	args_text(&a, l->module->changed_field);
	args_text(&a, behind);
	args_i64(&a, most);
	return db_call(db, SQL_BACKFILL_LEGACY_ROWS, &a, res, err);
}

enum status
legacy_show(const struct legacy *legacy, struct db *db,
    const struct normalise_rules *rules, int most, struct err *err)
{
	PGresult *res = NULL;
	enum status st = some_rows(legacy, db, NULL, most, &res, err);
	int i;

	for (i = 0; st == ST_OK && i < PQntuples(res); i++) {
		struct buf notes = BUF_INIT(MIB);
		json_object *record = NULL;
		struct owner owner;

		st = json_read(db_text(res, i, COL_RECORD),
		    db_len(res, i, COL_RECORD), &record, err);
		if (st == ST_OK)
			st = normalise(rules, legacy->module->name, record,
			    &notes, &owner, err);
		if (st == ST_OK)
			st = tool_print_json(record, err);
		json_object_put(record);
		buf_release(&notes);
	}
	PQclear(res);
	return st;
}

/* Those of a batch that are not known, as one request. "*n" counts them. */
static enum status
put_body(const PGresult *res, struct buf *body, int *n, struct err *err)
{
	enum status st = ST_OK;
	int i;

	*n = 0;
	for (i = 0; st == ST_OK && i < PQntuples(res); i++) {
		if (db_bool(res, i, COL_KNOWN))
			continue;
		st = buf_puts(body,
		    (*n)++ > 0 ? "," : "{\"operation\":\"update\",\"data\":[",
		    err);
		if (st == ST_OK)
			st = buf_put(body, db_text(res, i, COL_RECORD),
			    db_len(res, i, COL_RECORD), err);
	}
	return st == ST_OK && *n > 0 ? buf_puts(body, "]}", err) : st;
}

static enum status
one_batch(const struct legacy *l, struct legacy_run *run, const PGresult *res,
    struct err *err)
{
	struct fetch fetch = { .db = run->db,
		.modules = l->modules,
		.origin = "legacy",
		.spot = run->spot };
	struct buf body = BUF_INIT(BODY_BYTES);
	int n;
	enum status st = put_body(res, &body, &n, err);

	if (st == ST_OK && n > 0)
		st = fetch_put(&fetch, l->module, "update", &body, NULL, n,
		    clock_now_us(), NULL, err);
	buf_release(&body);
	run->session->differing += n;
	run->session->found += PQntuples(res);
	return st;
}

static enum status
tell(const struct legacy *l, struct legacy_run *run, int64_t before,
    struct err *err)
{
	run->session->applied = spot_changes(run->spot, VERDICT_APPLIED) -
	    before;
	if (run->progress != NULL)
		run->progress(run->arg, l->module, run->session);
	return session_progress(run->session, err);
}

enum status
legacy_load(const struct legacy *legacy, struct legacy_run *run,
    struct err *err)
{
	const int64_t before = spot_changes(run->spot, VERDICT_APPLIED);
	PGresult *last = NULL, *res = NULL;
	enum status st = ST_OK;
	int rows = 1;

	while (st == ST_OK && rows > 0 && !stop_asked) {
		st = some_rows(legacy, run->db,
		    last != NULL ? db_text(last, PQntuples(last) - 1, COL_KEY)
				 : NULL,
		    run->batch_size, &res, err);
		PQclear(last);
		last = res;
		rows = st == ST_OK ? PQntuples(res) : 0;
		if (rows > 0)
			st = one_batch(legacy, run, res, err);
		if (st == ST_OK)
			st = tell(legacy, run, before, err);
	}
	PQclear(last);
	if (st == ST_OK)
		st = run->spot->wait(run->spot, err);
	if (st == ST_OK)
		st = tell(legacy, run, before, err);
	return st == ST_OK && stop_asked
	    ? err_class(err, ST_RETRY, "time", "asked to end")
	    : st;
}

enum status
legacy_archive(const struct legacy *legacy, struct db *db, char *name,
    size_t size, struct err *err)
{
	const char *table = json_get_text(legacy->mapping, "table");
	struct args a = ARGS_INIT;
	PGresult *res = NULL;
	enum status st;

	args_text(&a, table);
	st = db_call(db, SQL_BACKFILL_LEGACY_ARCHIVE, &a, &res, err);
	if (st == ST_OK)
		(void)snprintf(name, size, "%s", db_text(res, 0, 0));
	PQclear(res);
	return st == ST_OK ? ST_OK
			   : err_wrap(err, st,
				 "%s cannot be renamed: its owner may, by "
				 "\"select sync.legacy_archive('%s')\"",
				 table, table);
}
