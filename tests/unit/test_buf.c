/* Bytes that grow up to a ceiling (lib/buf.h). */
#include <string.h>

#include "table.h"

#include "buf.h"

static struct err err;

static void
a_new_buffer_is_the_empty_text(void **state)
{
	struct buf b = BUF_INIT(10);

	(void)state;
	assert_string_equal(buf_text(&b), "");
	assert_int_equal(b.len, 0);
	buf_clear(&b);
	buf_release(&b);
	assert_null(b.at);
}

static void
bytes_are_followed_by_a_nul_that_does_not_count(void **state)
{
	struct buf b = BUF_INIT(10);

	(void)state;
	assert_int_equal(buf_put(&b, "a\0b", 3, &err), ST_OK);
	assert_int_equal(b.len, 3);
	assert_memory_equal(b.at, "a\0b", 4);
	assert_int_equal(buf_puts(&b, "cd", &err), ST_OK);
	assert_memory_equal(b.at, "a\0bcd", 6);
	assert_int_equal(buf_put(&b, NULL, 0, &err), ST_OK);
	assert_int_equal(b.len, 5);
	buf_release(&b);
}

static void
putting_nothing_makes_a_text(void **state)
{
	struct buf b = BUF_INIT(0);

	(void)state;
	assert_int_equal(buf_put(&b, "", 0, &err), ST_OK);
	assert_non_null(b.at);
	assert_string_equal(b.at, "");
	assert_int_equal(buf_put(&b, "a", 1, &err), ST_REJECT);
	buf_release(&b);
}

static void
a_buffer_may_be_filled_to_its_ceiling(void **state)
{
	struct buf b = BUF_INIT(5);

	(void)state;
	assert_int_equal(buf_puts(&b, "abc", &err), ST_OK);
	assert_int_equal(buf_puts(&b, "de", &err), ST_OK);
	assert_string_equal(buf_text(&b), "abcde");
	buf_release(&b);
}

static void
what_would_pass_the_ceiling_changes_nothing(void **state)
{
	struct buf b = BUF_INIT(5);

	(void)state;
	assert_int_equal(buf_puts(&b, "abc", &err), ST_OK);
	assert_int_equal(buf_puts(&b, "def", &err), ST_REJECT);
	assert_string_equal(err.reason, "too_large");
	assert_string_equal(err.text, "more than 5 bytes");
	assert_int_equal(buf_printf(&b, &err, "%d", 123), ST_REJECT);
	assert_int_equal(buf_put(&b, "x", (size_t)-1, &err), ST_REJECT);
	assert_int_equal(buf_put(&b, "x", (size_t)-3, &err), ST_REJECT);
	assert_string_equal(buf_text(&b), "abc");
	assert_int_equal(b.len, 3);
	buf_release(&b);
}

static void
printed_text_is_appended(void **state)
{
	struct buf b = BUF_INIT(KIB);

	(void)state;
	assert_int_equal(buf_puts(&b, "n=", &err), ST_OK);
	assert_int_equal(buf_printf(&b, &err, "%d %s", -7, "x"), ST_OK);
	assert_string_equal(buf_text(&b), "n=-7 x");
	assert_int_equal(buf_printf(&b, &err, "%600s|", "y"), ST_OK);
	assert_int_equal(b.len, 6 + 601);
	assert_string_equal(b.at + 6 + 599, "y|");
	buf_release(&b);
}

static void
what_is_put_byte_by_byte_is_kept(void **state)
{
	struct buf b = BUF_INIT(MIB);
	char byte;
	size_t i;

	(void)state;
	for (i = 0; i < 70000; i++) {
		byte = (char)(i % 251);
		assert_int_equal(buf_put(&b, &byte, 1, &err), ST_OK);
	}
	assert_int_equal(b.len, 70000);
	for (i = 0; i < 70000; i++)
		assert_int_equal(b.at[i], (char)(i % 251));
	buf_release(&b);
}

static void
room_that_was_made_may_be_written_to(void **state)
{
	struct buf b = BUF_INIT(1000);

	(void)state;
	assert_int_equal(buf_puts(&b, "ab", &err), ST_OK);
	assert_int_equal(buf_reserve(&b, 998, &err), ST_OK);
	memset(b.at + b.len, 'x', 998);
	b.len += 998;
	b.at[b.len] = '\0'; /* there is room for it too */
	assert_string_equal(b.at + 997, "xxx");
	assert_int_equal(buf_reserve(&b, 0, &err), ST_OK);
	assert_int_equal(buf_reserve(&b, 1, &err), ST_REJECT);
	buf_release(&b);
}

static void
a_cleared_buffer_keeps_its_memory(void **state)
{
	struct buf b = BUF_INIT(KIB);
	const char *at;

	(void)state;
	assert_int_equal(buf_puts(&b, "abc", &err), ST_OK);
	at = b.at;
	buf_clear(&b);
	assert_string_equal(buf_text(&b), "");
	assert_int_equal(buf_puts(&b, "d", &err), ST_OK);
	assert_ptr_equal(b.at, at);
	assert_string_equal(buf_text(&b), "d");
	buf_release(&b);
}

static void
a_released_buffer_may_be_used_again(void **state)
{
	struct buf b = BUF_INIT(3);

	(void)state;
	assert_int_equal(buf_puts(&b, "abc", &err), ST_OK);
	buf_release(&b);
	buf_release(&b);
	assert_string_equal(buf_text(&b), "");
	assert_int_equal(buf_puts(&b, "def", &err), ST_OK);
	assert_int_equal(buf_puts(&b, "g", &err), ST_REJECT);
	assert_string_equal(buf_text(&b), "def");
	buf_release(&b);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		SAYS("a new buffer is the empty text",
		    a_new_buffer_is_the_empty_text),
		SAYS("bytes are followed by a NUL that does not count",
		    bytes_are_followed_by_a_nul_that_does_not_count),
		SAYS("putting nothing makes a text",
		    putting_nothing_makes_a_text),
		SAYS("a buffer may be filled to its ceiling",
		    a_buffer_may_be_filled_to_its_ceiling),
		SAYS("what would pass the ceiling changes nothing",
		    what_would_pass_the_ceiling_changes_nothing),
		SAYS("printed text is appended", printed_text_is_appended),
		SAYS("what is put byte by byte is kept",
		    what_is_put_byte_by_byte_is_kept),
		SAYS("room that was made may be written to",
		    room_that_was_made_may_be_written_to),
		SAYS("a cleared buffer keeps its memory",
		    a_cleared_buffer_keeps_its_memory),
		SAYS("a released buffer may be used again",
		    a_released_buffer_may_be_used_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
