/* settings_put(): one setting goes into a file, the rest stays as it is. */
#include "settings_file.h"

static const struct put_case {
	const char *says, *text, *want;
} cases[] = {
	{ "into an empty file", "", "LOG=new\n" },
	{ "in the place of its line", "A=1\nLOG=old\nB=2\n",
	    "A=1\nLOG=new\nB=2\n" },
	{ "at the end, where there is none", "A=1\n", "A=1\nLOG=new\n" },
	{ "on a line of its own where the last has no end", "A=1",
	    "A=1\nLOG=new\n" },
	{ "in the place of a last line without an end", "A=1\nLOG=old",
	    "A=1\nLOG=new\n" },
	{ "behind the commented line", "# where to\n#LOG=syslog\nB=2\n",
	    "# where to\n#LOG=syslog\nLOG=new\nB=2\n" },
	{ "in the place of the line, though there is a commented one",
	    "LOG=old\n# LOG=syslog\n", "LOG=new\n# LOG=syslog\n" },
	{ "in the place of the last of several, which counts", "LOG=a\nLOG=b\n",
	    "LOG=a\nLOG=new\n" },
	{ "in the place of a line with blanks", "  LOG = old\n", "LOG=new\n" },
	{ "in the place of an exported line", "export LOG=old\n", "LOG=new\n" },
	{ "not in the place of a longer name", "LOG_LEVEL=debug\n",
	    "LOG_LEVEL=debug\nLOG=new\n" },
	{ "not in the place of a value that looks so", "A=LOG=old\n",
	    "A=LOG=old\nLOG=new\n" },
};

static struct err err = ERR_INIT;

static void
read_back(char got[static 256])
{
	FILE *f = fopen(path, "r");
	size_t n;

	assert_non_null(f);
	n = fread(got, 1, 255, f);
	got[n] = '\0';
	assert_int_equal(fclose(f), 0);
}

static void
check_put(void **state)
{
	const struct put_case *c = *state;
	char got[256];

	write_file(c->text, 0640);
	assert_int_equal(settings_put(path, SET_LOG, "new", &err), ST_OK);
	read_back(got);
	assert_string_equal(got, c->want);
}

static void
the_mode_of_the_file_stays(void **state)
{
	struct stat info;

	(void)state;
	write_file("LOG=old\n", 0640);
	assert_int_equal(settings_put(path, SET_LOG, "new", &err), ST_OK);
	assert_int_equal(stat(path, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0640);
}

static void
a_value_that_would_need_quotes_is_refused(void **state)
{
	static const char *const values[] = { "a b", "a\nB=1", "\"a\"", "'",
		"a#b", "a\\b" };
	char got[256];
	size_t i;

	(void)state;
	write_file("LOG=old\n", 0600);
	for (i = 0; i < ARRAY_LEN(values); i++)
		assert_int_equal(settings_put(path, SET_LOG, values[i], &err),
		    ST_REJECT);
	read_back(got);
	assert_string_equal(got, "LOG=old\n");
}

static void
a_file_that_is_not_there_is_not_made(void **state)
{
	(void)state;
	(void)unlink(path);
	assert_int_equal(settings_put(path, SET_LOG, "new", &err), ST_FAULT);
	assert_int_equal(access(path, F_OK), -1);
	write_file("", 0600);
}

int
main(void)
{
	static const struct CMUnitTest others[] = {
		SAYS("the mode of the file stays", the_mode_of_the_file_stays),
		SAYS("a value that would need quotes is refused",
		    a_value_that_would_need_quotes_is_refused),
		SAYS("a file that is not there is not made",
		    a_file_that_is_not_there_is_not_made),
	};
	struct CMUnitTest tests[ARRAY_LEN(cases) + ARRAY_LEN(others)];
	size_t n = 0;

	ADD_ROWS(tests, n, cases, check_put);
	ADD_OTHERS(tests, n, others);
	return cmocka_run_group_tests_name("settings_put", tests, open_dir,
	    close_dir);
}
