#include "fake_db.h"

#include <endian.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "fails.h"

#define PG_EPOCH_US (INT64_C(946684800) * 1000000)

enum { HEAD = 20, OID_AT = 8, COUNT_AT = 12, LINE_MAX_KIB = 64 };

struct fake_db fake_db = { .said = BUF_INIT(MIB) };

enum status __wrap_db_call(struct db *db, const struct sql *stmt,
    const struct args *args, PGresult **out, struct err *err);
enum status
__wrap_db_command(struct db *db, const char *command, struct err *err);

void
fake_db_reset(void)
{
	buf_clear(&fake_db.said);
	fake_db.refuse = NULL;
	fake_db.refusals = -1;
	fake_db.status = ST_REJECT;
	fake_db.reason = "value";
	fake_db.races = 0;
	fake_db.verdict = "applied";
}

void
fake_db_release(void)
{
	buf_release(&fake_db.said);
}

static int32_t
four_bytes(const char *at)
{
	uint32_t n;

	memcpy(&n, at, sizeof(n));
	return (int32_t)be32toh(n);
}

static int64_t
eight_bytes(const char *at)
{
	uint64_t n;

	memcpy(&n, at, sizeof(n));
	return (int64_t)be64toh(n);
}

/* One element of an array of this type, and on to the next. */
static enum status
show(struct buf *line, int type, const char **at)
{
	struct err err = ERR_INIT;
	int len = four_bytes(*at);
	const char *value = *at + 4;

	*at = value + (len > 0 ? len : 0);
	if (len < 0)
		return buf_puts(line, "-", &err);
	switch (type) {
	case ARRAY_I32:
		assert_int_equal(len, 4);
		return buf_printf(line, &err, "%" PRId32, four_bytes(value));
	case ARRAY_I64:
		assert_int_equal(len, 8);
		return buf_printf(line, &err, "%" PRId64, eight_bytes(value));
	case ARRAY_TIME:
		assert_int_equal(len, 8);
		return buf_printf(line, &err, "@%" PRId64,
		    eight_bytes(value) + PG_EPOCH_US);
	case ARRAY_JSONB:
		assert_int_equal(*value, 1);
		return buf_put(line, value + 1, (size_t)len - 1, &err);
	default:
		assert_int_equal(type, ARRAY_TEXT);
		return buf_put(line, value, (size_t)len, &err);
	}
}

/* All columns have the same number of rows; returns it. */
static int
show_rows(struct buf *line, const struct args *args)
{
	const char *at[ARGS_MAX];
	struct err err = ERR_INIT;
	enum status st = ST_OK;
	int row, col, n = 0;

	for (col = 0; col < args->n; col++) {
		assert_int_equal(args->formats[col], 1);
		row = four_bytes(args->values[col]) == 0
		    ? 0
		    : four_bytes(args->values[col] + COUNT_AT);
		if (col == 0)
			n = row;
		assert_int_equal(row, n);
		at[col] = args->values[col] + HEAD;
	}
	for (row = 0; st == ST_OK && row < n; row++) {
		st = buf_puts(line, " (", &err);
		for (col = 0; st == ST_OK && col < args->n; col++) {
			if (col > 0)
				st = buf_puts(line, " ", &err);
			if (st == ST_OK)
				st = show(line,
				    four_bytes(args->values[col] + OID_AT),
				    &at[col]);
		}
		if (st == ST_OK)
			st = buf_puts(line, ")", &err);
	}
	assert_int_equal(st, ST_OK);
	return n;
}

/* What sql/drain/apply.sql returns. */
static PGresult *
verdicts(int n)
{
	PGresult *res = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
	PGresAttDesc columns[] = { { .name = (char *)(uintptr_t) "n" },
		{ .name = (char *)(uintptr_t) "verdict" } };
	char said[32];
	bool raced = fake_db.races > 0;
	int row;

	fake_db.races -= raced;
	(void)snprintf(said, sizeof(said), "%s",
	    raced ? "raced" : fake_db.verdict);
	assert_non_null(res);
	assert_int_equal(PQsetResultAttrs(res, 2, columns), 1);
	for (row = 0; row < n; row++)
		assert_int_equal(PQsetvalue(res, row, 1, said,
				     (int)strlen(said)),
		    1);
	return res;
}

/* Note the line; what becomes of its call. */
static enum status
answer(struct buf *line, struct err *err)
{
	struct err own = ERR_INIT;
	enum status st = ST_OK;

	assert_int_equal(buf_printf(&fake_db.said, &own, "%s\n",
			     buf_text(line)),
	    ST_OK);
	if (fake_db.refuse != NULL && fake_db.refusals != 0 &&
	    strstr(buf_text(line), fake_db.refuse) != NULL) {
		fake_db.refusals--;
		st = err_class(err, fake_db.status, fake_db.reason,
		    "refused: %s", fake_db.refuse);
	}
	buf_release(line);
	return st;
}

enum status
__wrap_db_call(struct db *db, const struct sql *stmt, const struct args *args,
    PGresult **out, struct err *err)
{
	struct buf line = BUF_INIT(LINE_MAX_KIB * KIB);
	struct err own = ERR_INIT;
	bool counted = fails_pause();
	enum status st;
	int n;

	(void)db;
	assert_int_equal(buf_puts(&line, stmt->name, &own), ST_OK);
	n = show_rows(&line, args);
	st = answer(&line, err);
	if (out != NULL)
		*out = st == ST_OK ? verdicts(n) : NULL;
	fails_go_on(counted);
	return st;
}

enum status
__wrap_db_command(struct db *db, const char *command, struct err *err)
{
	struct buf line = BUF_INIT(KIB);
	struct err own = ERR_INIT;
	bool counted = fails_pause();
	enum status st;

	(void)db;
	assert_int_equal(buf_puts(&line, command, &own), ST_OK);
	st = answer(&line, err);
	fails_go_on(counted);
	return st;
}
