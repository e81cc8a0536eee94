/* Requests on disk while PostgreSQL is away: what is put comes back whole and
 * in order (lib/spool.h). */
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "envelope_sample.h"

#include "spool.h"

enum { NOBODY = 65534, EACH = 50 };

static char top[] = "/tmp/zs-spool.XXXXXX";
static char place[64];

static const struct spool spool = { .dir = place, .max_bytes = 64 << 20 };

static void
put(const struct envelope *e)
{
	struct err err = ERR_INIT;

	assert_int_equal(spool_put(&spool, e, &err), ST_OK);
}

static struct spool_names
list(size_t max)
{
	struct spool_names names;
	struct err err = ERR_INIT;

	assert_int_equal(spool_list(&spool, max, &names, &err), ST_OK);
	return names;
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
touch(const char *name, const char *text)
{
	char path[128];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s", place, name);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(close(fd), 0);
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
a_file_larger_than_the_buffer_is_refused(void **state)
{
	struct buf content = BUF_INIT(4);
	struct err err = ERR_INIT;

	(void)state;
	touch("1.req", "12345");
	assert_int_equal(spool_read(&spool, "1.req", &content, &err),
	    ST_REJECT);
	assert_string_equal(err.text, "more than 4 bytes");
	buf_release(&content);
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

static void
the_directory_is_made_where_it_is_missing(void **state)
{
	struct err err = ERR_INIT;
	struct stat info;
	mode_t old;

	(void)state;
	assert_int_equal(rmdir(place), 0);
	assert_int_equal(spool_put(&spool, &sample, &err), ST_RETRY);
	assert_string_equal(err.reason, "spool");
	assert_int_equal(list(0).len, 0);
	assert_int_equal(spool_count(&spool).files, -1);
	assert_int_equal(spool_count(&spool).bytes, -1);
	old = umask(0);
	assert_int_equal(spool_open(&spool, &err), ST_OK);
	(void)umask(old);
	assert_int_equal(stat(place, &info), 0);
	assert_int_equal(info.st_mode & 07777, 0770);
	assert_int_equal(spool_open(&spool, &err), ST_OK);
}

static void
a_directory_that_cannot_be_is_a_fault(void **state)
{
	static char far[1024];
	static const struct spool nowhere = { .dir = "/dev/null/spool" },
				  too_far = { .dir = far };
	struct err err = ERR_INIT;
	struct spool_names names;

	(void)state;
	assert_int_equal(spool_open(&nowhere, &err), ST_FAULT);
	assert_string_equal(err.text,
	    "could not make SPOOL_DIR \"/dev/null/spool\": Not a directory");
	assert_int_equal(spool_list(&nowhere, 0, &names, &err), ST_RETRY);
	assert_int_equal(spool_remove(&nowhere, "1.req", &err), ST_RETRY);
	assert_int_equal(spool_set_aside(&nowhere, "1.req", &err), ST_RETRY);
	memset(far, '/', sizeof(far) - 1);
	assert_int_equal(spool_open(&too_far, &err), ST_FAULT);
	assert_string_equal(err.text, "SPOOL_DIR: the path is too long");
}

/* In a process of its own, because root may write everywhere. */
static int
try_unwritable(void)
{
	struct err err = ERR_INIT;

	if (geteuid() == 0 &&
	    (setgroups(0, NULL) != 0 || setgid(NOBODY) != 0 ||
		setuid(NOBODY) != 0))
		return 1;
	if (spool_open(&spool, &err) != ST_FAULT ||
	    strstr(err.text, "is not writable: Permission denied") == NULL)
		return 2;
	if (spool_put(&spool, &sample, &err) != ST_RETRY ||
	    strcmp(err.reason, "spool") != 0)
		return 3;
	return 0;
}

static void
a_directory_that_is_not_writable_is_a_fault(void **state)
{
	int status;
	pid_t child;

	(void)state;
	assert_int_equal(chmod(place, 0555), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		_exit(try_unwritable());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(chmod(place, 0755), 0);
	assert_int_equal(status, 0);
}

/* ---- around each test ---- */

static void
empty(const char *path)
{
	static const char *const left[] = { "notes.txt", ".req", "1.req",
		"bad/1.req", "bad/2.req",
		".00001769850901000000-0123456789abcdef.req",
		"a-name-of-sixty-four-characters-is-longer-than-we-write-xxxx"
		".req" };
	struct spool_names names = list(0);
	struct err err = ERR_INIT;
	char name[256];
	size_t i;

	for (i = 0; i < names.len; i++)
		assert_int_equal(spool_remove(&spool, names.at[i], &err),
		    ST_OK);
	spool_names_release(&names);
	for (i = 0; i < ARRAY_LEN(left); i++) {
		(void)snprintf(name, sizeof(name), "%s/%s", path, left[i]);
		(void)unlink(name);
	}
	(void)snprintf(name, sizeof(name), "%s/bad", path);
	(void)rmdir(name);
}

static int
open_place(void **state)
{
	(void)state;
	return mkdir(place, 0755) != 0;
}

static int
close_place(void **state)
{
	(void)state;
	empty(place);
	return rmdir(place);
}

static int
open_top(void **state)
{
	(void)state;
	if (mkdtemp(top) == NULL || chmod(top, 0755) != 0)
		return -1;
	(void)snprintf(place, sizeof(place), "%s/spool", top);
	return 0;
}

static int
close_top(void **state)
{
	(void)state;
	return rmdir(top);
}

#define IN_PLACE(sentence, function)                                   \
	{                                                              \
		.name = sentence, .test_func = function,               \
		.setup_func = open_place, .teardown_func = close_place \
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
	IN_PLACE("a file larger than the buffer is refused",
	    a_file_larger_than_the_buffer_is_refused),
	IN_PLACE("processes may put at once, at one instant",
	    processes_may_put_at_once),
	IN_PLACE("the directory is made where it is missing",
	    the_directory_is_made_where_it_is_missing),
	IN_PLACE("a directory that cannot be is a fault",
	    a_directory_that_cannot_be_is_a_fault),
	IN_PLACE("a directory that is not writable is a fault",
	    a_directory_that_is_not_writable_is_a_fault),
};

int
main(void)
{
	return cmocka_run_group_tests(directory, open_top, close_top);
}
