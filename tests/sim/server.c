#include "server.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "route.h"
#include "server_own.h"

/* ---- sleepers ---- */

void
server_sleep(struct conn *n, int ms)
{
	struct server *s = n->server;

	n->until = machine_now() + ms / 1000.0;
	MHD_suspend_connection(n->mhd);
	pthread_mutex_lock(&s->lock);
	n->next = s->sleepers;
	s->sleepers = n;
	pthread_cond_signal(&s->wake);
	pthread_mutex_unlock(&s->lock);
}

/* Wake those that are due; when the next one is, or 0. */
static double
wake_due(struct server *s)
{
	struct conn **at = &s->sleepers;
	double now = machine_now(), next = 0;

	while (*at != NULL) {
		struct conn *n = *at;

		if (n->until <= now || s->stop) {
			*at = n->next;
			MHD_resume_connection(n->mhd);
			continue;
		}
		if (next <= 0 || n->until < next)
			next = n->until;
		at = &n->next;
	}
	return next;
}

static void *
timer(void *arg)
{
	struct server *s = arg;

	pthread_mutex_lock(&s->lock);
	while (!s->stop) {
		double next = wake_due(s);
		struct timespec ts;

		if (next <= 0) {
			pthread_cond_wait(&s->wake, &s->lock);
			continue;
		}
		ts.tv_sec = (time_t)next;
		ts.tv_nsec = (long)((next - (double)ts.tv_sec) * 1e9);
		pthread_cond_timedwait(&s->wake, &s->lock, &ts);
	}
	wake_due(s);
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

/* ---- calls ---- */

static enum MHD_Result
add_header(void *cls, enum MHD_ValueKind kind, const char *name,
    const char *value)
{
	struct call *c = cls;
	char lower[128];
	size_t i;

	(void)kind;
	for (i = 0; name[i] != '\0' && i + 1 < sizeof(lower); i++)
		lower[i] = (char)tolower((unsigned char)name[i]);
	lower[i] = '\0';
	pairs_add(&c->headers, lower, value != NULL ? value : "");
	return MHD_YES;
}

static bool
from_here(struct MHD_Connection *mhd)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(mhd,
	    MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const struct sockaddr_in *in;

	if (info == NULL || info->client_addr->sa_family != AF_INET)
		return false;
	in = (const struct sockaddr_in *)(const void *)info->client_addr;
	return (ntohl(in->sin_addr.s_addr) >> 24) == 127;
}

/* The call as its head says it. The target is kept as it came: paths and
 * queries are decoded by our own rules. */
static void
begin(struct conn *n, const char *method)
{
	struct call *c = &n->call;
	const char *mark;

	snprintf(c->method, sizeof(c->method), "%s", method);
	mark = strchr(c->target, '?');
	c->path = strndup(c->target,
	    mark != NULL ? (size_t)(mark - c->target) : strlen(c->target));
	if (c->path == NULL)
		abort();
	if (mark != NULL)
		pairs_read(&c->query, mark + 1, strlen(mark + 1));
	MHD_get_connection_values(n->mhd, MHD_HEADER_KIND, add_header, c);
	c->loopback = from_here(n->mhd);
	if (strncmp(c->path, "/crm/", 5) == 0 ||
	    strncmp(c->path, "/v8/crm/", 8) == 0)
		c->pool = 0;
	else if (strncmp(c->path, "/books/", 7) == 0)
		c->pool = 1;
	pthread_mutex_lock(&c->sim->lock);
	limit_enter(c);
	pthread_mutex_unlock(&c->sim->lock);
}

static void *
on_uri(void *cls, const char *uri, struct MHD_Connection *mhd)
{
	struct server *s = cls;
	struct conn *n = calloc(1, sizeof(*n));

	if (n == NULL)
		abort();
	call_init(&n->call, s->sim);
	n->server = s;
	n->mhd = mhd;
	n->piece.buf.max = OUT_MAX;
	n->call.target = strdup(uri);
	if (n->call.target == NULL)
		abort();
	return n;
}

static void
work(struct conn *n)
{
	struct sim *sim = n->server->sim;
	int delay;

	pthread_mutex_lock(&sim->lock);
	route_call(&n->call);
	delay = sim->latency_ms;
	pthread_mutex_unlock(&sim->lock);
	n->answered = true;
	if (strncmp(n->call.path, "/zsim/", 6) == 0)
		delay = 0;
	if (n->call.answer.mishap == MISHAP_NONE)
		delay += n->call.answer.delay_ms;
	if (delay > 0) {
		server_sleep(n, delay);
		return;
	}
}

static enum MHD_Result
on_call(void *cls, struct MHD_Connection *mhd, const char *url,
    const char *method, const char *version, const char *data, size_t *len,
    void **con)
{
	struct conn *n = *con;

	(void)cls;
	(void)mhd;
	(void)url;
	(void)version;
	if (!n->done) {
		n->done = true;
		begin(n, method);
		return MHD_YES;
	}
	if (*len > 0) {
		out_bytes(&n->call.body, data, *len);
		*len = 0;
		return MHD_YES;
	}
	if (!n->answered) {
		work(n);
		if (n->until > 0)
			return MHD_YES;
	}
	return server_answer(n);
}

static void
on_done(void *cls, struct MHD_Connection *mhd, void **con,
    enum MHD_RequestTerminationCode why)
{
	struct conn *n = *con;

	(void)cls;
	(void)mhd;
	(void)why;
	if (n == NULL)
		return;
	pthread_mutex_lock(&n->call.sim->lock);
	limit_leave(&n->call);
	pthread_mutex_unlock(&n->call.sim->lock);
	call_release(&n->call);
	out_release(&n->piece);
	free(n);
	*con = NULL;
}

struct server *
server_open(struct sim *sim, const struct listen *l, int *port)
{
	struct server *s = calloc(1, sizeof(*s));
	struct sockaddr_in in = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)l->port) };
	const union MHD_DaemonInfo *info;
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD |
	    MHD_ALLOW_SUSPEND_RESUME | MHD_USE_SUPPRESS_DATE_NO_CLOCK |
	    (l->cert != NULL ? MHD_USE_TLS : 0);

	if (s == NULL || inet_pton(AF_INET, l->address, &in.sin_addr) != 1) {
		free(s);
		return NULL;
	}
	s->sim = sim;
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->wake, NULL);
	s->daemon = MHD_start_daemon(flags, (uint16_t)l->port, NULL, NULL,
	    on_call, s, MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&in,
	    MHD_OPTION_URI_LOG_CALLBACK, on_uri, s, MHD_OPTION_NOTIFY_COMPLETED,
	    on_done, s, MHD_OPTION_THREAD_POOL_SIZE, (unsigned)l->threads,
	    MHD_OPTION_CONNECTION_LIMIT, 4000u,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)(128 * KIB),
	    l->cert != NULL ? MHD_OPTION_HTTPS_MEM_CERT : MHD_OPTION_END,
	    l->cert, MHD_OPTION_HTTPS_MEM_KEY, l->key, MHD_OPTION_END);
	if (s->daemon == NULL) {
		free(s);
		return NULL;
	}
	info = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_BIND_PORT);
	*port = info != NULL ? info->port : l->port;
	if (pthread_create(&s->timer, NULL, timer, s) != 0)
		abort();
	return s;
}

void
server_close(struct server *s)
{
	pthread_mutex_lock(&s->lock);
	s->stop = true;
	pthread_cond_signal(&s->wake);
	pthread_mutex_unlock(&s->lock);
	pthread_join(s->timer, NULL);
	MHD_stop_daemon(s->daemon);
	free(s);
}
