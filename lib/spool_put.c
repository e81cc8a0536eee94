/* The writing side of the spool: several files for the price of two syncs. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "spool.h"

enum { RANDOM_BYTES = 8, COUNT_EVERY_MS = 1000 };

/* A file on its way: hidden, written, synced, shown. */
struct file {
	struct spool_item *item;
	int fd; /* -1 where it failed */
	char hidden[SPOOL_NAME_MAX + 1];
};

static const char *
name_of(const struct file *f)
{
	return f->hidden + 1;
}

static enum status
disk_error(struct err *err, const char *what, const char *name)
{
	return err_class(err, ST_RETRY, "spool", "could not %s \"%s\": %s",
	    what, name, strerror(errno));
}

/* Microseconds first, so that names sort by time; then what makes them
 * unique across threads, processes and restarts. */
static enum status
make_name(struct file *f, struct err *err)
{
	unsigned char noise[RANDOM_BYTES];
	uint64_t n;
	enum status st = digest_random(noise, sizeof(noise), err);

	if (st != ST_OK)
		return st;
	memcpy(&n, noise, sizeof(n));
	(void)snprintf(f->hidden, sizeof(f->hidden),
	    ".%020" PRId64 "-%016" PRIx64 SPOOL_SUFFIX,
	    f->item->envelope->received_us, n);
	return ST_OK;
}

/* Whether "more" bytes fit under the ceiling. The directory is counted again
 * when the last count is old, and less often the longer a count takes. */
static bool
has_room(const struct spool *spool, size_t more)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static int64_t bytes, due_ms;
	int64_t start;
	bool fits;

	(void)pthread_mutex_lock(&lock);
	start = clock_passed_ms();
	if (start >= due_ms) {
		bytes = spool_count(spool).bytes;
		due_ms = clock_passed_ms();
		due_ms += COUNT_EVERY_MS + 20 * (due_ms - start);
	}
	fits = bytes + (int64_t)more <= spool->max_bytes;
	if (fits)
		bytes += (int64_t)more;
	(void)pthread_mutex_unlock(&lock);
	return fits;
}

static bool
write_all(int fd, const char *at, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, at, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += n;
		len -= (size_t)n;
	}
	return true;
}

static enum status
write_hidden(const struct spool *spool, int dir, struct file *f,
    struct buf *content, struct err *err)
{
	enum status st = envelope_put(f->item->envelope, content, err);

	if (st == ST_OK && !has_room(spool, content->len))
		st = err_class(err, ST_RETRY, "spool",
		    "the spool holds SPOOL_MAX_MB already");
	if (st == ST_OK)
		st = make_name(f, err);
	if (st != ST_OK)
		return st;
	f->fd = openat(dir, f->hidden, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
	    0660);
	if (f->fd < 0)
		return disk_error(err, "make", name_of(f));
	if (!write_all(f->fd, content->at, content->len))
		return disk_error(err, "write", name_of(f));
	return ST_OK;
}

/* It did not come through: whatever of it is there goes. */
static void
give_up(int dir, struct file *f, enum status st)
{
	f->item->status = st;
	if (f->fd < 0)
		return;
	(void)close(f->fd);
	f->fd = -1;
	(void)unlinkat(dir, f->hidden, 0);
	(void)unlinkat(dir, name_of(f), 0);
}

static void
write_one(const struct spool *spool, int dir, struct file *f)
{
	struct buf content = BUF_INIT(f->item->envelope->body_len + MIB);
	enum status st = write_hidden(spool, dir, f, &content, &f->item->err);

	f->item->status = st;
	if (st != ST_OK)
		give_up(dir, f, st);
	buf_release(&content);
}

static void
sync_and_show(int dir, struct file *f)
{
	struct err *err = &f->item->err;

	if (f->fd < 0)
		return;
	if (fsync(f->fd) != 0)
		give_up(dir, f, disk_error(err, "write", name_of(f)));
	else if (renameat(dir, f->hidden, dir, name_of(f)) != 0)
		give_up(dir, f, disk_error(err, "rename", name_of(f)));
}

static void
finish(const struct spool *spool, int dir, struct file *f, size_t n)
{
	bool synced = fsync(dir) == 0;
	size_t i;

	for (i = 0; i < n; i++) {
		if (f[i].fd < 0)
			continue;
		if (!synced) {
			give_up(dir, &f[i],
			    disk_error(&f[i].item->err, "sync", spool->dir));
		} else {
			(void)close(f[i].fd);
		}
	}
}

void
spool_put_all(const struct spool *spool, struct spool_item **items, size_t n)
{
	int dir = open(spool->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct file f[SPOOL_TOGETHER];
	size_t i;

	for (i = 0; i < n && dir < 0; i++)
		items[i]->status = disk_error(&items[i]->err, "open",
		    spool->dir);
	if (dir < 0)
		return;
	for (i = 0; i < n; i++) {
		f[i].item = items[i];
		f[i].fd = -1;
		write_one(spool, dir, &f[i]);
	}
	for (i = 0; i < n; i++)
		sync_and_show(dir, &f[i]);
	finish(spool, dir, f, n);
	(void)close(dir);
}

enum status
spool_put(const struct spool *spool, const struct envelope *e, struct err *err)
{
	struct spool_item item = { .envelope = e, .err = ERR_INIT };
	struct spool_item *only = &item;

	spool_put_all(spool, &only, 1);
	if (item.status != ST_OK)
		*err = item.err;
	return item.status;
}
