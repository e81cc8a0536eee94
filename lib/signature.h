/*
 * Who sent it? The three ways to prove a request, each of which fails closed:
 * no secret configured is ST_FAULT, never a pass. Comparisons take constant
 * time. A pair of secrets lets one be replaced while both are in use.
 *
 * The reason class tells a proof that was missing from one that was wrong
 * (F042): signature_missing, signature_invalid; or secret_unset. A form of
 * too many pairs is too_many_pairs.
 */
#ifndef SIGNATURE_H
#define SIGNATURE_H

#include <stddef.h>

#include "err.h"

/* The secret in use and the one before it; "" or NULL for none. Borrowed. */
struct secrets {
	const char *current;
	const char *previous;
};

/* What was signed, as received. */
struct signed_request {
	const char *query;        /* raw, without "?"; NULL for none */
	const char *content_type; /* to tell a form from JSON; NULL for none */
	const char *body;         /* may be NULL where it is empty */
	size_t body_len;
};

/* Whether a body is form-encoded pairs: the content type says so and the
 * body does not start with "{" or "[", white space and a byte order mark
 * aside (a sister product of Zoho sends JSON under the form's type). */
int signature_is_form(const char *content_type, const char *body, size_t len);

/*
 * Zoho's rule (zoho-api.md 3.6), header X-Zoho-Webhook-Signature: all pairs
 * of the query string and of a form body, decoded, sorted by name and then
 * value (byte order), joined as namevaluenamevalue, then the raw body where
 * it is not a form; HMAC-SHA256, hex of either case.
 * Nothing marks where a name ends, so a=bc and ab=c are signed alike, and the
 * same text can stand in the query or in a form: no right may hang on a pair.
 * ST_OK      one of the secrets made it
 * ST_REJECT  none did, or "hex" is NULL or no 64 hex digits
 * ST_FAULT   no secret is configured, no memory, or OpenSSL refused
 */
MUST_CHECK
enum status signature_zoho(const struct secrets *secrets,
    const struct signed_request *req, const char *hex, struct err *err);

/* X-Zoho-Signature for own senders (F040): HMAC-SHA256 over the raw body
 * alone. Status as above. */
MUST_CHECK
enum status signature_raw(const struct secrets *secrets,
    const struct signed_request *req, const char *hex, struct err *err);

/* A token that must equal one of the secrets. Status as above. */
MUST_CHECK
enum status signature_token(const struct secrets *secrets, const char *token,
    struct err *err);

#endif
