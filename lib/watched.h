/* What is known of the channel of a module: its row in sync.channel. */
#ifndef WATCHED_H
#define WATCHED_H

#include "channel.h"
#include "date.h"
#include "db.h"

enum { WATCHED_STATE_MAX = 16 };

struct watched {
	char module[80];
	int64_t id;                    /* of the channel; 0: there is no row */
	char state[WATCHED_STATE_MAX]; /* as in sync.channel; "" for no row */
	bool doubted; /* it was silent while a reconcile found changes */
	bool trusted; /* to be saved: it tells all that changes from now on */
	/* by Zoho's clock, 0 for never */
	int64_t asked_us, granted_us, renewed_us, tried_us, seen_us, lapsed_us;
};

struct watched_list {
	struct watched *at;
	size_t len;
};

/* All rows; with "listen" what was heard since the last time is noted first.
 * Status as db_call(), here and below. */
MUST_CHECK
enum status watched_read(struct db *db, bool listen, struct watched_list *out,
    struct err *err);
void watched_release(struct watched_list *list);

/* That of a module; one without a row where there is none. */
struct watched
watched_find(const struct watched_list *list, const char *module);

/* "error" is why the last try failed, or "". */
MUST_CHECK
enum status watched_save(struct db *db, const struct watched *watched,
    const struct channel_want *want, const char *error, struct err *err);

MUST_CHECK
enum status watched_forget(struct db *db, const char *module, struct err *err);

/* Let the next run of cron reconcile a module, whether its turn has come or
 * not. */
MUST_CHECK
enum status watched_hurry(struct db *db, const char *module, struct err *err);

#endif
