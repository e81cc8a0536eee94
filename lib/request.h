/*
 * One HTTP request, from FastCGI or plain CGI, read the same way for every
 * web server (lighttpd, mod_fcgid, mod_proxy_fcgi, CGI under either).
 *
 * Web servers disagree on what they hand over: some run a program with an
 * empty or shortened body and answer 200 for it. So nothing is believed: a
 * length that does not fit, a stream that broke, a header that came twice
 * are refused here, before anything looks at the content.
 */
#ifndef REQUEST_H
#define REQUEST_H

#include <stddef.h>

#include "buf.h"
#include "err.h"

enum { REQUEST_PARAMETERS_MAX = 300 };

/* Where a body comes from. "read" returns bytes, 0 at the end, -1 on error;
 * "broken" says after the end whether the stream failed on its way. */
struct request_source {
	char **environment; /* NAME=value, NULL at the end */
	void *handle;
	int (*read)(void *handle, char *at, int len);
	int (*broken)(void *handle);
};

struct request {
	char **environment;       /* borrowed from the source */
	const char *method;       /* borrowed, "" where missing */
	const char *query;        /* borrowed, "" */
	const char *content_type; /* borrowed, "" */
	const char *remote;       /* borrowed, "" */
	struct buf path;          /* SCRIPT_NAME and PATH_INFO */
	struct buf body;
};

/*
 * Read a whole request. The caller releases it whatever is returned.
 * Returns 0, or the HTTP status to refuse it with; err says why:
 *   400  a parameter twice, more than REQUEST_PARAMETERS_MAX of them, a
 *        length that differs from the bytes that came, a broken stream
 *   413  more than "body_max" bytes
 *   415  a Content-Encoding
 *   503  no memory: the sender may try again
 */
MUST_CHECK
int request_read(struct request *req, const struct request_source *source,
    size_t body_max, struct err *err);

/* In place of one that cannot be read at all: nothing in it. */
void request_empty(struct request *req);

/* A header by its CGI name without HTTP_: "X_API_KEY". NULL where there is
 * none. Borrowed. */
const char *request_header(const struct request *req, const char *name);

/* Append the headers that may help later, a line each, as clean text; never
 * one that proves something. One that does not fit is left out. */
void request_keep_headers(const struct request *req, struct buf *out);

void request_release(struct request *req);

/* The answer. "headers" are whole lines, each with \r\n. */
struct reply {
	int status;
	const char *type; /* a literal */
	struct buf headers;
	struct buf body;
};

#define REPLY_INIT                                                        \
	{                                                                 \
		.status = 500, .type = "application/json",                \
		.headers = BUF_INIT(4 * KIB), .body = BUF_INIT(256 * KIB) \
	}

/* Write the whole answer, head and body, as CGI wants it. */
MUST_CHECK
enum status
reply_put(const struct reply *reply, struct buf *out, struct err *err);

/* Answer {"status":WORD,"message":TEXT}. */
void reply_say(struct reply *reply, int status, const char *word,
    const char *message);

/* Answer 503: nothing was kept, the sender shall try again in 30 s. */
void reply_unavailable(struct reply *reply);

/* Answer with a text of our own or one that was checked. */
void reply_text(struct reply *reply, int status, const char *text);

/* Add a header line; it ends in \r\n. */
void reply_header(struct reply *reply, const char *line);

void reply_release(struct reply *reply);

#endif
