/*
 * OAuth: refresh tokens are grants, each with its scopes, its live access
 * tokens and the times it minted them. Everything follows the simulated clock.
 */
#ifndef OAUTH_H
#define OAUTH_H

#include <stdbool.h>
#include <stdint.h>

enum {
	GRANTS_MAX = 32,
	LIVE_TOKENS = 15,
	MINTS = 10,
	MINT_WINDOW_S = 600,
	TOKEN_LIFE_S = 3600,
	CODE_LIFE_S = 180,
	GRANTS_PER_USER = 20,
	TOKEN_MAX = 80,
	SCOPE_MAX = 1024,
};

struct access {
	char text[TOKEN_MAX];
	int64_t made;
};

struct grant {
	char refresh[TOKEN_MAX]; /* "" where revoked */
	char code[TOKEN_MAX];    /* "" once used */
	int64_t code_made;
	char scope[SCOPE_MAX];
	struct access live[LIVE_TOKENS];
	int nlive;
	int64_t minted[MINTS];
	int nminted;
	bool redeemed;
	uint64_t born; /* the order of refresh tokens */
};

struct oauth {
	char client_id[TOKEN_MAX], client_secret[TOKEN_MAX];
	struct grant grants[GRANTS_MAX];
	int ngrants;
	uint64_t serial;
	int64_t redeemed_at[MINTS]; /* refresh tokens made, */
	int64_t codes_at[MINTS];    /* and grant codes */
};

struct call;
struct sim;

/* The first grant: scopes for everything, with this refresh token. */
void oauth_init(struct oauth *o, const char *id, const char *secret,
    const char *refresh, const char *scope);

/* A grant of these scopes; its index, or -1 where there is no room or where
 * ten codes were made in ten minutes. "code"
 * asks for a grant code to redeem, else it has a refresh token at once. */
int oauth_grant(struct sim *sim, const char *scope, bool code);

void oauth_token(struct call *c);
void oauth_revoke(struct call *c);

enum proof { PROOF_OK, PROOF_NONE, PROOF_WRONG, PROOF_EXPIRED };

/* Who calls: c->grant is set where it is known. */
enum proof oauth_prove(struct call *c);

/* Whether the grant has a scope: "ZohoCRM.modules.leads.READ", where .ALL
 * and shorter forms hold it too. Several are parted by spaces; all are
 * wanted. */
bool oauth_scope(const struct sim *sim, int grant, const char *wanted);

/* End every access token, as an owner who signs out. */
void oauth_kill(struct sim *sim);

#endif
