/*
 * API keys for the header X-API-Key, kept as hashes in one file.
 *
 * A key is zs_ and 64 hex digits: 256 random bits that only their owner has.
 * The file (setting API_KEY_FILE, mode 0600 or 0640) has a line for each:
 *
 *   name scope sha256-of-the-key created expires
 *
 * with times as 2026-01-31T08:15:00Z and "-" for never. Empty lines are passed
 * over, two lines of one name are refused. It is a file and not
 * a table because the receiver must prove senders while PostgreSQL is away,
 * and its role reads nothing. It is replaced by rename, so a reader sees the
 * old or the new file, whole.
 */
#ifndef APIKEY_H
#define APIKEY_H

#include <stddef.h>
#include <stdint.h>

#include "err.h"

enum {
	APIKEY_NAME_MAX = 64,
	APIKEY_SCOPE_MAX = 16,
	APIKEY_TEXT_MAX = 72,
	APIKEY_COUNT_MAX = 1000
};

struct apikey {
	char name[APIKEY_NAME_MAX];
	char scope[APIKEY_SCOPE_MAX]; /* webhook; later read, operate, admin */
	char hash[65];                /* SHA-256 of the key, hex */
	int64_t created_us;           /* unix time in microseconds */
	int64_t expires_us;           /* from then on it is refused; 0: never */
};

struct apikey_list {
	struct apikey *at;
	size_t len;
};

/*
 * Read the file into a list that holds nothing. A missing file is an empty
 * list, and so is every failure.
 * ST_FAULT  unreadable, open to others or writable by its group, more than
 *           APIKEY_COUNT_MAX keys, or a malformed line, whose number the
 *           error names
 */
MUST_CHECK
enum status
apikey_load(struct apikey_list *list, const char *path, struct err *err);
void apikey_release(struct apikey_list *list);

/*
 * Find the key whose hash fits. The time does not depend on the key.
 * ST_OK      "*found" is that entry, borrowed
 * ST_REJECT  "key" is NULL or empty (reason key_missing), none fits
 *            (key_unknown), it has expired at "now_us" (key_expired), or its
 *            scope is another (key_scope)
 * ST_FAULT   the list is empty (secret_unset): nobody is let in
 */
MUST_CHECK
enum status
apikey_find(const struct apikey_list *list, const char *key, const char *scope,
    int64_t now_us, const struct apikey **found, struct err *err);

/*
 * Make a key and add it to the file, under a lock against another writer.
 * "key" gets its text, which is shown once and kept nowhere; it is "" unless
 * ST_OK. The file keeps its owner and mode, a new one gets 0600. "expires_us"
 * is 0 for never; its fraction of a second is dropped.
 * ST_REJECT  the name is taken, empty, too long, or has other letters than
 *            a-z A-Z 0-9 . _ -; the scope is unknown; the expiry lies outside
 *            the years 1970 to 9999; or there are APIKEY_COUNT_MAX keys
 * ST_FAULT   the file cannot be read, locked or written
 */
MUST_CHECK
enum status apikey_create(const char *path, const char *name, const char *scope,
    int64_t expires_us, char key[static APIKEY_TEXT_MAX], struct err *err);

/* Remove a key by name; it is refused from then on. ST_NONE: no such key. */
MUST_CHECK
enum status apikey_revoke(const char *path, const char *name, struct err *err);

#endif
