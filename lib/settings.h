/*
 * Settings: one file of KEY=value lines, and the environment, which wins.
 *
 * The table in settings.c is the only list of them: parser, --help, the
 * sample file, zohosync.conf(5) and their test all read it. A value may be
 * put in single or double quotes; "#" starts a comment line; a leading
 * "export " is allowed, so that a shell can source the same file. An unknown
 * key, a malformed line or a value out of range is an error that names file
 * and line. A file that others may read is refused once it holds a secret.
 */
#ifndef SETTINGS_H
#define SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "err.h"

enum setting {
	SET_DATABASE_URL,
	SET_WEB_DATABASE_URL,
	SET_ADMIN_DATABASE_URL,
	SET_OWNER_DATABASE_URL,
	SET_DATABASE_PREPARE,
	SET_ZOHO_WEBHOOK_SECRET,
	SET_ZOHO_WEBHOOK_SECRET_PREVIOUS,
	SET_RAW_HMAC_SECRET,
	SET_RAW_HMAC_SECRET_PREVIOUS,
	SET_ZOHO_NOTIFICATION_TOKEN,
	SET_ZOHO_NOTIFICATION_TOKEN_PREVIOUS,
	SET_ZOHO_NOTIFICATION_CHANNELS,
	SET_API_KEY_FILE,
	SET_ZOHO_MODULES_TO_SYNC,
	SET_WEBHOOK_URL,
	SET_WEBHOOK_ALIAS_PREFIX,
	SET_WEBHOOK_BODY_MAX,
	SET_WEBHOOK_CONNECTIONS,
	SET_WEBHOOK_CHALLENGE,
	SET_STORE_TIMEOUT_MS,
	SET_SPOOL_DIR,
	SET_SPOOL_MAX_MB,
	SET_DEDUPE_TTL_SECONDS,
	SET_ZOHO_DEFAULT_OWNER_EMAIL,
	SET_DEFAULT_PHONE_REGION,
	SET_DRAIN_BATCH,
	SET_DRAIN_WORKERS,
	SET_DRAIN_SLOT_SECONDS,
	SET_RETRY_LIMIT,
	SET_RETRY_BASE_SECONDS,
	SET_RETRY_MAX_SECONDS,
	SET_LOG,
	SET_LOG_LEVEL,
	/* Names a shop may have already (features.md 27); the programs that
	 * talk to Zoho read them. */
	SET_ZOHO_OAUTH_SERVICE_URL,
	SET_ZOHO_SYNC_INTERVAL_MINUTES,
	SET_FORMULA_REFRESH_HOURS,
	SET_ZOHO_RATE_LIMIT,
	SET_ZOHO_CLIENT_ID,
	SET_ZOHO_CLIENT_SECRET,
	SET_ZOHO_REDIRECT_URI,
	SET_ZOHO_ACCESS_TOKEN,
	SET_ZOHO_REFRESH_TOKEN,
	SET_ZOHO_ORGANIZATION_ID,
	SET_ZOHO_DATA_CENTRE,
	SET_ZOHO_API_BASE,
	SET_ZOHO_CA_FILE,
	SET_ZOHO_CRM_CREDITS,
	SET_ZOHO_CRM_CONCURRENCY,
	SET_ZOHO_BOOKS_CALLS,
	SET_ZOHO_BOOKS_CONCURRENCY,
	SET_ZOHO_LIMIT_BUFFER_PERCENT,
	SET_CRON_SECRET,
	SETTING_COUNT
};

enum setting_kind {
	SETTING_TEXT,
	SETTING_SECRET,
	SETTING_NUMBER,
	SETTING_SWITCH
};

struct setting_row {
	const char *name;
	enum setting_kind kind;
	const char *fallback; /* "" for none */
	long min, max;        /* of a number */
	const char *says;     /* one line, unit included */
};

extern const struct setting_row setting_rows[SETTING_COUNT];

struct settings {
	char *value[SETTING_COUNT]; /* never NULL after settings_load() */
	char *path;                 /* the file that was read, or NULL */
};

#define SETTINGS_INIT        \
	{                    \
		.path = NULL \
	}

/*
 * Read "path", or where it is NULL the file named by ZOHOSYNC_CONF, or else
 * SYSCONFDIR/zohosync.conf if it exists; then the environment.
 * ST_REJECT  a line, key or value is wrong: file, line and mend are named
 * ST_FAULT   the file cannot be read
 * ST_RETRY   it cannot be read just now
 */
MUST_CHECK
enum status
settings_load(struct settings *s, const char *path, struct err *err);
void settings_release(struct settings *s);

const char *settings_text(const struct settings *s, enum setting which);
long settings_number(const struct settings *s, enum setting which);
bool settings_on(const struct settings *s, enum setting which);

/* The text, or ST_FAULT with an error that says which setting is missing. */
MUST_CHECK
enum status settings_need(const struct settings *s, enum setting which,
    const char **out, struct err *err);

/* Whether "word" is one of a comma-separated list, case ignored. */
bool settings_lists(const char *list, const char *word);

/* Another value for this run alone. ST_REJECT: out of range; ST_FAULT: no
 * memory. */
MUST_CHECK
enum status settings_set(struct settings *s, enum setting which,
    const char *value, struct err *err);

/*
 * Put one setting into a file: in the place of its line, behind the commented
 * one, or at the end. The rest of the file stays as it is.
 * ST_REJECT  a value that would need quotes
 * ST_FAULT, ST_RETRY  the file cannot be read or replaced
 */
MUST_CHECK
enum status settings_put(const char *path, enum setting which,
    const char *value, struct err *err);

#endif
