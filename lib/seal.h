/*
 * Small secrets at rest: encrypted and proven with AES-256-GCM, thin over
 * OpenSSL. A sealed text is a nonce of 12 bytes, the bytes, a tag of 16.
 */
#ifndef SEAL_H
#define SEAL_H

#include <stddef.h>

#include "err.h"

enum { SEAL_KEY_BYTES = 32, SEAL_MORE = 28 };

/* "out" has room for len + SEAL_MORE bytes. ST_FAULT: OpenSSL refused. */
MUST_CHECK
enum status seal(const unsigned char key[static SEAL_KEY_BYTES],
    const char *text, size_t len, unsigned char *out, struct err *err);

/* "out" has room for len - SEAL_MORE + 1 bytes and gets a NUL behind them.
 * ST_REJECT: sealed with another key, or changed; ST_FAULT: OpenSSL. */
MUST_CHECK
enum status unseal(const unsigned char key[static SEAL_KEY_BYTES],
    const unsigned char *sealed, size_t len, char *out, struct err *err);

#endif
