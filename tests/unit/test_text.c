/* Text from outside, made fit for a column and for the log. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "table.h"

#include "log.h"
#include "text.h"

static const struct clean_case {
	const char *says, *given, *want;
} cleans[] = {
	{ "plain text stays", "Ada Example", "Ada Example" },
	{ "the empty text stays", "", "" },
	{ "a newline stays", "a\nb", "a\nb" },
	{ "other control characters become ?",
	    "a\tb\rc\x01"
	    "d",
	    "a?b?c?d" },
	{ "letters beyond ASCII stay", "Zażółć 漢字 \xf0\x9f\x98\x80",
	    "Zażółć 漢字 \xf0\x9f\x98\x80" },
	{ "the last character of each length stays",
	    "~ \xdf\xbf \xef\xbf\xbf \xf4\x8f\xbf\xbf",
	    "~ \xdf\xbf \xef\xbf\xbf \xf4\x8f\xbf\xbf" },
	{ "the first character of each length stays",
	    "\xc2\x80 \xe0\xa0\x80 \xf0\x90\x80\x80",
	    "\xc2\x80 \xe0\xa0\x80 \xf0\x90\x80\x80" },
	{ "Latin 1 becomes ?", "Z\xfcrich", "Z?rich" },
	{ "a character cut short becomes ? by byte", "a\xe6\xbc", "a??" },
	{ "a character cut short keeps what follows", "\xe6\xbcx\xc5y",
	    "??x?y" },
	{ "a following byte alone becomes ?", "\x80\xbf", "??" },
	{ "an overlong slash becomes ?", "\xc0\xaf \xe0\x80\xaf", "?? ???" },
	{ "an overlong form of four bytes becomes ?", "\xf0\x80\x80\xaf",
	    "????" },
	{ "half of a surrogate pair becomes ?", "\xed\xa0\x80", "???" },
	{ "the last character before the surrogates stays", "\xed\x9f\xbf",
	    "\xed\x9f\xbf" },
	{ "a character beyond Unicode becomes ?", "\xf4\x90\x80\x80", "????" },
	{ "a byte that begins nothing becomes ?", "\xf5\xff\xfe", "???" },
};

static void
clean_case(void **state)
{
	const struct clean_case *c = *state;
	char *text = strdup(c->given); /* exact, so that ASan sees the end */

	assert_non_null(text);
	text_clean(text);
	assert_string_equal(text, c->want);
	free(text);
}

static void
no_text_at_all_is_left_alone(void **state)
{
	(void)state;
	text_clean(NULL);
}

/* ---- the log ---- */

static char dir[] = "/tmp/zs-text.XXXXXX";
static char path[64];

/* The last line of the log behind its time: "name[pid] level: text". */
static const char *
last_line(void)
{
	static char lines[16384];
	const char *line;
	char *end;
	ssize_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	n = read(fd, lines, sizeof(lines) - 1);
	(void)close(fd);
	assert_true(n > 0);
	lines[n] = '\0';
	end = strrchr(lines, '\n');
	assert_non_null(end);
	assert_int_equal(end[1], 0); /* whole lines only */
	*end = '\0';
	line = strrchr(lines, '\n');
	line = line != NULL ? line + 1 : lines;
	assert_true(strlen(line) > 28);
	return line + 28;
}

static void
open_log(const char *level)
{
	struct err err = ERR_INIT;

	(void)unlink(path);
	assert_int_equal(log_open("prog", path, level, &err), ST_OK);
}

static const struct log_case {
	const char *says, *given, *want;
} logged[] = {
	{ "plain text is logged as it is", "request 7: \"a\" done",
	    "request 7: \"a\" done" },
	{ "letters beyond ASCII are logged as they are", "Zażółć", "Zażółć" },
	{ "a line break cannot forge a line", "a\r\nb", "a\\x0d\\x0ab" },
	{ "an escape sequence cannot move the cursor", "\x1b[2J\x7f\t",
	    "\\x1b[2J\\x7f\\x09" },
	{ "a percent sign means itself", "100%s", "100%s" },
};

static void
log_case(void **state)
{
	const struct log_case *c = *state;
	char want[256];

	open_log("info");
	log_info("%s", c->given);
	(void)snprintf(want, sizeof(want), "prog[%d] info: %s", (int)getpid(),
	    c->want);
	assert_string_equal(last_line(), want);
}

static void
a_line_has_a_limit(void **state)
{
	static char tabs[5000];
	const char *line;

	(void)state;
	open_log("info");
	memset(tabs, '\t', sizeof(tabs) - 1);
	log_info("%s", tabs);
	line = last_line();
	assert_true(strlen(line) < 2300);
	assert_string_equal(line + strlen(line) - 8, "\\x09\\x09");
}

static void
a_level_hides_what_is_below_it(void **state)
{
	struct stat info;

	(void)state;
	open_log("warn");
	log_debug("hidden");
	log_info("hidden");
	assert_int_equal(stat(path, &info), 0);
	assert_int_equal(info.st_size, 0);
	log_warn("seen");
	assert_non_null(strstr(last_line(), " warn: seen"));
	log_error("seen too");
	assert_non_null(strstr(last_line(), " error: seen too"));
	open_log("debug");
	log_debug("seen now");
	assert_non_null(strstr(last_line(), " debug: seen now"));
}

static void
a_log_is_opened_anew_after_it_was_rotated(void **state)
{
	char old[80];
	struct stat info;

	(void)state;
	open_log("info");
	log_info("one");
	(void)snprintf(old, sizeof(old), "%s.1", path);
	assert_int_equal(rename(path, old), 0);
	log_reopen();
	log_info("two");
	assert_non_null(strstr(last_line(), "info: two"));
	assert_int_equal(stat(path, &info), 0);
	assert_int_equal(info.st_mode & 0007, 0);
	assert_int_equal(unlink(old), 0);
}

static void
a_log_that_cannot_be_is_a_fault(void **state)
{
	static char far[600];
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(log_open("prog", "/dev/null/log", "info", &err),
	    ST_FAULT);
	assert_string_equal(err.text,
	    "could not open \"/dev/null/log\": Not a directory");
	assert_int_equal(log_open("prog", path, "loud", &err), ST_FAULT);
	assert_string_equal(err.text,
	    "LOG_LEVEL is \"loud\", not error, warn, info or debug");
	memset(far, 'x', sizeof(far) - 1);
	assert_int_equal(log_open("prog", far, "info", &err), ST_FAULT);
	assert_string_equal(err.text, "LOG: the path is too long");
}

static const struct CMUnitTest others[] = {
	SAYS("no text at all is left alone", no_text_at_all_is_left_alone),
	SAYS("a line of the log has a limit", a_line_has_a_limit),
	SAYS("a level hides what is below it", a_level_hides_what_is_below_it),
	SAYS("a log is opened anew after it was rotated",
	    a_log_is_opened_anew_after_it_was_rotated),
	SAYS("a log that cannot be is a fault",
	    a_log_that_cannot_be_is_a_fault),
};

static int
open_dir(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL)
		return -1;
	(void)snprintf(path, sizeof(path), "%s/log", dir);
	return 0;
}

static int
close_dir(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	(void)unlink(path);
	return log_open("prog", "stderr", "info", &err) != ST_OK ||
	    rmdir(dir) != 0;
}

int
main(void)
{
	static struct CMUnitTest
	    tests[ARRAY_LEN(cleans) + ARRAY_LEN(logged) + ARRAY_LEN(others)];
	size_t n = 0;

	ADD_ROWS(tests, n, cleans, clean_case);
	ADD_ROWS(tests, n, logged, log_case);
	ADD_OTHERS(tests, n, others);
	return cmocka_run_group_tests(tests, open_dir, close_dir);
}
