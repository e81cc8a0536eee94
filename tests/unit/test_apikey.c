/* apikey.h: making, finding and revoking API keys (F041). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "apikey.h"
#include "clock.h"

/* The SHA-256 of DEMO_KEY, made by sha256sum. */
#define DEMO_KEY "zs_demo-key-one"
#define DEMO_HASH \
	"9aec9bd2e07be4a24e690712f0b48eeb379a7b24494b69eccf6d17bb36cf912b"

/* 63 letters, the longest name. */
#define LONG_NAME \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

#define SECOND_US INT64_C(1000000)
/* 2026-02-01T00:00:00Z, by date -u +%s */
#define FEBRUARY_US (INT64_C(1769904000) * SECOND_US)

static struct err err;
static char folder[64];
static char path[sizeof(folder) + 8];

static int
make_folder(void **state)
{
	(void)state;
	err = (struct err)ERR_INIT;
	(void)strcpy(folder, "/tmp/apikey.XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	(void)snprintf(path, sizeof(path), "%s/keys", folder);
	return 0;
}

static void
remove_beside(const char *ending)
{
	char name[sizeof(path) + 8];

	(void)snprintf(name, sizeof(name), "%s%s", path, ending);
	(void)unlink(name);
}

/* Fails where a file is left that should not be. */
static int
remove_folder(void **state)
{
	(void)state;
	remove_beside("");
	remove_beside(".lock");
	return rmdir(folder);
}

static mode_t
file_mode(void)
{
	struct stat info;

	assert_int_equal(stat(path, &info), 0);
	return info.st_mode & 07777U;
}

static void
create(const char *name, char key[static APIKEY_TEXT_MAX])
{
	assert_int_equal(apikey_create(path, name, "webhook", 0, key, &err),
	    ST_OK);
}

/* What apikey_find() says of "key" now, for webhooks. */
static enum status
find(const char *key)
{
	struct apikey_list list;
	const struct apikey *found;
	enum status st;

	assert_int_equal(apikey_load(&list, path, &err), ST_OK);
	st = apikey_find(&list, key, "webhook", clock_now_us(), &found, &err);
	apikey_release(&list);
	return st;
}

static void
a_created_key_is_found_by_its_text(void **state)
{
	char key[APIKEY_TEXT_MAX];
	struct apikey_list list;
	const struct apikey *found;
	int64_t before = clock_now_us();

	(void)state;
	create("books.main", key);
	assert_int_equal(apikey_load(&list, path, &err), ST_OK);
	assert_int_equal(list.len, 1);
	assert_int_equal(apikey_find(&list, key, "webhook", before, &found,
			     &err),
	    ST_OK);
	assert_string_equal(found->name, "books.main");
	assert_string_equal(found->scope, "webhook");
	assert_int_equal(found->expires_us, 0);
	assert_in_range((uint64_t)found->created_us,
	    (uint64_t)(before - SECOND_US), (uint64_t)clock_now_us());
	apikey_release(&list);
}

static void
a_key_is_zs_and_64_hex_digits_and_never_the_same(void **state)
{
	char one[APIKEY_TEXT_MAX], two[APIKEY_TEXT_MAX];

	(void)state;
	create("one", one);
	create("two", two);
	assert_int_equal(strlen(one), 67);
	assert_memory_equal(one, "zs_", 3);
	assert_int_equal(strspn(one + 3, "0123456789abcdef"), 64);
	assert_string_not_equal(one, two);
	assert_int_equal(find(one), ST_OK);
	assert_int_equal(find(two), ST_OK);
}

static void
the_file_holds_no_key_and_has_mode_0600(void **state)
{
	char key[APIKEY_TEXT_MAX], text[512] = "";
	mode_t mask = umask(0);
	FILE *file;

	(void)state;
	create("one", key);
	(void)umask(mask);
	assert_int_equal(file_mode(), 0600);
	file = fopen(path, "r");
	assert_non_null(file);
	assert_true(fread(text, 1, sizeof(text) - 1, file) > 0);
	(void)fclose(file);
	assert_memory_equal(text, "one webhook ", 12);
	assert_null(strstr(text, key));
	assert_null(strstr(text, key + 3));
}

static void
an_empty_list_lets_nobody_in(void **state)
{
	(void)state;
	assert_int_equal(find(DEMO_KEY), ST_FAULT);
	assert_string_equal(err.reason, "secret_unset");
}

static void
a_revoked_key_is_refused_and_the_others_stay(void **state)
{
	char one[APIKEY_TEXT_MAX], two[APIKEY_TEXT_MAX], three[APIKEY_TEXT_MAX];

	(void)state;
	create("one", one);
	create("two", two);
	create("three", three);
	assert_int_equal(apikey_revoke(path, "two", &err), ST_OK);
	assert_int_equal(find(one), ST_OK);
	assert_int_equal(find(two), ST_REJECT);
	assert_string_equal(err.reason, "key_unknown");
	assert_int_equal(find(three), ST_OK);
	assert_int_equal(apikey_revoke(path, "two", &err), ST_NONE);
	create("two", two);
	assert_int_equal(find(two), ST_OK);
}

static void
after_the_last_key_is_revoked_nobody_gets_in(void **state)
{
	char key[APIKEY_TEXT_MAX];

	(void)state;
	create("one", key);
	assert_int_equal(apikey_revoke(path, "one", &err), ST_OK);
	assert_int_equal(find(key), ST_FAULT);
}

static void
a_name_is_given_once(void **state)
{
	char one[APIKEY_TEXT_MAX], two[APIKEY_TEXT_MAX];

	(void)state;
	create("one", one);
	assert_int_equal(apikey_create(path, "one", "webhook", 0, two, &err),
	    ST_REJECT);
	assert_string_equal(err.text, "the name \"one\" is taken");
	assert_string_equal(two, "");
	assert_int_equal(find(one), ST_OK);
}

/* Rows are not const, as cmocka hands them on through a void *. */
static struct use_case {
	const char *says, *expires, *key, *scope;
	int64_t now_us;
	enum status want;
	const char *reason;
} uses[] = {
	{ "a key without expiry lets in for good", "-", DEMO_KEY, "webhook",
	    100 * FEBRUARY_US, ST_OK, "" },
	{ "a key lets in until it expires", "2026-02-01T00:00:00Z", DEMO_KEY,
	    "webhook", FEBRUARY_US - 1, ST_OK, "" },
	{ "a key is refused from the moment it expires", "2026-02-01T00:00:00Z",
	    DEMO_KEY, "webhook", FEBRUARY_US, ST_REJECT, "key_expired" },
	{ "a key for webhooks is refused for another scope", "-", DEMO_KEY,
	    "admin", FEBRUARY_US, ST_REJECT, "key_scope" },
	{ "a scope that only begins alike is another", "-", DEMO_KEY, "web",
	    FEBRUARY_US, ST_REJECT, "key_scope" },
	{ "a key cut short is unknown", "-", "zs_demo-key-on", "webhook",
	    FEBRUARY_US, ST_REJECT, "key_unknown" },
	{ "a key in other case is unknown", "-", "ZS_DEMO-KEY-ONE", "webhook",
	    FEBRUARY_US, ST_REJECT, "key_unknown" },
	{ "the hash of a key is no key", "-", DEMO_HASH, "webhook", FEBRUARY_US,
	    ST_REJECT, "key_unknown" },
	{ "the name of a key is no key", "-", "crm", "webhook", FEBRUARY_US,
	    ST_REJECT, "key_unknown" },
	{ "an empty key is missing", "-", "", "webhook", FEBRUARY_US, ST_REJECT,
	    "key_missing" },
	{ "no key is missing", "-", NULL, "webhook", FEBRUARY_US, ST_REJECT,
	    "key_missing" },
};

static void
check_use(void **state)
{
	const struct use_case *row = *state;
	char line[256];
	struct apikey_list list;
	const struct apikey *found = NULL;
	enum status st;
	FILE *file;

	(void)snprintf(line, sizeof(line), "crm webhook %s %s %s\n", DEMO_HASH,
	    "2026-01-31T08:15:00Z", row->expires);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(line, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(apikey_load(&list, path, &err), ST_OK);
	st = apikey_find(&list, row->key, row->scope, row->now_us, &found,
	    &err);
	assert_int_equal(st, row->want);
	assert_string_equal(err.reason, row->reason);
	assert_ptr_equal(found, row->want == ST_OK ? list.at : NULL);
	apikey_release(&list);
}

static struct new_case {
	const char *says, *name, *scope;
	int64_t expires_us;
	enum status want;
} news[] = {
	{ "a key may be made with an expiry", "a-b_c.D9", "webhook",
	    FEBRUARY_US + 1, ST_OK },
	{ "a key of 63 letters may be made", LONG_NAME, "webhook", 0, ST_OK },
	{ "no key is made without a name", "", "webhook", 0, ST_REJECT },
	{ "no key is made with a blank in its name", "a b", "webhook", 0,
	    ST_REJECT },
	{ "no key is made with a line end in its name", "a\nb", "webhook", 0,
	    ST_REJECT },
	{ "no key is made with a letter beyond ASCII", "Zo\xc3\xab", "webhook",
	    0, ST_REJECT },
	{ "no key is made with 64 letters", "a" LONG_NAME, "webhook", 0,
	    ST_REJECT },
	{ "no key is made for an unknown scope", "a", "everything", 0,
	    ST_REJECT },
	{ "no key is made for an empty scope", "a", "", 0, ST_REJECT },
	{ "no key is made to expire before 1970", "a", "webhook", -1,
	    ST_REJECT },
	{ "no key is made with an expiry that would read as never", "a",
	    "webhook", 1, ST_REJECT },
	{ "no key is made to expire after year 9999", "a", "webhook",
	    INT64_C(253402300800) * SECOND_US, ST_REJECT },
};

static void
check_new(void **state)
{
	const struct new_case *row = *state;
	char key[APIKEY_TEXT_MAX] = "left from before";
	struct apikey_list list;
	enum status st;

	st = apikey_create(path, row->name, row->scope, row->expires_us, key,
	    &err);
	assert_int_equal(st, row->want);
	assert_int_equal(apikey_load(&list, path, &err), ST_OK);
	if (row->want == ST_OK) {
		assert_int_equal(list.len, 1);
		assert_string_equal(list.at[0].name, row->name);
		assert_int_equal(list.at[0].expires_us,
		    row->expires_us > 0 ? FEBRUARY_US : 0);
		assert_int_equal(strlen(key), 67);
	} else {
		assert_int_equal(list.len, 0);
		assert_string_equal(key, "");
	}
	apikey_release(&list);
}

#define IN_FOLDER(f) \
	cmocka_unit_test_setup_teardown(f, make_folder, remove_folder)

static const struct CMUnitTest others[] = {
	IN_FOLDER(a_created_key_is_found_by_its_text),
	IN_FOLDER(a_key_is_zs_and_64_hex_digits_and_never_the_same),
	IN_FOLDER(the_file_holds_no_key_and_has_mode_0600),
	IN_FOLDER(an_empty_list_lets_nobody_in),
	IN_FOLDER(a_revoked_key_is_refused_and_the_others_stay),
	IN_FOLDER(after_the_last_key_is_revoked_nobody_gets_in),
	IN_FOLDER(a_name_is_given_once),
};

static struct CMUnitTest
row_test(const char *says, CMUnitTestFunction check, void *row)
{
	const struct CMUnitTest test = { says, check, make_folder,
		remove_folder, row };

	return test;
}

/* clang-format off */
#define ADD(rows, check) \
	for (i = 0; i < ARRAY_LEN(rows); i++) \
		tests[n++] = row_test((rows)[i].says, check, &(rows)[i])
/* clang-format on */

int
main(void)
{
	struct CMUnitTest
	    tests[ARRAY_LEN(uses) + ARRAY_LEN(news) + ARRAY_LEN(others)];
	size_t i, n = 0;

	ADD(uses, check_use);
	ADD(news, check_new);
	memcpy(tests + n, others, sizeof(others));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
