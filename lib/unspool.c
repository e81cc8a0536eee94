#include "unspool.h"

#include <stdlib.h>

#include "clock.h"
#include "log.h"
#include "stop.h"
#include "texts.h"

enum { LOAD_BATCH = 200, FILE_MAX_MIB = 80 };

static enum status
load_envelope(struct db *db, const char *name, const struct envelope *e,
    struct err *err)
{
	struct args a = ARGS_INIT;

	args_text(&a, name);
	args_i64(&a, e->received_us);
	args_bytes(&a, e->key, sizeof(e->key));
	args_text(&a, e->source);
	args_text(&a, e->route);
	args_text(&a, e->module);
	args_text(&a, e->operation);
	args_text(&a, e->event_type);
	args_i64(&a, e->changes);
	args_text(&a, e->query);
	args_text(&a, e->content_type);
	args_text(&a, e->headers);
	args_text(&a, e->remote);
	args_bytes(&a, e->body, e->body_len);
	return db_call(db, SQL_DRAIN_LOAD, &a, NULL, err);
}

/* ST_NONE: another drain took it. ST_REJECT: it can never be loaded. */
static enum status
load_file(struct db *db, const struct spool *spool, const char *name,
    struct buf *content, struct err *err)
{
	struct envelope e;
	enum status st = spool_read(spool, name, content, err);

	if (st != ST_OK)
		return st;
	st = envelope_read(&e, content->at, content->len, err);
	if (st != ST_OK)
		return st;
	st = load_envelope(db, name, &e, err);
	envelope_release(&e);
	return st;
}

/* Days for which no partition was made ahead: a spool may be old. */
static enum status
make_partitions(struct db *db, const char *oldest, struct err *err)
{
	struct args a = ARGS_INIT;

	args_i64(&a, strtoll(oldest, NULL, 10));
	return db_call(db, SQL_DRAIN_PARTITIONS, &a, NULL, err);
}

static enum status
set_aside(struct db *db, const struct spool *spool, const char *name,
    struct err *err)
{
	enum status st;

	log_error("spool: %s is set aside in \"bad\": %s", name, err->text);
	st = db_command(db, "rollback", err);
	if (st == ST_OK)
		st = spool_set_aside(spool, name, err);
	return st;
}

/* One transaction. "*aside" where a bad file ended it: go on without it;
 * else "*loaded" grows. */
static enum status
load_batch(struct db *db, const struct spool *spool,
    char (*names)[SPOOL_NAME_MAX], size_t n, bool *aside, int64_t *loaded,
    struct err *err)
{
	struct buf content = BUF_INIT(FILE_MAX_MIB * MIB);
	enum status st = db_command(db, "begin", err);
	int64_t came = 0;
	size_t i;

	*aside = false;
	for (i = 0; st == ST_OK && i < n; i++) {
		st = load_file(db, spool, names[i], &content, err);
		came += st == ST_OK ? 1 : 0;
		if (st == ST_NONE)
			st = ST_OK;
		else if (st == ST_REJECT)
			*aside = true;
		if (*aside)
			st = set_aside(db, spool, names[i], err);
		if (*aside)
			break;
	}
	buf_release(&content);
	if (st == ST_OK && !*aside)
		st = db_command(db, "commit", err);
	if (st != ST_OK || *aside)
		return st;
	*loaded += came;
	for (i = 0; st == ST_OK && i < n; i++)
		st = spool_remove(spool, names[i], err);
	return st;
}

enum status
unspool(struct db *db, const struct spool *spool, int64_t until_ms,
    int64_t *loaded, struct err *err)
{
	struct spool_names names;
	enum status st = spool_list(spool, 0, &names, err);
	size_t at = 0, n;
	bool aside;

	*loaded = 0;
	if (st == ST_OK && names.len == 0)
		return ST_NONE;
	if (st == ST_OK)
		st = make_partitions(db, names.at[0], err);
	while (st == ST_OK && at < names.len && stop_asked == 0 &&
	    clock_passed_ms() < until_ms) {
		n = names.len - at < LOAD_BATCH ? names.len - at : LOAD_BATCH;
		st = load_batch(db, spool, names.at + at, n, &aside, loaded,
		    err);
		if (st == ST_OK && !aside)
			at += n;
	}
	spool_names_release(&names);
	if (st != ST_OK && !db_is_lost(db)) {
		struct err undone = ERR_INIT;

		if (db_command(db, "rollback", &undone) != ST_OK)
			log_warn("spool: %s", undone.text);
	}
	return st;
}
