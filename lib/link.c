#include "link.h"

#include <stdlib.h>
#include <string.h>

#include "aside.h"
#include "clock.h"
#include "log.h"

enum { RECONNECT_MS = 500 /* between attempts while it is away */ };

struct link {
	struct loop *loop;
	const struct link_options *options;
	enum link_state state;
	const char *said; /* the last reason for being down, a literal */
	struct db *db;
	struct pipeline *pipeline;
	struct pipeline_options pipeline_options;

	struct aside *helper;
	struct aside_work work;
	struct errand errand;
	bool is_connecting;
	struct db *connected; /* what the helper brings */
	struct err connect_err;
	struct timer reconnect, patience, leaving;
	struct err leaving_why;
};

/* Each kind of reason is said once while it is down. */
static void
set_state(struct link *l, enum link_state state, const struct err *why)
{
	if (state == LINK_DOWN &&
	    (l->state != LINK_DOWN || strcmp(l->said, why->reason) != 0)) {
		log_warn("store: requests go to the spool: %s", why->text);
		l->said = why->reason;
	} else if (state == LINK_UP && l->state == LINK_DOWN) {
		log_info("store: PostgreSQL is back");
	}
	l->state = state;
}

static void
go_down(struct link *l, const struct err *why)
{
	set_state(l, LINK_DOWN, why);
	l->options->down(l->options->arg, why);
}

static void
connect_now(void *arg)
{
	struct link *l = arg;

	if (l->is_connecting)
		return;
	l->is_connecting = true;
	aside_put(l->helper, &l->errand);
}

/* In the helper thread. */
static void
run_connect(void *arg, struct errand *all)
{
	struct link *l = arg;
	const struct err none = ERR_INIT;

	(void)all;
	l->connect_err = none;
	if (group_connect(&l->connected, &l->options->where, &l->connect_err) !=
	    ST_OK)
		l->connected = NULL;
}

static void
disconnect(struct link *l)
{
	pipeline_close(l->pipeline);
	l->pipeline = NULL;
	db_close(l->db);
	l->db = NULL;
}

static void
connect_done(void *arg, struct errand *one)
{
	struct link *l = arg;
	enum status st = ST_RETRY;

	(void)one;
	l->is_connecting = false;
	loop_never(l->loop, &l->patience);
	l->db = l->connected;
	l->connected = NULL;
	if (l->db != NULL)
		st = pipeline_open(&l->pipeline, l->loop, l->db,
		    &l->pipeline_options, &l->connect_err);
	if (st == ST_OK) {
		set_state(l, LINK_UP, NULL);
		l->options->up(l->options->arg);
		return;
	}
	disconnect(l);
	go_down(l, &l->connect_err);
	loop_at(l->loop, &l->reconnect, clock_passed_ms() + RECONNECT_MS);
}

/* It takes too long for those who wait. */
static void
lose_patience(void *arg)
{
	struct err err = ERR_INIT;

	(void)err_class(&err, ST_RETRY, "connection",
	    "PostgreSQL does not answer");
	go_down(arg, &err);
}

static void
start(struct link *l)
{
	set_state(l, LINK_STARTING, NULL);
	loop_at(l->loop, &l->patience,
	    clock_passed_ms() + l->options->timeout_ms);
	connect_now(l);
}

/* A lost connection is often one that was ended on purpose while PostgreSQL
 * is well. One that does not answer is not. */
static void
pipeline_lost(void *arg, const struct err *why)
{
	struct link *l = arg;

	disconnect(l);
	if (strcmp(why->reason, "timeout") == 0) {
		go_down(l, why);
		connect_now(l);
	} else {
		log_debug("store: %s", why->text);
		start(l);
	}
}

static void
leave(void *arg)
{
	struct link *l = arg;

	if (l->state != LINK_UP)
		return;
	disconnect(l);
	go_down(l, &l->leaving_why);
	loop_at(l->loop, &l->reconnect, clock_passed_ms() + RECONNECT_MS);
}

/* A moment later, when no function of the pipeline is on the stack. */
void
link_leave(struct link *link, const struct err *why)
{
	link->leaving_why = *why;
	loop_at(link->loop, &link->leaving, 0);
}

/* ---- life ---- */

void
link_wake(struct link *link)
{
	if (link->state == LINK_ASLEEP)
		start(link);
}

enum link_state
link_state(const struct link *link)
{
	return link->state;
}

struct pipeline *
link_pipeline(struct link *link)
{
	return link->pipeline;
}

enum status
link_open(struct link **out, struct loop *loop,
    const struct link_options *options, struct err *err)
{
	struct link *l = calloc(1, sizeof(*l));
	enum status st;

	*out = NULL;
	if (l == NULL)
		return err_memory(err);
	l->loop = loop;
	l->options = options;
	l->pipeline_options.timeout_ms = options->timeout_ms;
	l->pipeline_options.prepare = options->where.prepare;
	l->pipeline_options.lost = pipeline_lost;
	l->pipeline_options.arg = l;
	l->work.run = run_connect;
	l->work.done = connect_done;
	l->work.arg = l;
	l->reconnect.due = connect_now;
	l->reconnect.arg = l;
	l->leaving.due = leave;
	l->leaving.arg = l;
	l->patience.due = lose_patience;
	l->patience.arg = l;
	st = aside_open(&l->helper, loop, &l->work, err);
	if (st != ST_OK) {
		free(l);
		return st;
	}
	*out = l;
	return ST_OK;
}

void
link_close(struct link *link)
{
	if (link == NULL)
		return;
	aside_close(link->helper);
	loop_never(link->loop, &link->patience);
	loop_never(link->loop, &link->leaving);
	loop_never(link->loop, &link->reconnect);
	db_close(link->connected);
	disconnect(link);
	free(link);
}
