/*
 * The access token: one for the whole installation, shared through the
 * database (zoho-api.md 1.3, 1.4).
 *
 * One program at a time asks for a new one, five minutes before the old one
 * ends, or a tenth of its life where that is less; the others go on with that.
 * After a refusal nobody asks again for a while with the same credentials, and
 * the old one is used as long as it lasts. It is stored encrypted with a key
 * made of the client secret (of that address, where there is none).
 * ZOHO_OAUTH_SERVICE_URL may hand tokens out instead of Zoho (F237).
 */
#ifndef TOKEN_H
#define TOKEN_H

#include "mint.h"

/*
 * The token to use now. "refused" is one that Zoho did not accept a moment
 * ago, or NULL: another one is wanted, minted where nobody has yet.
 * "*left_ms" is how long it lasts.
 * ST_RETRY  there is none just now: throttled, or out of reach
 * ST_FAULT  a person must act: revoked, wrong client, wrong centre
 */
MUST_CHECK
enum status token_get(const struct token_source *source, const char *refused,
    char out[static TOKEN_TEXT_MAX], int64_t *left_ms, struct err *err);

/* A new one is not accepted either, so it is no matter of the token (a scope
 * is missing): nobody asks for another one for a while. */
void token_in_vain(const struct token_source *source, const char *why);

/*
 * Trade a grant code for a refresh token (zohosync login). The access token
 * that comes with it is stored. ST_REJECT: the code is not taken.
 */
MUST_CHECK
enum status token_grant(const struct token_source *source, const char *code,
    char refresh[static TOKEN_TEXT_MAX], struct err *err);

#endif
