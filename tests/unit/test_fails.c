/*
 * No memory, no entropy, no disk: whatever fails while a request is proven or
 * spooled, the function says ST_FAULT and hands nothing out that could be
 * taken for a result (digest.h, signature.h, envelope.h, apikey.h).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fails.h"

#include "apikey.h"
#include "digest.h"
#include "envelope_sample.h"
#include "signature.h"

#define SECRET "demoSecretToken2026"
#define SHA256_ABC \
	"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static const struct secrets both_secrets = { "anotherSecret", SECRET };

/* ---- digests and signatures ---- */

/* In a process that has asked OpenSSL nothing yet. */
static int
try_twice(void)
{
	const struct piece piece = { "abc", 3 };
	unsigned char made[DIGEST_BYTES];
	struct err err = ERR_INIT;
	enum status st;
	int n;

	for (n = 1; n <= 2; n++) {
		fails_at(n);
		FAILING(st = digest_hmac(SECRET, &piece, 1, made, &err));
		if (st != ST_OK && st != ST_FAULT)
			return 1;
	}
	if (digest_hmac(SECRET, &piece, 1, made, &err) != ST_OK ||
	    digest_sha256(&piece, 1, made, &err) != ST_OK)
		return 2;
	return digest_equal_hex(made, SHA256_ABC) ? 0 : 3;
}

static void
what_openssl_refused_once_it_may_give_later(void **state)
{
	int status;
	pid_t child = fork();

	(void)state;
	assert_true(child >= 0);
	if (child == 0)
		_exit(try_twice());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

/* So that the rows below count the same calls each time. */
static void
what_is_looked_up_once_is_there(void **state)
{
	const struct piece piece = { "abc", 3 };
	unsigned char made[DIGEST_BYTES];
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(digest_sha256(&piece, 1, made, &err), ST_OK);
	assert_int_equal(digest_hmac(SECRET, &piece, 1, made, &err), ST_OK);
}

static enum status
digest(struct err *err)
{
	const struct piece pieces[] = { { "a", 1 }, { "bc", 2 } };
	unsigned char made[DIGEST_BYTES];
	enum status st;

	FAILING(st = digest_sha256(pieces, 2, made, err));
	if (st == ST_OK)
		assert_true(digest_equal_hex(made, SHA256_ABC));
	return st;
}

static enum status
random_bytes(struct err *err)
{
	unsigned char made[DIGEST_BYTES];
	enum status st;

	FAILING(st = digest_random(made, sizeof(made), err));
	return st;
}

static enum status
prove_pairs(struct err *err)
{
	static const char text[] = "a1b2c3";
	const struct signed_request req = { "c=3&a=1",
		"application/x-www-form-urlencoded", "b=2", 3 };
	const struct piece piece = { text, strlen(text) };
	unsigned char made[DIGEST_BYTES];
	char hex[DIGEST_HEX];
	enum status st;

	assert_int_equal(digest_hmac(SECRET, &piece, 1, made, err), ST_OK);
	digest_hex(made, hex);
	FAILING(st = signature_zoho(&both_secrets, &req, hex, err));
	return st;
}

static enum status
prove_raw(struct err *err)
{
	const struct signed_request req = { "", "", "{}", 2 };
	const struct piece piece = { "{}", 2 };
	unsigned char made[DIGEST_BYTES];
	char hex[DIGEST_HEX];
	enum status st;

	assert_int_equal(digest_hmac(SECRET, &piece, 1, made, err), ST_OK);
	digest_hex(made, hex);
	FAILING(st = signature_raw(&both_secrets, &req, hex, err));
	return st;
}

static enum status
prove_token(struct err *err)
{
	enum status st;

	FAILING(st = signature_token(&both_secrets, SECRET, err));
	return st;
}

/* ---- spool files ---- */

static enum status
put_envelope(struct err *err)
{
	struct buf text = BUF_INIT(KIB * 64);
	enum status st;

	FAILING(st = envelope_put(&sample, &text, err));
	buf_release(&text);
	return st;
}

static enum status
read_envelope(struct err *err)
{
	struct buf text = BUF_INIT(KIB * 64);
	struct envelope e;
	enum status st;

	assert_int_equal(envelope_put(&sample, &text, err), ST_OK);
	FAILING(st = envelope_read(&e, text.at, text.len, err));
	if (st == ST_OK)
		assert_same(&e, &sample);
	else
		assert_null(e.block);
	envelope_release(&e);
	buf_release(&text);
	return st;
}

/* ---- API keys ---- */

static char dir[] = "/tmp/zs-fails.XXXXXX";
static char keys[64], keys_lock[70], keys_new[70];

static int
open_keys(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL)
		return -1;
	(void)snprintf(keys, sizeof(keys), "%s/keys", dir);
	(void)snprintf(keys_lock, sizeof(keys_lock), "%s.lock", keys);
	(void)snprintf(keys_new, sizeof(keys_new), "%s.new", keys);
	return 0;
}

static int
close_keys(void **state)
{
	(void)state;
	(void)unlink(keys);
	(void)unlink(keys_lock);
	return rmdir(dir);
}

static size_t
count_keys(void)
{
	struct apikey_list list;
	struct err err = ERR_INIT;
	size_t n;

	assert_int_equal(apikey_load(&list, keys, &err), ST_OK);
	n = list.len;
	apikey_release(&list);
	return n;
}

static void
start_with_key(const char *name, char key[static APIKEY_TEXT_MAX])
{
	struct err err = ERR_INIT;

	(void)unlink(keys);
	assert_int_equal(apikey_create(keys, name, "webhook", 0, key, &err),
	    ST_OK);
}

static enum status
load_keys(struct err *err)
{
	char key[APIKEY_TEXT_MAX];
	struct apikey_list list;
	enum status st;

	start_with_key("one", key);
	FAILING(st = apikey_load(&list, keys, err));
	assert_int_equal(list.len, st == ST_OK ? 1 : 0);
	apikey_release(&list);
	return st;
}

static enum status
find_key(struct err *err)
{
	char key[APIKEY_TEXT_MAX];
	const struct apikey *found;
	struct apikey_list list;
	enum status st;

	start_with_key("one", key);
	assert_int_equal(apikey_load(&list, keys, err), ST_OK);
	FAILING(st = apikey_find(&list, key, "webhook", 1, &found, err));
	assert_int_equal(found != NULL, st == ST_OK);
	apikey_release(&list);
	return st;
}

/* The folder's flush comes last: then the new file is there already. */
static enum status
create_key(struct err *err)
{
	char key[APIKEY_TEXT_MAX];
	enum status st;

	start_with_key("one", key);
	FAILING(st = apikey_create(keys, "two", "webhook", 0, key, err));
	assert_int_equal(key[0] != '\0', st == ST_OK);
	if (st == ST_OK || strstr(err->text, "flush the folder") != NULL)
		assert_int_equal(count_keys(), 2);
	else
		assert_int_equal(count_keys(), 1);
	assert_int_not_equal(access(keys_new, F_OK), 0);
	return st;
}

static enum status
revoke_key(struct err *err)
{
	char key[APIKEY_TEXT_MAX];
	enum status st;

	start_with_key("one", key);
	FAILING(st = apikey_revoke(keys, "one", err));
	if (st == ST_OK || strstr(err->text, "flush the folder") != NULL)
		assert_int_equal(count_keys(), 0);
	else
		assert_int_equal(count_keys(), 1);
	return st;
}

static const struct fails_case cases[] = {
	{ "a digest", digest },
	{ "random bytes", random_bytes },
	{ "proving sorted pairs", prove_pairs },
	{ "proving a raw body", prove_raw },
	{ "proving a token", prove_token },
	{ "writing a spool file", put_envelope },
	{ "reading a spool file", read_envelope },
	{ "loading API keys", load_keys },
	{ "finding an API key", find_key },
	{ "making an API key", create_key },
	{ "revoking an API key", revoke_key },
};

int
main(void)
{
	static const struct CMUnitTest first[] = {
		SAYS("what OpenSSL refused once it may give later",
		    what_openssl_refused_once_it_may_give_later),
		SAYS("what is looked up once is there from then on",
		    what_is_looked_up_once_is_there),
	};
	static struct CMUnitTest tests[ARRAY_LEN(first) + ARRAY_LEN(cases)];
	size_t n = 0;

	ADD_OTHERS(tests, n, first);
	ADD_ROWS(tests, n, cases, fails_row);
	return cmocka_run_group_tests(tests, open_keys, close_keys);
}
