/* One call and its answer, free of the library that carries them. */
#ifndef CALL_H
#define CALL_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "out.h"
#include "pairs.h"

struct sim;
struct route;
struct call;

enum { CAPTURES = 4, CAPTURE_MAX = 128 };

/* What becomes of the answer on its way. */
enum mishap {
	MISHAP_NONE,
	MISHAP_RESET, /* the connection ends without an answer */
	MISHAP_CUT,   /* half of the body, then the end */
	MISHAP_SLOW,  /* a few bytes at a time */
};

/* Write the next piece of a long answer; false when it was the last. Called
 * under the lock, with "cursor" as it was left. */
typedef bool
piece_fn(struct sim *sim, struct out *o, uint64_t *cursor, void *arg);

struct answer {
	int status;
	struct out body;
	char type[64];
	struct pairs headers;
	enum mishap mishap;
	int delay_ms;
	bool shortened;
	piece_fn *pieces; /* instead of the body */
	void *arg;        /* borrowed */
	char *file;       /* sent instead of the body; freed */
};

struct call {
	struct sim *sim;
	char method[16];
	char *path;
	char *target; /* path and query as they were sent */
	struct pairs query, headers;
	struct out body;
	json_object *json; /* the body, once call_json() has read it */
	char capture[CAPTURES][CAPTURE_MAX];
	int captures;
	const struct route *route;
	int grant; /* the refresh token behind the access token, -1 for none */
	bool loopback;
	bool counted[2]; /* in flight: of all, of the sub-pool */
	int pool;        /* 0 CRM, 1 Books, -1 neither */
	struct answer answer;
};

void call_init(struct call *c, struct sim *sim);
void call_release(struct call *c);

/* A parameter of the query, NULL where there is none. */
const char *call_param(const struct call *c, const char *name);
/* A number of it, "usual" where there is none; -1 for no number. */
long call_number(const struct call *c, const char *name, long usual);
/* A header; the name in lower case. */
const char *call_header(const struct call *c, const char *name);
/* The body as JSON, NULL where it is none. Borrowed. */
json_object *call_json(struct call *c);

/* Start an answer: status and type; the body is in c->answer.body, empty. */
struct out *answer_json(struct call *c, int status);
void answer_empty(struct call *c, int status);
void
answer_text(struct call *c, int status, const char *type, const char *text);
void answer_header(struct call *c, const char *name, const char *value);

#endif
