#include "loop.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "log.h"

enum { EVENTS_MAX = 64, LONGEST_WAIT_US = 60000000, SHORT_US = 2000 };

struct loop {
	int epoll;
	struct epoll_event events[EVENTS_MAX];
	int events_len;
	struct timer *timers;
	struct hook *hooks, **hooks_end;
	bool ended;
};

enum status
loop_open(struct loop **out, struct err *err)
{
	struct loop *loop = calloc(1, sizeof(*loop));

	*out = NULL;
	if (loop == NULL)
		return err_memory(err);
	loop->hooks_end = &loop->hooks;
	loop->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (loop->epoll < 0) {
		free(loop);
		return err_set(err, ST_FAULT,
		    "could not make an event loop: %s", strerror(errno));
	}
	*out = loop;
	return ST_OK;
}

void
loop_close(struct loop *loop)
{
	if (loop == NULL)
		return;
	(void)close(loop->epoll);
	free(loop);
}

enum status
loop_watch(struct loop *loop, struct watch *w, int events, struct err *err)
{
	struct epoll_event e = { .data.ptr = w };
	int op = w->events != 0 ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;

	if (w->events == events)
		return ST_OK;
	if ((events & LOOP_READ) != 0)
		e.events |= EPOLLIN;
	if ((events & LOOP_WRITE) != 0)
		e.events |= EPOLLOUT;
	if (epoll_ctl(loop->epoll, op, w->fd, &e) != 0)
		return err_set(err, ST_RETRY, "could not wait: %s",
		    strerror(errno));
	w->events = events;
	return ST_OK;
}

void
loop_forget(struct loop *loop, struct watch *w)
{
	int i;

	if (w->events == 0)
		return;
	(void)epoll_ctl(loop->epoll, EPOLL_CTL_DEL, w->fd, NULL);
	w->events = 0;
	/* It may be among those that are ready but not yet told. */
	for (i = 0; i < loop->events_len; i++)
		if (loop->events[i].data.ptr == w)
			loop->events[i].data.ptr = NULL;
}

/* Timers are few: a list is enough. */
void
loop_at_us(struct loop *loop, struct timer *t, int64_t at_us)
{
	t->at_us = at_us;
	if (t->set)
		return;
	t->set = true;
	t->next = loop->timers;
	loop->timers = t;
}

void
loop_at(struct loop *loop, struct timer *t, int64_t at_ms)
{
	loop_at_us(loop, t, at_ms * 1000);
}

void
loop_never(struct loop *loop, struct timer *t)
{
	struct timer **at = &loop->timers;

	while (*at != NULL && *at != t)
		at = &(*at)->next;
	if (*at != NULL)
		*at = t->next;
	t->set = false;
}

void
loop_hook(struct loop *loop, struct hook *hook)
{
	hook->next = NULL;
	*loop->hooks_end = hook;
	loop->hooks_end = &hook->next;
}

static int64_t
longest_wait_us(const struct loop *loop)
{
	int64_t wait = LONGEST_WAIT_US, now = clock_passed_us();
	const struct timer *t;

	for (t = loop->timers; t != NULL; t = t->next)
		if (t->at_us - now < wait)
			wait = t->at_us - now;
	return wait > 0 ? wait : 0;
}

/* Short waits are exact, but on kernels before 5.11, which wait up to a
 * millisecond longer. */
static int
wait_for_events(struct loop *loop)
{
	int64_t us = longest_wait_us(loop);
	const struct timespec exact = { 0, (long)us * 1000 };
	int n;

	if (us > 0 && us < SHORT_US) {
		n = epoll_pwait2(loop->epoll, loop->events, EVENTS_MAX, &exact,
		    NULL);
		if (n >= 0 || errno != ENOSYS)
			return n;
	}
	return epoll_wait(loop->epoll, loop->events, EVENTS_MAX,
	    (int)((us + 999) / 1000));
}

/* Any timer's function may set or stop others, so look anew after each. */
static void
run_timers(struct loop *loop)
{
	int64_t now = clock_passed_us();
	struct timer *t = loop->timers;

	while (t != NULL) {
		if (t->at_us > now) {
			t = t->next;
			continue;
		}
		loop_never(loop, t);
		t->due(t->arg);
		t = loop->timers;
	}
}

static void
tell(const struct epoll_event *e)
{
	const struct watch *w = e->data.ptr;
	int events = 0;

	if (w == NULL)
		return;
	if ((e->events & (EPOLLIN | EPOLLERR | EPOLLHUP)) != 0)
		events |= LOOP_READ;
	if ((e->events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) != 0)
		events |= LOOP_WRITE;
	if ((events & w->events) != 0)
		w->ready(w->arg, events & w->events);
}

static void
run_events(struct loop *loop)
{
	int i, n = wait_for_events(loop);

	if (n < 0 && errno != EINTR) {
		log_error("loop: could not wait: %s", strerror(errno));
		loop->ended = true;
	}
	loop->events_len = n > 0 ? n : 0;
	for (i = 0; i < loop->events_len; i++)
		tell(&loop->events[i]);
	loop->events_len = 0;
}

void
loop_run(struct loop *loop)
{
	const struct hook *h;

	while (!loop->ended) {
		run_timers(loop);
		for (h = loop->hooks; h != NULL && !loop->ended; h = h->next)
			h->run(h->arg);
		if (!loop->ended)
			run_events(loop);
	}
	loop->ended = false;
}

void
loop_end(struct loop *loop)
{
	loop->ended = true;
}
