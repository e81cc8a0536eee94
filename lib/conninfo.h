/* Connection strings of libpq: read one, and make another from it. */
#ifndef CONNINFO_H
#define CONNINFO_H

#include <stdbool.h>
#include <stddef.h>

#include "err.h"

enum { CONNINFO_MAX = 4000 };

/* What to put for a key; a NULL value takes it out. */
struct conninfo_part {
	const char *key, *value;
};

/*
 * Write "from", a URL or a key=value string, as a URL with these parts in
 * place of its own.
 * ST_REJECT  "from" is neither, or too long; the error does not quote it, for
 *            it may hold a password
 */
MUST_CHECK
enum status conninfo_change(char out[static CONNINFO_MAX], const char *from,
    const struct conninfo_part *parts, size_t n, struct err *err);

/* Copy what it says of a key into "out", "" where it says nothing or is no
 * connection string. Whether it does say something is returned. */
bool conninfo_get(const char *from, const char *key, char *out, size_t room);

#endif
