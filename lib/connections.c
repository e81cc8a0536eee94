#include <stdlib.h>
#include <unistd.h>

#include "clock.h"
#include "connection_own.h"

enum {
	IDLE_MAX = 64,      /* connection records kept for reuse */
	LINGER_MS = 2000,   /* for a sender that still sends */
	GRACE_MS = 5000,    /* for half-read requests at the end */
	KEEP_BYTES = 65536, /* a larger buffer is given back */
};

/* ---- one of them ---- */

void
connection_unlist(struct connection *c)
{
	if (c->listed)
		TAILQ_REMOVE(&c->all->heard, c, link);
	c->listed = false;
}

void
connection_heard(struct connection *c)
{
	connection_unlist(c);
	c->heard_ms = clock_passed_ms();
	c->listed = true;
	TAILQ_INSERT_TAIL(&c->all->heard, c, link);
}

static struct connection *
make(struct connections *all)
{
	const struct buf out = BUF_INIT(CONNECTION_ANSWER_MAX);
	struct connection *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->all = all;
	c->watch.arg = c;
	c->out = out;
	fastcgi_init(&c->in, all->options->body_max);
	return c;
}

struct connection *
connection_new(struct connections *all)
{
	struct connection *c = TAILQ_FIRST(&all->idle);

	if (c != NULL) {
		TAILQ_REMOVE(&all->idle, c, link);
		all->idle_len--;
	} else {
		c = make(all);
	}
	if (c != NULL)
		all->open++;
	return c;
}

static void
connection_free(struct connection *c)
{
	fastcgi_release(&c->in);
	buf_release(&c->out);
	free(c);
}

void
connection_forget(struct connection *c)
{
	c->all->body_bytes -= c->in.body.len;
	if (c->in.body.cap > KEEP_BYTES)
		buf_release(&c->in.body);
	fastcgi_reset(&c->in);
	buf_clear(&c->out);
	c->sent = 0;
}

void
connection_hang_up(struct connection *c)
{
	struct connections *all = c->all;

	connection_unlist(c);
	loop_forget(all->loop, &c->watch);
	(void)close(c->watch.fd);
	connection_forget(c);
	all->open--;
	if (all->idle_len >= IDLE_MAX) {
		connection_free(c);
		return;
	}
	TAILQ_INSERT_HEAD(&all->idle, c, link);
	all->idle_len++;
}

/* ---- all of them ---- */

enum status
connections_open(struct connections **out, struct loop *loop,
    const struct connection_options *options, struct err *err)
{
	struct connections *s = calloc(1, sizeof(*s));

	*out = s;
	if (s == NULL)
		return err_memory(err);
	s->loop = loop;
	s->options = options;
	TAILQ_INIT(&s->heard);
	TAILQ_INIT(&s->idle);
	return ST_OK;
}

void
connections_close(struct connections *all)
{
	struct connection *c, *next;

	if (all == NULL)
		return;
	for (c = TAILQ_FIRST(&all->heard); c != NULL; c = next) {
		next = TAILQ_NEXT(c, link);
		connection_hang_up(c);
	}
	while ((c = TAILQ_FIRST(&all->idle)) != NULL) {
		TAILQ_REMOVE(&all->idle, c, link);
		connection_free(c);
	}
	free(all);
}

int
connections_count(const struct connections *all)
{
	return all->open;
}

bool
connections_drop_oldest(struct connections *all)
{
	struct connection *oldest = TAILQ_FIRST(&all->heard);

	if (oldest == NULL)
		return false;
	connection_hang_up(oldest);
	return true;
}

static int64_t
patience(const struct connection *c)
{
	if (c->phase == LINGERING)
		return LINGER_MS;
	return c->all->ending ? GRACE_MS : CONNECTION_SILENT_MS;
}

void
connections_drop_silent(struct connections *all)
{
	struct connection *c = TAILQ_FIRST(&all->heard), *next;
	int64_t now = clock_passed_ms();

	for (; c != NULL; c = next) {
		next = TAILQ_NEXT(c, link);
		if (now - c->heard_ms >= patience(c))
			connection_hang_up(c);
	}
}

void
connections_end(struct connections *all)
{
	struct connection *c, *next;

	all->ending = true;
	for (c = TAILQ_FIRST(&all->heard); c != NULL; c = next) {
		next = TAILQ_NEXT(c, link);
		if (c->phase == READING && !c->in.begun)
			connection_hang_up(c);
	}
}
