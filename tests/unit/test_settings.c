/* Lines of the settings file: what each means, and what is refused with file,
 * line and mend (F352-F366). */
#include "settings_file.h"

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
	{ "what is not set has its fallback (F356)", "",
	    SET_ZOHO_MODULES_TO_SYNC, "Leads,Deals,Contacts,Accounts" },
	{ "REDIS_DEDUPE_TTL_SECONDS is an old name (F352)",
	    "REDIS_DEDUPE_TTL_SECONDS=300\n", SET_DEDUPE_TTL_SECONDS, "300" },
	{ "SECRET_KEY is an old name (F364)", "SECRET_KEY=abc\n",
	    SET_CRON_SECRET, "abc" },
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
	{ "a URL with a password is a secret",
	    "DATABASE_URL=postgresql://job:pw@/zohosync\n", 0604,
	    ": it holds secrets and others may read it (mode 0604): chmod o= "
	    "it" },
	{ "a password among keys is a secret",
	    "DATABASE_URL='host=/run password=pw'\n", 0604,
	    ": it holds secrets and others may read it (mode 0604): chmod o= "
	    "it" },
	{ "a URL with a user alone is no secret",
	    "DATABASE_URL=postgresql://job@/zohosync\n", 0604, NULL },
	{ "a URL with a port is no secret",
	    "DATABASE_URL=postgresql://db.example.com:5432/zohosync\n", 0604,
	    NULL },
	{ "a URL without a host is no secret",
	    "DATABASE_URL=postgresql:///zohosync?user=a@b\n", 0604, NULL },
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
	{ "another word of equal length is not the word", "Leads", "Tasks",
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

int
main(void)
{
	static struct CMUnitTest tests[ARRAY_LEN(lines) + ARRAY_LEN(bad) +
	    ARRAY_LEN(modes) + ARRAY_LEN(lists)];
	size_t n = 0;

	ADD_ROWS(tests, n, lines, line_case);
	ADD_ROWS(tests, n, bad, bad_case);
	ADD_ROWS(tests, n, modes, mode_case);
	ADD_ROWS(tests, n, lists, list_case);
	return cmocka_run_group_tests(tests, open_dir, close_dir);
}
