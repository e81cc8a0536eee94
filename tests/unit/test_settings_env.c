/* Where settings come from besides the file, what is missing, and what every
 * row of the table must be (F352-F366). */
#include "settings_file.h"

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
assert_env_refused(const char *name, const char *value, const char *want)
{
	struct settings s = SETTINGS_INIT;
	struct err err = ERR_INIT;

	write_file("", 0600);
	assert_int_equal(setenv(name, value, 1), 0);
	assert_int_equal(settings_load(&s, path, &err), ST_REJECT);
	assert_int_equal(unsetenv(name), 0);
	assert_string_equal(err.text, want);
	settings_release(&s);
}

static void
a_bad_variable_is_refused(void **state)
{
	(void)state;
	assert_env_refused("RETRY_LIMIT", "many",
	    "environment: RETRY_LIMIT is \"many\", not a whole number from 1 "
	    "to 100");
	assert_env_refused("REDIS_DEDUPE_TTL_SECONDS", "0",
	    "environment: DEDUPE_TTL_SECONDS is \"0\", not a whole number "
	    "from 1 to 604800");
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

/* Without a file, the place where it would be is named. */
static void
a_missing_setting_says_where_it_belongs(void **state)
{
	char empty[] = "";
	struct settings s = SETTINGS_INIT;
	struct err err = ERR_INIT;
	const char *text;

	(void)state;
	s.value[SET_CRON_SECRET] = empty;
	assert_int_equal(settings_need(&s, SET_CRON_SECRET, &text, &err),
	    ST_FAULT);
	assert_string_equal(err.text,
	    "CRON_SECRET is not set (bearer token of scheduled calls): put it "
	    "into " SYSCONFDIR "/zohosync.conf");
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

static const struct CMUnitTest tests[] = {
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
	SAYS("a missing setting says where it belongs",
	    a_missing_setting_says_where_it_belongs),
	SAYS("numbers and switches are read as such",
	    numbers_and_switches_are_read_as_such),
	SAYS("every row says what it is and accepts its fallback",
	    every_row_says_what_it_is_and_accepts_its_fallback),
	SAYS("settings may be released twice", settings_may_be_released_twice),
};

int
main(void)
{
	return cmocka_run_group_tests(tests, open_dir, close_dir);
}
