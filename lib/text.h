/* Text from outside, made fit for a text column. */
#ifndef TEXT_H
#define TEXT_H

/* Replace, in place, every byte that is no part of valid UTF-8 and every
 * control character but the newline by "?". NULL is left alone. */
void text_clean(char *text);

#endif
