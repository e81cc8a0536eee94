#include "route.h"

#include <string.h>

/* What follows "prefix" in "path", NULL where the path is another. A prefix
 * ends in "/" or must be the whole path. */
static const char *
after(const char *path, const char *prefix, size_t len)
{
	if (strncmp(path, prefix, len) != 0)
		return NULL;
	if (len > 0 && prefix[len - 1] == '/')
		return path + len;
	return path[len] == '\0' ? path + len : NULL;
}

/* The same for a list of prefixes that may lack their last "/". */
static const char *
after_alias(const char *path, const char *aliases)
{
	size_t n;

	for (; *aliases != '\0'; aliases += n) {
		aliases += strspn(aliases, ", ");
		n = strcspn(aliases, ", ");
		if (n == 0)
			break;
		if (strncmp(path, aliases, n) != 0)
			continue;
		if (aliases[n - 1] == '/')
			return path + n;
		if (path[n] == '/')
			return path + n + 1;
	}
	return NULL;
}

static void
add_allow(struct reply *reply, const char *method, size_t *n)
{
	struct err ignored = ERR_INIT;

	if (buf_printf(&reply->headers, &ignored, "%s%s",
		*n == 0 ? "Allow: " : ", ", method) == ST_OK)
		(*n)++;
}

void
route_request(const struct web_program *program, const char *aliases, void *app,
    struct exchange *x)
{
	const struct request *req = &x->req;
	struct reply *reply = &x->reply;
	const char *path = buf_text(&req->path);
	const struct web_route *route;
	const char *rest;
	size_t i, allowed = 0;

	for (i = 0; i < program->routes_len; i++) {
		route = &program->routes[i];
		rest = after(path, route->path, strlen(route->path));
		/* an alias means the prefix of the first route */
		if (rest == NULL &&
		    strcmp(route->path, program->routes[0].path) == 0)
			rest = after_alias(path, aliases);
		if (rest == NULL)
			continue;
		if (strcmp(req->method, route->method) == 0) {
			buf_clear(&reply->headers);
			route->handle(app, rest, x);
			return;
		}
		add_allow(reply, route->method, &allowed);
	}
	if (allowed == 0) {
		reply_say(reply, 404, "unknown", "no such path");
	} else {
		reply_header(reply, "\r\n");
		reply_say(reply, 405, "refused", "not with this method");
	}
	exchange_answer(x);
}
