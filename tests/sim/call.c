#include "call.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

void
call_init(struct call *c, struct sim *sim)
{
	memset(c, 0, sizeof(*c));
	c->sim = sim;
	c->grant = -1;
	c->pool = -1;
	c->body.buf.max = 64 * MIB;
	c->answer.body.buf.max = OUT_MAX;
	c->answer.status = 500;
}

void
call_release(struct call *c)
{
	free(c->path);
	free(c->target);
	pairs_release(&c->query);
	pairs_release(&c->headers);
	out_release(&c->body);
	json_object_put(c->json);
	out_release(&c->answer.body);
	pairs_release(&c->answer.headers);
	free(c->answer.file);
}

const char *
call_param(const struct call *c, const char *name)
{
	return pairs_get(&c->query, name);
}

long
call_number(const struct call *c, const char *name, long usual)
{
	const char *text = call_param(c, name);
	char *end;
	long number;

	if (text == NULL)
		return usual;
	number = strtol(text, &end, 10);
	return *text == '\0' || *end != '\0' || number < 0 ? -1 : number;
}

const char *
call_header(const struct call *c, const char *name)
{
	return pairs_get(&c->headers, name);
}

json_object *
call_json(struct call *c)
{
	struct err err = ERR_INIT;

	if (c->json == NULL && c->body.buf.len > 0 &&
	    json_read(c->body.buf.at, c->body.buf.len, &c->json, &err) != ST_OK)
		c->json = NULL;
	return c->json;
}

struct out *
answer_json(struct call *c, int status)
{
	c->answer.status = status;
	snprintf(c->answer.type, sizeof(c->answer.type), "%s",
	    "application/json;charset=UTF-8");
	out_clear(&c->answer.body);
	return &c->answer.body;
}

void
answer_empty(struct call *c, int status)
{
	answer_json(c, status);
	c->answer.type[0] = '\0';
}

void
answer_text(struct call *c, int status, const char *type, const char *text)
{
	out_text(answer_json(c, status), text);
	snprintf(c->answer.type, sizeof(c->answer.type), "%s", type);
}

void
answer_header(struct call *c, const char *name, const char *value)
{
	pairs_add(&c->answer.headers, name, value);
}
