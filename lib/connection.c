#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "connection_own.h"
#include "log.h"

/* ---- out ---- */

/* The answer is out. A sender that still sends would lose it if we closed:
 * let it finish. */
static void
answered(struct connection *c)
{
	if (c->in.keep && !c->all->ending) {
		connection_forget(c);
		c->phase = READING;
		connection_heard(c);
	} else if (c->in.whole) {
		connection_hang_up(c);
	} else {
		(void)shutdown(c->watch.fd, SHUT_WR);
		c->phase = LINGERING;
		connection_heard(c);
	}
}

/* Send what is there; false where the connection is gone. */
static bool
push(struct connection *c)
{
	ssize_t n;

	while (c->sent < c->out.len) {
		n = send(c->watch.fd, c->out.at + c->sent, c->out.len - c->sent,
		    MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return true;
		if (n < 0) {
			connection_hang_up(c);
			return false;
		}
		c->sent += (size_t)n;
	}
	return true;
}

static void
wait_for(struct connection *c, int events)
{
	struct err err = ERR_INIT;

	if (loop_watch(c->all->loop, &c->watch, events, &err) != ST_OK) {
		log_error("%s", err.text);
		connection_hang_up(c);
	}
}

static void
write_out(struct connection *c)
{
	if (!push(c))
		return;
	if (c->sent < c->out.len) {
		wait_for(c, LOOP_WRITE);
		return;
	}
	answered(c);
	if (c->phase != WRITING && c->listed)
		wait_for(c, LOOP_READ);
}

/* Every path says a status: an empty answer becomes 200 with some servers. */
static void
send_reply(struct exchange *x)
{
	static const char broken[] = "Status: 500 Internal Server Error\r\n"
				     "Content-Length: 0\r\n\r\n";
	struct connection *c = (struct connection *)x;
	struct buf text = BUF_INIT(CONNECTION_ANSWER_MAX);
	struct err err = ERR_INIT;
	enum status st = reply_put(&x->reply, &text, &err);

	if (st == ST_OK)
		st = fastcgi_answer(&c->in, text.at, text.len, &c->out, &err);
	if (st != ST_OK) {
		log_error("no answer: %s", err.text);
		buf_clear(&c->out);
		if (fastcgi_answer(&c->in, broken, sizeof(broken) - 1, &c->out,
			&err) != ST_OK)
			c->in.keep = false;
	}
	buf_release(&text);
	request_release(&x->req);
	reply_release(&x->reply);
	c->phase = WRITING;
	connection_heard(c);
	write_out(c);
}

/* ---- in ---- */

static int
read_body(void *handle, char *at, int len)
{
	return fastcgi_read(handle, at, len);
}

static int
is_broken(void *handle)
{
	(void)handle; /* what broke off never gets here */
	return 0;
}

static void
handle(struct connection *c)
{
	const struct connection_options *o = c->all->options;
	const struct request_source source = { .environment = c->in.params.env,
		.handle = &c->in,
		.read = read_body,
		.broken = is_broken };
	struct exchange *x = &c->exchange;
	const struct reply empty = REPLY_INIT;
	struct err err = ERR_INIT;
	int refuse = 431;

	c->phase = WAITING;
	connection_unlist(c);
	loop_forget(c->all->loop, &c->watch);
	x->reply = empty;
	if (c->in.why.text[0] != '\0') {
		request_empty(&x->req);
		err = c->in.why;
	} else {
		refuse = request_read(&x->req, &source, o->body_max, &err);
	}
	o->handle(o->arg, x, refuse, &err);
}

/* Bodies on their way have filled their room: this one must wait. */
static void
refuse_for_room(struct connection *c)
{
	const struct reply empty = REPLY_INIT;

	log_warn("server: bodies of more than %d MiB on their way",
	    CONNECTION_BODIES_MAX >> 20);
	c->phase = WAITING;
	c->in.keep = false;
	c->all->body_bytes -= c->in.body.len;
	buf_release(&c->in.body);
	loop_forget(c->all->loop, &c->watch);
	c->exchange.reply = empty;
	request_empty(&c->exchange.req);
	reply_unavailable(&c->exchange.reply);
	exchange_answer(&c->exchange);
}

/* What the protocol itself has to say. */
static bool
push_protocol(struct connection *c)
{
	struct err err = ERR_INIT;

	if (c->in.out.len == 0)
		return true;
	if (buf_put(&c->out, c->in.out.at, c->in.out.len, &err) != ST_OK) {
		connection_hang_up(c);
		return false;
	}
	buf_clear(&c->in.out);
	return push(c);
}

static void
take(struct connection *c, const char *at, size_t len)
{
	size_t before = c->in.body.len;
	enum fastcgi_state state = fastcgi_feed(&c->in, at, len);

	c->all->body_bytes += c->in.body.len - before;
	if (state == FASTCGI_BROKEN) {
		log_info("a request broke off");
		connection_hang_up(c);
	} else if (!push_protocol(c)) {
		return;
	} else if (state == FASTCGI_READY) {
		handle(c);
	} else if (c->all->body_bytes > CONNECTION_BODIES_MAX) {
		refuse_for_room(c);
	} else {
		connection_heard(c);
		wait_for(c, LOOP_READ);
	}
}

/* Read what is there and go on with it. It may be gone afterwards. */
static void
read_some(struct connection *c)
{
	struct connections *s = c->all;
	ssize_t n;

	do
		n = recv(c->watch.fd, s->scratch, sizeof(s->scratch), 0);
	while (n < 0 && errno == EINTR);
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
		wait_for(c, LOOP_READ);
	} else if (n <= 0) {
		if (c->phase == READING && c->in.begun)
			log_info("a request broke off");
		connection_hang_up(c);
	} else if (c->phase == READING) {
		take(c, s->scratch, (size_t)n);
	}
}

static void
ready(void *arg, int events)
{
	struct connection *c = arg;

	(void)events;
	if (c->phase == WRITING)
		write_out(c);
	else
		read_some(c);
}

/* ---- its begin ---- */

void
connections_welcome(struct connections *all, int fd)
{
	struct connection *c = connection_new(all);

	if (c == NULL) {
		(void)close(fd);
		return;
	}
	c->exchange.answer = send_reply;
	c->watch.ready = ready;
	c->watch.fd = fd;
	c->phase = READING;
	connection_heard(c);
	/* Most often the whole request is there already. */
	read_some(c);
}
