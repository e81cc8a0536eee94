/* proof.h: which proof opens which route, and that none falls back to another
 * (F037-F044, promise 5). */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "table.h"

#include "apikey.h"
#include "proof.h"

#define BODY "{\"a\":1}"
#define BOOKS_SECRET "demoSecretToken2026"
#define RAW_SECRET "anotherSecretToken2026"
#define TOKEN "demoToken2026"
#define OLD_TOKEN "formerToken2025"
#define ZOHO_HEADER "X_ZOHO_WEBHOOK_SIGNATURE"
#define RAW_HEADER "X_ZOHO_SIGNATURE"
#define KEY_HEADER "X_API_KEY"

/* Set by main(): what the headers of the rows below hold. */
static char books_hex[65], raw_hex[65], api_key[APIKEY_TEXT_MAX];

static char dir[] = "/tmp/zs-proof.XXXXXX";
static char keys[64], other_keys[64];

/* What is set. */
enum { ZOHO = 1, RAW = 2, KEYS = 4, NOTIFIED = 8, LISTED = 16, FORMER = 32 };

static void
set(struct settings *s, enum setting which, const char *text)
{
	free(s->value[which]);
	s->value[which] = strdup(text);
	assert_non_null(s->value[which]);
}

static void
set_all(struct settings *s, int what)
{
	size_t i;

	*s = (struct settings)SETTINGS_INIT;
	for (i = 0; i < SETTING_COUNT; i++)
		set(s, (enum setting)i, "");
	if ((what & ZOHO) != 0)
		set(s, SET_ZOHO_WEBHOOK_SECRET, BOOKS_SECRET);
	if ((what & RAW) != 0)
		set(s, SET_RAW_HMAC_SECRET, RAW_SECRET);
	if ((what & KEYS) != 0)
		set(s, SET_API_KEY_FILE, keys);
	if ((what & NOTIFIED) != 0)
		set(s, SET_ZOHO_NOTIFICATION_TOKEN, TOKEN);
	if ((what & FORMER) != 0)
		set(s, SET_ZOHO_NOTIFICATION_TOKEN_PREVIOUS, OLD_TOKEN);
	if ((what & LISTED) != 0)
		set(s, SET_ZOHO_NOTIFICATION_CHANNELS, "1001,1002");
}

static const struct header_case {
	const char *says;
	int set;
	enum service service;
	const char *header, *value;        /* or NULL for none */
	const char *second, *second_value; /* beside it */
	enum proof_result want;
	const char *source;
} headers[] = {
	{ "Zoho's signature opens a route of Books (F037)", ZOHO, SERVICE_BOOKS,
	    ZOHO_HEADER, books_hex, NULL, NULL, PROOF_OK, "books" },
	{ "it opens none of the CRM (F044)", ZOHO | KEYS, SERVICE_CRM,
	    ZOHO_HEADER, books_hex, NULL, NULL, PROOF_MISSING, "key" },
	{ "a signature by another secret opens nothing", ZOHO, SERVICE_BOOKS,
	    ZOHO_HEADER, raw_hex, NULL, NULL, PROOF_INVALID, "books" },
	{ "an empty signature is missing to its check, and opens nothing", ZOHO,
	    SERVICE_BOOKS, ZOHO_HEADER, "", NULL, NULL, PROOF_INVALID,
	    "books" },
	{ "a signature without a secret of its own lets nobody in (F043)", KEYS,
	    SERVICE_BOOKS, ZOHO_HEADER, books_hex, NULL, NULL,
	    PROOF_UNCONFIGURED, "books" },
	{ "a key opens a route of the CRM (F041)", KEYS, SERVICE_CRM,
	    KEY_HEADER, api_key, NULL, NULL, PROOF_OK, "key" },
	{ "and one of Books", KEYS, SERVICE_BOOKS, KEY_HEADER, api_key, NULL,
	    NULL, PROOF_OK, "key" },
	{ "a key that is none opens nothing", KEYS, SERVICE_CRM, KEY_HEADER,
	    "zs_none", NULL, NULL, PROOF_INVALID, "key" },
	{ "a key where no file is set lets nobody in", ZOHO, SERVICE_BOOKS,
	    KEY_HEADER, api_key, NULL, NULL, PROOF_UNCONFIGURED, "key" },
	{ "a raw signature opens a route of the CRM (F040)", RAW, SERVICE_CRM,
	    RAW_HEADER, raw_hex, NULL, NULL, PROOF_OK, "raw-hmac" },
	{ "and one of Books", RAW, SERVICE_BOOKS, RAW_HEADER, raw_hex, NULL,
	    NULL, PROOF_OK, "raw-hmac" },
	{ "a raw signature by another secret opens nothing", RAW, SERVICE_CRM,
	    RAW_HEADER, books_hex, NULL, NULL, PROOF_INVALID, "raw-hmac" },
	{ "a right key does not make good a wrong signature", ZOHO | KEYS,
	    SERVICE_BOOKS, ZOHO_HEADER, raw_hex, KEY_HEADER, api_key,
	    PROOF_INVALID, "books" },
	{ "a right raw signature does not make good a wrong key", RAW | KEYS,
	    SERVICE_CRM, RAW_HEADER, raw_hex, KEY_HEADER, "zs_none",
	    PROOF_INVALID, "key" },
	{ "nothing presented is missing, on a route of Books", ZOHO,
	    SERVICE_BOOKS, NULL, NULL, NULL, NULL, PROOF_MISSING, "books" },
	{ "nothing presented is missing, on a route of the CRM", RAW,
	    SERVICE_CRM, NULL, NULL, NULL, NULL, PROOF_MISSING, "key" },
	{ "nothing presented may be a notification, where a token is set",
	    NOTIFIED, SERVICE_CRM, NULL, NULL, NULL, NULL, PROOF_MISSING,
	    "key" },
	{ "a token for notifications opens no route of Books", NOTIFIED,
	    SERVICE_BOOKS, NULL, NULL, NULL, NULL, PROOF_UNCONFIGURED,
	    "books" },
	{ "nothing set lets nobody in (F043)", 0, SERVICE_CRM, NULL, NULL, NULL,
	    NULL, PROOF_UNCONFIGURED, "key" },
	{ "a secret of Books alone opens no route of the CRM", ZOHO,
	    SERVICE_CRM, NULL, NULL, NULL, NULL, PROOF_UNCONFIGURED, "key" },
};

static void
header_case(void **state)
{
	const struct header_case *c = *state;
	char one[128] = "", two[128] = "";
	char *environment[] = { one, two, NULL };
	struct request req = { .environment = environment,
		.query = "",
		.content_type = "application/json",
		.body = BUF_INIT(KIB) };
	struct settings settings;
	struct proofs *proofs;
	struct err err = ERR_INIT;
	const char *source = "";

	set_all(&settings, c->set);
	if (c->header != NULL)
		(void)snprintf(one, sizeof(one), "HTTP_%s=%s", c->header,
		    c->value);
	if (c->second != NULL)
		(void)snprintf(two, sizeof(two), "HTTP_%s=%s", c->second,
		    c->second_value);
	assert_int_equal(buf_puts(&req.body, BODY, &err), ST_OK);
	assert_int_equal(proofs_open(&proofs, &settings, &err), ST_OK);
	assert_int_equal(proof_headers(proofs, &req, c->service, &source, &err),
	    c->want);
	assert_string_equal(source, c->source);
	assert_int_equal(err.text[0] != '\0', c->want != PROOF_OK);
	proofs_close(proofs);
	buf_release(&req.body);
	settings_release(&settings);
}

static const struct token_case {
	const char *says;
	int set;
	const char *token, *channel;
	bool is_mixed;
	enum proof_result want;
} tokens[] = {
	{ "the token opens (F043)", NOTIFIED, TOKEN, NULL, false, PROOF_OK },
	{ "the token before it opens while both are set", NOTIFIED | FORMER,
	    OLD_TOKEN, NULL, false, PROOF_OK },
	{ "the token before it opens nothing once it is gone", NOTIFIED,
	    OLD_TOKEN, NULL, false, PROOF_INVALID },
	{ "another token opens nothing", NOTIFIED, "demoToken2027", NULL, false,
	    PROOF_INVALID },
	{ "an empty token opens nothing", NOTIFIED, "", NULL, false,
	    PROOF_INVALID },
	{ "no token is missing", NOTIFIED, NULL, NULL, false, PROOF_MISSING },
	{ "a token where none is set lets nobody in", ZOHO | KEYS, TOKEN, NULL,
	    false, PROOF_UNCONFIGURED },
	{ "a token does not prove what stands beside it", NOTIFIED, TOKEN, NULL,
	    true, PROOF_INVALID },
	{ "a listed channel opens", NOTIFIED | LISTED, TOKEN, "1002", false,
	    PROOF_OK },
	{ "a channel that is not listed opens nothing", NOTIFIED | LISTED,
	    TOKEN, "1003", false, PROOF_INVALID },
	{ "no channel opens nothing where some are listed", NOTIFIED | LISTED,
	    TOKEN, NULL, false, PROOF_INVALID },
	{ "a listed channel does not make good a wrong token",
	    NOTIFIED | LISTED, "demoToken2027", "1002", false, PROOF_INVALID },
};

static void
token_case(void **state)
{
	const struct token_case *c = *state;
	const struct change_list changes = { .token = c->token,
		.channel = c->channel,
		.is_mixed = c->is_mixed,
		.is_notification = true };
	struct settings settings;
	struct proofs *proofs;
	struct err err = ERR_INIT;
	const char *source = "";

	set_all(&settings, c->set);
	assert_int_equal(proofs_open(&proofs, &settings, &err), ST_OK);
	assert_int_equal(proof_notification(proofs, &changes, &source, &err),
	    c->want);
	assert_string_equal(source, "notification");
	proofs_close(proofs);
	settings_release(&settings);
}

static void
any_one_secret_is_a_configuration(void **state)
{
	static const struct {
		int set;
		bool want;
	} rows[] = { { 0, false }, { ZOHO, true }, { RAW, true },
		{ KEYS, true }, { NOTIFIED, true }, { FORMER, false },
		{ LISTED, false } };
	struct settings settings;
	struct proofs *proofs;
	struct err err = ERR_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(rows); i++) {
		set_all(&settings, rows[i].set);
		assert_int_equal(proofs_open(&proofs, &settings, &err), ST_OK);
		assert_int_equal(proofs_configured(proofs), rows[i].want);
		proofs_close(proofs);
		settings_release(&settings);
	}
}

/* "a" and "b" may follow each other within the second that the file is not
 * looked at again: so this waits for the change, however long that takes. */
static enum proof_result
prove_by_key(struct proofs *proofs, const char *key)
{
	char line[128];
	char *environment[] = { line, NULL };
	const struct request req = { .environment = environment,
		.query = "",
		.content_type = "",
		.body = BUF_INIT(KIB) };
	struct err err = ERR_INIT;
	const char *source;

	(void)snprintf(line, sizeof(line), "HTTP_X_API_KEY=%s", key);
	return proof_headers(proofs, &req, SERVICE_CRM, &source, &err);
}

static void
wait_for(struct proofs *proofs, const char *key, enum proof_result want)
{
	int i;

	for (i = 0; i < 200 && prove_by_key(proofs, key) != want; i++)
		(void)usleep(50000);
	assert_int_equal(prove_by_key(proofs, key), want);
}

static void
a_file_that_changes_is_read_again(void **state)
{
	struct settings settings;
	struct proofs *proofs;
	struct err err = ERR_INIT;
	char first[APIKEY_TEXT_MAX], second[APIKEY_TEXT_MAX];

	(void)state;
	set_all(&settings, KEYS);
	set(&settings, SET_API_KEY_FILE, other_keys);
	assert_int_equal(proofs_open(&proofs, &settings, &err), ST_OK);
	/* no file yet: there is no key at all */
	assert_int_equal(prove_by_key(proofs, "zs_none"), PROOF_UNCONFIGURED);
	assert_int_equal(apikey_create(other_keys, "one", "webhook", 0, first,
			     &err),
	    ST_OK);
	wait_for(proofs, first, PROOF_OK);
	assert_int_equal(apikey_create(other_keys, "two", "webhook", 0, second,
			     &err),
	    ST_OK);
	wait_for(proofs, second, PROOF_OK);
	assert_int_equal(prove_by_key(proofs, first), PROOF_OK);
	assert_int_equal(apikey_revoke(other_keys, "one", &err), ST_OK);
	wait_for(proofs, first, PROOF_INVALID);
	assert_int_equal(prove_by_key(proofs, second), PROOF_OK);
	/* open to others: nobody is let in, though the keys are the same */
	assert_int_equal(chmod(other_keys, 0644), 0);
	assert_int_equal(utimensat(AT_FDCWD, other_keys, NULL, 0), 0);
	wait_for(proofs, second, PROOF_UNCONFIGURED);
	assert_int_equal(unlink(other_keys), 0);
	wait_for(proofs, second, PROOF_UNCONFIGURED);
	proofs_close(proofs);
	settings_release(&settings);
}

static void
no_proofs_can_be_closed(void **state)
{
	(void)state;
	proofs_close(NULL);
}

static void
sign(const char *secret, char hex[static 65])
{
	unsigned char made[EVP_MAX_MD_SIZE];
	unsigned int i, n = 0;

	(void)HMAC(EVP_sha256(), secret, (int)strlen(secret),
	    (const unsigned char *)BODY, strlen(BODY), made, &n);
	for (i = 0; i < n; i++)
		(void)snprintf(hex + 2 * (size_t)i, 3, "%02x", made[i]);
}

static int
open_keys(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	sign(BOOKS_SECRET, books_hex);
	sign(RAW_SECRET, raw_hex);
	if (mkdtemp(dir) == NULL)
		return -1;
	(void)snprintf(keys, sizeof(keys), "%s/keys", dir);
	(void)snprintf(other_keys, sizeof(other_keys), "%s/other", dir);
	return apikey_create(keys, "one", "webhook", 0, api_key, &err) != ST_OK;
}

static int
close_keys(void **state)
{
	static const char *const left[] = { "keys", "keys.lock", "other.lock" };
	char name[128];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(left); i++) {
		(void)snprintf(name, sizeof(name), "%s/%s", dir, left[i]);
		(void)unlink(name);
	}
	return rmdir(dir);
}

int
main(void)
{
	static const struct CMUnitTest others[] = {
		SAYS("any one secret is a configuration",
		    any_one_secret_is_a_configuration),
		SAYS("a file of keys that changes is read again (F041, R64)",
		    a_file_that_changes_is_read_again),
		SAYS("no proofs can be closed", no_proofs_can_be_closed),
	};
	static struct CMUnitTest
	    tests[ARRAY_LEN(headers) + ARRAY_LEN(tokens) + ARRAY_LEN(others)];
	size_t n = 0;

	ADD_ROWS(tests, n, headers, header_case);
	ADD_ROWS(tests, n, tokens, token_case);
	ADD_OTHERS(tests, n, others);
	return cmocka_run_group_tests(tests, open_keys, close_keys);
}
