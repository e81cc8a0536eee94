/* Secrets that nobody has thought of: letters and digits alone, so that they
 * go into every field of Zoho, every URL and every file as they are. */
#ifndef SECRET_H
#define SECRET_H

#include "err.h"

/* 43 of 62 letters hold 256 bits; Zoho takes up to 50. */
enum { SECRET_LETTERS = 43, SECRET_TEXT_MAX = SECRET_LETTERS + 1 };

/* ST_FAULT: no entropy. */
MUST_CHECK
enum status secret_draw(char out[static SECRET_TEXT_MAX], struct err *err);

#endif
