#include "text.h"

#include <stddef.h>

/* Length of the UTF-8 character at "s", 0 where it is none. */
static size_t
character(const unsigned char *s)
{
	size_t n, i;

	if (s[0] < 0x80)
		return s[0] >= 0x20 || s[0] == '\n' ? 1 : 0;
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	n = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
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
	size_t n;

	while (s != NULL && *s != '\0') {
		n = character(s);
		if (n == 0) {
			*s = '?';
			n = 1;
		}
		s += n;
	}
}
