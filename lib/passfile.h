/*
 * Passwords of logins, in a file as libpq reads it (parameter "passfile",
 * mode 0600): *:*:database:login:password, a line for each.
 *
 * They stand there and not in the settings because those are read by the web
 * server and the jobs alike, and neither shall be able to log in as the other.
 */
#ifndef PASSFILE_H
#define PASSFILE_H

#include <stddef.h>

#include "err.h"
#include "place.h"
#include "secret.h"

/*
 * Make the file with a fresh password for each login. One that stands is left
 * as it is, and that is ST_REJECT.
 */
MUST_CHECK
enum status
passfile_make(const char *path, const char *database, const char *const *logins,
    size_t n, const struct owner *owner, struct err *err);

/*
 * ST_OK     "out" is the password of "login"
 * ST_NONE   the file has none, or is not there
 * ST_FAULT  it cannot be read
 */
MUST_CHECK
enum status passfile_find(const char *path, const char *login,
    char out[static SECRET_TEXT_MAX], struct err *err);

#endif
