#include "text.h"

#include <string.h>

size_t
text_character(const unsigned char *s, size_t left)
{
	size_t n, i;

	if (s[0] < 0x80)
		return 1;
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	n = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	if (n > left)
		return 0;
	for (i = 1; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	/* overlong, surrogates, beyond U+10FFFF */
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
	    (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return n;
}

void
text_clean(char *text)
{
	unsigned char *s = (unsigned char *)text;
	size_t left = text != NULL ? strlen(text) : 0, n;

	for (; left > 0; left -= n) {
		n = text_character(s, left);
		if (n == 0 || (*s < 0x20 && *s != '\n') || *s == 0x7f) {
			*s = '?';
			n = 1;
		}
		s += n;
	}
}
