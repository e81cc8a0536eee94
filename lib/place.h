/*
 * Folders and files that are made once, with their owner, and never touched
 * again. Each comes into being as a whole, by rename or link: a run that is
 * killed leaves it absent or right.
 */
#ifndef PLACE_H
#define PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "err.h"

/* Whose it shall be. Only root can give to others. */
struct owner {
	uid_t uid;
	gid_t gid;
};

bool place_is_there(const char *path);

/*
 * Make a folder, and those above it that are missing with mode 0755. One that
 * stands is left as it is.
 * ST_FAULT  could not
 */
MUST_CHECK
enum status place_folder(const char *path, const struct owner *owner,
    mode_t mode, struct err *err);

/*
 * Make a file that holds these bytes, flushed to disk, and the folders above
 * it that are missing.
 * ST_REJECT  there is one; it is left as it is
 * ST_FAULT   could not
 */
MUST_CHECK
enum status place_file(const char *path, const void *bytes, size_t len,
    const struct owner *owner, mode_t mode, struct err *err);

/*
 * Whether a file could be made there, asked beforehand.
 * ST_FAULT  the folder above it, or the nearest there is, does not let us
 */
MUST_CHECK
enum status place_is_open(const char *path, struct err *err);

#endif
