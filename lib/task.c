#include "task.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "texts.h"

enum { CLAIM_BYTES = 4 * 1024 * 1024, DOCS_MAX_MIB = 512 };

/* Columns of sql/drain/claim.sql. */
enum {
	COL_SEQ,
	COL_RECEIVED,
	COL_TRIES,
	COL_CRASHES,
	COL_FINISHED,
	COL_RETRIED,
	COL_EVENT_TYPE,
	COL_ROUTE,
	COL_QUERY,
	COL_CONTENT_TYPE,
	COL_ORIGIN,
	COL_BODY,
	COL_FIRST_DUE,
	COL_KNOWN
};

static struct item *
add_item(struct batch *b, struct task *t, int ord)
{
	struct item *grown, *item;
	size_t cap;

	if (b->items_len == b->items_cap) {
		cap = b->items_cap > 0 ? 2 * b->items_cap : 256;
		grown = realloc(b->items, cap * sizeof(*grown));
		if (grown == NULL)
			return NULL;
		b->items = grown;
		b->items_cap = cap;
	}
	item = &b->items[b->items_len++];
	memset(item, 0, sizeof(*item));
	item->task = t;
	item->ord = ord;
	t->count++;
	return item;
}

/* The request as a whole cannot be worked on. */
static enum status
bury_task(struct batch *b, struct task *t, const struct err *why,
    struct err *err)
{
	struct item *item = add_item(b, t, -1);

	if (item == NULL)
		return err_memory(err);
	item->verdict = VERDICT_DEAD;
	item->err = *why;
	return ST_OK;
}

static const char *
act_of(const struct change *c)
{
	if (c->op == OP_DELETE)
		return "delete";
	if (!c->full)
		return "announce";
	return c->op == OP_RESTORE ? "restore" : "write";
}

static enum status
put_document(struct batch *b, struct item *item,
    const struct normalise_rules *rules, struct err *err)
{
	const struct change *c = item->change;
	struct buf notes = BUF_INIT(MIB);
	enum status st;

	st = normalise(rules, c->module->name, c->record, &notes, &item->owner,
	    err);
	item->doc = b->docs.len;
	if (st == ST_OK)
		st = json_put(&b->docs, c->record, err);
	item->doc_len = b->docs.len - item->doc;
	item->notes = b->docs.len;
	if (st == ST_OK && notes.len > 0)
		st = buf_put(&b->docs, notes.at, notes.len, err);
	item->notes_len = b->docs.len - item->notes;
	buf_release(&notes);
	return st;
}

static enum status
read_item(struct batch *b, struct item *item, const struct batch_rules *rules,
    struct err *err)
{
	const struct change *c = item->change;

	if (c->module == NULL) {
		item->verdict = VERDICT_IGNORED;
		return ST_OK;
	}
	if (c->problem != NULL) {
		item->verdict = VERDICT_DEAD;
		(void)err_class(&item->err, ST_REJECT, "no_record", "%s",
		    c->problem);
		return ST_OK;
	}
	item->act = act_of(c);
	/* The document of an incomplete record is kept in the inbox alone. */
	if (c->full)
		return put_document(b, item, rules->normalise, err);
	return ST_OK;
}

/* One item for each change, but for those an earlier try finished. */
static enum status
read_items(struct batch *b, struct task *t, const char *finished,
    const struct batch_rules *rules, struct err *err)
{
	json_object *done = NULL;
	enum status st;
	char place[24];
	size_t i;

	/* Ours, so it is JSON; anything else would only repeat work. */
	st = json_read(finished, strlen(finished), &done, err);
	if (st == ST_REJECT)
		st = ST_OK;
	for (i = 0; st == ST_OK && i < t->changes.len; i++) {
		struct item *item = add_item(b, t, (int)i);

		if (item == NULL) {
			st = err_memory(err);
			break;
		}
		item->change = &t->changes.at[i];
		(void)snprintf(place, sizeof(place), "%zu", i);
		item->verdict = verdict_find(json_get_text(done, place));
		item->before = item->verdict != VERDICT_NONE;
		if (!item->before)
			st = read_item(b, item, rules, err);
	}
	json_object_put(done);
	return st;
}

static enum status
read_body(struct batch *b, struct task *t, const struct waiting *w,
    const struct batch_rules *rules, struct err *err)
{
	const struct message m = {
		.module = module_by_route(rules->modules, w->route),
		.query = w->query,
		.content_type = w->content_type,
		.body = w->body,
		.body_len = w->body_len,
	};
	struct item *item;
	enum status st = w->document != NULL
	    ? change_take(&t->changes, rules->modules, m.module, w->document,
		  err)
	    : change_read(&t->changes, rules->modules, &m, err);

	if (st == ST_REJECT)
		return bury_task(b, t, err, err);
	if (st != ST_OK)
		return st;
	if (t->changes.len > 0 && t->changes.at[0].module != NULL)
		t->module = t->changes.at[0].module->name;
	if (!t->changes.is_test)
		return read_items(b, t, w->finished, rules, err);
	item = add_item(b, t, 0);
	if (item == NULL)
		return err_memory(err);
	item->verdict = VERDICT_IGNORED;
	return ST_OK;
}

static enum status
read_task(struct batch *b, struct task *t, const struct waiting *w,
    const struct batch_rules *rules, struct err *err)
{
	const struct change_list empty = CHANGE_LIST_INIT;
	struct err why = ERR_INIT;

	t->seq = w->seq;
	t->received_us = w->received_us;
	t->known_us = w->known_us;
	t->tries = w->tries;
	t->retried = w->retried;
	t->event_type = w->event_type;
	t->origin = w->origin;
	t->changes = empty;
	t->first = b->items_len;
	if (w->body == NULL) {
		(void)err_class(&why, ST_REJECT, "gone",
		    "the request is no longer in the inbox");
		return bury_task(b, t, &why, err);
	}
	if (w->crashes >= rules->crash_limit) {
		(void)err_class(&why, ST_REJECT, "crash",
		    "reading it ended %d drains", rules->crash_limit);
		return bury_task(b, t, &why, err);
	}
	if (rules->reading != NULL)
		*rules->reading = t->seq;
	return err_wrap(err, read_body(b, t, w, rules, err), "request %lld",
	    (long long)t->seq);
}

static struct waiting
row_of(const PGresult *res, int row)
{
	return (struct waiting) {
		.seq = db_i64(res, row, COL_SEQ),
		.received_us = db_time(res, row, COL_RECEIVED),
		.known_us = db_time(res, row, COL_KNOWN),
		.tries = (int)db_i64(res, row, COL_TRIES),
		.crashes = (int)db_i64(res, row, COL_CRASHES),
		.retried = db_bool(res, row, COL_RETRIED),
		.finished = db_text(res, row, COL_FINISHED),
		.event_type = db_text(res, row, COL_EVENT_TYPE),
		.route = db_text(res, row, COL_ROUTE),
		.query = db_text(res, row, COL_QUERY),
		.content_type = db_text(res, row, COL_CONTENT_TYPE),
		.origin = db_text(res, row, COL_ORIGIN),
		.body = db_null(res, row, COL_BODY)
		    ? NULL
		    : db_text(res, row, COL_BODY),
		.body_len = db_len(res, row, COL_BODY),
	};
}

static enum status
make_room(struct batch *batch, int tasks, struct err *err)
{
	batch->tasks = calloc((size_t)tasks, sizeof(*batch->tasks));
	return batch->tasks != NULL ? ST_OK : err_memory(err);
}

enum status
batch_claim(struct batch *batch, struct db *db, int max, int64_t from_us,
    const struct batch_rules *rules, struct err *err)
{
	struct batch empty = { .docs = BUF_INIT(DOCS_MAX_MIB * MIB) };
	struct args a = ARGS_INIT;
	enum status st;
	int rows, i;

	*batch = empty;
	args_i64(&a, max);
	args_i64(&a, CLAIM_BYTES);
	args_i64(&a, from_us);
	st = db_call(db, SQL_DRAIN_CLAIM, &a, &batch->claimed, err);
	if (st != ST_OK)
		return st;
	rows = PQntuples(batch->claimed);
	if (rows == 0)
		return ST_NONE;
	batch->first_due_us = db_time(batch->claimed, 0, COL_FIRST_DUE);
	st = make_room(batch, rows, err);
	for (i = 0; st == ST_OK && i < rows; i++) {
		const struct waiting w = row_of(batch->claimed, i);

		batch->tasks_len++;
		st = read_task(batch, &batch->tasks[i], &w, rules, err);
	}
	if (rules->reading != NULL)
		*rules->reading = 0;
	return st;
}

enum status
batch_take(struct batch *batch, const struct waiting *w,
    const struct batch_rules *rules, struct err *err)
{
	struct batch empty = { .docs = BUF_INIT(DOCS_MAX_MIB * MIB) };
	enum status st;

	*batch = empty;
	st = make_room(batch, 1, err);
	if (st != ST_OK)
		return st;
	batch->tasks_len = 1;
	return read_task(batch, &batch->tasks[0], w, rules, err);
}

void
batch_release(struct batch *batch)
{
	size_t i;

	for (i = 0; i < batch->tasks_len; i++)
		change_list_release(&batch->tasks[i].changes);
	free(batch->tasks);
	free(batch->items);
	buf_release(&batch->docs);
	PQclear(batch->claimed);
	batch->tasks = NULL;
	batch->items = NULL;
	batch->claimed = NULL;
	batch->tasks_len = 0;
	batch->items_len = 0;
}
