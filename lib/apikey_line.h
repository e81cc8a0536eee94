/* One line of the file of API keys; only apikey.c needs it. */
#ifndef APIKEY_LINE_H
#define APIKEY_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "apikey.h"
#include "buf.h"
#include "err.h"

/* Longest line that is read, its end and a NUL included. */
enum { APIKEY_LINE_MAX = 256 };

/* Whether it is 1 to 63 of the letters a-z A-Z 0-9 . _ - */
bool apikey_name_is_good(const char *name);

/* Whether the time can be written into a line: 0 for never, or from one
 * second after the start of 1970 to the year 9999. */
bool apikey_expiry_is_good(int64_t expires_us);

/* Read a line, which is cut up for it. Returns what is wrong with it, NULL
 * for nothing; only then is "*key" filled. A scope may be any word: one that
 * a later version knows opens nothing here. */
const char *apikey_line_read(char *line, struct apikey *key);

/* Append the line of "key", fractions of a second dropped. */
MUST_CHECK
enum status
apikey_line_put(struct buf *out, const struct apikey *key, struct err *err);

#endif
