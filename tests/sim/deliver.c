#include "deliver.h"

#include <curl/curl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "sim.h"
#include "text.h"

enum { AT_ONCE = 16, TIMEOUT_S = 10, RETRY_S = 2 };

struct flight {
	struct delivery d;
	struct curl_slist *headers;
	CURL *curl;
};

struct flights {
	struct sim *sim;
	CURLM *multi;
	struct flight *at[AT_ONCE]; /* NULL where none is */
	int n;
};

static pthread_t sender;

static double
draw(struct chances *c)
{
	return (double)(mix(c->seed + 11, ++c->drawn) >> 11) * 0x1p-53;
}

static void
release(struct delivery *d)
{
	free(d->url);
	free(d->method);
	out_release(&d->body);
	pairs_release(&d->headers);
}

static char *
copy_text(const char *text)
{
	char *copy = strdup(text);

	if (copy == NULL)
		abort();
	return copy;
}

static struct delivery *
copy_of(const struct delivery *d)
{
	struct delivery *c = malloc(sizeof(*c));
	int i;

	if (c == NULL)
		abort();
	*c = *d;
	c->url = copy_text(d->url);
	c->method = copy_text(d->method);
	c->body = (struct out)OUT_INIT;
	c->headers.n = 0;
	out_bytes(&c->body, out_all(&d->body), d->body.buf.len);
	for (i = 0; i < d->headers.n; i++)
		pairs_add(&c->headers, d->headers.at[i].name,
		    d->headers.at[i].value);
	return c;
}

static void
append(struct deliveries *all, struct delivery *d)
{
	struct delivery **at = &all->queue;

	while (*at != NULL && (*at)->due <= d->due)
		at = &(*at)->next;
	d->next = *at;
	*at = d;
	all->queued++;
	all->pending++;
}

/* Damage one byte, or lose the end. */
static void
corrupt(struct chances *c, struct delivery *d)
{
	size_t len = d->body.buf.len;

	if (len == 0)
		return;
	if (draw(c) < 0.5)
		d->body.buf.len = len / 2;
	else
		d->body.buf.at[(size_t)(draw(c) * (double)len)] ^= 0x15;
}

static void
remember(struct sim *sim, const struct delivery *d, enum delivery_fate fate,
    long status)
{
	struct deliveries *all = &sim->deliveries;
	struct past *p = &all->past[all->npast++ % PAST_DELIVERIES];

	snprintf(p->url, sizeof(p->url), "%s", d->url);
	snprintf(p->about, sizeof(p->about), "%s", out_all(&d->body));
	text_clean(p->about);
	p->time = sim_now(sim);
	p->fate = fate;
	p->status = status;
}

void
deliver_put(struct sim *sim, struct delivery *d)
{
	struct deliveries *all = &sim->deliveries;
	struct chances *c = &all->chances;
	struct delivery *one = malloc(sizeof(*one));

	if (one == NULL)
		abort();
	d->due = machine_now();
	d->tries_left = variant(&sim->variants, VAR_HOOK_RETRIES);
	*one = *d;
	if (c->lost > 0 && draw(c) < c->lost) {
		all->lost++;
		remember(sim, one, FATE_LOST, 0);
		release(one);
		free(one);
		return;
	}
	if (c->doubled > 0 && draw(c) < c->doubled) {
		all->doubled++;
		append(all, copy_of(one));
	}
	if (c->reordered > 0 && draw(c) < c->reordered) {
		all->reordered++;
		one->due += 0.2 + draw(c);
	}
	if (c->corrupted > 0 && draw(c) < c->corrupted) {
		all->corrupted++;
		corrupt(c, one);
	}
	append(all, one);
}

/* ---- the thread ---- */

static size_t
swallow(char *at, size_t size, size_t n, void *arg)
{
	(void)at;
	(void)arg;
	return size * n;
}

static void
launch(struct flights *f, struct delivery *d)
{
	struct flight *one = calloc(1, sizeof(*one));
	char line[700];
	int i;

	if (one == NULL)
		abort();
	one->d = *d;
	free(d);
	one->curl = curl_easy_init();
	for (i = 0; i < one->d.headers.n; i++) {
		snprintf(line, sizeof(line), "%s: %s",
		    one->d.headers.at[i].name, one->d.headers.at[i].value);
		one->headers = curl_slist_append(one->headers, line);
	}
	one->headers = curl_slist_append(one->headers, "Expect:");
	curl_easy_setopt(one->curl, CURLOPT_URL, one->d.url);
	curl_easy_setopt(one->curl, CURLOPT_CUSTOMREQUEST, one->d.method);
	curl_easy_setopt(one->curl, CURLOPT_POSTFIELDS, out_all(&one->d.body));
	curl_easy_setopt(one->curl, CURLOPT_POSTFIELDSIZE,
	    (long)one->d.body.buf.len);
	curl_easy_setopt(one->curl, CURLOPT_HTTPHEADER, one->headers);
	curl_easy_setopt(one->curl, CURLOPT_WRITEFUNCTION, swallow);
	curl_easy_setopt(one->curl, CURLOPT_TIMEOUT, (long)TIMEOUT_S);
	curl_easy_setopt(one->curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(one->curl, CURLOPT_PRIVATE, one);
	curl_multi_add_handle(f->multi, one->curl);
	f->n++;
	for (i = 0; f->at[i] != NULL; i++)
		;
	f->at[i] = one;
}

static void
end(struct flights *f, int i)
{
	struct flight *one = f->at[i];

	curl_multi_remove_handle(f->multi, one->curl);
	curl_easy_cleanup(one->curl);
	curl_slist_free_all(one->headers);
	release(&one->d);
	free(one);
	f->at[i] = NULL;
	f->n--;
}

static void
account(struct flights *f, struct flight *one, CURLcode code, long status)
{
	struct sim *sim = f->sim;
	struct deliveries *all = &sim->deliveries;
	bool good = code == CURLE_OK && status >= 200 && status < 300;
	char why[80];

	pthread_mutex_lock(&sim->lock);
	all->pending--;
	all->sent++;
	if (good)
		all->answered++;
	else if (code == CURLE_OK)
		all->refused++;
	else
		all->failed++;
	remember(sim, &one->d,
	    good                   ? FATE_ANSWERED
		: code == CURLE_OK ? FATE_REFUSED
				   : FATE_FAILED,
	    status);
	if (!good && one->d.tries_left > 0) {
		struct delivery *again = copy_of(&one->d);

		again->tries_left--;
		again->due = machine_now() + RETRY_S;
		append(all, again);
	} else if (!good && one->d.webhook != 0) {
		if (code == CURLE_OK)
			snprintf(why, sizeof(why), "HTTP status %ld", status);
		else
			snprintf(why, sizeof(why), "%s",
			    curl_easy_strerror(code));
		webhook_failed(sim, one->d.webhook, one->d.module,
		    one->d.record, why);
	}
	pthread_mutex_unlock(&sim->lock);
}

static void
land(struct flights *f)
{
	CURLMsg *msg;
	int left, i;

	while ((msg = curl_multi_info_read(f->multi, &left)) != NULL) {
		struct flight *one;
		CURLcode code = msg->data.result;
		long status = 0;

		curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &one);
		curl_easy_getinfo(msg->easy_handle, CURLINFO_RESPONSE_CODE,
		    &status);
		account(f, one, code, status);
		for (i = 0; f->at[i] != one; i++)
			;
		end(f, i);
	}
}

/* The next that is due, NULL for none */
static struct delivery *
next_due(struct sim *sim)
{
	struct deliveries *all = &sim->deliveries;
	struct delivery *d;

	pthread_mutex_lock(&sim->lock);
	d = all->queue;
	if (d != NULL && d->due > machine_now())
		d = NULL;
	if (d != NULL)
		all->queue = d->next;
	pthread_mutex_unlock(&sim->lock);
	return d;
}

static bool
stopped(struct sim *sim)
{
	bool stop;

	pthread_mutex_lock(&sim->lock);
	stop = sim->deliveries.stop;
	pthread_mutex_unlock(&sim->lock);
	return stop;
}

static void *
send_all(void *arg)
{
	struct flights f = { .sim = arg, .multi = curl_multi_init() };
	int i;

	while (!stopped(f.sim)) {
		struct delivery *d;
		int running;

		while (f.n < AT_ONCE && (d = next_due(f.sim)) != NULL)
			launch(&f, d);
		curl_multi_perform(f.multi, &running);
		land(&f);
		if (f.n > 0)
			curl_multi_poll(f.multi, NULL, 0, 10, NULL);
		else
			usleep(5000);
	}
	for (i = 0; i < AT_ONCE; i++)
		if (f.at[i] != NULL)
			end(&f, i);
	curl_multi_cleanup(f.multi);
	return NULL;
}

void
deliver_start(struct sim *sim)
{
	if (pthread_create(&sender, NULL, send_all, sim) != 0)
		abort();
	sim->deliveries.running = true;
}

void
deliver_stop(struct sim *sim)
{
	struct delivery *d, *next;

	pthread_mutex_lock(&sim->lock);
	sim->deliveries.stop = true;
	pthread_mutex_unlock(&sim->lock);
	pthread_join(sender, NULL);
	for (d = sim->deliveries.queue; d != NULL; d = next) {
		next = d->next;
		release(d);
		free(d);
	}
}

static void
write_past(const struct deliveries *d, struct out *o, long last)
{
	static const char *const fates[] = { "lost", "answered", "refused",
		"failed" };
	uint64_t i;

	out_text(o, ",\"last\":[");
	for (i = d->npast; i > 0 && d->npast - i < PAST_DELIVERIES && last > 0;
	     i--, last--) {
		const struct past *p = &d->past[(i - 1) % PAST_DELIVERIES];
		char time[MOMENT_MAX];

		moment_crm(time, p->time, 0);
		out_comma(o);
		out_text(o, "{\"url\":");
		out_json(o, p->url);
		out_f(o, ",\"time\":\"%s\",\"fate\":\"%s\",\"status\":%ld,",
		    time, fates[p->fate], p->status);
		out_text(o, "\"starts\":");
		out_json(o, p->about);
		out_text(o, "}");
	}
	out_text(o, "]");
}

void
deliveries_write(const struct sim *sim, struct out *o, long last)
{
	const struct deliveries *d = &sim->deliveries;

	out_f(o,
	    "{\"queued\":%" PRIu64 ",\"pending\":%" PRIu64 ",\"sent\":%" PRIu64
	    ",\"answered\":%" PRIu64 ",\"refused\":%" PRIu64
	    ",\"failed\":%" PRIu64 ",\"lost\":%" PRIu64 ",\"doubled\":%" PRIu64
	    ",\"reordered\":%" PRIu64 ",\"corrupted\":%" PRIu64,
	    d->queued, d->pending, d->sent, d->answered, d->refused, d->failed,
	    d->lost, d->doubled, d->reordered, d->corrupted);
	if (last > 0)
		write_past(d, o, last);
	out_text(o, "}");
}
