#include "request.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "json.h"
#include "text.h"

enum { READ_BYTES = 16384, PATH_MAX_BYTES = 4096 };

static const char *
parameter(char **environment, const char *name)
{
	size_t n = strlen(name);

	for (; *environment != NULL; environment++)
		if (strncmp(*environment, name, n) == 0 &&
		    (*environment)[n] == '=')
			return *environment + n + 1;
	return NULL;
}

static const char *
parameter_or_empty(char **environment, const char *name)
{
	const char *value = parameter(environment, name);

	return value != NULL ? value : "";
}

/* As text that may be stored: only a peer that is no web server sends another.
 * What the environment holds is ours to change. */
static const char *
clean_parameter(char **environment, const char *name)
{
	const char *value = parameter_or_empty(environment, name);

	if (*value != '\0')
		text_clean((char *)(uintptr_t)value);
	return value;
}

static size_t
name_len(const char *pair)
{
	return strcspn(pair, "=");
}

/* lighttpd hands X-A and X_A over as two parameters of one name; who sends
 * both wants one to be checked and the other used. */
static int
check_parameters(char **environment, struct err *err)
{
	size_t len[REQUEST_PARAMETERS_MAX], i, j, n;

	for (i = 0; environment[i] != NULL; i++) {
		if (i >= REQUEST_PARAMETERS_MAX) {
			(void)err_set(err, ST_REJECT, "more than %d headers",
			    REQUEST_PARAMETERS_MAX);
			return 400;
		}
		n = name_len(environment[i]);
		len[i] = n;
		for (j = 0; j < i; j++) {
			if (len[j] == n &&
			    memcmp(environment[j], environment[i], n) == 0) {
				(void)err_set(err, ST_REJECT,
				    "the header %.*s came twice", (int)n,
				    environment[i]);
				return 400;
			}
		}
	}
	return 0;
}

/* "*length" is -1 where the server gives none. */
static int
check_length(char **environment, size_t body_max, long long *length,
    struct err *err)
{
	const char *text = parameter(environment, "CONTENT_LENGTH");
	const char *encoding = parameter(environment, "HTTP_CONTENT_ENCODING");

	*length = -1;
	if (encoding != NULL && strcasecmp(encoding, "identity") != 0) {
		(void)err_set(err, ST_REJECT,
		    "Content-Encoding is not accepted: send the body plain");
		return 415;
	}
	if (text == NULL || *text == '\0')
		return 0;
	if (strspn(text, "0123456789") != strlen(text) || strlen(text) > 18) {
		(void)err_set(err, ST_REJECT, "Content-Length is no number");
		return 400;
	}
	*length = strtoll(text, NULL, 10);
	if ((unsigned long long)*length > body_max) {
		(void)err_set(err, ST_REJECT, "a body of more than %zu bytes",
		    body_max);
		return 413;
	}
	return 0;
}

static int
read_body(struct request *req, const struct request_source *source,
    long long length, struct err *err)
{
	size_t most = READ_BYTES;
	enum status st;
	int n;

	/* A byte more than is announced shows that there is more. */
	if (length >= 0 && length < READ_BYTES)
		most = (size_t)length + 1;
	for (;;) {
		/* One byte over the limit is enough to know. */
		size_t room = req->body.max - req->body.len;

		if (room > most)
			room = most;
		if (room == 0) {
			(void)err_set(err, ST_REJECT,
			    "a body of more than %zu bytes", req->body.max - 1);
			return 413;
		}
		st = buf_reserve(&req->body, room, err);
		if (st != ST_OK)
			return 503;
		n = source->read(source->handle, req->body.at + req->body.len,
		    (int)room);
		if (n < 0) {
			(void)err_set(err, ST_REJECT, "the body broke off");
			return 400;
		}
		if (n == 0)
			return 0;
		req->body.len += (size_t)n;
		req->body.at[req->body.len] = '\0';
	}
}

static int
read_path(struct request *req, char **env, struct err *err)
{
	enum status st;

	st = buf_puts(&req->path, parameter_or_empty(env, "SCRIPT_NAME"), err);
	if (st == ST_OK)
		st = buf_puts(&req->path, parameter_or_empty(env, "PATH_INFO"),
		    err);
	if (st == ST_REJECT) {
		(void)err_set(err, st, "the path is too long");
		return 400;
	}
	return st == ST_OK ? 0 : 503;
}

static int
read_into(struct request *req, const struct request_source *source,
    size_t body_max, struct err *err)
{
	long long length;
	int refuse;

	if (source->broken(source->handle)) {
		(void)err_set(err, ST_REJECT, "the request broke off");
		return 400;
	}
	refuse = read_path(req, source->environment, err);
	if (refuse == 0)
		refuse = check_parameters(source->environment, err);
	if (refuse == 0)
		refuse = check_length(source->environment, body_max, &length,
		    err);
	if (refuse != 0)
		return refuse;
	refuse = read_body(req, source, length, err);
	if (refuse != 0)
		return refuse;
	if (source->broken(source->handle)) {
		(void)err_set(err, ST_REJECT, "the body broke off");
		return 400;
	}
	if (length >= 0 && (size_t)length != req->body.len) {
		(void)err_set(err, ST_REJECT,
		    "%zu bytes came where Content-Length says %lld",
		    req->body.len, length);
		return 400;
	}
	return 0;
}

int
request_read(struct request *req, const struct request_source *source,
    size_t body_max, struct err *err)
{
	const struct buf path = BUF_INIT(PATH_MAX_BYTES);
	const struct buf body = BUF_INIT(body_max + 1);
	char **env = source->environment;

	req->environment = env;
	req->method = parameter_or_empty(env, "REQUEST_METHOD");
	req->query = parameter_or_empty(env, "QUERY_STRING");
	req->content_type = parameter_or_empty(env, "CONTENT_TYPE");
	req->remote = clean_parameter(env, "REMOTE_ADDR");
	req->path = path;
	req->body = body;
	return read_into(req, source, body_max, err);
}

void
request_empty(struct request *req)
{
	static char *nothing[] = { NULL };
	const struct buf none = BUF_INIT(0);

	req->environment = nothing;
	req->method = "";
	req->query = "";
	req->content_type = "";
	req->remote = "";
	req->path = none;
	req->body = none;
}

const char *
request_header(const struct request *req, const char *name)
{
	char key[128];

	(void)snprintf(key, sizeof(key), "HTTP_%s", name);
	return parameter(req->environment, key);
}

static bool
is_kept(const char *header)
{
	static const char *const kept[] = { "HTTP_X_ZOHO", "HTTP_USER_AGENT",
		"HTTP_X_FORWARDED_FOR" };
	size_t i;

	if (strstr(header, "SIGNATURE=") != NULL)
		return false;
	for (i = 0; i < ARRAY_LEN(kept); i++)
		if (strncmp(header, kept[i], strlen(kept[i])) == 0)
			return true;
	return false;
}

void
request_keep_headers(const struct request *req, struct buf *out)
{
	struct err ignored = ERR_INIT;
	char *const *env;

	/* One that is too long for the rest of the room is left out. */
	for (env = req->environment; *env != NULL; env++)
		if (is_kept(*env) &&
		    buf_printf(out, &ignored, "%s\n", *env + 5) != ST_OK)
			continue;
	text_clean(out->at);
}

void
request_release(struct request *req)
{
	buf_release(&req->path);
	buf_release(&req->body);
}

static const struct {
	int status;
	const char *reason;
} reasons[] = {
	{ 200, "OK" },
	{ 202, "Accepted" },
	{ 400, "Bad Request" },
	{ 401, "Unauthorized" },
	{ 404, "Not Found" },
	{ 405, "Method Not Allowed" },
	{ 413, "Content Too Large" },
	{ 415, "Unsupported Media Type" },
	{ 431, "Request Header Fields Too Large" },
	{ 500, "Internal Server Error" },
	{ 503, "Service Unavailable" },
};

static const char *
reason_of(int status)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(reasons); i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	return "Unknown";
}

enum status
reply_put(const struct reply *reply, struct buf *out, struct err *err)
{
	enum status st;

	st = buf_printf(out, err,
	    "Status: %d %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n"
	    "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
	    "%s\r\n",
	    reply->status, reason_of(reply->status), reply->type,
	    reply->body.len, buf_text(&reply->headers));
	if (st == ST_OK && reply->body.len > 0)
		st = buf_put(out, reply->body.at, reply->body.len, err);
	return st;
}

void
reply_say(struct reply *reply, int status, const char *word,
    const char *message)
{
	json_object *o = json_object_new_object();
	struct err ignored = ERR_INIT;

	reply->status = status;
	reply->type = "application/json";
	buf_clear(&reply->body);
	if (o == NULL)
		return; /* a status without a body still says enough */
	(void)json_object_object_add(o, "status", json_object_new_string(word));
	if (message != NULL)
		(void)json_object_object_add(o, "message",
		    json_object_new_string(message));
	if (json_put(&reply->body, o, &ignored) != ST_OK ||
	    buf_puts(&reply->body, "\n", &ignored) != ST_OK)
		buf_clear(&reply->body);
	json_object_put(o);
}

void
reply_unavailable(struct reply *reply)
{
	reply_say(reply, 503, "unavailable",
	    "the event could not be kept: send it again");
	reply_header(reply, "Retry-After: 30\r\n");
}

void
reply_text(struct reply *reply, int status, const char *text)
{
	struct err ignored = ERR_INIT;

	reply->status = status;
	reply->type = "text/plain; charset=utf-8";
	buf_clear(&reply->body);
	if (buf_puts(&reply->body, text, &ignored) != ST_OK)
		buf_clear(&reply->body);
}

void
reply_header(struct reply *reply, const char *line)
{
	struct err ignored = ERR_INIT;
	size_t len = reply->headers.len;

	if (buf_puts(&reply->headers, line, &ignored) != ST_OK)
		reply->headers.len = len;
}

void
reply_release(struct reply *reply)
{
	buf_release(&reply->headers);
	buf_release(&reply->body);
}
