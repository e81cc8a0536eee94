/* digest.h: SHA-256, HMAC and comparison. Expected digests are those of
 * FIPS 180, RFC 4231 and the openssl command. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <limits.h>
#include <string.h>

#include "digest.h"

#define SHA256_ABC \
	"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define SHA256_ABC_UPPER \
	"BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"
#define HMAC_JEFE \
	"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"

static struct err err = ERR_INIT;

/* Rows are not const, as cmocka hands them on through a void *. "secret" is
 * NULL for plain SHA-256. */
static struct digest_case {
	const char *says, *secret, *first, *second, *want;
} digests[] = {
	{ "the SHA-256 of nothing is known", NULL, "", "",
	    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
	{ "the SHA-256 of abc is that of FIPS 180", NULL, "abc", "",
	    SHA256_ABC },
	{ "two pieces are hashed as if they were one text", NULL, "a", "bc",
	    SHA256_ABC },
	{ "HMAC-SHA256 is that of RFC 4231, case 2 (F037)", "Jefe",
	    "what do ya want for nothing?", "", HMAC_JEFE },
	{ "two pieces are signed as if they were one text", "Jefe",
	    "what do ya want ", "for nothing?", HMAC_JEFE },
	{ "an empty text under an empty secret has an HMAC", "", "", "",
	    "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad" },
};

static void
check_digest(void **state)
{
	const struct digest_case *row = *state;
	const struct piece pieces[] = { { row->first, strlen(row->first) },
		{ row->second, strlen(row->second) } };
	unsigned char made[DIGEST_BYTES];
	char hex[DIGEST_HEX];

	if (row->secret != NULL)
		assert_int_equal(digest_hmac(row->secret, pieces, 2, made,
				     &err),
		    ST_OK);
	else
		assert_int_equal(digest_sha256(pieces, 2, made, &err), ST_OK);
	digest_hex(made, hex);
	assert_string_equal(hex, row->want);
}

static struct hex_case {
	const char *says, *hex; /* to be compared with the SHA-256 of abc */
	bool want;
} hexes[] = {
	{ "lower-case hex of the same bytes is equal", SHA256_ABC, true },
	{ "upper-case hex of the same bytes is equal", SHA256_ABC_UPPER, true },
	{ "hex of other bytes differs", HMAC_JEFE, false },
	{ "a wrong first digit differs",
	    "aa7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
	    false },
	{ "a wrong last digit differs",
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ae",
	    false },
	{ "hex cut by one digit differs",
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a",
	    false },
	{ "hex with one digit more differs", SHA256_ABC "0", false },
	{ "hex with a line end behind it differs", SHA256_ABC "\n", false },
	{ "a letter that is no hex digit differs",
	    "ga7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
	    false },
	{ "no text at all differs", "", false },
	{ "NULL differs", NULL, false },
};

static void
check_hex(void **state)
{
	const struct hex_case *row = *state;
	const struct piece abc = { "abc", 3 };
	unsigned char made[DIGEST_BYTES];

	assert_int_equal(digest_sha256(&abc, 1, made, &err), ST_OK);
	assert_int_equal(digest_equal_hex(made, row->hex), row->want);
}

static struct text_case {
	const char *says, *a, *b;
	bool want;
} texts[] = {
	{ "equal secrets are equal", "s3cret", "s3cret", true },
	{ "secrets with another last letter differ", "s3cret", "s3creT",
	    false },
	{ "a secret cut short differs", "s3cret", "s3cre", false },
	{ "an empty secret differs from one that is not", "s3cret", "", false },
};

static void
check_text(void **state)
{
	const struct text_case *row = *state;
	bool equal;

	assert_int_equal(digest_equal_text(row->a, row->b, &equal, &err),
	    ST_OK);
	assert_int_equal(equal, row->want);
	assert_int_equal(digest_equal_text(row->b, row->a, &equal, &err),
	    ST_OK);
	assert_int_equal(equal, row->want);
}

static void
two_draws_of_random_bytes_differ(void **state)
{
	unsigned char one[DIGEST_BYTES] = { 0 }, two[DIGEST_BYTES] = { 0 };

	(void)state;
	assert_int_equal(digest_random(one, sizeof(one), &err), ST_OK);
	assert_int_equal(digest_random(two, sizeof(two), &err), ST_OK);
	assert_memory_not_equal(one, two, sizeof(one));
}

static void
more_random_bytes_than_openssl_counts_are_refused(void **state)
{
	unsigned char one[1];

	(void)state;
	assert_int_equal(digest_random(one, (size_t)INT_MAX + 1, &err),
	    ST_FAULT);
	assert_string_equal(err.text, "OpenSSL refused random bytes");
}

static const struct CMUnitTest others[] = {
	cmocka_unit_test(two_draws_of_random_bytes_differ),
	cmocka_unit_test(more_random_bytes_than_openssl_counts_are_refused),
};

static struct CMUnitTest
row_test(const char *says, CMUnitTestFunction check, void *row)
{
	const struct CMUnitTest test = { says, check, NULL, NULL, row };

	return test;
}

/* clang-format off */
#define ADD(rows, check) \
	for (i = 0; i < ARRAY_LEN(rows); i++) \
		tests[n++] = row_test((rows)[i].says, check, &(rows)[i])
/* clang-format on */

int
main(void)
{
	struct CMUnitTest tests[ARRAY_LEN(digests) + ARRAY_LEN(hexes) +
	    ARRAY_LEN(texts) + ARRAY_LEN(others)];
	size_t i, n = 0;

	ADD(digests, check_digest);
	ADD(hexes, check_hex);
	ADD(texts, check_text);
	memcpy(tests + n, others, sizeof(others));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
