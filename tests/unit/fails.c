#include "fails.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <json-c/json.h>
#include <openssl/evp.h>

static int at;    /* the call of this run that fails */
static int calls; /* so far; 0 while nothing counts */
static const char *failed;
static bool counts;

void
fails_begin(void)
{
	calls = 0;
	counts = true;
}

const char *
fails_end(void)
{
	counts = false;
	return failed;
}

void
fails_at(int number)
{
	at = number;
	failed = NULL;
}

bool
fails_pause(void)
{
	bool was = counts;

	counts = false;
	return was;
}

void
fails_go_on(bool as_it_was)
{
	counts = as_it_was;
}

static bool
fails(const char *name, int number)
{
	if (!counts || ++calls != at)
		return false;
	failed = name;
	errno = number;
	return true;
}

void
fails_row(void **state)
{
	const struct fails_case *c = *state;
	struct err err;
	enum status st;

	for (at = 1;; at++) {
		failed = NULL;
		err = (struct err)ERR_INIT;
		st = c->run(&err);
		if (failed == NULL)
			break;
		if (st != ST_FAULT || err.text[0] == '\0')
			fail_msg("call %d, %s, failed: status %d, \"%s\"", at,
			    failed, (int)st, err.text);
	}
	if (st != ST_OK)
		fail_msg("nothing failed: status %d, \"%s\"", (int)st,
		    err.text);
	assert_true(at > 1);
}

/* clang-format off */
#define FAILS(type, name, parameters, arguments, number, value)      \
	type __real_##name parameters;                               \
	type __wrap_##name parameters;                               \
	type __wrap_##name parameters                                \
	{                                                            \
		if (fails(#name, number))                            \
			return value;                                \
		return __real_##name arguments;                      \
	}
#define NO_MEMORY(type, name, parameters, arguments) \
	FAILS(type, name, parameters, arguments, ENOMEM, NULL)
#define NO_DISK(name, parameters, arguments) \
	FAILS(int, name, parameters, arguments, EIO, -1)
#define NO_OPENSSL(name, parameters, arguments) \
	FAILS(int, name, parameters, arguments, 0, 0)

NO_MEMORY(void *, calloc, (size_t n, size_t size), (n, size))
NO_MEMORY(void *, malloc, (size_t size), (size))
NO_MEMORY(void *, realloc, (void *old, size_t size), (old, size))
NO_MEMORY(void *, reallocarray, (void *old, size_t n, size_t size),
    (old, n, size))
NO_MEMORY(char *, strdup, (const char *text), (text))
NO_MEMORY(char *, strndup, (const char *text, size_t n), (text, n))

NO_MEMORY(json_object *, json_object_new_array, (void), ())
NO_MEMORY(json_object *, json_object_new_boolean, (json_bool b), (b))
NO_MEMORY(json_object *, json_object_new_double_s,
    (double number, const char *text), (number, text))
NO_MEMORY(json_object *, json_object_new_int, (int32_t number), (number))
NO_MEMORY(json_object *, json_object_new_int64, (int64_t number), (number))
NO_MEMORY(json_object *, json_object_new_object, (void), ())
NO_MEMORY(json_object *, json_object_new_string, (const char *text), (text))
NO_MEMORY(json_object *, json_object_new_string_len,
    (const char *text, int len), (text, len))
NO_MEMORY(const char *, json_object_to_json_string_length,
    (json_object *o, int flags, size_t *len), (o, flags, len))
NO_MEMORY(json_tokener *, json_tokener_new_ex, (int depth), (depth))
FAILS(int, json_object_array_add, (json_object *o, json_object *value),
    (o, value), ENOMEM, -1)
FAILS(int, json_object_array_put_idx,
    (json_object *o, size_t i, json_object *value), (o, i, value), ENOMEM, -1)
FAILS(int, json_object_object_add,
    (json_object *o, const char *key, json_object *value), (o, key, value),
    ENOMEM, -1)

NO_MEMORY(EVP_MD_CTX *, EVP_MD_CTX_new, (void), ())
NO_OPENSSL(EVP_DigestInit_ex,
    (EVP_MD_CTX *ctx, const EVP_MD *type, ENGINE *engine),
    (ctx, type, engine))
NO_OPENSSL(EVP_DigestUpdate, (EVP_MD_CTX *ctx, const void *text, size_t len),
    (ctx, text, len))
NO_OPENSSL(EVP_DigestFinal_ex,
    (EVP_MD_CTX *ctx, unsigned char *out, unsigned int *len),
    (ctx, out, len))
NO_MEMORY(EVP_MD *, EVP_MD_fetch,
    (OSSL_LIB_CTX *lib, const char *name, const char *wants),
    (lib, name, wants))
NO_MEMORY(EVP_MAC *, EVP_MAC_fetch,
    (OSSL_LIB_CTX *lib, const char *name, const char *wants),
    (lib, name, wants))
NO_MEMORY(EVP_MAC_CTX *, EVP_MAC_CTX_new, (EVP_MAC *mac), (mac))
NO_OPENSSL(EVP_MAC_init,
    (EVP_MAC_CTX *ctx, const unsigned char *key, size_t len,
	const OSSL_PARAM params[]), (ctx, key, len, params))
NO_OPENSSL(EVP_MAC_update,
    (EVP_MAC_CTX *ctx, const unsigned char *text, size_t len),
    (ctx, text, len))
NO_OPENSSL(EVP_MAC_final,
    (EVP_MAC_CTX *ctx, unsigned char *out, size_t *len, size_t room),
    (ctx, out, len, room))
NO_OPENSSL(RAND_bytes, (unsigned char *out, int len), (out, len))

NO_DISK(fchmod, (int fd, mode_t mode), (fd, mode))
NO_DISK(fchown, (int fd, uid_t owner, gid_t group), (fd, owner, group))
NO_DISK(flock, (int fd, int operation), (fd, operation))
NO_DISK(fstat, (int fd, struct stat *info), (fd, info))
NO_DISK(fsync, (int fd), (fd))
NO_DISK(open, (const char *path, int flags, mode_t mode), (path, flags, mode))
NO_DISK(rename, (const char *from, const char *to), (from, to))
FAILS(ssize_t, write, (int fd, const void *bytes, size_t len),
    (fd, bytes, len), EIO, -1)
FAILS(FILE *, fdopen, (int fd, const char *mode), (fd, mode), EIO, NULL)
