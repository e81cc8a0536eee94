/*
 * Files for requests that PostgreSQL could not take.
 *
 * A directory with a file for each request, named by the time it came, so
 * that the order of names is the order of arrival. A file appears whole (it
 * is written under another name, synced, renamed, and the directory synced),
 * and what was put is there after a crash. Any number of processes may put
 * at once. What cannot be read is moved to the folder "bad" and kept.
 */
#ifndef SPOOL_H
#define SPOOL_H

#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "envelope.h"
#include "err.h"

enum {
	SPOOL_NAME_MAX = 64,
	SPOOL_TOGETHER = 32 /* requests kept in one go */
};
#define SPOOL_SUFFIX ".req"

struct spool {
	const char *dir; /* borrowed */
	int64_t max_bytes;
};

/* Make the directory (mode 0770: the drain may run as another user of its
 * group) if it is missing. ST_FAULT  it cannot be made or written to; the error
 * says what to do */
MUST_CHECK
enum status spool_open(const struct spool *spool, struct err *err);

/* A request to be kept, and what became of it: ST_OK where it is on disk,
 * ST_RETRY where the disk or the spool is full or the file cannot be
 * written. */
struct spool_item {
	const struct envelope *envelope;
	enum status status;
	struct err err;
};

/* Keep up to SPOOL_TOGETHER requests at the price of about one. Each has its
 * own status; they are on disk when this returns. */
void
spool_put_all(const struct spool *spool, struct spool_item **items, size_t n);

/* Keep one. */
MUST_CHECK
enum status
spool_put(const struct spool *spool, const struct envelope *e, struct err *err);

struct spool_names {
	char (*at)[SPOOL_NAME_MAX];
	size_t len;
};

/* The names of up to "max" waiting files, oldest first; "max" 0 is all. */
MUST_CHECK
enum status spool_list(const struct spool *spool, size_t max,
    struct spool_names *names, struct err *err);
void spool_names_release(struct spool_names *names);

/* Read a file into "content" (cleared first). ST_NONE: it is gone. */
MUST_CHECK
enum status spool_read(const struct spool *spool, const char *name,
    struct buf *content, struct err *err);

/* It is stored: remove it. A file that is gone already is no error. */
MUST_CHECK
enum status
spool_remove(const struct spool *spool, const char *name, struct err *err);

/* It cannot be stored: move it to "bad", where a person finds it. */
MUST_CHECK
enum status
spool_set_aside(const struct spool *spool, const char *name, struct err *err);

/* Remove what a crash left half written an hour or longer ago; it was never
 * acknowledged. */
void spool_tidy(const struct spool *spool);

/* When the oldest that waits was received, INT64_MAX where none waits,
 * INT64_MIN where that cannot be seen; a look at a directory. */
int64_t spool_oldest_us(const struct spool *spool);

/* How many wait, their bytes, and how many are in "bad"; -1 each where the
 * directory cannot be read. */
struct spool_count {
	int64_t files;
	int64_t bytes;
	int64_t bad;
};
struct spool_count spool_count(const struct spool *spool);

#endif
