/* What a drain does to the database beside its batches. */
#ifndef CHORES_H
#define CHORES_H

#include <stdint.h>

#include "db.h"
#include "err.h"
#include "module.h"

/* Make modules known, and the partitions that are missing. Status as
 * db_call(). */
MUST_CHECK
enum status chores_make_room(struct db *db, const struct module_list *modules,
    struct err *err);

/* Forget dedupe keys older than "window_s"; make due what waits longer than
 * "longest_s", the longest back-off: a clock that was ahead wrote that. */
MUST_CHECK
enum status chores_tidy(struct db *db, int64_t window_s, int64_t longest_s,
    struct err *err);

#endif
