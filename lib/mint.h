/*
 * Ask for an access token: Zoho with the refresh token or a grant code, the
 * service of ZOHO_OAUTH_SERVICE_URL, or take that of ZOHO_ACCESS_TOKEN
 * (zoho-api.md 1.2 to 1.4). Whose turn it is to ask, and what is done with it,
 * is token.h's.
 */
#ifndef MINT_H
#define MINT_H

#include "answer.h"
#include "centre.h"
#include "db.h"
#include "err.h"
#include "http.h"
#include "settings.h"

enum { TOKEN_TEXT_MAX = 512 };

struct token_source {
	struct db *db;
	struct http *http; /* for this alone */
	const struct settings *settings;
	const struct centre *centre;
};

struct minted {
	char access[TOKEN_TEXT_MAX];
	char refresh[TOKEN_TEXT_MAX]; /* empty unless a code was traded */
	int64_t life_s;
	enum answer is; /* what kind of refusal it was */
};

/* With "code", trade it; with NULL, refresh. ST_RETRY, ST_FAULT and
 * ST_REJECT as token_get() and token_grant(). */
MUST_CHECK
enum status mint(const struct token_source *source, const char *code,
    struct minted *out, struct err *err);

#endif
