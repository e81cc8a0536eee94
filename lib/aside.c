#include "aside.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct list {
	struct errand *head, **end;
};

struct aside {
	struct loop *loop;
	const struct aside_work *work;
	struct watch bell; /* an eventfd: some are done */
	pthread_t thread;
	bool started;
	pthread_mutex_t lock; /* guards all below */
	pthread_cond_t wake;
	struct list todo, done;
	bool stop;
};

static void
list_clear(struct list *l)
{
	l->head = NULL;
	l->end = &l->head;
}

static struct errand *
list_take(struct list *l)
{
	struct errand *all = l->head;

	list_clear(l);
	return all;
}

static void
list_put(struct list *l, struct errand *one)
{
	one->next = NULL;
	*l->end = one;
	l->end = &one->next;
}

static void
ring(const struct aside *a)
{
	const uint64_t one = 1;
	ssize_t n = write(a->bell.fd, &one, sizeof(one));

	(void)n; /* it rings already where this fails */
}

static void
work_off(struct aside *a, struct errand *all)
{
	struct errand *next;

	a->work->run(a->work->arg, all);
	(void)pthread_mutex_lock(&a->lock);
	for (; all != NULL; all = next) {
		next = all->next;
		list_put(&a->done, all);
	}
	(void)pthread_mutex_unlock(&a->lock);
	ring(a);
}

static void *
aside_main(void *arg)
{
	struct aside *a = arg;
	struct errand *all;

	for (;;) {
		(void)pthread_mutex_lock(&a->lock);
		while (a->todo.head == NULL && !a->stop)
			(void)pthread_cond_wait(&a->wake, &a->lock);
		all = list_take(&a->todo);
		(void)pthread_mutex_unlock(&a->lock);
		if (all == NULL)
			return NULL;
		work_off(a, all);
	}
}

static void
tell_done(void *arg, int events)
{
	struct aside *a = arg;
	struct errand *one, *next;
	uint64_t rung;
	ssize_t n = read(a->bell.fd, &rung, sizeof(rung));

	(void)n;
	(void)events;
	(void)pthread_mutex_lock(&a->lock);
	one = list_take(&a->done);
	(void)pthread_mutex_unlock(&a->lock);
	for (; one != NULL; one = next) {
		next = one->next;
		a->work->done(a->work->arg, one);
	}
}

enum status
aside_open(struct aside **out, struct loop *loop, const struct aside_work *work,
    struct err *err)
{
	struct aside *a = calloc(1, sizeof(*a));

	*out = NULL;
	if (a == NULL)
		return err_memory(err);
	a->loop = loop;
	a->work = work;
	list_clear(&a->todo);
	list_clear(&a->done);
	(void)pthread_mutex_init(&a->lock, NULL);
	(void)pthread_cond_init(&a->wake, NULL);
	a->bell.ready = tell_done;
	a->bell.arg = a;
	a->bell.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (a->bell.fd < 0 ||
	    loop_watch(loop, &a->bell, LOOP_READ, err) != ST_OK) {
		aside_close(a);
		return err_set(err, ST_FAULT, "no descriptor for a helper");
	}
	*out = a;
	return ST_OK;
}

void
aside_close(struct aside *aside)
{
	if (aside == NULL)
		return;
	if (aside->started) {
		(void)pthread_mutex_lock(&aside->lock);
		aside->stop = true;
		(void)pthread_cond_signal(&aside->wake);
		(void)pthread_mutex_unlock(&aside->lock);
		(void)pthread_join(aside->thread, NULL);
	}
	loop_forget(aside->loop, &aside->bell);
	if (aside->bell.fd >= 0)
		(void)close(aside->bell.fd);
	(void)pthread_mutex_destroy(&aside->lock);
	(void)pthread_cond_destroy(&aside->wake);
	free(aside);
}

void
aside_put(struct aside *aside, struct errand *one)
{
	if (!aside->started)
		aside->started = pthread_create(&aside->thread, NULL,
				     aside_main, aside) == 0;
	(void)pthread_mutex_lock(&aside->lock);
	list_put(&aside->todo, one);
	(void)pthread_cond_signal(&aside->wake);
	(void)pthread_mutex_unlock(&aside->lock);
	if (!aside->started) /* slower, but done */
		work_off(aside, list_take(&aside->todo));
}
