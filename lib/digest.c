#include "digest.h"

#include <limits.h>
#include <stdatomic.h>
#include <string.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>

static enum status
refused(struct err *err, const char *what)
{
	return err_class(err, ST_FAULT, "openssl", "OpenSSL refused %s", what);
}

/* Looked up once: OpenSSL takes a lock and some time for it. What it did not
 * give is asked for again. */
static EVP_MD *_Atomic sha256;
static EVP_MAC *_Atomic hmac;

static EVP_MD *
find_sha256(void)
{
	EVP_MD *found = sha256, *other = NULL;

	if (found != NULL)
		return found;
	found = EVP_MD_fetch(NULL, "SHA256", NULL);
	if (atomic_compare_exchange_strong(&sha256, &other, found))
		return found;
	EVP_MD_free(found);
	return other;
}

static EVP_MAC *
find_hmac(void)
{
	EVP_MAC *found = hmac, *other = NULL;

	if (found != NULL)
		return found;
	found = EVP_MAC_fetch(NULL, "HMAC", NULL);
	if (atomic_compare_exchange_strong(&hmac, &other, found))
		return found;
	EVP_MAC_free(found);
	return other;
}

static int
sha256_into(EVP_MD_CTX *ctx, const EVP_MD *md, const struct piece *pieces,
    size_t n, unsigned char out[static DIGEST_BYTES])
{
	size_t i;

	if (ctx == NULL || EVP_DigestInit_ex(ctx, md, NULL) != 1)
		return 0;
	for (i = 0; i < n; i++)
		if (EVP_DigestUpdate(ctx, pieces[i].at, pieces[i].len) != 1)
			return 0;
	return EVP_DigestFinal_ex(ctx, out, NULL);
}

enum status
digest_sha256(const struct piece *pieces, size_t n,
    unsigned char out[static DIGEST_BYTES], struct err *err)
{
	const EVP_MD *md = find_sha256();
	EVP_MD_CTX *ctx = md != NULL ? EVP_MD_CTX_new() : NULL;
	int done = sha256_into(ctx, md, pieces, n, out);

	EVP_MD_CTX_free(ctx);
	return done == 1 ? ST_OK : refused(err, "SHA-256");
}

static int
hmac_into(EVP_MAC_CTX *ctx, const char *secret, const struct piece *pieces,
    size_t n, unsigned char out[static DIGEST_BYTES])
{
	char name[] = "SHA256";
	const OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name,
		    0),
		OSSL_PARAM_construct_end(),
	};
	size_t i, len;

	if (ctx == NULL ||
	    EVP_MAC_init(ctx, (const unsigned char *)secret, strlen(secret),
		params) != 1)
		return 0;
	for (i = 0; i < n; i++)
		if (EVP_MAC_update(ctx, pieces[i].at, pieces[i].len) != 1)
			return 0;
	return EVP_MAC_final(ctx, out, &len, DIGEST_BYTES);
}

enum status
digest_hmac(const char *secret, const struct piece *pieces, size_t n,
    unsigned char out[static DIGEST_BYTES], struct err *err)
{
	EVP_MAC *mac = find_hmac();
	EVP_MAC_CTX *ctx = mac != NULL ? EVP_MAC_CTX_new(mac) : NULL;
	int done = hmac_into(ctx, secret, pieces, n, out);

	EVP_MAC_CTX_free(ctx);
	return done == 1 ? ST_OK : refused(err, "HMAC-SHA256");
}

void
digest_hex(const unsigned char in[static DIGEST_BYTES],
    char out[static DIGEST_HEX])
{
	static const char digits[] = "0123456789abcdef";
	size_t i;

	for (i = 0; i < DIGEST_BYTES; i++) {
		out[2 * i] = digits[in[i] >> 4];
		out[2 * i + 1] = digits[in[i] & 0xf];
	}
	out[2 * i] = '\0';
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'F' ? (char)(c - 'A' + 'a') : c;
}

/* Only what the sender wrote decides how long this takes: "in" is turned to
 * hex, and "hex" to lower case, so that any other letter differs by itself. */
bool
digest_equal_hex(const unsigned char in[static DIGEST_BYTES], const char *hex)
{
	char want[DIGEST_HEX], got[DIGEST_HEX];
	size_t i;

	if (hex == NULL || strnlen(hex, DIGEST_HEX) != DIGEST_HEX - 1)
		return false;
	digest_hex(in, want);
	for (i = 0; i < DIGEST_HEX; i++)
		got[i] = lower(hex[i]);
	return CRYPTO_memcmp(want, got, DIGEST_HEX) == 0;
}

enum status
digest_equal_text(const char *a, const char *b, bool *equal, struct err *err)
{
	unsigned char of_a[DIGEST_BYTES], of_b[DIGEST_BYTES];
	struct piece piece_a = { a, strlen(a) }, piece_b = { b, strlen(b) };
	enum status st = digest_sha256(&piece_a, 1, of_a, err);

	*equal = false;
	if (st == ST_OK)
		st = digest_sha256(&piece_b, 1, of_b, err);
	if (st == ST_OK)
		*equal = CRYPTO_memcmp(of_a, of_b, DIGEST_BYTES) == 0;
	return st;
}

enum status
digest_random(unsigned char *out, size_t len, struct err *err)
{
	if (len > INT_MAX || RAND_bytes(out, (int)len) != 1)
		return refused(err, "random bytes");
	return ST_OK;
}
