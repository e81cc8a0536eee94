/* apikey.h: the file that API keys are kept in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "apikey.h"
#include "clock.h"

/* The SHA-256 of DEMO_KEY, made by sha256sum. */
#define DEMO_KEY "zs_demo-key-one"
#define DEMO_HASH \
	"9aec9bd2e07be4a24e690712f0b48eeb379a7b24494b69eccf6d17bb36cf912b"
#define DEMO_LINE "crm webhook " DEMO_HASH " 2026-01-31T08:15:00Z -\n"

/* 63 letters, the longest name. */
#define LONG_NAME \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define CREATED " 2026-01-31T08:15:00Z "
#define BYTES(text) text, sizeof(text) - 1

enum { KEYS_EACH = 20 };

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

static void
put_file(const char *text, size_t len, mode_t mode)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, mode), 0);
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

/* Rows are not const, as cmocka hands them on through a void *. */
static struct file_case {
	const char *says;
	mode_t mode;
	const char *text;
	size_t len;
	size_t keys;
	const char *complaint; /* NULL where the file is good */
} files[] = {
	{ "a file of mode 0600 is read", 0600, BYTES(DEMO_LINE), 1, NULL },
	{ "a file its group may read is read", 0640, BYTES(DEMO_LINE), 1,
	    NULL },
	{ "an empty file is an empty list", 0600, BYTES(""), 0, NULL },
	{ "empty lines are passed over", 0600, BYTES("\n" DEMO_LINE " \n\n"), 1,
	    NULL },
	{ "a last line needs no line end", 0600,
	    BYTES("crm webhook " DEMO_HASH CREATED "-"), 1, NULL },
	{ "a scope of a later version is no mistake", 0600,
	    BYTES("x later " DEMO_HASH CREATED "-\n"), 1, NULL },
	{ "a name of 63 letters is read", 0600,
	    BYTES(LONG_NAME " webhook " DEMO_HASH CREATED "-\n"), 1, NULL },
	{ "a file the world may read is refused", 0604, BYTES(DEMO_LINE), 0,
	    "its mode is 0604" },
	{ "a file its group may write is refused", 0660, BYTES(DEMO_LINE), 0,
	    "its mode is 0660" },
	{ "a line of four fields is refused by its number", 0600,
	    BYTES(DEMO_LINE "x webhook " DEMO_HASH CREATED "\n"), 0,
	    "line 2: not five fields" },
	{ "a line of six fields is refused by its number", 0600,
	    BYTES("x webhook " DEMO_HASH CREATED "- -\n"), 0,
	    "line 1: not five fields" },
	{ "empty lines count in the number of a line", 0600,
	    BYTES("\n\n" DEMO_LINE "x\n"), 0, "line 4: not five fields" },
	{ "a name with other letters is refused", 0600,
	    BYTES("x/y webhook " DEMO_HASH CREATED "-\n"), 0,
	    "line 1: not a name" },
	{ "a name of 64 letters is refused", 0600,
	    BYTES("a" LONG_NAME " webhook " DEMO_HASH CREATED "-\n"), 0,
	    "line 1: not a name" },
	{ "a scope of 16 letters is refused", 0600,
	    BYTES("x webhookwebhookwe " DEMO_HASH CREATED "-\n"), 0,
	    "line 1: not a scope" },
	{ "a hash with a digit more is refused", 0600,
	    BYTES("x webhook " DEMO_HASH "0" CREATED "-\n"), 0,
	    "line 1: not a SHA-256" },
	{ "a key where its hash should be is refused", 0600,
	    BYTES("x webhook " DEMO_KEY CREATED "-\n"), 0,
	    "line 1: not a SHA-256" },
	{ "31 February is no time", 0600,
	    BYTES("x webhook " DEMO_HASH " 2026-02-31T08:15:00Z -\n"), 0,
	    "line 1: not a time of creation" },
	{ "a time without Z is none", 0600,
	    BYTES("x webhook " DEMO_HASH CREATED "2026-01-31T08:15:00\n"), 0,
	    "line 1: not a time of expiry" },
	{ "an expiry at the start of 1970 does not become never", 0600,
	    BYTES("x webhook " DEMO_HASH CREATED "1970-01-01T00:00:00Z\n"), 0,
	    "line 1: not a time of expiry" },
	{ "a name in two lines is refused", 0600, BYTES(DEMO_LINE DEMO_LINE), 0,
	    "line 2: a name that stands above" },
	{ "a line of 300 letters is refused", 0600,
	    BYTES(LONG_NAME LONG_NAME LONG_NAME LONG_NAME LONG_NAME "\n"), 0,
	    "line 1: not a line" },
	{ "a NUL is refused", 0600, BYTES("x webhook\0\n" DEMO_LINE), 0,
	    "line 1: not a line" },
};

static void
check_file(void **state)
{
	const struct file_case *row = *state;
	struct apikey_list list;
	char key[APIKEY_TEXT_MAX];

	put_file(row->text, row->len, row->mode);
	assert_int_equal(apikey_load(&list, path, &err),
	    row->complaint == NULL ? ST_OK : ST_FAULT);
	assert_int_equal(list.len, row->keys);
	if (row->complaint != NULL) {
		assert_non_null(strstr(err.text, row->complaint));
		assert_non_null(strstr(err.text, path));
		assert_int_equal(apikey_create(path, "n", "webhook", 0, key,
				     &err),
		    ST_FAULT);
	}
	apikey_release(&list);
}

static void
a_rewritten_file_keeps_its_mode_and_group(void **state)
{
	char key[APIKEY_TEXT_MAX];
	struct stat info;
	gid_t group = geteuid() == 0 ? 12345 : getegid();

	(void)state;
	put_file(DEMO_LINE, strlen(DEMO_LINE), 0600);
	assert_int_equal(chown(path, (uid_t)-1, group), 0);
	assert_int_equal(chmod(path, 0640), 0);
	create("one", key);
	assert_int_equal(file_mode(), 0640);
	assert_int_equal(stat(path, &info), 0);
	assert_int_equal(info.st_gid, group);
	assert_int_equal(find(DEMO_KEY), ST_OK);
}

static void
what_a_killed_writer_left_does_not_hinder(void **state)
{
	char key[APIKEY_TEXT_MAX], name[sizeof(path) + 8];
	int fd;

	(void)state;
	(void)snprintf(name, sizeof(name), "%s.new", path);
	fd = open(name, O_WRONLY | O_CREAT, 0666);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "half a li", 9), 9);
	(void)close(fd);
	create("one", key);
	assert_int_equal(access(name, F_OK), -1);
	assert_int_equal(file_mode(), 0600);
	assert_int_equal(find(key), ST_OK);
}

static void
a_missing_file_is_an_empty_list(void **state)
{
	struct apikey_list list;

	(void)state;
	assert_int_equal(apikey_load(&list, path, &err), ST_OK);
	assert_int_equal(list.len, 0);
	apikey_release(&list);
}

static void
the_thousandth_key_is_made_and_no_more(void **state)
{
	struct apikey_list list;
	char key[APIKEY_TEXT_MAX];
	FILE *file = fopen(path, "w");
	int i;

	(void)state;
	assert_non_null(file);
	for (i = 0; i < APIKEY_COUNT_MAX - 1; i++)
		(void)fprintf(file, "n%d webhook %s %s -\n", i, DEMO_HASH,
		    "2026-01-31T08:15:00Z");
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, 0600), 0);
	create("last", key);
	assert_int_equal(apikey_create(path, "more", "webhook", 0, key, &err),
	    ST_REJECT);
	assert_string_equal(key, "");
	assert_int_equal(apikey_load(&list, path, &err), ST_OK);
	assert_int_equal(list.len, 1000);
	apikey_release(&list);
}

static void
create_many(char letter)
{
	char key[APIKEY_TEXT_MAX], name[8];
	unsigned char i;

	for (i = 0; i < KEYS_EACH; i++) {
		(void)snprintf(name, sizeof(name), "%c%u", letter, i);
		if (apikey_create(path, name, "webhook", 0, key, &err) != ST_OK)
			_exit(1);
	}
	_exit(0);
}

static void
what_two_create_at_once_is_all_there(void **state)
{
	struct apikey_list list;
	pid_t children[2];
	size_t i;
	int how;

	(void)state;
	for (i = 0; i < 2; i++) {
		children[i] = fork();
		assert_true(children[i] >= 0);
		if (children[i] == 0)
			create_many("ab"[i]);
	}
	for (i = 0; i < 2; i++) {
		assert_int_equal(waitpid(children[i], &how, 0), children[i]);
		assert_int_equal(how, 0);
	}
	assert_int_equal(apikey_load(&list, path, &err), ST_OK);
	assert_int_equal(list.len, 2 * KEYS_EACH);
	apikey_release(&list);
}

static void
a_folder_that_is_not_there_is_our_fault(void **state)
{
	char key[APIKEY_TEXT_MAX];

	(void)state;
	assert_int_equal(apikey_create("/nonexistent/keys", "one", "webhook", 0,
			     key, &err),
	    ST_FAULT);
	assert_string_equal(key, "");
	assert_int_equal(apikey_revoke("/nonexistent/keys", "one", &err),
	    ST_FAULT);
}

static void
what_is_no_regular_file_is_refused(void **state)
{
	struct apikey_list list;

	(void)state;
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(apikey_load(&list, path, &err), ST_FAULT);
	assert_non_null(strstr(err.text, "not a regular file"));
	assert_int_equal(apikey_load(&list, folder, &err), ST_FAULT);
}

#define IN_FOLDER(f) \
	cmocka_unit_test_setup_teardown(f, make_folder, remove_folder)

static const struct CMUnitTest others[] = {
	IN_FOLDER(a_rewritten_file_keeps_its_mode_and_group),
	IN_FOLDER(what_a_killed_writer_left_does_not_hinder),
	IN_FOLDER(a_missing_file_is_an_empty_list),
	IN_FOLDER(the_thousandth_key_is_made_and_no_more),
	IN_FOLDER(what_two_create_at_once_is_all_there),
	IN_FOLDER(a_folder_that_is_not_there_is_our_fault),
	IN_FOLDER(what_is_no_regular_file_is_refused),
};

int
main(void)
{
	struct CMUnitTest tests[ARRAY_LEN(files) + ARRAY_LEN(others)];
	size_t i;

	for (i = 0; i < ARRAY_LEN(files); i++)
		tests[i] = (struct CMUnitTest) { files[i].says, check_file,
			make_folder, remove_folder, &files[i] };
	memcpy(tests + i, others, sizeof(others));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
