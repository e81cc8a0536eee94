#include "token.h"

#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "digest.h"
#include "log.h"
#include "seal.h"
#include "texts.h"

enum {
	WAIT_MS = 20000, /* for another program that asks for one */
	AGAIN_MS = 200,
	/* How long nobody asks again: after the throttle of Zoho, which lasts
	 * for the rest of ten minutes; where a person must act; else. */
	THROTTLED_MS = 10 * 60 * 1000,
	HUMAN_MS = 5 * 60 * 1000,
	LATER_MS = 15 * 1000,
	SEALED_MAX = TOKEN_TEXT_MAX + SEAL_MORE,
	MARK_BYTES = 8,
	MARK_MAX = 2 * MARK_BYTES + 1
};

/* What the database says of the token. */
struct standing {
	bool there;
	char token[TOKEN_TEXT_MAX];
	int64_t left_ms, early_ms, refused_ms;
	char last_error[256];
};

static const char *
text(const struct token_source *s, enum setting which)
{
	return settings_text(s->settings, which);
}

/* ---- at rest ---- */

static enum status
make_key(const struct token_source *s, unsigned char key[static DIGEST_BYTES],
    struct err *err)
{
	static const enum setting secrets[] = { SET_ZOHO_CLIENT_SECRET,
		SET_ZOHO_OAUTH_SERVICE_URL, SET_ZOHO_ACCESS_TOKEN };
	static const char purpose[] = "zohosync access token";
	const struct piece piece = { purpose, sizeof(purpose) - 1 };
	size_t i;

	for (i = 0; i < ARRAY_LEN(secrets); i++)
		if (text(s, secrets[i])[0] != '\0')
			return digest_hmac(text(s, secrets[i]), &piece, 1, key,
			    err);
	return err_class(err, ST_FAULT, "setting",
	    "ZOHO_CLIENT_SECRET is not set");
}

/* Tells credentials apart and says nothing of them. */
static enum status
make_mark(const struct token_source *s, char out[static MARK_MAX],
    struct err *err)
{
	static const enum setting which[] = { SET_ZOHO_CLIENT_ID,
		SET_ZOHO_REFRESH_TOKEN, SET_ZOHO_OAUTH_SERVICE_URL,
		SET_ZOHO_DATA_CENTRE, SET_ZOHO_API_BASE };
	struct piece pieces[ARRAY_LEN(which)];
	unsigned char digest[DIGEST_BYTES];
	char hex[DIGEST_HEX];
	enum status st;
	size_t i;

	for (i = 0; i < ARRAY_LEN(which); i++)
		/* with its NUL, which parts it from the next one */
		pieces[i] = (struct piece) { text(s, which[i]),
			strlen(text(s, which[i])) + 1 };
	st = digest_hmac(text(s, SET_ZOHO_CLIENT_SECRET), pieces,
	    ARRAY_LEN(pieces), digest, err);
	if (st == ST_OK) {
		digest_hex(digest, hex);
		(void)snprintf(out, MARK_MAX, "%.*s", 2 * MARK_BYTES, hex);
	}
	return st;
}

static enum status
open_sealed(const struct token_source *s, const PGresult *res,
    struct standing *now, struct err *err)
{
	unsigned char key[DIGEST_BYTES];
	size_t len = db_null(res, 0, 0) ? 0 : db_len(res, 0, 0);
	enum status st;

	if (len < SEAL_MORE || len >= SEALED_MAX)
		return ST_OK;
	st = make_key(s, key, err);
	if (st == ST_OK)
		st = unseal(key, (const unsigned char *)db_text(res, 0, 0), len,
		    now->token, err);
	now->there = st == ST_OK;
	return st == ST_REJECT ? ST_OK : st; /* of an earlier secret */
}

static enum status
look(const struct token_source *s, struct standing *now, struct err *err)
{
	struct args a = ARGS_INIT;
	PGresult *res = NULL;
	char mark[MARK_MAX];
	enum status st = make_mark(s, mark, err);

	memset(now, 0, sizeof(*now));
	args_text(&a, mark);
	if (st == ST_OK)
		st = db_call(s->db, SQL_ZOHO_TOKEN_READ, &a, &res, err);
	if (st == ST_OK) {
		now->left_ms = db_null(res, 0, 1) ? 0 : db_i64(res, 0, 1);
		now->early_ms = db_null(res, 0, 2) ? 0 : db_i64(res, 0, 2);
		now->refused_ms = db_i64(res, 0, 3);
		(void)snprintf(now->last_error, sizeof(now->last_error), "%s",
		    db_text(res, 0, 4));
		st = open_sealed(s, res, now, err);
	}
	PQclear(res);
	return st;
}

static enum status
save(const struct token_source *s, const char *token, int64_t life_s,
    struct err *err)
{
	unsigned char key[DIGEST_BYTES], sealed[SEALED_MAX];
	struct args a = ARGS_INIT;
	enum status st = make_key(s, key, err);

	if (st == ST_OK)
		st = seal(key, token, strlen(token), sealed, err);
	args_bytes(&a, sealed, strlen(token) + SEAL_MORE);
	args_i64(&a, life_s * 1000);
	args_text(&a, s->centre->api);
	if (st == ST_OK)
		st = db_call(s->db, SQL_ZOHO_TOKEN_SAVE, &a, NULL, err);
	return st;
}

static void
note_refusal(const struct token_source *s, enum answer is, const char *why)
{
	struct args a = ARGS_INIT;
	struct err err = ERR_INIT;
	char mark[MARK_MAX];
	enum status st = make_mark(s, mark, &err);

	args_i64(&a,
	    is == ANSWER_THROTTLED   ? THROTTLED_MS
		: is == ANSWER_HUMAN ? HUMAN_MS
				     : LATER_MS);
	args_text(&a, why);
	args_text(&a, mark);
	if (st == ST_OK)
		st = db_call(s->db, SQL_ZOHO_TOKEN_REFUSED, &a, NULL, &err);
	if (st != ST_OK)
		log_warn("token: %s", err.text);
}

/* ---- whose turn it is ---- */

static bool
usable(const struct standing *now, const char *refused, int64_t least_ms)
{
	return now->there && now->left_ms > least_ms &&
	    (refused == NULL || strcmp(refused, now->token) != 0);
}

static enum status
lock(const struct token_source *s, bool *ours, struct err *err)
{
	PGresult *res = NULL;
	enum status st = db_call(s->db, SQL_ZOHO_TOKEN_LOCK, NULL, &res, err);

	*ours = st == ST_OK && db_bool(res, 0, 0);
	PQclear(res);
	return st;
}

static enum status
ask_and_keep(const struct token_source *s, const char *code,
    const char *refused, struct minted *got, struct err *err)
{
	enum status st = mint(s, code, got, err);

	if (st == ST_OK && refused != NULL &&
	    strcmp(got->access, refused) == 0) {
		got->is = ANSWER_HUMAN;
		st = err_class(err, ST_RETRY, "token",
		    "the only token to be had is one that Zoho refuses");
	}
	if (st == ST_OK)
		st = save(s, got->access, got->life_s, err);
	else
		note_refusal(s, got->is, err->text);
	return st;
}

/* It is ours to ask, unless another did just before. */
static enum status
renew(const struct token_source *s, const char *refused, struct standing *now,
    struct err *err)
{
	struct minted got;
	struct err unlocked = ERR_INIT;
	enum status st = look(s, now, err);

	if (st == ST_OK && now->refused_ms == 0 &&
	    !usable(now, refused, now->early_ms)) {
		st = ask_and_keep(s, NULL, refused, &got, err);
		if (st == ST_OK) {
			st = look(s, now, err);
		} else if (usable(now, refused, 0)) {
			log_warn("the old token is used on: %s", err->text);
			now->refused_ms = 1;
			st = ST_OK;
		}
		explicit_bzero(&got, sizeof(got));
	}
	if (db_call(s->db, SQL_ZOHO_TOKEN_UNLOCK, NULL, NULL, &unlocked) !=
	    ST_OK)
		log_warn("token: %s", unlocked.text);
	return st;
}

static enum status
give(const struct standing *now, char out[static TOKEN_TEXT_MAX],
    int64_t *left_ms)
{
	(void)snprintf(out, TOKEN_TEXT_MAX, "%s", now->token);
	*left_ms = now->left_ms;
	return ST_OK;
}

enum status
token_get(const struct token_source *source, const char *refused,
    char out[static TOKEN_TEXT_MAX], int64_t *left_ms, struct err *err)
{
	const int64_t until = clock_passed_ms() + WAIT_MS;
	struct standing now;
	bool ours = false;
	enum status st = look(source, &now, err);

	while (st == ST_OK && !usable(&now, refused, now.early_ms)) {
		if (now.refused_ms > 0 && !usable(&now, refused, 0))
			return err_class(err, ST_RETRY, "token",
			    "no new token for another %lld s: %s",
			    (long long)now.refused_ms / 1000 + 1,
			    now.last_error);
		if (now.refused_ms > 0)
			break;
		st = lock(source, &ours, err);
		if (st == ST_OK && ours) {
			st = renew(source, refused, &now, err);
			continue;
		}
		if (usable(&now, refused, 0))
			break;
		if (clock_passed_ms() > until)
			return err_class(err, ST_RETRY, "token",
			    "another program has been asking for a token for "
			    "%d s",
			    WAIT_MS / 1000);
		clock_pause_ms(AGAIN_MS);
		if (st == ST_OK)
			st = look(source, &now, err);
	}
	return st == ST_OK ? give(&now, out, left_ms) : st;
}

enum status
token_grant(const struct token_source *source, const char *code,
    char refresh[static TOKEN_TEXT_MAX], struct err *err)
{
	struct minted got;
	enum status st = ask_and_keep(source, code, NULL, &got, err);

	if (st == ST_OK)
		memcpy(refresh, got.refresh, TOKEN_TEXT_MAX);
	explicit_bzero(&got, sizeof(got));
	return st;
}

void
token_in_vain(const struct token_source *source, const char *why)
{
	note_refusal(source, ANSWER_HUMAN, why);
}
