#include "apikey.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <openssl/crypto.h>

#include "apikey_line.h"
#include "buf.h"
#include "clock.h"
#include "digest.h"
#include "file.h"

enum { GROW_BY = 64 };

static const char key_prefix[] = "zs_";
static const char *const scopes[] = { "webhook" };

static bool
scope_is_known(const char *scope)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(scopes); i++)
		if (strcmp(scopes[i], scope) == 0)
			return true;
	return false;
}

static enum status
list_add(struct apikey_list *list, const struct apikey *key, struct err *err)
{
	struct apikey *grown;

	if (list->len >= APIKEY_COUNT_MAX)
		return err_set(err, ST_REJECT, "more than %d keys",
		    APIKEY_COUNT_MAX);
	if (list->len % GROW_BY == 0) {
		grown = reallocarray(list->at, list->len + GROW_BY,
		    sizeof(*grown));
		if (grown == NULL)
			return err_memory(err);
		list->at = grown;
	}
	list->at[list->len++] = *key;
	return ST_OK;
}

static const struct apikey *
list_find(const struct apikey_list *list, const char *name)
{
	size_t i;

	for (i = 0; i < list->len; i++)
		if (strcmp(list->at[i].name, name) == 0)
			return &list->at[i];
	return NULL;
}

static enum status
read_lines(struct apikey_list *list, FILE *file, struct err *err)
{
	char line[APIKEY_LINE_MAX];
	struct apikey key;
	const char *wrong;
	size_t number, len;

	for (number = 1; fgets(line, sizeof(line), file) != NULL; number++) {
		len = strlen(line);
		/* Too long, or cut by a NUL. */
		if ((len == 0 || line[len - 1] != '\n') && !feof(file))
			wrong = "not a line";
		else if (line[strspn(line, " \t\n")] == '\0')
			continue;
		else
			wrong = apikey_line_read(line, &key);
		if (wrong == NULL && list_find(list, key.name) != NULL)
			wrong = "a name that stands above";
		if (wrong != NULL)
			return err_set(err, ST_FAULT, "line %zu: %s", number,
			    wrong);
		if (list_add(list, &key, err) != ST_OK)
			return ST_FAULT;
	}
	if (ferror(file))
		return err_set(err, ST_FAULT, "%s", strerror(errno));
	return ST_OK;
}

static enum status
read_file(struct apikey_list *list, FILE *file, struct err *err)
{
	struct stat info;

	if (fstat(fileno(file), &info) != 0)
		return err_set(err, ST_FAULT, "%s", strerror(errno));
	if (!S_ISREG(info.st_mode))
		return err_set(err, ST_FAULT, "not a regular file");
	if ((info.st_mode & (S_IWGRP | S_IRWXO)) != 0)
		return err_set(err, ST_FAULT,
		    "its mode is %04o, which lets others in; try chmod 0600",
		    (unsigned)info.st_mode & 07777U);
	return read_lines(list, file, err);
}

enum status
apikey_load(struct apikey_list *list, const char *path, struct err *err)
{
	/* Nobody should be able to make the receiver wait on a FIFO. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	FILE *file;
	enum status st;

	*list = (struct apikey_list) { .at = NULL, .len = 0 };
	if (fd < 0 && errno == ENOENT)
		return ST_OK;
	file = fd >= 0 ? fdopen(fd, "r") : NULL;
	if (file == NULL) {
		st = err_set(err, ST_FAULT, "could not open \"%s\": %s", path,
		    strerror(errno));
		if (fd >= 0)
			(void)close(fd);
		return st;
	}
	st = read_file(list, file, err);
	(void)fclose(file);
	if (st != ST_OK)
		apikey_release(list);
	return err_wrap(err, st, "could not read \"%s\"", path);
}

void
apikey_release(struct apikey_list *list)
{
	free(list->at);
	*list = (struct apikey_list) { .at = NULL, .len = 0 };
}

static enum status
hash_key(const char *key, unsigned char hash[static DIGEST_BYTES],
    struct err *err)
{
	struct piece piece = { key, strlen(key) };

	return digest_sha256(&piece, 1, hash, err);
}

/* Whether the key may do this now. */
static enum status
check_use(const struct apikey *key, const char *scope, int64_t now_us,
    struct err *err)
{
	if (key->expires_us != 0 && now_us >= key->expires_us)
		return err_class(err, ST_REJECT, "key_expired",
		    "the API key \"%s\" has expired", key->name);
	if (strcmp(key->scope, scope) != 0)
		return err_class(err, ST_REJECT, "key_scope",
		    "the API key \"%s\" is for \"%s\", not for \"%s\"",
		    key->name, key->scope, scope);
	return ST_OK;
}

enum status
apikey_find(const struct apikey_list *list, const char *key, const char *scope,
    int64_t now_us, const struct apikey **found, struct err *err)
{
	unsigned char hash[DIGEST_BYTES];
	const struct apikey *fits = NULL;
	enum status st;
	size_t i;

	*found = NULL;
	if (list->len == 0)
		return err_class(err, ST_FAULT, "secret_unset",
		    "no API key is configured: nobody is let in");
	if (key == NULL || key[0] == '\0')
		return err_class(err, ST_REJECT, "key_missing",
		    "the request has no API key");
	st = hash_key(key, hash, err);
	if (st != ST_OK)
		return st;
	for (i = 0; i < list->len; i++) /* to the end, for the time it takes */
		if (digest_equal_hex(hash, list->at[i].hash))
			fits = &list->at[i];
	if (fits == NULL)
		return err_class(err, ST_REJECT, "key_unknown",
		    "no API key fits that of the request");
	st = check_use(fits, scope, now_us, err);
	if (st == ST_OK)
		*found = fits;
	return st;
}

static enum status
save(const struct apikey_list *list, const char *path, struct err *err)
{
	struct buf text = BUF_INIT((size_t)APIKEY_COUNT_MAX * APIKEY_LINE_MAX);
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < list->len; i++)
		st = apikey_line_put(&text, &list->at[i], err);
	if (st == ST_OK)
		st = file_replace(path, buf_text(&text), text.len, 0600, err);
	buf_release(&text);
	return st;
}

static enum status
check_new(const char *name, const char *scope, int64_t expires_us,
    struct err *err)
{
	if (!apikey_name_is_good(name))
		return err_set(err, ST_REJECT,
		    "a name of 1 to %d letters a-z A-Z 0-9 . _ - is wanted",
		    APIKEY_NAME_MAX - 1);
	if (!scope_is_known(scope))
		return err_set(err, ST_REJECT, "no scope \"%s\"", scope);
	if (!apikey_expiry_is_good(expires_us))
		return err_set(err, ST_REJECT,
		    "cannot expire outside the years 1970 to 9999");
	return ST_OK;
}

/* Random bits as text into "text", and their hash into "key". */
static enum status
draw(struct apikey *key, char text[static APIKEY_TEXT_MAX], struct err *err)
{
	unsigned char bytes[DIGEST_BYTES];
	char hex[DIGEST_HEX];
	enum status st = digest_random(bytes, sizeof(bytes), err);

	if (st != ST_OK)
		return st;
	digest_hex(bytes, hex);
	(void)snprintf(text, APIKEY_TEXT_MAX, "%s%s", key_prefix, hex);
	st = hash_key(text, bytes, err);
	digest_hex(bytes, key->hash);
	OPENSSL_cleanse(hex, sizeof(hex));
	return st;
}

static enum status
create_locked(const char *path, struct apikey *key,
    char text[static APIKEY_TEXT_MAX], struct err *err)
{
	struct apikey_list list;
	enum status st = apikey_load(&list, path, err);

	if (st == ST_OK && list_find(&list, key->name) != NULL)
		st = err_set(err, ST_REJECT, "the name \"%s\" is taken",
		    key->name);
	if (st == ST_OK)
		st = draw(key, text, err);
	if (st == ST_OK)
		st = list_add(&list, key, err);
	if (st == ST_OK)
		st = save(&list, path, err);
	apikey_release(&list);
	return st;
}

enum status
apikey_create(const char *path, const char *name, const char *scope,
    int64_t expires_us, char key[static APIKEY_TEXT_MAX], struct err *err)
{
	struct apikey new = { .created_us = clock_now_us(),
		.expires_us = expires_us };
	enum status st = check_new(name, scope, expires_us, err);
	int lock = -1;

	memset(key, 0, APIKEY_TEXT_MAX);
	if (st == ST_OK)
		st = file_lock(path, &lock, err);
	if (st == ST_OK) {
		memcpy(new.name, name, strlen(name) + 1);
		memcpy(new.scope, scope, strlen(scope) + 1);
		st = create_locked(path, &new, key, err);
	}
	file_unlock(lock);
	if (st != ST_OK)
		OPENSSL_cleanse(key, APIKEY_TEXT_MAX);
	return st;
}

static enum status
revoke_locked(const char *path, const char *name, struct err *err)
{
	struct apikey_list list;
	const struct apikey *key;
	size_t i;
	enum status st = apikey_load(&list, path, err);

	if (st != ST_OK)
		return st;
	key = list_find(&list, name);
	if (key == NULL || list.at == NULL) {
		st = err_set(err, ST_NONE, "no API key \"%s\"", name);
	} else {
		i = (size_t)(key - list.at);
		list.len--;
		memmove(&list.at[i], &list.at[i + 1],
		    (list.len - i) * sizeof(*list.at));
		st = save(&list, path, err);
	}
	apikey_release(&list);
	return st;
}

enum status
apikey_revoke(const char *path, const char *name, struct err *err)
{
	int lock;
	enum status st = file_lock(path, &lock, err);

	if (st == ST_OK)
		st = revoke_locked(path, name, err);
	file_unlock(lock);
	return st;
}
