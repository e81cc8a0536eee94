/* Requests on disk while PostgreSQL is away: what is put comes back whole and
 * in order (lib/spool.h). */
#include <sys/stat.h>
#include <sys/wait.h>

#include "spool_place.h"

enum { EACH = 50 };

static void
put(const struct envelope *e)
{
	struct err err = ERR_INIT;

	assert_int_equal(spool_put(&spool, e, &err), ST_OK);
}

/* First of all tests: the spool counts anew only about once a second. */
static void
a_full_spool_takes_nothing(void **state)
{
	const struct spool tiny = { .dir = place, .max_bytes = 300 };
	struct err err = ERR_INIT;
	struct spool_names names;

	(void)state;
	assert_int_equal(spool_put(&tiny, &sample, &err), ST_RETRY);
	assert_string_equal(err.reason, "spool");
	assert_string_equal(err.text, "the spool holds SPOOL_MAX_MB already");
	names = list(0);
	assert_int_equal(names.len, 0);
	spool_names_release(&names);
}

static void
files_are_listed_oldest_first(void **state)
{
	static const int64_t times[] = { 1769850903000000, 1769850901000000,
		999999, 1769850902000000 };
	static const char *const want[] = { "00000000000000999999-",
		"00001769850901000000-", "00001769850902000000-",
		"00001769850903000000-" };
	struct envelope e = sample;
	struct spool_names names;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(times); i++) {
		e.received_us = times[i];
		put(&e);
	}
	names = list(0);
	assert_int_equal(names.len, 4);
	for (i = 0; i < ARRAY_LEN(want); i++)
		assert_memory_equal(names.at[i], want[i], strlen(want[i]));
	spool_names_release(&names);
	names = list(2);
	assert_int_equal(names.len, 2);
	assert_memory_equal(names.at[1], want[1], strlen(want[1]));
	spool_names_release(&names);
	spool_names_release(&names);
	assert_null(names.at);
}

static void
what_is_put_is_read_and_removed(void **state)
{
	struct buf content = BUF_INIT(64 * KIB);
	struct envelope big = sample, e;
	struct err err = ERR_INIT;
	struct spool_names names;
	char body[40000];

	(void)state;
	memset(body, 0, sizeof(body));
	body[39999] = '\n';
	big.body = body;
	big.body_len = sizeof(body);
	put(&big);
	names = list(0);
	assert_int_equal(names.len, 1);
	assert_int_equal(buf_puts(&content, "left over", &err), ST_OK);
	assert_int_equal(spool_read(&spool, names.at[0], &content, &err),
	    ST_OK);
	assert_int_equal(envelope_read(&e, content.at, content.len, &err),
	    ST_OK);
	assert_same(&e, &big);
	envelope_release(&e);
	assert_int_equal(spool_remove(&spool, names.at[0], &err), ST_OK);
	assert_int_equal(spool_remove(&spool, names.at[0], &err), ST_OK);
	assert_int_equal(spool_read(&spool, names.at[0], &content, &err),
	    ST_NONE);
	assert_int_equal(content.len, 0);
	spool_names_release(&names);
	buf_release(&content);
}

static void
other_files_are_not_listed(void **state)
{
	struct spool_names names;
	struct spool_count count;

	(void)state;
	touch(".00001769850901000000-0123456789abcdef.req", "half");
	touch("notes.txt", "x");
	touch(".req", "x");
	touch(
	    "a-name-of-sixty-four-characters-is-longer-than-we-write-xxxx.req",
	    "x");
	touch("1.req", "12345");
	names = list(0);
	assert_int_equal(names.len, 1);
	assert_string_equal(names.at[0], "1.req");
	spool_names_release(&names);
	count = spool_count(&spool);
	assert_int_equal(count.files, 1);
	assert_int_equal(count.bytes, 5);
	assert_int_equal(count.bad, 0);
}

static void
what_is_set_aside_is_kept_in_bad(void **state)
{
	struct err err = ERR_INIT;
	struct spool_count count;
	struct spool_names names;
	char path[128];
	struct stat info;

	(void)state;
	touch("1.req", "12345");
	assert_int_equal(spool_set_aside(&spool, "1.req", &err), ST_OK);
	assert_int_equal(spool_set_aside(&spool, "1.req", &err), ST_OK);
	touch("2.req", "12345");
	assert_int_equal(spool_set_aside(&spool, "2.req", &err), ST_OK);
	names = list(0);
	assert_int_equal(names.len, 0);
	spool_names_release(&names);
	count = spool_count(&spool);
	assert_int_equal(count.files, 0);
	assert_int_equal(count.bad, 2);
	(void)snprintf(path, sizeof(path), "%s/bad/1.req", place);
	assert_int_equal(stat(path, &info), 0);
	assert_int_equal(info.st_size, 5);
}

static void
put_many(int64_t from)
{
	struct envelope e = sample;
	struct err err = ERR_INIT;
	int i;

	for (i = 0; i < EACH; i++) {
		e.received_us = from; /* all at one instant */
		if (spool_put(&spool, &e, &err) != ST_OK)
			_exit(1);
	}
	_exit(0);
}

static void
processes_may_put_at_once(void **state)
{
	struct buf content = BUF_INIT(KIB);
	struct err err = ERR_INIT;
	struct spool_names names;
	struct envelope e;
	pid_t child[2];
	int status;
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		child[i] = fork();
		assert_true(child[i] >= 0);
		if (child[i] == 0)
			put_many(1769850901000000);
	}
	for (i = 0; i < 2; i++) {
		assert_int_equal(waitpid(child[i], &status, 0), child[i]);
		assert_int_equal(status, 0);
	}
	names = list(0);
	assert_int_equal(names.len, 2 * EACH);
	for (i = 0; i < names.len; i++) {
		assert_int_equal(spool_read(&spool, names.at[i], &content,
				     &err),
		    ST_OK);
		assert_int_equal(envelope_read(&e, content.at, content.len,
				     &err),
		    ST_OK);
		envelope_release(&e);
	}
	spool_names_release(&names);
	buf_release(&content);
}

static const struct CMUnitTest directory[] = {
	IN_PLACE("a full spool takes nothing", a_full_spool_takes_nothing),
	IN_PLACE("files are listed oldest first",
	    files_are_listed_oldest_first),
	IN_PLACE("what is put is read and removed",
	    what_is_put_is_read_and_removed),
	IN_PLACE("hidden and other files are not listed",
	    other_files_are_not_listed),
	IN_PLACE("what is set aside is kept in bad",
	    what_is_set_aside_is_kept_in_bad),
	IN_PLACE("processes may put at once, at one instant",
	    processes_may_put_at_once),
};

int
main(void)
{
	return cmocka_run_group_tests(directory, open_top, close_top);
}
