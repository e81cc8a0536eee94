/* What the spool does where the disk does not play along: nothing is half
 * there, and the error says what to do (lib/spool.h). */
#include <grp.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "spool_place.h"

enum { NOBODY = 65534 };

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
	struct buf content = BUF_INIT(KIB);
	struct err err = ERR_INIT;
	struct spool_names names;

	(void)state;
	assert_int_equal(spool_open(&nowhere, &err), ST_FAULT);
	assert_string_equal(err.text,
	    "could not make SPOOL_DIR \"/dev/null/spool\": Not a directory");
	assert_int_equal(spool_list(&nowhere, 0, &names, &err), ST_RETRY);
	assert_int_equal(spool_read(&nowhere, "1.req", &content, &err),
	    ST_RETRY);
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

/* A file of 100 bytes is as large as this disk takes. */
static void
a_disk_that_is_full_leaves_nothing_behind(void **state)
{
	struct rlimit before, full;
	struct err err = ERR_INIT;
	enum status st;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	full = before;
	full.rlim_cur = 100;
	assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &full), 0);
	st = spool_put(&spool, &sample, &err);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(st, ST_RETRY);
	assert_string_equal(err.reason, "spool");
	assert_memory_equal(err.text, "could not write \"", 17);
	assert_int_equal(rmdir(place), 0); /* so it is empty */
	assert_int_equal(spool_put(&spool, &sample, &err), ST_RETRY);
	assert_int_equal(spool_open(&spool, &err), ST_OK);
	assert_int_equal(spool_put(&spool, &sample, &err), ST_OK);
	assert_int_equal(spool_count(&spool).files, 1);
}

static void
a_request_with_too_much_around_it_is_refused(void **state)
{
	static char query[MIB + 1];
	struct envelope e = sample;
	struct err err = ERR_INIT;

	(void)state;
	memset(query, 'a', sizeof(query) - 1);
	e.query = query;
	assert_int_equal(spool_put(&spool, &e, &err), ST_REJECT);
	assert_string_equal(err.text, "more than 1048576 bytes");
	assert_int_equal(rmdir(place), 0);
	assert_int_equal(spool_open(&spool, &err), ST_OK);
}

static void
what_is_no_file_cannot_be_read_or_set_aside(void **state)
{
	struct buf content = BUF_INIT(KIB);
	struct err err = ERR_INIT;
	char path[128];

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/bad", place);
	assert_int_equal(mkdir(path, 0755), 0);
	assert_int_equal(spool_read(&spool, "bad", &content, &err), ST_RETRY);
	assert_memory_equal(err.text, "could not read \"", 16);
	(void)snprintf(path, sizeof(path), "%s/bad/1.req", place);
	assert_int_equal(mkdir(path, 0755), 0);
	touch("1.req", "x");
	assert_int_equal(spool_set_aside(&spool, "1.req", &err), ST_RETRY);
	assert_memory_equal(err.text, "could not move \"", 16);
	buf_release(&content);
}

static const struct CMUnitTest tests[] = {
	IN_PLACE("the directory is made where it is missing",
	    the_directory_is_made_where_it_is_missing),
	IN_PLACE("a directory that cannot be is a fault",
	    a_directory_that_cannot_be_is_a_fault),
	IN_PLACE("a directory that is not writable is a fault",
	    a_directory_that_is_not_writable_is_a_fault),
	IN_PLACE("a file larger than the buffer is refused",
	    a_file_larger_than_the_buffer_is_refused),
	IN_PLACE("a disk that is full leaves nothing behind",
	    a_disk_that_is_full_leaves_nothing_behind),
	IN_PLACE("a request with too much around it is refused",
	    a_request_with_too_much_around_it_is_refused),
	IN_PLACE("what is no file cannot be read or set aside",
	    what_is_no_file_cannot_be_read_or_set_aside),
};

int
main(void)
{
	return cmocka_run_group_tests(tests, open_top, close_top);
}
