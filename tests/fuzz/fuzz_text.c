/* text_clean() leaves UTF-8 without control characters, and what was so
 * already as it was. text_character() agrees with decoding by the book. */
#include "fuzz.h"

#include <stdbool.h>

#include "text.h"

/* Length of a character by RFC 3629: decode, then see whether that many bytes
 * were needed and the number is one. */
static size_t
by_the_book(const unsigned char *s, size_t left)
{
	static const struct {
		unsigned char mask, lead;
		uint32_t least;
	} forms[] = { { 0x80, 0x00, 0 }, { 0xe0, 0xc0, 0x80 },
		{ 0xf0, 0xe0, 0x800 }, { 0xf8, 0xf0, 0x10000 } };
	uint32_t number;
	size_t i, n;

	for (n = 0; n < 4; n++)
		if ((s[0] & forms[n].mask) == forms[n].lead)
			break;
	if (n == 4 || n + 1 > left)
		return 0;
	number = s[0] & (unsigned char)~forms[n].mask;
	for (i = 1; i <= n; i++) {
		if (s[i] >> 6 != 2)
			return 0;
		number = number << 6 | (s[i] & 0x3f);
	}
	if (number < forms[n].least || number > 0x10ffff ||
	    number >> 11 == 0x1b)
		return 0;
	return n + 1;
}

static bool
is_clean(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t left = strlen(text), n;

	for (; left > 0; left -= n, s += n) {
		n = by_the_book(s, left);
		if (n == 0 || (s[0] < 0x20 && s[0] != '\n') || s[0] == 0x7f)
			return false;
	}
	return true;
}

int
FUZZ(text)(const uint8_t *data, size_t size)
{
	char *given = fuzz_copy(data, size, 1);
	char *cleaned = fuzz_copy(data, size, 1);
	char *bare = fuzz_copy(data, size, 0);
	size_t i;

	for (i = 0; i < size; i++)
		MUST(text_character((unsigned char *)bare + i, size - i) ==
		    by_the_book(data + i, size - i));
	text_clean(cleaned);
	MUST(strlen(cleaned) == strlen(given));
	MUST(is_clean(cleaned));
	if (is_clean(given))
		MUST(strcmp(cleaned, given) == 0);
	text_clean(NULL);
	free(bare);
	free(cleaned);
	free(given);
	return 0;
}
