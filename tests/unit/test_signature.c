/* signature.h: the three ways to prove a request (F037-F044). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "signature.h"

#define SECRET "demoSecretToken2026"
#define OLD_SECRET "formerSecretToken2025"
#define FORM "application/x-www-form-urlencoded"
#define JSON "application/json"

#define PAID                                                \
	"{\"invoice\":{\"invoice_id\":\"460000000012345\"," \
	"\"status\":\"paid\",\"total\":120.50}}"
#define PAID_HEX \
	"0a72d9d72c0fe33688245e930d1e2749a7408a3b15350654a852e898d77d7624"
#define EMPTY_SECRET_HEX /* of PAID, too */ \
	"d56ded2ebe0c4ba9a047fda07e0ea614f9de5bd1ae784c1c2c614e2ff3f546c4"
#define ZOE(letter)                                         \
	"{\"contact\":{\"contact_id\":\"460000000012345\"," \
	"\"contact_name\":\"Zo" letter " Ltd\"}}"
#define ZOE_HEX \
	"75623411acdfac07ab37218aef76c6e3485964b29a58df8738adea3f77fa6c57"

static struct err err = ERR_INIT;
static const struct secrets one_secret = { SECRET, "" };

/* The vectors of Zoho's rule. Rows are not const, as cmocka hands them on
 * through a void *. */
static struct vector {
	const char *says, *query, *type, *body, *hex;
} vectors[] = {
	{ "A: a JSON body is signed as it stands (F039)", "", JSON, PAID,
	    PAID_HEX },
	{ "B: pairs of the query go before it, sorted, with nothing between",
	    "tenant=42&env=prod", JSON, PAID,
	    "f3d6e23ff361bd9a5115075f655287d8b19da5b341c0852ad67c1e78f5c0c2d8" },
	{ "C: pairs of a form body are decoded and sorted among them",
	    "env=prod", FORM, "total=120.50&customer_name=Smith+%26+Sons",
	    "efff15e3e969de6cc7721ddf2ce37fe8be841c9f18fccec5e06f0bada4cde30c" },
	{ "D: letters beyond ASCII are signed as their bytes", "", JSON,
	    ZOE("\xc3\xab"), ZOE_HEX },
	{ "D': an escaped letter is signed as its escape", "", JSON,
	    ZOE("\\u00eb"),
	    "88bb7c5a4eb3d596475909ab17dd1dd90d76437a624e91ee47246ec4dd73fe31" },
};

static void
check_vector(void **state)
{
	const struct vector *row = *state;
	const struct signed_request req = { row->query, row->type, row->body,
		strlen(row->body) };

	assert_int_equal(signature_zoho(&one_secret, &req, row->hex, &err),
	    ST_OK);
}

/* What must be signed; the test makes the HMAC of "signs" on its own. */
static struct text_case {
	const char *says, *query, *type, *body, *signs;
} texts[] = {
	{ "the illustration of Zoho Billing is signed as its page says",
	    "subscription_id=90343&name=basic", JSON,
	    "{\"created_date\":\"2026-01-31\"}",
	    "namebasicsubscription_id90343{\"created_date\":\"2026-01-31\"}" },
	{ "neither query nor body signs the empty text", "", JSON, "", "" },
	{ "no query, no type and no body sign the empty text", NULL, NULL, NULL,
	    "" },
	{ "pairs of one name are sorted by value", "a=2&b=0&a=10&a=1", JSON,
	    "{}", "a1a10a2b0{}" },
	{ "pairs of one name are sorted across query and form", "a=2", FORM,
	    "a=3&a=1", "a1a2a3" },
	{ "equal pairs are all signed", "a=1&a=1", JSON, "{}", "a1a1{}" },
	{ "a name comes before those it begins", "ab=1&a=2", JSON, "{}",
	    "a2ab1{}" },
	{ "a longer name may come first", "aa=2&b=1", JSON, "{}", "aa2b1{}" },
	{ "upper case comes before lower case", "b=1&B=2&a=3", JSON, "{}",
	    "B2a3b1{}" },
	{ "names are sorted as decoded", "%62=1&a=2", JSON, "{}", "a2b1{}" },
	{ "bytes beyond ASCII come last", "%C3%A9=1&z=2", JSON, "{}",
	    "z2\xc3\xa9"
	    "1{}" },
	{ "an empty value signs the name alone", "b=&a&c=1", JSON, "{}",
	    "abc1{}" },
	{ "+ is signed as a blank and %2B as a plus", "t=%2B0000&n=a+b", JSON,
	    "{}", "na bt+0000{}" },
	{ "the type of a form may name a charset, in any case", "",
	    "Application/X-WWW-Form-Urlencoded;charset=UTF-8", "b=2&a=1",
	    "a1b2" },
	{ "JSON under the type of a form is signed as it stands", "x=1",
	    FORM ";charset=UTF-8", "{\"a\":\"1&b=2\"}", "x1{\"a\":\"1&b=2\"}" },
	{ "a JSON array under the type of a form is signed as it stands", "",
	    FORM, "[{\"b\":1}]", "[{\"b\":1}]" },
	{ "blanks before JSON under the type of a form do not hide it", "",
	    FORM, "\r\n\t {\"a\":1}", "\r\n\t {\"a\":1}" },
	{ "nor does a byte order mark", "", FORM, "\xef\xbb\xbf{\"a\":1}",
	    "\xef\xbb\xbf{\"a\":1}" },
	{ "pairs under the type of JSON are signed as they stand", "", JSON,
	    "b=2&a=1", "b=2&a=1" },
	{ "pairs under a type that only begins like a form's are, too", "",
	    FORM "-not", "b=2&a=1", "b=2&a=1" },
	{ "an empty form body adds nothing", "a=1", FORM, "", "a1" },
	{ "blanks alone under the type of a form are a form", "a=1", FORM, "  ",
	    "  a1" },
	{ "a line end behind the body is signed", "", JSON, "{}\n", "{}\n" },
	{ "a form value that holds JSON is signed decoded", "", FORM,
	    "JSONString=%7B%22a%22%3A1%7D", "JSONString{\"a\":1}" },
};

static void
sign(const char *secret, const void *text, size_t len, char hex[static 65])
{
	unsigned char made[EVP_MAX_MD_SIZE];
	unsigned int i, n = 0;

	assert_non_null(HMAC(EVP_sha256(), secret, (int)strlen(secret), text,
	    len, made, &n));
	assert_int_equal(n, 32);
	for (i = 0; i < n; i++)
		(void)snprintf(hex + 2 * (size_t)i, 3, "%02x", made[i]);
}

static void
check_text(void **state)
{
	const struct text_case *row = *state;
	const struct signed_request req = { row->query, row->type, row->body,
		row->body != NULL ? strlen(row->body) : 0 };
	char hex[65];

	sign(SECRET, row->signs, strlen(row->signs), hex);
	assert_int_equal(signature_zoho(&one_secret, &req, hex, &err), ST_OK);
	sign(OLD_SECRET, row->signs, strlen(row->signs), hex);
	assert_int_equal(signature_zoho(&one_secret, &req, hex, &err),
	    ST_REJECT);
}

/* What each secret and signature comes to, over the body of vector A. */
static struct proof_case {
	const char *says, *current, *previous, *hex;
	enum status want;
	const char *reason;
} proofs[] = {
	{ "the secret in use lets in", SECRET, OLD_SECRET, PAID_HEX, ST_OK,
	    "" },
	{ "the secret before it lets in while both are set", OLD_SECRET, SECRET,
	    PAID_HEX, ST_OK, "" },
	{ "the secret before lets in where it alone is set", NULL, SECRET,
	    PAID_HEX, ST_OK, "" },
	{ "a signature of neither secret is refused", "otherSecret1",
	    OLD_SECRET, PAID_HEX, ST_REJECT, "signature_invalid" },
	{ "no secret lets nobody in (F043)", NULL, NULL, PAID_HEX, ST_FAULT,
	    "secret_unset" },
	{ "empty secrets let nobody in, not even the HMAC of an empty secret",
	    "", "", EMPTY_SECRET_HEX, ST_FAULT, "secret_unset" },
	{ "an empty secret before does not let in its HMAC", SECRET, "",
	    EMPTY_SECRET_HEX, ST_REJECT, "signature_invalid" },
	{ "an upper-case signature lets in", SECRET, "",
	    "0A72D9D72C0FE33688245E930D1E2749A7408A3B15350654A852E898D77D7624",
	    ST_OK, "" },
	{ "a signature of another body is refused (F015)", SECRET, "", ZOE_HEX,
	    ST_REJECT, "signature_invalid" },
	{ "a signature cut by a digit is refused", SECRET, "",
	    "0a72d9d72c0fe33688245e930d1e2749a7408a3b15350654a852e898d77d762",
	    ST_REJECT, "signature_invalid" },
	{ "a signature with a digit more is refused", SECRET, "", PAID_HEX "0",
	    ST_REJECT, "signature_invalid" },
	{ "a signature after a blank is refused", SECRET, "", " " PAID_HEX,
	    ST_REJECT, "signature_invalid" },
	{ "a signature that is no hex is refused", SECRET, "",
	    "t=1769850901234,v=0a72d9d72c0fe33688245e930d1e2749a7408a3b153506",
	    ST_REJECT, "signature_invalid" },
	{ "no signature is missing, not invalid (F042)", SECRET, "", NULL,
	    ST_REJECT, "signature_missing" },
	{ "an empty signature is missing, not invalid (F042)", SECRET, "", "",
	    ST_REJECT, "signature_missing" },
};

static void
check_proof(void **state)
{
	const struct proof_case *row = *state;
	const struct secrets secrets = { row->current, row->previous };
	const struct signed_request req = { "", JSON, PAID, strlen(PAID) };

	err = (struct err)ERR_INIT;
	assert_int_equal(signature_zoho(&secrets, &req, row->hex, &err),
	    row->want);
	assert_string_equal(err.reason, row->reason);
	err = (struct err)ERR_INIT;
	assert_int_equal(signature_raw(&secrets, &req, row->hex, &err),
	    row->want);
	assert_string_equal(err.reason, row->reason);
}

static struct token_case {
	const char *says, *current, *previous, *token;
	enum status want;
	const char *reason;
} tokens[] = {
	{ "the configured token lets in", "s3cret", "", "s3cret", ST_OK, "" },
	{ "the token before it lets in while both are set", "n3w", "s3cret",
	    "s3cret", ST_OK, "" },
	{ "the token before it lets in where it alone is set", NULL, "s3cret",
	    "s3cret", ST_OK, "" },
	{ "a token cut short is refused", "s3cret", "", "s3cre", ST_REJECT,
	    "signature_invalid" },
	{ "a token with more behind it is refused", "s3cret", "", "s3cret1",
	    ST_REJECT, "signature_invalid" },
	{ "no token is missing, not invalid", "s3cret", "", NULL, ST_REJECT,
	    "signature_missing" },
	{ "an empty token does not fit an empty secret before", "s3cret", "",
	    "", ST_REJECT, "signature_missing" },
	{ "an empty setting lets no token in", "", "", "", ST_FAULT,
	    "secret_unset" },
	{ "no setting lets no token in", NULL, NULL, "s3cret", ST_FAULT,
	    "secret_unset" },
};

static void
check_token(void **state)
{
	const struct token_case *row = *state;
	const struct secrets secrets = { row->current, row->previous };

	err = (struct err)ERR_INIT;
	assert_int_equal(signature_token(&secrets, row->token, &err),
	    row->want);
	assert_string_equal(err.reason, row->reason);
}

static void
a_raw_signature_leaves_query_and_form_aside(void **state)
{
	const struct signed_request req = { "b=1&a=2", FORM, "d=3&c=4", 7 };
	char hex[65];

	(void)state;
	sign(SECRET, "d=3&c=4", 7, hex);
	assert_int_equal(signature_raw(&one_secret, &req, hex, &err), ST_OK);
	sign(SECRET, "a2b1c4d3", 8, hex);
	assert_int_equal(signature_raw(&one_secret, &req, hex, &err),
	    ST_REJECT);
}

static void
a_nul_in_body_or_pair_ends_nothing(void **state)
{
	const struct signed_request json = { "", JSON, "{}\0x", 4 };
	const struct signed_request form = { "a=%00y", FORM, "a=%00x", 6 };
	char hex[65];

	(void)state;
	sign(SECRET, "{}\0x", 4, hex);
	assert_int_equal(signature_zoho(&one_secret, &json, hex, &err), ST_OK);
	assert_int_equal(signature_raw(&one_secret, &json, hex, &err), ST_OK);
	sign(SECRET, "a\0xa\0y", 6, hex);
	assert_int_equal(signature_zoho(&one_secret, &form, hex, &err), ST_OK);
}

static void
a_query_of_too_many_pairs_is_refused(void **state)
{
	char query[2 * 1001 + 1];
	const struct signed_request req = { query, JSON, "{}", 2 };
	size_t i;

	(void)state;
	for (i = 0; i < 1001; i++)
		memcpy(query + 2 * i, "a&", 3);
	assert_int_equal(signature_zoho(&one_secret, &req, PAID_HEX, &err),
	    ST_REJECT);
	assert_string_equal(err.reason, "too_many_pairs");
}

static const struct CMUnitTest others[] = {
	cmocka_unit_test(a_raw_signature_leaves_query_and_form_aside),
	cmocka_unit_test(a_nul_in_body_or_pair_ends_nothing),
	cmocka_unit_test(a_query_of_too_many_pairs_is_refused),
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
	struct CMUnitTest tests[ARRAY_LEN(vectors) + ARRAY_LEN(texts) +
	    ARRAY_LEN(proofs) + ARRAY_LEN(tokens) + ARRAY_LEN(others)];
	size_t i, n = 0;

	ADD(vectors, check_vector);
	ADD(texts, check_text);
	ADD(proofs, check_proof);
	ADD(tokens, check_token);
	memcpy(tests + n, others, sizeof(others));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
