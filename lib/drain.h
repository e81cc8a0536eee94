/*
 * The steps of the drain, for one worker with one connection.
 *
 * Claim, read, normalise, apply, project, settle: one transaction a batch. A
 * worker that dies at any instant leaves nothing half done, and its requests
 * are free as soon as PostgreSQL has noticed.
 */
#ifndef DRAIN_H
#define DRAIN_H

#include <stdint.h>

#include "db.h"
#include "err.h"
#include "queue.h"
#include "width.h"
#include "settings.h"
#include "task.h"

struct drain;

/*
 * Connect and read the registry. "reading" may be NULL; it holds the number
 * of the request being read, 0 in between, so that a parent process can tell
 * what a worker died of. "settings" is borrowed.
 * ST_RETRY, ST_FAULT as db_open(); ST_REJECT for a wrong setting
 */
MUST_CHECK
enum status drain_open(struct drain **out, const struct settings *settings,
    volatile int64_t *reading, struct err *err);
void drain_close(struct drain *drain);

/* Prepare all statements, so that the first event does not wait for it. */
MUST_CHECK
enum status drain_warm(struct drain *drain, struct err *err);

/* Borrowed, for locks and notifications. */
struct db *drain_db(struct drain *drain);

/*
 * One batch, as wide as "width" says, which learns from it. Totals grow when
 * it is committed.
 * ST_NONE   nothing is due
 * ST_RETRY  rolled back, for want of memory as well; with the reason
 * "spool_first" because older requests wait in the spool: load it. Else worth
 * another try, on a new connection where db_is_lost(drain_db())
 */
MUST_CHECK
enum status drain_batch(struct drain *drain, struct width *width,
    struct queue_totals *totals, struct err *err);

/* The same, but rolled back: what the next batch would do. */
MUST_CHECK
enum status drain_preview(struct drain *drain, struct queue_totals *totals,
    struct err *err);

/* Load the spool, as unspool(). "*loaded" counts. ST_NONE: nothing waited. */
MUST_CHECK
enum status drain_spool(struct drain *drain, int64_t until_ms, int64_t *loaded,
    struct err *err);

/* Before a worker's first batch: make modules known, and the partitions that
 * are missing. */
MUST_CHECK
enum status drain_make_room(struct drain *drain, struct err *err);

/* Once a slot: forget old dedupe keys, wake what a wrong clock had put off. */
MUST_CHECK
enum status drain_housekeeping(struct drain *drain, struct err *err);

/* Say when modules last changed; cheap to call, does nothing when none has. */
MUST_CHECK
enum status drain_note_modules(struct drain *drain, struct err *err);

/* A worker died of "signal" while it read request "seq". */
MUST_CHECK
enum status
drain_note_crash(struct drain *drain, int64_t seq, int signal, struct err *err);

#endif
