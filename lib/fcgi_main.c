#include "fcgi_main.h"

#include <errno.h>
#include <getopt.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

#include "clock.h"
#include "log.h"
#include "route.h"
#include "server.h"
#include "stop.h"

enum { BACKLOG = 1024, ANSWER_MAX = 2 << 20, END_MS = 10000 };

struct program {
	const struct web_program *web;
	struct settings settings;
	const char *aliases;
	struct loop *loop;
	void *app;
	struct server *server; /* NULL for plain CGI */
	struct server_options server_options;
	struct watch signals;
	struct hook round;
	struct timer end;
	bool ending;
	int code; /* of plain CGI */
};

/* ---- one request, however it came ---- */

static void
handle(void *arg, struct exchange *x, int refuse, const struct err *why)
{
	struct program *p = arg;

	if (refuse == 0) {
		route_request(p->web, p->aliases, p->app, x);
		return;
	}
	log_info("refused with %d: %s %s: %s", refuse, x->req.method,
	    buf_text(&x->req.path), why->text);
	if (refuse == 503)
		reply_unavailable(&x->reply);
	else
		reply_say(&x->reply, refuse, "refused", why->text);
	exchange_answer(x);
}

/* ---- the end ---- */

static void
end_now(void *arg)
{
	struct program *p = arg;

	log_warn("ended with work in hand");
	loop_end(p->loop);
}

static void
begin_to_end(struct program *p)
{
	if (p->ending)
		return;
	p->ending = true;
	if (p->server != NULL)
		server_stop(p->server);
	loop_at(p->loop, &p->end, clock_passed_ms() + END_MS);
}

static void
round_over(void *arg)
{
	struct program *p = arg;

	if (p->ending && (p->server == NULL || server_idle(p->server)) &&
	    p->web->settled(p->app))
		loop_end(p->loop);
}

static void
signalled(void *arg, int events)
{
	struct program *p = arg;
	struct signalfd_siginfo got;

	(void)events;
	while (read(p->signals.fd, &got, sizeof(got)) == sizeof(got)) {
		if (got.ssi_signo == SIGHUP)
			log_reopen();
		else
			begin_to_end(p);
	}
}

/* ---- plain CGI ---- */

static int
cgi_read(void *handle, char *at, int len)
{
	ssize_t n;

	(void)handle;
	do
		n = read(STDIN_FILENO, at, (size_t)len);
	while (n < 0 && errno == EINTR);
	return (int)n;
}

static int
cgi_broken(void *handle)
{
	(void)handle;
	return 0;
}

struct cgi {
	struct exchange exchange; /* first: what handlers hand back */
	struct program *program;
};

static void
cgi_answer(struct exchange *x)
{
	struct program *p = ((struct cgi *)x)->program;
	char rest[16 * 1024];
	struct buf out = BUF_INIT(ANSWER_MAX);
	struct err err = ERR_INIT;
	bool said;

	if (reply_put(&x->reply, &out, &err) != ST_OK) {
		log_error("no answer: %s", err.text);
		said = fputs("Status: 503 Service Unavailable\r\n"
			     "Retry-After: 30\r\n"
			     "Content-Length: 0\r\n\r\n",
			   stdout) >= 0;
	} else {
		said = fwrite(out.at, 1, out.len, stdout) == out.len;
	}
	p->code = fflush(stdout) == 0 && said ? EX_OK : EX_IOERR;
	/* The web server may go on while the rest is settled. */
	(void)fclose(stdout);
	/* A body left unread would cost the sender his answer. */
	while (cgi_read(NULL, rest, sizeof(rest)) > 0)
		continue;
	buf_release(&out);
	request_release(&x->req);
	reply_release(&x->reply);
	begin_to_end(p);
}

static int
serve_cgi(struct program *p)
{
	extern char **environ;
	const struct request_source source = {
		.environment = environ, .read = cgi_read, .broken = cgi_broken
	};
	struct cgi cgi = { .exchange = { .reply = REPLY_INIT,
			       .answer = cgi_answer },
		.program = p };
	struct err err = ERR_INIT;
	int refuse = request_read(&cgi.exchange.req, &source,
	    p->server_options.connection.body_max, &err);

	handle(p, &cgi.exchange, refuse, &err);
	loop_run(p->loop);
	return p->code;
}

/* ---- FastCGI ---- */

static int
serve_fcgi(struct program *p)
{
	struct err err = ERR_INIT;

	p->server_options.connection.handle = handle;
	p->server_options.connection.arg = p;
	if (server_open(&p->server, p->loop, &p->server_options, &err) !=
	    ST_OK) {
		log_error("cannot serve: %s", err.text);
		return EX_OSERR;
	}
	loop_run(p->loop);
	server_close(p->server);
	return EX_OK;
}

/* ---- start ---- */

static void
usage(const struct web_program *program, FILE *out)
{
	(void)fprintf(out,
	    "usage: %s [-c FILE] [-s SOCKET]\n"
	    "  -c, --config FILE    settings file\n"
	    "  -s, --socket SOCKET  listen there as FastCGI; without it the web\n"
	    "                       server hands the socket over, or runs CGI\n"
	    "  -h, --help           this text\n"
	    "  -V, --version        version\n",
	    program->name);
}

static int
open_socket(const char *path, struct err *err)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(name.sun_path)) {
		(void)err_set(err, ST_REJECT, "%s: longer than %zu bytes", path,
		    sizeof(name.sun_path) - 1);
		return -1;
	}
	memcpy(name.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 &&
	    connect(fd, (const struct sockaddr *)&name, sizeof(name)) == 0) {
		(void)err_set(err, ST_FAULT,
		    "%s: another program serves there already", path);
		(void)close(fd);
		return -1;
	}
	(void)umask(007);
	(void)unlink(path);
	if (fd < 0 ||
	    bind(fd, (const struct sockaddr *)&name, sizeof(name)) != 0 ||
	    listen(fd, BACKLOG) != 0) {
		(void)err_set(err, ST_FAULT, "%s: %s", path, strerror(errno));
		if (fd >= 0)
			(void)close(fd);
		return -1;
	}
	return fd;
}

static bool
is_socket(int fd)
{
	struct sockaddr_storage name;
	socklen_t len = sizeof(name);

	return getpeername(fd, (struct sockaddr *)&name, &len) != 0 &&
	    errno == ENOTCONN;
}

/* TERM, INT, USR1 and HUP come through the loop, never in the middle of
 * something. */
static enum status
catch_signals(struct program *p, struct err *err)
{
	sigset_t signals;

	(void)sigemptyset(&signals);
	(void)sigaddset(&signals, SIGTERM);
	(void)sigaddset(&signals, SIGINT);
	(void)sigaddset(&signals, SIGUSR1);
	(void)sigaddset(&signals, SIGHUP);
	stop_ignore();
	(void)pthread_sigmask(SIG_BLOCK, &signals, NULL);
	p->signals.fd = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
	if (p->signals.fd < 0)
		return err_set(err, ST_FAULT, "could not wait for signals: %s",
		    strerror(errno));
	p->signals.ready = signalled;
	p->signals.arg = p;
	return loop_watch(p->loop, &p->signals, LOOP_READ, err);
}

/* Settings, log, loop and the program's own things. */
static enum status
prepare(struct program *p, const char *config, bool many, struct err *err)
{
	const struct settings *s = &p->settings;
	enum status st = settings_load(&p->settings, config, err);

	p->signals.fd = -1;
	if (st == ST_OK)
		st = log_open(p->web->name, settings_text(s, SET_LOG),
		    settings_text(s, SET_LOG_LEVEL), err);
	if (st == ST_OK)
		st = loop_open(&p->loop, err);
	if (st == ST_OK)
		st = catch_signals(p, err);
	if (st != ST_OK)
		return st;
	p->round.run = round_over;
	p->round.arg = p;
	p->end.due = end_now;
	p->end.arg = p;
	p->aliases = p->web->alias_prefixes == SETTING_COUNT
	    ? ""
	    : settings_text(s, p->web->alias_prefixes);
	p->server_options.connection.body_max = (size_t)settings_number(s,
	    SET_WEBHOOK_BODY_MAX);
	p->server_options.connections_max = (int)settings_number(s,
	    SET_WEBHOOK_CONNECTIONS);
	st = p->web->open(&p->app, p->loop, s, many, err);
	loop_hook(p->loop, &p->round); /* after the program's own */
	return st;
}

static int
cannot_start(const struct program *p, bool many, const struct err *err)
{
	log_error("cannot start: %s", err->text);
	(void)fprintf(stderr, "%s: %s\n", p->web->name, err->text);
	if (!many)
		(void)puts("Status: 503 Service Unavailable\r\n"
			   "Retry-After: 60\r\n"
			   "Content-Length: 0\r\n\r");
	return many ? EX_CONFIG : EX_OK;
}

static void
close_own(struct program *p)
{
	loop_close(p->loop);
	(void)close(p->signals.fd);
}

static int
run(struct program *p, const char *config, const char *socket_path)
{
	bool many = socket_path != NULL || is_socket(STDIN_FILENO);
	struct err err = ERR_INIT;
	int code;

	if (prepare(p, config, many, &err) != ST_OK) {
		code = cannot_start(p, many, &err);
		close_own(p);
		return code;
	}
	p->server_options.listen_fd = STDIN_FILENO;
	if (socket_path != NULL)
		p->server_options.listen_fd = open_socket(socket_path, &err);
	if (p->server_options.listen_fd < 0) {
		(void)cannot_start(p, many, &err);
		code = EX_OSERR;
	} else {
		code = many ? serve_fcgi(p) : serve_cgi(p);
	}
	p->web->close(p->app);
	close_own(p);
	return code;
}

int
fcgi_main(int argc, char **argv, const struct web_program *program)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "socket", required_argument, NULL, 's' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	struct program p = { .web = program, .settings = SETTINGS_INIT };
	const char *config = NULL, *socket_path = NULL;
	int c, code;

	/* A query like ?--help reaches a CGI program as an argument. */
	while (getenv("GATEWAY_INTERFACE") == NULL &&
	    (c = getopt_long(argc, argv, "c:s:hV", options, NULL)) != -1) {
		switch (c) {
		case 'c':
			config = optarg;
			break;
		case 's':
			socket_path = optarg;
			break;
		case 'h':
			usage(program, stdout);
			return EX_OK;
		case 'V':
			(void)printf("%s %s\n", program->name,
			    ZOHOSYNC_VERSION);
			return EX_OK;
		default:
			usage(program, stderr);
			return EX_USAGE;
		}
	}
	code = run(&p, config, socket_path);
	settings_release(&p.settings);
	return code;
}
