#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http_own.h"

enum { DAY_S = 86400 };

/* ---- whom to ask ---- */

static bool
is_loopback_name(const char *host)
{
	return strcmp(host, "127.0.0.1") == 0 || strcmp(host, "[::1]") == 0 ||
	    strcasecmp(host, "localhost") == 0;
}

static const struct http_host *
find_host(const struct http *http, const char *scheme, const char *host,
    long port)
{
	bool secure = strcmp(scheme, "https") == 0;
	size_t i;

	for (i = 0; i < http->hosts_len; i++) {
		const struct http_host *h = &http->hosts[i];

		if (strcasecmp(h->name, host) != 0)
			continue;
		if (h->port == 0
			? secure && port == 443
			: port == h->port && (secure || is_loopback_name(host)))
			return h;
	}
	return NULL;
}

static enum status
host_of(const struct http *http, const char *url, const struct http_host **out,
    struct err *err)
{
	static const CURLUPart wanted[] = { CURLUPART_SCHEME, CURLUPART_HOST,
		CURLUPART_PORT };
	CURLU *parts = curl_url();
	char *user = NULL, *found[ARRAY_LEN(wanted)] = { NULL };
	CURLUcode code = parts != NULL
	    ? curl_url_set(parts, CURLUPART_URL, url, 0)
	    : CURLUE_OUT_OF_MEMORY;
	size_t i;

	*out = NULL;
	/* a name before the host hides where it leads */
	if (code == CURLUE_OK &&
	    curl_url_get(parts, CURLUPART_USER, &user, 0) != CURLUE_NO_USER)
		code = CURLUE_USER_NOT_ALLOWED;
	for (i = 0; code == CURLUE_OK && i < ARRAY_LEN(wanted); i++)
		code = curl_url_get(parts, wanted[i], &found[i],
		    CURLU_DEFAULT_PORT);
	if (code == CURLUE_OK)
		*out = find_host(http, found[0], found[1],
		    strtol(found[2], NULL, 10));
	curl_free(user);
	for (i = 0; i < ARRAY_LEN(wanted); i++)
		curl_free(found[i]);
	curl_url_cleanup(parts);
	if (code == CURLUE_OUT_OF_MEMORY)
		return err_memory(err);
	return *out != NULL
	    ? ST_OK
	    : err_class(err, ST_REJECT, "host", "%.*s is no host that is asked",
		  (int)strcspn(url, "?"), url);
}

/* Addresses of this machine and of networks like the one it stands in. */
static bool
is_inside_v4(uint32_t a)
{
	return a >> 24 == 0 || a >> 24 == 127 || a >> 24 == 10 ||
	    a >> 20 == 0xac1 || a >> 16 == 0xc0a8 || a >> 16 == 0xa9fe ||
	    a >> 22 == 0x191 || a >> 28 >= 14;
}

static bool
is_inside(const struct sockaddr *address)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	uint32_t last;

	if (address->sa_family == AF_INET) {
		memcpy(&v4, address, sizeof(v4));
		return is_inside_v4(ntohl(v4.sin_addr.s_addr));
	}
	if (address->sa_family != AF_INET6)
		return true;
	memcpy(&v6, address, sizeof(v6));
	if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) {
		memcpy(&last, &v6.sin6_addr.s6_addr[12], sizeof(last));
		return is_inside_v4(ntohl(last));
	}
	/* 2000::/3 is the world */
	return (v6.sin6_addr.s6_addr[0] & 0xe0) != 0x20;
}

static bool
is_own(const struct sockaddr *address)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	if (address->sa_family == AF_INET) {
		memcpy(&v4, address, sizeof(v4));
		return ntohl(v4.sin_addr.s_addr) >> 24 == 127;
	}
	memcpy(&v6, address, sizeof(v6));
	return address->sa_family == AF_INET6 &&
	    IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
}

/* Asked for each address that is tried. */
static curl_socket_t
open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *a)
{
	const struct http_own *own = arg;

	(void)purpose;
	if (own->rehearsal ? !is_own(&a->addr) : is_inside(&a->addr))
		return CURL_SOCKET_BAD;
	return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

/* ---- what comes back ---- */

static size_t
take_bytes(char *bytes, size_t one, size_t len, void *arg)
{
	struct http_call *call = arg;
	struct err err = ERR_INIT;

	(void)one;
	call->arrived += len;
	if (call->arrived > call->max_bytes) {
		call->own->too_large = true;
		return 0;
	}
	call->own->taken = call->sink != NULL
	    ? call->sink(call->arg, bytes, len)
	    : buf_put(&call->answer, bytes, len, &err);
	return call->own->taken == ST_OK ? len : 0;
}

static int64_t
whole_number(const char *text)
{
	char *end;
	long long n = strtoll(text, &end, 10);

	return end != text && strspn(end, " \t\r\n") == strlen(end) && n >= 0
	    ? n
	    : -1;
}

/* "line" is a header if it starts so: its value, or NULL. */
static const char *
value_of(const char *line, const char *name)
{
	size_t len = strlen(name);

	if (strncasecmp(line, name, len) != 0 || line[len] != ':')
		return NULL;
	return line + len + 1 + strspn(line + len + 1, " \t");
}

static size_t
take_header(char *bytes, size_t one, size_t len, void *arg)
{
	struct http_call *call = arg;
	struct http_head *head = &call->head;
	const struct {
		const char *name;
		int64_t *to;
	} numbers[] = {
		{ "X-API-CREDITS-REMAINING", &head->credits_left },
		{ "X-Rate-Limit-Limit", &head->rate_limit },
		{ "X-Rate-Limit-Remaining", &head->rate_left },
		{ "X-Rate-Limit-Reset", &head->rate_reset_s },
	};
	char line[256];
	const char *value;
	size_t i;

	(void)one;
	if (len >= sizeof(line))
		return len;
	memcpy(line, bytes, len);
	line[len] = '\0';
	for (i = 0; i < ARRAY_LEN(numbers); i++) {
		value = value_of(line, numbers[i].name);
		if (value != NULL)
			*numbers[i].to = whole_number(value);
	}
	value = value_of(line, "Date");
	if (value != NULL)
		head->date_s = (int64_t)curl_getdate(value, NULL);
	value = value_of(line, "Content-Type");
	if (value != NULL)
		(void)snprintf(head->type, sizeof(head->type), "%.*s",
		    (int)strcspn(value, "; \t\r\n"), value);
	return len;
}

/* ---- the exchange ---- */

static enum status
add_lines(struct http_call *call, struct err *err)
{
	struct curl_slist *more;
	size_t i;

	/* "Expect:" has curl wait for nobody's permission. */
	for (i = 0; i < call->headers_len + 1; i++) {
		more = curl_slist_append(call->own->lines,
		    i == 0 ? "Expect:" : call->headers[i - 1]);
		if (more == NULL)
			return err_memory(err);
		call->own->lines = more;
	}
	return ST_OK;
}

static bool
is_read(const struct http_call *call)
{
	return strcmp(call->method, "GET") == 0;
}

/* What is the same for each call. */
static CURLcode
set_rules(const struct http *http, struct http_own *own)
{
	CURL *c = own->easy;
	CURLcode bad = 0;

	bad |= curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	bad |= curl_easy_setopt(c, CURLOPT_ERRORBUFFER, own->error);
	bad |= curl_easy_setopt(c, CURLOPT_USERAGENT, http->agent);
	bad |= curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	bad |= curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	bad |= curl_easy_setopt(c, CURLOPT_PROXY, "");
	bad |= curl_easy_setopt(c, CURLOPT_ACCEPT_ENCODING, "");
	bad |= curl_easy_setopt(c, CURLOPT_HTTP_VERSION,
	    (long)CURL_HTTP_VERSION_1_1);
	bad |= curl_easy_setopt(c, CURLOPT_SSLVERSION,
	    (long)CURL_SSLVERSION_TLSv1_2);
	if (http->ca_file[0] != '\0')
		bad |= curl_easy_setopt(c, CURLOPT_CAINFO, http->ca_file);
	bad |= curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS,
	    (long)http->connect_ms);
	bad |= curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 10L);
	bad |= curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME,
	    (long)(http->stall_ms + 999) / 1000);
	bad |= curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	bad |= curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, own);
	return bad;
}

static CURLcode
set_call(struct http_call *call)
{
	CURL *c = call->own->easy;
	CURLcode bad = 0;

	bad |= curl_easy_setopt(c, CURLOPT_URL, call->url);
	bad |= curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, call->method);
	bad |= curl_easy_setopt(c, CURLOPT_HTTPHEADER, call->own->lines);
	bad |= curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)call->timeout_ms);
	if (call->body != NULL) {
		bad |= curl_easy_setopt(c, CURLOPT_POSTFIELDS, call->body);
		bad |= curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE,
		    (curl_off_t)call->body_len);
	}
	/* On a kept connection that was closed meanwhile curl sends again, and
	 * what writes might be done twice. */
	bad |= curl_easy_setopt(c, CURLOPT_FRESH_CONNECT,
	    is_read(call) ? 0L : 1L);
	bad |= curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take_bytes);
	bad |= curl_easy_setopt(c, CURLOPT_WRITEDATA, call);
	bad |= curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, take_header);
	bad |= curl_easy_setopt(c, CURLOPT_HEADERDATA, call);
	return bad;
}

static void
begin(struct http_call *call)
{
	call->end = HTTP_NOT_SENT;
	call->status = 0;
	call->head.type[0] = call->said[0] = '\0';
	call->head.retry_after_s = call->head.credits_left = -1;
	call->head.rate_limit = call->head.rate_left = -1;
	call->head.rate_reset_s = call->head.date_s = -1;
	call->arrived = 0;
	call->answer.max = call->max_bytes;
	buf_clear(&call->answer);
}

enum status
http_prepare(const struct http *http, struct http_call *call, struct err *err)
{
	const struct http_host *host;
	enum status st = host_of(http, call->url, &host, err);

	begin(call);
	if (host == NULL)
		return st;
	call->own = calloc(1, sizeof(*call->own));
	if (call->own == NULL)
		return err_memory(err);
	call->own->rehearsal = host->port != 0;
	call->own->easy = curl_easy_init();
	st = call->own->easy != NULL ? add_lines(call, err) : err_memory(err);
	if (st == ST_OK &&
	    (set_rules(http, call->own) | set_call(call)) != CURLE_OK)
		st = err_memory(err);
	return st;
}

void
http_dismiss(struct http_call *call)
{
	if (call->own == NULL)
		return;
	curl_easy_cleanup(call->own->easy);
	curl_slist_free_all(call->own->lines);
	free(call->own);
	call->own = NULL;
}

static enum http_end
end_of(const struct http_call *call, CURLcode code)
{
	curl_off_t sent_us = 0;

	(void)curl_easy_getinfo(call->own->easy, CURLINFO_PRETRANSFER_TIME_T,
	    &sent_us);
	if (call->own->too_large)
		return HTTP_TOO_LARGE;
	if (call->own->taken != ST_OK)
		return HTTP_STOPPED;
	if (code == CURLE_OK)
		return HTTP_ANSWERED;
	if (code == CURLE_PEER_FAILED_VERIFICATION)
		return HTTP_UNTRUSTED;
	return sent_us > 0 ? HTTP_BROKEN : HTTP_NOT_SENT;
}

enum status
http_conclude(struct http_call *call, CURLcode code, struct err *err)
{
	CURL *c = call->own->easy;
	curl_off_t after_s = 0, took_us = 0;
	long status = 0;

	if (code == CURLE_OUT_OF_MEMORY ||
	    (call->sink == NULL && call->own->taken != ST_OK))
		return err_memory(err);
	if (code == CURLE_SSL_CACERT_BADFILE)
		return err_class(err, ST_FAULT, "ca_file", "%s",
		    call->own->error);
	(void)curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
	(void)curl_easy_getinfo(c, CURLINFO_RETRY_AFTER, &after_s);
	(void)curl_easy_getinfo(c, CURLINFO_TOTAL_TIME_T, &took_us);
	call->end = end_of(call, code);
	call->status = (int)status;
	call->took_ms = took_us / 1000;
	if (after_s > 0)
		call->head.retry_after_s = after_s < DAY_S ? after_s : DAY_S;
	if (call->end == HTTP_TOO_LARGE)
		(void)snprintf(call->said, sizeof(call->said),
		    "more than %zu bytes", call->max_bytes);
	else if (code != CURLE_OK)
		(void)snprintf(call->said, sizeof(call->said), "%.150s",
		    call->own->error[0] != '\0' ? call->own->error
						: curl_easy_strerror(code));
	return ST_OK;
}

void
http_release(struct http_call *call)
{
	buf_release(&call->answer);
}
