/* The settings file and the environment: what each line means, and what is
 * refused with file, line and mend (F352-F366). */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "table.h"

#include "settings.h"

static char dir[] = "/tmp/zs-settings.XXXXXX";
static char path[64];

static void
write_file(const char *text, mode_t mode)
{
	int fd;

	(void)unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(fchmod(fd, mode), 0);
	assert_int_equal(close(fd), 0);
}

static const struct line_case {
	const char *says, *text;
	enum setting which;
	const char *want;
} lines[] = {
	{ "KEY=value is a setting", "LOG_LEVEL=debug\n", SET_LOG_LEVEL,
	    "debug" },
	{ "blanks around key and value go", " \tLOG_LEVEL \t= debug \t\n",
	    SET_LOG_LEVEL, "debug" },
	{ "a line may end in CR LF", "LOG_LEVEL=debug\r\n", SET_LOG_LEVEL,
	    "debug" },
	{ "the last line needs no newline", "LOG_LEVEL=debug", SET_LOG_LEVEL,
	    "debug" },
	{ "double quotes go", "LOG_LEVEL=\"debug\"\n", SET_LOG_LEVEL, "debug" },
	{ "single quotes go", "LOG_LEVEL='debug'\n", SET_LOG_LEVEL, "debug" },
	{ "blanks inside quotes stay", "LOG=\" a b \"\n", SET_LOG, " a b " },
	{ "only one pair of quotes goes", "LOG=\"'a'\"\n", SET_LOG, "'a'" },
	{ "unequal quotes stay", "LOG=\"a'\n", SET_LOG, "\"a'" },
	{ "a lone quote stays", "LOG=\"\n", SET_LOG, "\"" },
	{ "export before a key goes", "export LOG_LEVEL=debug\n", SET_LOG_LEVEL,
	    "debug" },
	{ "a line that starts with # is a comment",
	    "# LOG_LEVEL=debug\n  # LOG_LEVEL=warn\n", SET_LOG_LEVEL, "info" },
	{ "empty lines mean nothing", "\n  \t\nLOG_LEVEL=debug\n",
	    SET_LOG_LEVEL, "debug" },
	{ "a # inside a value belongs to it", "LOG=a#b\n", SET_LOG, "a#b" },
	{ "a = inside a value belongs to it",
	    "DATABASE_URL=host=/run dbname=z\n", SET_DATABASE_URL,
	    "host=/run dbname=z" },
	{ "a value may be empty", "ZOHO_MODULES_TO_SYNC=\n",
	    SET_ZOHO_MODULES_TO_SYNC, "" },
	{ "a value may be empty quotes", "ZOHO_MODULES_TO_SYNC=\"\"\n",
	    SET_ZOHO_MODULES_TO_SYNC, "" },
	{ "the last line of a key wins", "LOG=a\nLOG=b\n", SET_LOG, "b" },
	{ "what is not set has its fallback (F356)", "", SET_ZOHO_MODULES_TO_SYNC,
	    "Leads,Deals,Contacts,Accounts" },
	{ "REDIS_DEDUPE_TTL_SECONDS is an old name (F352)",
	    "REDIS_DEDUPE_TTL_SECONDS=300\n", SET_DEDUPE_TTL_SECONDS, "300" },
	{ "SECRET_KEY is an old name (F364)", "SECRET_KEY=abc\n", SET_CRON_SECRET,
	    "abc" },
	{ "the least number is allowed", "WEBHOOK_BODY_MAX=1024\n",
	    SET_WEBHOOK_BODY_MAX, "1024" },
	{ "the largest number is allowed", "WEBHOOK_BODY_MAX=67108864\n",
	    SET_WEBHOOK_BODY_MAX, "67108864" },
	{ "a switch may be off", "WEBHOOK_CHALLENGE=off\n",
	    SET_WEBHOOK_CHALLENGE, "off" },
};

static void
line_case(void **state)
{
	const struct line_case *c = *state;
	struct settings s = SETTINGS_INIT;
	struct err err = ERR_INIT;

	write_file(c->text, 0600);
	assert_int_equal(settings_load(&s, path, &err), ST_OK);
	assert_string_equal(settings_text(&s, c->which), c->want);
	assert_string_equal(s.path, path);
	settings_release(&s);
}

static const struct bad_case {
	const char *says, *text, *want; /* behind the path */
} bad[] = {
	{ "an unknown key is named with its line", "\n#\nNO_SUCH=1\n",
	    ":3: no setting is called \"NO_SUCH\"; zohosync.conf(5) lists "
	    "them" },
	{ "a key in another case is unknown", "log=1\n",
	    ":1: no setting is called \"log\"; zohosync.conf(5) lists them" },
	{ "a line without = is refused", "LOG_LEVEL=info\nLOG_LEVEL info\n",
	    ":2: not a KEY=value line; a comment starts with #" },
	{ "a line without a key is refused", "=info\n",
	    ":1: not a KEY=value line; a comment starts with #" },
	{ "a number below its range is refused", "WEBHOOK_BODY_MAX=1023\n",
	    ":1: WEBHOOK_BODY_MAX is \"1023\", not a whole number from 1024 "
	    "to 67108864" },
	{ "a number above its range is refused", "RETRY_LIMIT=101\n",
	    ":1: RETRY_LIMIT is \"101\", not a whole number from 1 to 100" },
	{ "a number with a unit is refused", "RETRY_LIMIT=5s\n",
	    ":1: RETRY_LIMIT is \"5s\", not a whole number from 1 to 100" },
	{ "a fraction is refused", "RETRY_LIMIT=5.0\n",
	    ":1: RETRY_LIMIT is \"5.0\", not a whole number from 1 to 100" },
	{ "no number is refused", "RETRY_LIMIT=\n",
	    ":1: RETRY_LIMIT is \"\", not a whole number from 1 to 100" },
	{ "a number of 20 digits is refused",
	    "RETRY_LIMIT=99999999999999999999\n",
	    ":1: RETRY_LIMIT is \"99999999999999999999\", not a whole number "
	    "from 1 to 100" },
	{ "an old name has the range of the new one",
	    "REDIS_DEDUPE_TTL_SECONDS=0\n",
	    ":1: DEDUPE_TTL_SECONDS is \"0\", not a whole number from 1 to "
	    "604800" },
	{ "a switch is on or off and nothing else", "DATABASE_PREPARE=yes\n",
	    ":1: DATABASE_PREPARE is \"yes\", not on or off" },
};

static void
bad_case(void **state)
{
	const struct bad_case *c = *state;
	struct settings s = SETTINGS_INIT;
	struct err err = ERR_INIT;

	write_file(c->text, 0600);
	assert_int_equal(settings_load(&s, path, &err), ST_REJECT);
	assert_memory_equal(err.text, path, strlen(path));
	assert_string_equal(err.text + strlen(path), c->want);
	settings_release(&s);
}

static const struct mode_case {
	const char *says, *text;
	mode_t mode;
	const char *want; /* NULL: accepted; else behind the path */
} modes[] = {
	{ "a file with a secret that others may read is refused",
	    "ZOHO_WEBHOOK_SECRET=abc\n", 0644,
	    ": it holds secrets and others may read it (mode 0644): chmod o= "
	    "it" },
	{ "a file with a secret that others may write is refused",
	    "SECRET_KEY=abc\n", 0602,
	    ": it holds secrets and others may read it (mode 0602): chmod o= "
	    "it" },
	{ "a file with a secret may be read by its group",
	    "ZOHO_WEBHOOK_SECRET=abc\n", 0640, NULL },
	{ "a file without a secret may be read by all", "LOG_LEVEL=info\n",
	    0644, NULL },
	{ "a secret in a comment is none", "# ZOHO_WEBHOOK_SECRET=abc\n", 0644,
	    NULL },
};

static void
mode_case(void **state)
{
	const struct mode_case *c = *state;
	struct settings s = SETTINGS_INIT;
	struct err err = ERR_INIT;
	enum status st;

	write_file(c->text, c->mode);
	st = settings_load(&s, path, &err);
	if (c->want == NULL) {
		assert_int_equal(st, ST_OK);
	} else {
		assert_int_equal(st, ST_FAULT);
		assert_string_equal(err.text + strlen(path), c->want);
	}
	settings_release(&s);
}

static const struct list_case {
	const char *says, *list, *word;
	bool want;
} lists[] = {
	{ "a word of a list is found", "Leads,Deals", "Deals", true },
	{ "case is ignored in a list", "Leads,Deals", "lEADS", true },
	{ "blanks around words of a list go", " Leads\t, Deals ,", "Deals",
	    true },
	{ "a beginning of a word is not the word", "Leads,Deals", "Deal",
	    false },
	{ "a longer word is not the word", "Lead", "Leads", false },
	{ "an empty list lists nothing", "", "Leads", false },
	{ "the empty word is never listed", "a,,b", "", false },
	{ "commas alone list nothing", " , ,", "Leads", false },
	{ "a word may hold a blank", "a b, c", "a b", true },
};

static void
list_case(void **state)
{
	const struct list_case *c = *state;

	assert_int_equal(settings_lists(c->list, c->word), c->want);
}

static void
load_env(const char *name, const char *value, const char *text,
    enum setting which, const char *want)
{
	struct settings s = SETTINGS_INIT;
	struct err err = ERR_INIT;

	write_file(text, 0600);
	assert_int_equal(setenv(name, value, 1), 0);
	assert_int_equal(settings_load(&s, path, &err), ST_OK);
	assert_int_equal(unsetenv(name), 0);
	assert_string_equal(settings_text(&s, which), want);
	settings_release(&s);
}

static void
the_environment_wins(void **state)
{
	(void)state;
	load_env("LOG", "b", "LOG=a\n", SET_LOG, "b");
	load_env("SECRET_KEY", "new", "CRON_SECRET=old\n", SET_CRON_SECRET,
	    "new");
	load_env("REDIS_DEDUPE_TTL_SECONDS", "30", "DEDUPE_TTL_SECONDS=20\n",
	    SET_DEDUPE_TTL_SECONDS, "30");
}

static void
an_empty_variable_means_nothing(void **state)
{
	(void)state;
	load_env("LOG", "", "LOG=a\n", SET_LOG, "a");
	load_env("SECRET_KEY", "", "CRON_SECRET=old\n", SET_CRON_SECRET, "old");
}

static void
a_new_name_wins_over_an_old_one(void **state)
{
	(void)state;
	assert_int_equal(setenv("CRON_SECRET", "new", 1), 0);
	load_env("SECRET_KEY", "old", "", SET_CRON_SECRET, "new");
	assert_int_equal(unsetenv("CRON_SECRET"), 0);
}

static void
a_bad_variable_is_refused(void **state)
{
	struct settings s = SETTINGS_INIT;
	struct err err = ERR_INIT;

	(void)state;
	write_file("", 0600);
	assert_int_equal(setenv("RETRY_LIMIT", "many", 1), 0);
	assert_int_equal(settings_load(&s, path, &err), ST_REJECT);
	assert_int_equal(unsetenv("RETRY_LIMIT"), 0);
	assert_string_equal(err.text,
	    "environment: RETRY_LIMIT is \"many\", not a whole number from 1 "
	    "to 100");
	settings_release(&s);
}

static void
ZOHOSYNC_CONF_names_the_file(void **state)
{
	struct settings s = SETTINGS_INIT;
	struct err err = ERR_INIT;

	(void)state;
	write_file("LOG=from-here\n", 0600);
	assert_int_equal(setenv("ZOHOSYNC_CONF", path, 1), 0);
	assert_int_equal(settings_load(&s, NULL, &err), ST_OK);
	assert_int_equal(unsetenv("ZOHOSYNC_CONF"), 0);
	assert_string_equal(settings_text(&s, SET_LOG), "from-here");
	assert_string_equal(s.path, path);
	settings_release(&s);
}

static void
a_file_that_is_not_there_is_a_fault(void **state)
{
	struct settings s = SETTINGS_INIT;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(settings_load(&s, "/nowhere/zohosync.conf", &err),
	    ST_FAULT);
	assert_string_equal(err.text,
	    "could not open \"/nowhere/zohosync.conf\": No such file or "
	    "directory");
	settings_release(&s);
}

/* 4094 bytes and the newline fit, one more does not. */
static void
a_line_has_a_limit(void **state)
{
	struct settings s = SETTINGS_INIT;
	struct err err = ERR_INIT;
	char text[4100];

	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text, "LOG=", 4);
	memcpy(text + 4094, "\n", 2);
	write_file(text, 0600);
	assert_int_equal(settings_load(&s, path, &err), ST_OK);
	assert_int_equal(strlen(settings_text(&s, SET_LOG)), 4090);
	settings_release(&s);
	memset(text, 'x', sizeof(text));
	memcpy(text, "LOG=", 4);
	memcpy(text + 4095, "\n", 2);
	write_file(text, 0600);
	assert_int_equal(settings_load(&s, path, &err), ST_REJECT);
	assert_string_equal(err.text + strlen(path),
	    ":1: longer than 4094 bytes");
	settings_release(&s);
}

static void
what_is_needed_and_missing_is_named(void **state)
{
	struct settings s = SETTINGS_INIT;
	struct err err = ERR_INIT;
	const char *text;
	char want[256];

	(void)state;
	write_file("DATABASE_URL=postgresql:///zohosync\n", 0600);
	assert_int_equal(settings_load(&s, path, &err), ST_OK);
	assert_int_equal(settings_need(&s, SET_DATABASE_URL, &text, &err),
	    ST_OK);
	assert_string_equal(text, "postgresql:///zohosync");
	assert_int_equal(settings_need(&s, SET_API_KEY_FILE, &text, &err),
	    ST_FAULT);
	(void)snprintf(want, sizeof(want),
	    "API_KEY_FILE is not set (file of hashed keys for the header "
	    "X-API-Key; see zohosync key): put it into %s",
	    path);
	assert_string_equal(err.text, want);
	assert_string_equal(err.reason, "settings");
	settings_release(&s);
}

static void
numbers_and_switches_are_read_as_such(void **state)
{
	struct settings s = SETTINGS_INIT;
	struct err err = ERR_INIT;

	(void)state;
	write_file("RETRY_LIMIT=7\nDATABASE_PREPARE=off\n", 0600);
	assert_int_equal(settings_load(&s, path, &err), ST_OK);
	assert_int_equal(settings_number(&s, SET_RETRY_LIMIT), 7);
	assert_int_equal(settings_number(&s, SET_RETRY_MAX_SECONDS), 3600);
	assert_false(settings_on(&s, SET_DATABASE_PREPARE));
	assert_true(settings_on(&s, SET_WEBHOOK_CHALLENGE));
	settings_release(&s);
}

/* A row without a sentence or with a fallback it would refuse is a row that
 * nobody looked at. */
static void
every_row_says_what_it_is_and_accepts_its_fallback(void **state)
{
	const struct setting_row *row;
	char text[200], quoted[300];
	long n;

	(void)state;
	for (row = setting_rows; row < setting_rows + SETTING_COUNT; row++) {
		assert_non_null(row->name);
		assert_non_null(row->fallback);
		assert_true(strlen(row->says) > 10);
		assert_null(strchr(row->says, '\n'));
		assert_int_not_equal(row->says[strlen(row->says) - 1], '.');
		if (row->kind == SETTING_NUMBER) {
			n = strtol(row->fallback, NULL, 10);
			(void)snprintf(text, sizeof(text), "%ld", n);
			assert_string_equal(text, row->fallback);
			assert_in_range(n, row->min, row->max);
		}
		if (row->kind == SETTING_SECRET)
			assert_string_equal(row->fallback, "");
		(void)snprintf(quoted, sizeof(quoted), "%s='%s'\n", row->name,
		    row->fallback);
		load_env("ZOHOSYNC_TEST", "", quoted,
		    (enum setting)(row - setting_rows), row->fallback);
	}
}

static void
settings_may_be_released_twice(void **state)
{
	struct settings s = SETTINGS_INIT;
	struct err err = ERR_INIT;

	(void)state;
	write_file("", 0600);
	assert_int_equal(settings_load(&s, path, &err), ST_OK);
	settings_release(&s);
	settings_release(&s);
	assert_null(s.path);
	assert_null(s.value[SET_LOG]);
}

static const struct CMUnitTest others[] = {
	SAYS("the environment wins over the file", the_environment_wins),
	SAYS("an empty variable means nothing",
	    an_empty_variable_means_nothing),
	SAYS("a new name wins over an old one",
	    a_new_name_wins_over_an_old_one),
	SAYS("a bad variable is refused", a_bad_variable_is_refused),
	SAYS("ZOHOSYNC_CONF names the file", ZOHOSYNC_CONF_names_the_file),
	SAYS("a file that is not there is a fault",
	    a_file_that_is_not_there_is_a_fault),
	SAYS("a line has a limit", a_line_has_a_limit),
	SAYS("what is needed and missing is named",
	    what_is_needed_and_missing_is_named),
	SAYS("numbers and switches are read as such",
	    numbers_and_switches_are_read_as_such),
	SAYS("every row says what it is and accepts its fallback",
	    every_row_says_what_it_is_and_accepts_its_fallback),
	SAYS("settings may be released twice", settings_may_be_released_twice),
};

/* Nothing of the caller's environment may leak in. */
static int
open_dir(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < SETTING_COUNT; i++)
		(void)unsetenv(setting_rows[i].name);
	(void)unsetenv("SECRET_KEY");
	(void)unsetenv("REDIS_DEDUPE_TTL_SECONDS");
	(void)unsetenv("ZOHOSYNC_CONF");
	if (mkdtemp(dir) == NULL)
		return -1;
	(void)snprintf(path, sizeof(path), "%s/conf", dir);
	return 0;
}

static int
close_dir(void **state)
{
	(void)state;
	(void)unlink(path);
	return rmdir(dir);
}

int
main(void)
{
	static struct CMUnitTest tests[ARRAY_LEN(lines) + ARRAY_LEN(bad) +
	    ARRAY_LEN(modes) + ARRAY_LEN(lists) + ARRAY_LEN(others)];
	size_t n = 0;

	ADD_ROWS(tests, n, lines, line_case);
	ADD_ROWS(tests, n, bad, bad_case);
	ADD_ROWS(tests, n, modes, mode_case);
	ADD_ROWS(tests, n, lists, list_case);
	ADD_OTHERS(tests, n, others);
	return cmocka_run_group_tests(tests, open_dir, close_dir);
}
