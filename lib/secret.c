#include "secret.h"

#include <string.h>

#include "digest.h"

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			      "abcdefghijklmnopqrstuvwxyz0123456789";

enum { LETTERS = sizeof(letters) - 1, FAIR = 256 / LETTERS * LETTERS };

enum status
secret_draw(char out[static SECRET_TEXT_MAX], struct err *err)
{
	unsigned char bytes[SECRET_LETTERS];
	enum status st = ST_OK;
	size_t n = 0, i;

	while (st == ST_OK && n < SECRET_LETTERS) {
		st = digest_random(bytes, sizeof(bytes), err);
		/* a byte beyond the last whole round would favour some */
		for (i = 0; st == ST_OK && i < sizeof(bytes); i++)
			if (bytes[i] < FAIR && n < SECRET_LETTERS)
				out[n++] = letters[bytes[i] % LETTERS];
	}
	out[n] = '\0';
	explicit_bzero(bytes, sizeof(bytes));
	return st;
}
