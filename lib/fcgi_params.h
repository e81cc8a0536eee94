/* Names and values as FastCGI sends them, and a request's parameters. */
#ifndef FCGI_PARAMS_H
#define FCGI_PARAMS_H

#include <stdbool.h>

#include "buf.h"
#include "err.h"

enum {
	FCGI_PARAMS_MAX = 65536, /* bytes of parameters */
	FCGI_NAMES_MAX = 1000,
};

struct fcgi_pair {
	const char *name, *value; /* not ended by a NUL */
	size_t name_len, value_len;
};

/* The pair at "*at", which moves behind it. False at the end and where the
 * lengths do not fit; "*at" is b->len only at the end. */
bool fcgi_pair_next(const struct buf *b, size_t *at, struct fcgi_pair *pair);

struct fcgi_params {
	struct buf raw;  /* as received */
	struct buf text; /* NAME=value, each with its NUL */
	char **env;      /* into text, NULL at the end; NULL before the end */
};

void fcgi_params_init(struct fcgi_params *p);
void fcgi_params_release(struct fcgi_params *p);
void fcgi_params_reset(struct fcgi_params *p);

/*
 * All of p->raw is there: make p->env of it.
 * ST_REJECT  well formed, but nothing a web server sends: refuse the request
 * ST_FAULT   not even names and values, or no memory: close the connection
 */
MUST_CHECK
enum status fcgi_params_end(struct fcgi_params *p, struct err *err);

#endif
