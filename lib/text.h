/* Text from outside, made fit for a text column. */
#ifndef TEXT_H
#define TEXT_H

#include <stddef.h>

/* Replace, in place, every byte that is no part of valid UTF-8 and every
 * control character but the newline by "?". NULL is left alone. */
void text_clean(char *text);

/*
 * Length of the UTF-8 character at "s", of which "left" bytes are there: 1 to
 * 4, or 0 where it is none (overlong, a surrogate, beyond U+10FFFF, cut).
 */
size_t text_character(const unsigned char *s, size_t left);

#endif
