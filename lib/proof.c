#include "proof.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "apikey.h"
#include "clock.h"
#include "log.h"
#include "signature.h"

enum { KEYS_CHECK_MS = 1000 };

struct proofs {
	const struct settings *settings;
	pthread_mutex_t lock; /* guards the keys */
	struct apikey_list keys;
	struct stat keys_file;
	int64_t keys_ms;
	bool keys_read;
};

typedef enum status proof_check(struct proofs *p, const struct request *req,
    const char *presented, const struct secrets *secrets, struct err *err);

static void
as_signed(struct signed_request *s, const struct request *req)
{
	s->query = req->query;
	s->content_type = req->content_type;
	s->body = buf_text(&req->body);
	s->body_len = req->body.len;
}

static enum status
prove_zoho(struct proofs *p, const struct request *req, const char *presented,
    const struct secrets *secrets, struct err *err)
{
	struct signed_request s;

	(void)p;
	as_signed(&s, req);
	return signature_zoho(secrets, &s, presented, err);
}

static enum status
prove_raw(struct proofs *p, const struct request *req, const char *presented,
    const struct secrets *secrets, struct err *err)
{
	struct signed_request s;

	(void)p;
	as_signed(&s, req);
	return signature_raw(secrets, &s, presented, err);
}

/* The file may be replaced at any time; look at it once a second. A file
 * that cannot be read lets nobody in. */
static void
locked_refresh_keys(struct proofs *p)
{
	const char *path = settings_text(p->settings, SET_API_KEY_FILE);
	int64_t now = clock_passed_ms();
	struct err err = ERR_INIT;
	struct stat info;

	if (p->keys_read && now - p->keys_ms < KEYS_CHECK_MS)
		return;
	p->keys_ms = now;
	memset(&info, 0, sizeof(info));
	if (stat(path, &info) == 0 && p->keys_read &&
	    info.st_ino == p->keys_file.st_ino &&
	    info.st_size == p->keys_file.st_size &&
	    info.st_mtim.tv_sec == p->keys_file.st_mtim.tv_sec &&
	    info.st_mtim.tv_nsec == p->keys_file.st_mtim.tv_nsec)
		return;
	apikey_release(&p->keys);
	p->keys_read = true;
	p->keys_file = info;
	if (apikey_load(&p->keys, path, &err) != ST_OK)
		log_error("keys: nobody is let in by key: %s", err.text);
}

static enum status
prove_key(struct proofs *p, const struct request *req, const char *presented,
    const struct secrets *secrets, struct err *err)
{
	const struct apikey *found;
	enum status st;

	(void)req;
	(void)secrets;
	if (*settings_text(p->settings, SET_API_KEY_FILE) == '\0')
		return err_class(err, ST_FAULT, "settings",
		    "API_KEY_FILE is not set");
	(void)pthread_mutex_lock(&p->lock);
	locked_refresh_keys(p);
	st = apikey_find(&p->keys, presented, "webhook", clock_now_us(), &found,
	    err);
	(void)pthread_mutex_unlock(&p->lock);
	return st;
}

enum { FOR_CRM = 1 << SERVICE_CRM, FOR_BOOKS = 1 << SERVICE_BOOKS };

/* Where there is a choice the first whose header is present decides. */
static const struct way {
	const char *source;
	const char *header;
	int services;
	enum setting current, previous;
	proof_check *check;
} ways[] = {
	{ "books", "X_ZOHO_WEBHOOK_SIGNATURE", FOR_BOOKS,
	    SET_ZOHO_WEBHOOK_SECRET, SET_ZOHO_WEBHOOK_SECRET_PREVIOUS,
	    prove_zoho },
	{ "key", "X_API_KEY", FOR_CRM | FOR_BOOKS, SET_API_KEY_FILE,
	    SET_API_KEY_FILE, prove_key },
	{ "raw-hmac", "X_ZOHO_SIGNATURE", FOR_CRM | FOR_BOOKS,
	    SET_RAW_HMAC_SECRET, SET_RAW_HMAC_SECRET_PREVIOUS, prove_raw },
};

static struct secrets
secrets_of(const struct proofs *p, enum setting current, enum setting previous)
{
	struct secrets secrets = {
		.current = settings_text(p->settings, current),
		.previous = settings_text(p->settings, previous),
	};

	return secrets;
}

static enum proof_result
result_of(enum status st)
{
	switch (st) {
	case ST_OK:
		return PROOF_OK;
	case ST_REJECT:
	case ST_NONE:
		return PROOF_INVALID;
	case ST_RETRY:
	case ST_FAULT:
		break;
	}
	return PROOF_UNCONFIGURED;
}

static bool
is_configured(const struct proofs *p, const struct way *way)
{
	return *settings_text(p->settings, way->current) != '\0';
}

bool
proofs_configured(struct proofs *proofs)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(ways); i++)
		if (is_configured(proofs, &ways[i]))
			return true;
	return *settings_text(proofs->settings, SET_ZOHO_NOTIFICATION_TOKEN) !=
	    '\0';
}

enum proof_result
proof_headers(struct proofs *proofs, const struct request *req,
    enum service service, const char **source, struct err *err)
{
	const char *presented;
	struct secrets secrets;
	bool any = service == SERVICE_CRM &&
	    *settings_text(proofs->settings, SET_ZOHO_NOTIFICATION_TOKEN) !=
		'\0';
	size_t i;

	*source = service == SERVICE_CRM ? "key" : "books";
	for (i = 0; i < ARRAY_LEN(ways); i++) {
		if ((ways[i].services & (1 << service)) == 0)
			continue;
		any = any || is_configured(proofs, &ways[i]);
		presented = request_header(req, ways[i].header);
		if (presented == NULL)
			continue;
		*source = ways[i].source;
		secrets = secrets_of(proofs, ways[i].current, ways[i].previous);
		return result_of(ways[i].check(proofs, req, presented, &secrets,
		    err));
	}
	if (!any) {
		(void)err_class(err, ST_FAULT, "settings",
		    "no secret is configured for this route");
		return PROOF_UNCONFIGURED;
	}
	(void)err_set(err, ST_REJECT, "no proof presented");
	return PROOF_MISSING;
}

enum proof_result
proof_notification(struct proofs *proofs, const struct change_list *changes,
    const char **source, struct err *err)
{
	struct secrets secrets = secrets_of(proofs, SET_ZOHO_NOTIFICATION_TOKEN,
	    SET_ZOHO_NOTIFICATION_TOKEN_PREVIOUS);
	const char *channels = settings_text(proofs->settings,
	    SET_ZOHO_NOTIFICATION_CHANNELS);
	enum status st;

	*source = "notification";
	if (changes->token == NULL)
		return PROOF_MISSING;
	if (changes->is_mixed) {
		(void)err_set(err, ST_REJECT,
		    "its token does not prove all that is in it");
		return PROOF_INVALID;
	}
	st = signature_token(&secrets, changes->token, err);
	if (st == ST_OK && *channels != '\0' &&
	    (changes->channel == NULL ||
		!settings_lists(channels, changes->channel)))
		st = err_set(err, ST_REJECT,
		    "its channel is not in ZOHO_NOTIFICATION_CHANNELS");
	return result_of(st);
}

enum status
proofs_open(struct proofs **out, const struct settings *settings,
    struct err *err)
{
	struct proofs *p = calloc(1, sizeof(*p));

	*out = NULL;
	if (p == NULL)
		return err_memory(err);
	p->settings = settings;
	(void)pthread_mutex_init(&p->lock, NULL);
	*out = p;
	return ST_OK;
}

void
proofs_close(struct proofs *proofs)
{
	if (proofs == NULL)
		return;
	apikey_release(&proofs->keys);
	(void)pthread_mutex_destroy(&proofs->lock);
	free(proofs);
}
