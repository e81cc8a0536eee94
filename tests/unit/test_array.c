/* Values on their way to PostgreSQL and back, byte by byte: its binary forms
 * of arrays, and results as lib/db.h reads them. */
#include <stdlib.h>
#include <string.h>

#include "table.h"

#include "array.h"
#include "db.h"

/* Bytes as a literal, without the NUL behind it. */
#define BYTES(literal) literal, sizeof(literal) - 1

/* Head of an array: dimensions, may hold nulls, type, count, first index. */
#define HEAD(type, count) \
	"\0\0\0\1"        \
	"\0\0\0\1" type "\0\0\0" count "\0\0\0\1"

static struct err err;

static void
put_texts(struct array *a)
{
	assert_int_equal(array_text(a, "ab", &err), ST_OK);
	assert_int_equal(array_text(a, NULL, &err), ST_OK);
	assert_int_equal(array_text(a, "", &err), ST_OK);
	assert_int_equal(array_text(a, "\xc5\xbc", &err), ST_OK);
}

static void
put_i64(struct array *a)
{
	assert_int_equal(array_i64(a, 1, &err), ST_OK);
	assert_int_equal(array_i64(a, -2, &err), ST_OK);
	assert_int_equal(array_i64(a, INT64_C(0x0102030405060708), &err),
	    ST_OK);
	assert_int_equal(array_null(a, &err), ST_OK);
}

static void
put_i32(struct array *a)
{
	assert_int_equal(array_i32(a, 258, &err), ST_OK);
	assert_int_equal(array_i32(a, -1, &err), ST_OK);
}

static void
put_jsonb(struct array *a)
{
	assert_int_equal(array_text(a, "{}", &err), ST_OK);
	assert_int_equal(array_text(a, NULL, &err), ST_OK);
}

/* 2000-01-01 is PostgreSQL's 0, and 1970-01-01 is 946684800 s before it. */
static void
put_times(struct array *a)
{
	assert_int_equal(array_time(a, INT64_C(946684800000000), &err), ST_OK);
	assert_int_equal(array_time(a, INT64_C(946684800000001), &err), ST_OK);
	assert_int_equal(array_time(a, 0, &err), ST_OK);
}

static void
put_bytes(struct array *a)
{
	assert_int_equal(array_bytes(a, BYTES("a\0b"), &err), ST_OK);
	assert_int_equal(array_bytes(a, "", 0, &err), ST_OK);
	assert_int_equal(array_bytes(a, NULL, 7, &err), ST_OK);
}

static const struct array_case {
	const char *says;
	enum array_type type;
	void (*put)(struct array *a);
	const char *want;
	size_t want_len;
} arrays[] = {
	{ "texts, a null, an empty text and UTF-8", ARRAY_TEXT, put_texts,
	    BYTES(HEAD("\0\0\0\x19", "\4") "\0\0\0\2"
					   "ab"
					   "\xff\xff\xff\xff"
					   "\0\0\0\0"
					   "\0\0\0\2"
					   "\xc5\xbc") },
	{ "bigints, highest byte first", ARRAY_I64, put_i64,
	    BYTES(HEAD("\0\0\0\x14", "\4") "\0\0\0\x8"
					   "\0\0\0\0\0\0\0\1"
					   "\0\0\0\x8"
					   "\xff\xff\xff\xff\xff\xff\xff\xfe"
					   "\0\0\0\x8"
					   "\1\2\3\4\5\6\7\x8"
					   "\xff\xff\xff\xff") },
	{ "integers, highest byte first", ARRAY_I32, put_i32,
	    BYTES(HEAD("\0\0\0\x17", "\2") "\0\0\0\4"
					   "\0\0\1\2"
					   "\0\0\0\4"
					   "\xff\xff\xff\xff") },
	{ "jsonb, with its version before the text", ARRAY_JSONB, put_jsonb,
	    BYTES(HEAD("\0\0\x0e\xda", "\2") "\0\0\0\3"
					     "\1{}"
					     "\xff\xff\xff\xff") },
	{ "times, in microseconds since 2000", ARRAY_TIME, put_times,
	    BYTES(HEAD("\0\0\x04\xa0",
		"\3") "\0\0\0\x8"
		      "\0\0\0\0\0\0\0\0"
		      "\0\0\0\x8"
		      "\0\0\0\0\0\0\0\1"
		      "\0\0\0\x8"
		      "\xff\xfc\xa2\xfe\xc4\xc8\x20\0") },
	{ "bytes, with NUL, empty and null", ARRAY_BYTES, put_bytes,
	    BYTES(HEAD("\0\0\0\x11", "\3") "\0\0\0\3"
					   "a\0b"
					   "\0\0\0\0"
					   "\xff\xff\xff\xff") },
};

static void
array_case(void **state)
{
	const struct array_case *c = *state;
	struct args args = ARGS_INIT;
	struct array a;
	int again;

	array_init(&a, c->type, KIB);
	for (again = 0; again < 2; again++) {
		args.n = 0;
		c->put(&a);
		args_array(&args, &a);
		assert_int_equal(args.n, 1);
		assert_int_equal(args.formats[0], 1);
		assert_int_equal(args.lengths[0], c->want_len);
		assert_memory_equal(args.values[0], c->want, c->want_len);
		array_clear(&a);
	}
	array_release(&a);
	array_release(&a);
}

static void
an_empty_array_has_no_dimension(void **state)
{
	struct args args = ARGS_INIT;
	struct array a;

	(void)state;
	array_init(&a, ARRAY_TEXT, KIB);
	args_array(&args, &a);
	assert_int_equal(args.lengths[0], 12);
	assert_int_equal(args.formats[0], 1);
	assert_memory_equal(args.values[0], "\0\0\0\0\0\0\0\0\0\0\0\x19", 12);
	array_release(&a);
}

static void
an_array_has_a_ceiling(void **state)
{
	struct array a;

	(void)state;
	array_init(&a, ARRAY_TEXT, 29);
	assert_int_equal(array_text(&a, "123456", &err), ST_REJECT);
	assert_string_equal(err.text, "more than 29 bytes");
	array_clear(&a);
	assert_int_equal(array_text(&a, "12345", &err), ST_OK);
	assert_int_equal(a.bytes.len, 29);
	assert_int_equal(array_null(&a, &err), ST_REJECT);
	assert_int_equal(a.n, 1);
	array_release(&a);
	array_init(&a, ARRAY_TEXT, 10);
	assert_int_equal(array_null(&a, &err), ST_REJECT);
	assert_int_equal(a.n, 0);
	array_release(&a);
}

static void
scalars_go_as_text_and_bytes_as_they_are(void **state)
{
	struct args args = ARGS_INIT;

	(void)state;
	args_text(&args, "ab");
	args_text(&args, NULL);
	args_i64(&args, INT64_MIN);
	args_i64(&args, 0);
	args_bytes(&args, BYTES("a\0b"));
	assert_int_equal(args.n, 5);
	assert_string_equal(args.values[0], "ab");
	assert_int_equal(args.formats[0], 0);
	assert_null(args.values[1]);
	assert_string_equal(args.values[2], "-9223372036854775808");
	assert_string_equal(args.values[3], "0");
	assert_int_equal(args.formats[3], 0);
	assert_int_equal(args.lengths[4], 3);
	assert_int_equal(args.formats[4], 1);
	assert_memory_equal(args.values[4], "a\0b", 3);
}

/* ---- results ---- */

static PGresult *
result_of(const char *bytes, size_t len)
{
	PGresAttDesc column = { .name = NULL, .format = 1 };
	char name[] = "c", value[16];
	PGresult *res = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);

	assert_non_null(res);
	assert_true(len < sizeof(value));
	column.name = name;
	memcpy(value, bytes, len);
	assert_true(PQsetResultAttrs(res, 1, &column));
	assert_true(PQsetvalue(res, 0, 0, value, (int)len));
	return res;
}

static const struct number_case {
	const char *says, *bytes;
	size_t len;
	int64_t want;
} numbers[] = {
	{ "a smallint is read", BYTES("\1\2"), 258 },
	{ "a negative smallint is read", BYTES("\xff\xfe"), -2 },
	{ "an integer is read", BYTES("\0\1\0\0"), 65536 },
	{ "a negative integer is read", BYTES("\x80\0\0\0"),
	    INT64_C(-2147483648) },
	{ "a bigint is read", BYTES("\1\2\3\4\5\6\7\x8"),
	    INT64_C(0x0102030405060708) },
	{ "a negative bigint is read",
	    BYTES("\xff\xff\xff\xff\xff\xff\xff\xfd"), -3 },
	{ "a number of another size is 0", BYTES("\1\2\3"), 0 },
};

static void
number_case(void **state)
{
	const struct number_case *c = *state;
	PGresult *res = result_of(c->bytes, c->len);

	assert_true(db_i64(res, 0, 0) == c->want);
	assert_int_equal(db_len(res, 0, 0), c->len);
	assert_false(db_null(res, 0, 0));
	PQclear(res);
}

static void
other_values_are_read(void **state)
{
	PGresult *res;

	(void)state;
	res = result_of(BYTES("\1"));
	assert_true(db_bool(res, 0, 0));
	PQclear(res);
	res = result_of(BYTES("\0"));
	assert_false(db_bool(res, 0, 0));
	PQclear(res);
	res = result_of(BYTES("\x3f\xf8\0\0\0\0\0\0"));
	assert_true(db_real(res, 0, 0) == 1.5);
	PQclear(res);
	res = result_of(BYTES("abc"));
	assert_string_equal(db_text(res, 0, 0), "abc");
	PQclear(res);
}

static void
a_null_is_told_from_an_empty_text(void **state)
{
	PGresAttDesc column = { .format = 1 };
	char name[] = "c";
	PGresult *res;

	(void)state;
	res = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
	column.name = name;
	assert_true(PQsetResultAttrs(res, 1, &column));
	assert_true(PQsetvalue(res, 0, 0, NULL, -1));
	assert_true(db_null(res, 0, 0));
	assert_string_equal(db_text(res, 0, 0), "");
	PQclear(res);
	res = result_of("", 0);
	assert_false(db_null(res, 0, 0));
	PQclear(res);
}

static void
times_are_read_since_1970(void **state)
{
	PGresult *res;

	(void)state;
	res = result_of(BYTES("\0\0\0\0\0\0\0\1"));
	assert_true(db_time(res, 0, 0) == INT64_C(946684800000001));
	PQclear(res);
	res = result_of(BYTES("\xff\xfc\xa2\xfe\xc4\xc8\x20\0"));
	assert_true(db_time(res, 0, 0) == 0);
	PQclear(res);
	res = result_of(BYTES("\x80\0\0\0\0\0\0\0")); /* -infinity */
	assert_true(db_time(res, 0, 0) == INT64_MIN);
	PQclear(res);
}

static void
a_failure_without_a_state_may_work_later(void **state)
{
	struct err why = ERR_INIT;

	(void)state;
	assert_int_equal(db_failure(NULL, NULL, &why), ST_RETRY);
	assert_string_equal(why.reason, "connection");
	assert_string_equal(why.text,
	    "could not talk to PostgreSQL: connection pointer is NULL");
}

static const struct CMUnitTest others[] = {
	SAYS("an empty array has no dimension",
	    an_empty_array_has_no_dimension),
	SAYS("an array has a ceiling", an_array_has_a_ceiling),
	SAYS("scalars go as text and bytes as they are",
	    scalars_go_as_text_and_bytes_as_they_are),
	SAYS("truth, fractions and texts are read", other_values_are_read),
	SAYS("a null is told from an empty text",
	    a_null_is_told_from_an_empty_text),
	SAYS("times are read since 1970", times_are_read_since_1970),
	SAYS("a failure without a state may work later",
	    a_failure_without_a_state_may_work_later),
};

int
main(void)
{
	static struct CMUnitTest
	    tests[ARRAY_LEN(arrays) + ARRAY_LEN(numbers) + ARRAY_LEN(others)];
	size_t n = 0;

	ADD_ROWS(tests, n, arrays, array_case);
	ADD_ROWS(tests, n, numbers, number_case);
	ADD_OTHERS(tests, n, others);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
