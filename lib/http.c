#include "http.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "http_own.h"

static enum status
copy(char **out, const char *text, struct err *err)
{
	*out = strdup(text);
	return *out != NULL ? ST_OK : err_memory(err);
}

/* "name" or "name:port". */
static enum status
add_host(struct http *http, const char *text, struct err *err)
{
	struct http_host *host = &http->hosts[http->hosts_len];
	enum status st = copy(&host->name, text, err);
	char *colon = st == ST_OK ? strrchr(host->name, ':') : NULL;

	if (st != ST_OK)
		return st;
	http->hosts_len++;
	if (colon != NULL) {
		*colon = '\0';
		host->port = strtol(colon + 1, NULL, 10);
	}
	return ST_OK;
}

static enum status
fill(struct http *http, const struct http_options *o, struct err *err)
{
	enum status st = copy(&http->agent, o->agent, err);
	size_t i;

	if (st == ST_OK)
		st = copy(&http->ca_file, o->ca_file, err);
	http->hosts = calloc(o->hosts_len + 1, sizeof(*http->hosts));
	http->multi = curl_multi_init();
	if (http->hosts == NULL || http->multi == NULL)
		return err_memory(err);
	for (i = 0; st == ST_OK && i < o->hosts_len; i++)
		st = add_host(http, o->hosts[i], err);
	if (st != ST_OK)
		return st;
	http->connect_ms = o->connect_ms;
	http->stall_ms = o->stall_ms;
	(void)curl_multi_setopt(http->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS,
	    (long)o->parallel);
	(void)curl_multi_setopt(http->multi, CURLMOPT_MAXCONNECTS,
	    (long)o->parallel);
	return ST_OK;
}

enum status
http_open(struct http **out, const struct http_options *options,
    struct err *err)
{
	struct http *http;
	enum status st;

	*out = NULL;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return err_memory(err);
	http = calloc(1, sizeof(*http));
	if (http == NULL)
		return err_memory(err);
	st = fill(http, options, err);
	if (st != ST_OK) {
		http_close(http);
		return st;
	}
	*out = http;
	return ST_OK;
}

static void
forget(struct http *http, size_t i)
{
	(void)curl_multi_remove_handle(http->multi, http->active[i]->own->easy);
	http_dismiss(http->active[i]);
	http->active[i] = http->active[--http->active_len];
}

void
http_give_up_all(struct http *http)
{
	while (http->active_len > 0)
		forget(http, http->active_len - 1);
}

void
http_close(struct http *http)
{
	size_t i;

	if (http == NULL)
		return;
	http_give_up_all(http);
	if (http->multi != NULL)
		(void)curl_multi_cleanup(http->multi);
	for (i = 0; i < http->hosts_len; i++)
		free(http->hosts[i].name);
	free(http->hosts);
	free(http->active);
	free(http->agent);
	free(http->ca_file);
	free(http);
}

static enum status
make_room(struct http *http, struct err *err)
{
	size_t cap = http->active_cap > 0 ? 2 * http->active_cap : 8;
	struct http_call **more;

	if (http->active_len < http->active_cap)
		return ST_OK;
	more = realloc(http->active, cap * sizeof(*more));
	if (more == NULL)
		return err_memory(err);
	http->active = more;
	http->active_cap = cap;
	return ST_OK;
}

enum status
http_start(struct http *http, struct http_call *call, struct err *err)
{
	enum status st = make_room(http, err);

	if (st == ST_OK)
		st = http_prepare(http, call, err);
	if (st == ST_OK &&
	    curl_multi_add_handle(http->multi, call->own->easy) != CURLM_OK)
		st = err_memory(err);
	if (st == ST_OK)
		http->active[http->active_len++] = call;
	else
		http_dismiss(call);
	return st;
}

/* One that curl says is done; NULL for none. */
static struct http_call *
finished(struct http *http, CURLcode *code)
{
	const CURLMsg *said;
	int left;
	size_t i;

	while ((said = curl_multi_info_read(http->multi, &left)) != NULL)
		for (i = 0; i < http->active_len; i++)
			if (said->msg == CURLMSG_DONE &&
			    http->active[i]->own->easy == said->easy_handle) {
				*code = said->data.result;
				return http->active[i];
			}
	return NULL;
}

static enum status
conclude(struct http *http, struct http_call *call, CURLcode code,
    struct err *err)
{
	enum status st = http_conclude(call, code, err);
	size_t i = 0;

	while (http->active[i] != call)
		i++;
	forget(http, i);
	return st;
}

enum status
http_next(struct http *http, int64_t wait_ms, struct http_call **out,
    struct err *err)
{
	const int64_t until = clock_passed_ms() + wait_ms;
	struct http_call *call;
	CURLcode code = CURLE_OK;
	int64_t left;
	int running;

	*out = NULL;
	if (http->active_len == 0)
		return ST_NONE;
	for (;;) {
		if (curl_multi_perform(http->multi, &running) != CURLM_OK)
			return err_memory(err);
		call = finished(http, &code);
		if (call != NULL) {
			*out = call;
			return conclude(http, call, code, err);
		}
		left = until - clock_passed_ms();
		if (left <= 0)
			return err_class(err, ST_RETRY, "wait",
			    "no answer in %lld ms", (long long)wait_ms);
		if (left > INT_MAX)
			left = INT_MAX;
		(void)curl_multi_poll(http->multi, NULL, 0, (int)left, NULL);
	}
}

struct http_call *
http_give_up_read(struct http *http)
{
	struct http_call *call;
	size_t i;

	for (i = 0; i < http->active_len; i++) {
		call = http->active[i];
		if (!call->reads)
			continue;
		call->end = HTTP_BROKEN;
		forget(http, i);
		return call;
	}
	return NULL;
}

enum status
http_do(struct http *http, struct http_call *call, struct err *err)
{
	enum status st = http_start(http, call, err);
	struct http_call *done = NULL;

	while (st == ST_OK && done == NULL) {
		st = http_next(http, INT_MAX, &done, err);
		if (st == ST_RETRY)
			st = ST_OK;
	}
	return st;
}
