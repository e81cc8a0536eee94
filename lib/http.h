/*
 * HTTP requests to a few named hosts, thin over libcurl.
 *
 * Connections are kept and shared by the calls of one handle, several calls
 * may be under way at once, answers are capped by what really arrives, no
 * redirect is followed. A host that is not named is not asked; plain http is
 * for the loopback alone, and what a name of the world resolves to there is
 * not asked either. A handle belongs to one thread. Times are milliseconds.
 */
#ifndef HTTP_H
#define HTTP_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "err.h"

struct http;

struct http_options {
	const char *agent;        /* User-Agent */
	const char *const *hosts; /* "www.zohoapis.eu", or "127.0.0.1:8080" */
	size_t hosts_len;
	const char *ca_file; /* certificates to trust; "" for the system's */
	int parallel;        /* calls under way at once; 1 or more */
	int connect_ms;
	int stall_ms; /* given up when so long less than a byte/ms comes */
};

/* How an exchange went, whatever was said in it. */
enum http_end {
	HTTP_ANSWERED,  /* whole: status and body stand */
	HTTP_NOT_SENT,  /* no connection: nothing of it reached the host */
	HTTP_UNTRUSTED, /* the host could not prove its name */
	HTTP_BROKEN,    /* sent, and no whole answer: it may have worked */
	HTTP_TOO_LARGE, /* the answer passed its cap */
	HTTP_STOPPED,   /* the sink would have no more */
};

/* -1 where a header was not there or makes no sense. */
struct http_head {
	char type[64];         /* Content-Type, without its parameters */
	int64_t retry_after_s; /* at most a day */
	int64_t credits_left;  /* X-API-CREDITS-REMAINING */
	int64_t rate_limit;    /* X-Rate-Limit-Limit */
	int64_t rate_left;     /* X-Rate-Limit-Remaining */
	int64_t rate_reset_s;  /* X-Rate-Limit-Reset */
	int64_t date_s;        /* Date, seconds since 1970 UTC */
};

/* Takes what arrives instead of "body"; anything but ST_OK stops it. */
typedef enum status http_sink(void *arg, const char *bytes, size_t len);

/* One exchange. The caller fills the first part, which must stay until the
 * call is done, and gives the rest back with http_release(). */
struct http_call {
	const char *method;
	const char *url;
	const char *const *headers; /* "Name: value" */
	size_t headers_len;
	const char *body; /* NULL for none */
	size_t body_len;
	size_t max_bytes; /* of the answer */
	int timeout_ms;   /* for the whole exchange */
	bool reads;       /* it changes nothing there */
	http_sink *sink;  /* NULL: into "answer" */
	void *arg;        /* the sink's and the caller's */

	enum http_end end;
	int status;
	struct http_head head;
	struct buf answer;
	size_t arrived; /* bytes of it, also of those in the sink */
	int64_t took_ms;
	char said[160];       /* why not HTTP_ANSWERED, for people */
	struct http_own *own; /* the handle's, while it is under way */
};

/* ST_FAULT: no memory, or "ca_file" cannot be read. */
MUST_CHECK
enum status http_open(struct http **out, const struct http_options *options,
    struct err *err);
/* What is under way is given up. */
void http_close(struct http *http);

/* Send it off. ST_REJECT: no such host is to be asked; ST_FAULT: no memory. */
MUST_CHECK
enum status
http_start(struct http *http, struct http_call *call, struct err *err);

/* The next call that is done, waiting for "wait_ms" at most.
 * ST_NONE  none is under way
 * ST_RETRY none was done in that time ("*out" is NULL), or a signal came
 * ST_FAULT no memory */
MUST_CHECK
enum status http_next(struct http *http, int64_t wait_ms,
    struct http_call **out, struct err *err);

/* Give up one that only reads, if any is under way; NULL for none. Its end is
 * HTTP_BROKEN. */
struct http_call *http_give_up_read(struct http *http);

/* Give up all that is under way. */
void http_give_up_all(struct http *http);

/* One call from end to end; nothing else may be under way. */
MUST_CHECK
enum status http_do(struct http *http, struct http_call *call, struct err *err);

void http_release(struct http_call *call);

/* Append "?name=value" or "&name=value" to an address, "name=value" or
 * "&name=value" to the body of a form, encoded. */
MUST_CHECK
enum status http_add_query(struct buf *url, const char *name, const char *value,
    struct err *err);
MUST_CHECK
enum status http_add_form(struct buf *form, const char *name, const char *value,
    struct err *err);

#endif
