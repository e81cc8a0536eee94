/* What a spool file holds: it comes back as it was put, and one that was
 * touched or cut short is refused (lib/envelope.h). */
#include "envelope_sample.h"

static void
an_envelope_comes_back_as_it_was_put(void **state)
{
	struct buf text = BUF_INIT(KIB);
	struct err err = ERR_INIT;
	struct envelope e;

	(void)state;
	assert_int_equal(envelope_put(&sample, &text, &err), ST_OK);
	assert_memory_equal(text.at, "zohosync-spool-1 ", 17);
	assert_int_equal(envelope_read(&e, text.at, text.len, &err), ST_OK);
	assert_same(&e, &sample);
	assert_string_equal(e.module, "books.items");
	assert_string_equal(e.operation, "update");
	envelope_release(&e);
	assert_null(e.block);
	buf_release(&text);
}

static void
what_was_null_comes_back_null(void **state)
{
	struct buf text = BUF_INIT(KIB);
	struct envelope bare = sample, e;
	struct err err = ERR_INIT;

	(void)state;
	bare.module = NULL;
	bare.operation = NULL;
	bare.query = "";
	assert_int_equal(envelope_put(&bare, &text, &err), ST_OK);
	assert_int_equal(envelope_read(&e, text.at, text.len, &err), ST_OK);
	assert_same(&e, &bare);
	assert_null(e.module);
	assert_null(e.operation);
	envelope_release(&e);
	buf_release(&text);
}

static void
a_body_may_hold_any_bytes(void **state)
{
	struct buf text = BUF_INIT(2 * KIB);
	struct envelope every = sample, e;
	struct err err = ERR_INIT;
	char bytes[512];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(255 - i % 256);
	every.body = bytes;
	for (every.body_len = 0; every.body_len <= sizeof(bytes);
	     every.body_len += 256) {
		buf_clear(&text);
		assert_int_equal(envelope_put(&every, &text, &err), ST_OK);
		assert_int_equal(envelope_read(&e, text.at, text.len, &err),
		    ST_OK);
		assert_same(&e, &every);
		envelope_release(&e);
	}
	buf_release(&text);
}

static void
assert_refused(const char *text, size_t len)
{
	struct err err = ERR_INIT;
	struct envelope e;

	assert_int_equal(envelope_read(&e, text, len, &err), ST_REJECT);
	assert_string_equal(err.reason, "unreadable");
	assert_null(e.block);
}

static void
a_file_cut_short_anywhere_is_refused(void **state)
{
	struct buf text = BUF_INIT(KIB);
	struct err err = ERR_INIT;
	size_t len;

	(void)state;
	assert_int_equal(envelope_put(&sample, &text, &err), ST_OK);
	for (len = 0; len < text.len; len++)
		assert_refused(text.at, len);
	buf_release(&text);
}

static void
a_file_with_any_bit_changed_is_refused(void **state)
{
	struct buf text = BUF_INIT(KIB);
	struct err err = ERR_INIT;
	struct envelope e;
	size_t i;

	(void)state;
	assert_int_equal(envelope_put(&sample, &text, &err), ST_OK);
	for (i = 0; i < text.len; i++) {
		text.at[i] ^= 1;
		/* The newline behind the sum is the one byte it leaves out. */
		if (i != 17 + 64)
			assert_refused(text.at, text.len);
		text.at[i] ^= 1;
	}
	assert_int_equal(envelope_read(&e, text.at, text.len, &err), ST_OK);
	envelope_release(&e);
	assert_int_equal(buf_put(&text, "x", 1, &err), ST_OK);
	assert_refused(text.at, text.len);
	buf_release(&text);
}

static const struct head_case {
	const char *says, *head, *want;
} heads[] = {
	{ "a right sum over no JSON is refused", "{", NULL },
	{ "a right sum over no key is refused", "{\"key\":\"ab\"}",
	    "the spool file has no key" },
	{ "a key of other letters is no key",
	    "{\"key\":\"ABCDEFABCDEFABCDEFABCDEFABCDEFABCDEFABCDEFABCDEFABCDEF"
	    "ABCDEFABCD\"}",
	    "the spool file has no key" },
};

static void
head_case(void **state)
{
	const struct head_case *c = *state;
	const struct piece piece = { c->head, strlen(c->head) };
	unsigned char sum[DIGEST_BYTES];
	char hex[DIGEST_HEX];
	struct buf text = BUF_INIT(KIB);
	struct err err = ERR_INIT;
	struct envelope e;

	assert_int_equal(digest_sha256(&piece, 1, sum, &err), ST_OK);
	digest_hex(sum, hex);
	assert_int_equal(buf_printf(&text, &err, "zohosync-spool-1 %s\n%s\n",
			     hex, c->head),
	    ST_OK);
	assert_int_equal(envelope_read(&e, text.at, text.len, &err), ST_REJECT);
	assert_string_equal(err.reason, "unreadable");
	if (c->want != NULL)
		assert_string_equal(err.text, c->want);
	buf_release(&text);
}

static const struct CMUnitTest envelopes[] = {
	SAYS("an envelope comes back as it was put",
	    an_envelope_comes_back_as_it_was_put),
	SAYS("what was null comes back null", what_was_null_comes_back_null),
	SAYS("a body may hold any bytes", a_body_may_hold_any_bytes),
	SAYS("a file cut short anywhere is refused",
	    a_file_cut_short_anywhere_is_refused),
	SAYS("a file with any bit changed is refused",
	    a_file_with_any_bit_changed_is_refused),
};

int
main(void)
{
	static struct CMUnitTest tests[ARRAY_LEN(envelopes) + ARRAY_LEN(heads)];
	size_t n = 0;

	ADD_OTHERS(tests, n, envelopes);
	ADD_ROWS(tests, n, heads, head_case);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
