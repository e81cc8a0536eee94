#include "seal.h"

#include <limits.h>
#include <openssl/evp.h>

#include "digest.h"

enum { NONCE = 12, TAG = 16 };

static enum status
refused(struct err *err)
{
	return err_class(err, ST_FAULT, "openssl",
	    "OpenSSL will not do AES-256-GCM");
}

enum status
seal(const unsigned char key[static SEAL_KEY_BYTES], const char *text,
    size_t len, unsigned char *out, struct err *err)
{
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	enum status st = digest_random(out, NONCE, err);
	int n;

	if (st == ST_OK &&
	    (c == NULL || len > INT_MAX - SEAL_MORE ||
		EVP_EncryptInit_ex(c, EVP_aes_256_gcm(), NULL, key, out) != 1 ||
		EVP_EncryptUpdate(c, out + NONCE, &n,
		    (const unsigned char *)text, (int)len) != 1 ||
		EVP_EncryptFinal_ex(c, out + NONCE + n, &n) != 1 ||
		EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, TAG,
		    out + NONCE + len) != 1))
		st = refused(err);
	EVP_CIPHER_CTX_free(c);
	return st;
}

enum status
unseal(const unsigned char key[static SEAL_KEY_BYTES],
    const unsigned char *sealed, size_t len, char *out, struct err *err)
{
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	unsigned char tag[TAG];
	enum status st = ST_OK;
	size_t body = len - SEAL_MORE, i;
	int n;

	if (len < SEAL_MORE || len > INT_MAX) {
		EVP_CIPHER_CTX_free(c);
		return err_class(err, ST_REJECT, "sealed", "too short");
	}
	for (i = 0; i < TAG; i++)
		tag[i] = sealed[NONCE + body + i];
	if (c == NULL ||
	    EVP_DecryptInit_ex(c, EVP_aes_256_gcm(), NULL, key, sealed) != 1 ||
	    EVP_DecryptUpdate(c, (unsigned char *)out, &n, sealed + NONCE,
		(int)body) != 1 ||
	    EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_SET_TAG, TAG, tag) != 1)
		st = refused(err);
	else if (EVP_DecryptFinal_ex(c, (unsigned char *)out + n, &n) != 1)
		st = err_class(err, ST_REJECT, "sealed",
		    "sealed with another secret, or changed");
	EVP_CIPHER_CTX_free(c);
	out[body] = '\0';
	return st;
}
