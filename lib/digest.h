/* SHA-256, HMAC and comparison in constant time, thin over OpenSSL. */
#ifndef DIGEST_H
#define DIGEST_H

#include <stdbool.h>
#include <stddef.h>

#include "err.h"

enum { DIGEST_BYTES = 32, DIGEST_HEX = 65 };

/* Several pieces as if they were one text. */
struct piece {
	const void *at;
	size_t len;
};

/* ST_FAULT: OpenSSL refused. */
MUST_CHECK
enum status digest_sha256(const struct piece *pieces, size_t n,
    unsigned char out[static DIGEST_BYTES], struct err *err);
MUST_CHECK
enum status digest_hmac(const char *secret, const struct piece *pieces,
    size_t n, unsigned char out[static DIGEST_BYTES], struct err *err);

/* Lower-case hex with a NUL behind it. */
void digest_hex(const unsigned char in[static DIGEST_BYTES],
    char out[static DIGEST_HEX]);

/* Whether "hex" is exactly the 64 hex digits of "in", upper or lower case;
 * NULL is not. The time does not depend on where they differ. */
bool
digest_equal_hex(const unsigned char in[static DIGEST_BYTES], const char *hex);

/* Whether two secrets are equal. The time depends on how long each is, not on
 * what stands there. ST_FAULT: OpenSSL refused. */
MUST_CHECK
enum status
digest_equal_text(const char *a, const char *b, bool *equal, struct err *err);

/* Fill with bytes nobody can guess. ST_FAULT: no entropy. */
MUST_CHECK
enum status digest_random(unsigned char *out, size_t len, struct err *err);

#endif
