/* seal.h: small secrets at rest. */
#include "table.h"

#include <string.h>

#include "seal.h"

static const unsigned char key[SEAL_KEY_BYTES] =
    "one key of thirty-two bytes....";
static const unsigned char other[SEAL_KEY_BYTES] =
    "and another one of as many.....";
static const char text[] = "1000.0123456789abcdef";

static struct err err = ERR_INIT;

static void
what_was_sealed_is_opened(void **state)
{
	unsigned char sealed[sizeof(text) + SEAL_MORE];
	char opened[sizeof(text)];

	(void)state;
	assert_int_equal(seal(key, text, sizeof(text) - 1, sealed, &err),
	    ST_OK);
	assert_int_equal(unseal(key, sealed, sizeof(text) - 1 + SEAL_MORE,
			     opened, &err),
	    ST_OK);
	assert_string_equal(opened, text);
}

static void
an_empty_text_is_a_text(void **state)
{
	unsigned char sealed[SEAL_MORE];
	char opened[1] = { 'x' };

	(void)state;
	assert_int_equal(seal(key, "", 0, sealed, &err), ST_OK);
	assert_int_equal(unseal(key, sealed, SEAL_MORE, opened, &err), ST_OK);
	assert_string_equal(opened, "");
}

static void
the_same_text_is_sealed_otherwise_each_time(void **state)
{
	unsigned char a[sizeof(text) + SEAL_MORE], b[sizeof(text) + SEAL_MORE];

	(void)state;
	assert_int_equal(seal(key, text, sizeof(text), a, &err), ST_OK);
	assert_int_equal(seal(key, text, sizeof(text), b, &err), ST_OK);
	assert_memory_not_equal(a, b, sizeof(a));
	assert_memory_not_equal(a + 12, text, sizeof(text));
}

static void
another_key_opens_nothing(void **state)
{
	unsigned char sealed[sizeof(text) + SEAL_MORE];
	char opened[sizeof(text) + 1];

	(void)state;
	assert_int_equal(seal(key, text, sizeof(text), sealed, &err), ST_OK);
	assert_int_equal(unseal(other, sealed, sizeof(sealed), opened, &err),
	    ST_REJECT);
	assert_string_equal(err.reason, "sealed");
}

static void
no_bit_of_it_can_be_changed(void **state)
{
	unsigned char sealed[sizeof(text) + SEAL_MORE];
	char opened[sizeof(text) + 1];
	size_t i;

	(void)state;
	assert_int_equal(seal(key, text, sizeof(text), sealed, &err), ST_OK);
	for (i = 0; i < 8 * sizeof(sealed); i++) {
		sealed[i / 8] ^= (unsigned char)(1 << i % 8);
		assert_int_equal(unseal(key, sealed, sizeof(sealed), opened,
				     &err),
		    ST_REJECT);
		sealed[i / 8] ^= (unsigned char)(1 << i % 8);
	}
}

static void
what_is_too_short_is_none(void **state)
{
	unsigned char sealed[SEAL_MORE] = { 0 };
	char opened[1];

	(void)state;
	assert_int_equal(unseal(key, sealed, SEAL_MORE - 1, opened, &err),
	    ST_REJECT);
	assert_int_equal(unseal(key, sealed, 0, opened, &err), ST_REJECT);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		SAYS("what was sealed is opened", what_was_sealed_is_opened),
		SAYS("an empty text is a text", an_empty_text_is_a_text),
		SAYS("the same text is sealed otherwise each time",
		    the_same_text_is_sealed_otherwise_each_time),
		SAYS("another key opens nothing", another_key_opens_nothing),
		SAYS("no bit of it can be changed",
		    no_bit_of_it_can_be_changed),
		SAYS("what is too short is none", what_is_too_short_is_none),
	};

	return cmocka_run_group_tests_name("seal", tests, NULL, NULL);
}
