#include "server.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "log.h"

enum {
	ACCEPT_MAX = 4, /* in one round, then PostgreSQL may have answered */
	BUSY_MS = 100,  /* pause when descriptors ran out */
	LOOK_MS = 1000, /* how often the silent ones are looked for */
};

struct server {
	struct loop *loop;
	const struct server_options *options;
	struct connections *connections;
	struct watch listen;
	struct timer look, busy;
	bool stopping;
};

static void
welcome(struct server *s, int fd)
{
	if (connections_count(s->connections) >= s->options->connections_max) {
		log_warn("server: %d connections: the most silent is closed",
		    s->options->connections_max);
		(void)connections_drop_oldest(s->connections);
	}
	connections_welcome(s->connections, fd);
}

static void
pause_accepting(struct server *s)
{
	log_warn("server: could not accept: %s", strerror(errno));
	loop_forget(s->loop, &s->listen);
	loop_at(s->loop, &s->busy, clock_passed_ms() + BUSY_MS);
}

static void
resume_accepting(void *arg)
{
	struct server *s = arg;
	struct err err = ERR_INIT;

	if (!s->stopping &&
	    loop_watch(s->loop, &s->listen, LOOP_READ, &err) != ST_OK)
		loop_at(s->loop, &s->busy, clock_passed_ms() + BUSY_MS);
}

/* Take up to "max" connections; false when there are no more. */
static bool
accept_some(struct server *s, int max)
{
	int fd;

	while (max-- > 0) {
		fd = accept4(s->listen.fd, NULL, NULL,
		    SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd >= 0) {
			welcome(s, fd);
		} else if (errno == EAGAIN || errno == EWOULDBLOCK) {
			return false;
		} else if (errno != EINTR && errno != ECONNABORTED) {
			pause_accepting(s);
			return false;
		}
	}
	return true;
}

static void
accept_ready(void *arg, int events)
{
	(void)events;
	(void)accept_some(arg, ACCEPT_MAX);
}

static void
look_for_silent(void *arg)
{
	struct server *s = arg;

	connections_drop_silent(s->connections);
	loop_at(s->loop, &s->look, clock_passed_ms() + LOOK_MS);
}

static enum status
listen_in(struct server *s, struct err *err)
{
	int flags = fcntl(s->listen.fd, F_GETFL);

	if (flags < 0 || fcntl(s->listen.fd, F_SETFL, flags | O_NONBLOCK) != 0)
		return err_set(err, ST_FAULT, "the socket is none: %s",
		    strerror(errno));
	return loop_watch(s->loop, &s->listen, LOOP_READ, err);
}

enum status
server_open(struct server **out, struct loop *loop,
    const struct server_options *options, struct err *err)
{
	struct server *s = calloc(1, sizeof(*s));
	enum status st;

	*out = NULL;
	if (s == NULL)
		return err_memory(err);
	s->loop = loop;
	s->options = options;
	s->listen.fd = options->listen_fd;
	s->listen.ready = accept_ready;
	s->listen.arg = s;
	s->look.due = look_for_silent;
	s->look.arg = s;
	s->busy.due = resume_accepting;
	s->busy.arg = s;
	st = connections_open(&s->connections, loop, &options->connection, err);
	if (st == ST_OK)
		st = listen_in(s, err);
	if (st != ST_OK) {
		connections_close(s->connections);
		free(s);
		return st;
	}
	loop_at(loop, &s->look, clock_passed_ms() + LOOK_MS);
	*out = s;
	return ST_OK;
}

void
server_stop(struct server *server)
{
	if (server->stopping)
		return;
	while (accept_some(server, ACCEPT_MAX))
		continue;
	server->stopping = true;
	loop_forget(server->loop, &server->listen);
	(void)close(server->listen.fd);
	connections_end(server->connections);
}

bool
server_idle(const struct server *server)
{
	return connections_count(server->connections) == 0;
}

void
server_close(struct server *server)
{
	if (server == NULL)
		return;
	connections_close(server->connections);
	loop_never(server->loop, &server->look);
	loop_never(server->loop, &server->busy);
	free(server);
}
