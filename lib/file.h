/*
 * Replace a small file as a whole, so that a reader sees the old bytes or the
 * new ones and a crash leaves either.
 */
#ifndef FILE_H
#define FILE_H

#include <stddef.h>
#include <sys/types.h>

#include "err.h"

/*
 * Wait until no other process or thread holds the lock of "path", and take
 * it. The lock lies on "path".lock beside it, which stays there: a lock on
 * the file itself would be left behind with the old file. A process that
 * dies loses its lock.
 * ST_FAULT  the lock file cannot be made or locked; "*lock" is -1
 */
MUST_CHECK
enum status file_lock(const char *path, int *lock, struct err *err);

/* Give the lock back; -1 is no lock. */
void file_unlock(int lock);

/*
 * Write the bytes to "path".new beside it, flush them to disk and rename. The
 * file keeps its owner, group and mode; a new one gets "mode" whatever the
 * umask. Only one at a time may do this: take the lock first.
 * ST_FAULT  could not; the file is the old one, unless the error says that
 *           only the flush of its folder failed
 */
MUST_CHECK
enum status file_replace(const char *path, const void *bytes, size_t len,
    mode_t mode, struct err *err);

#endif
