/*
 * fastcgi_feed() with any bytes: in one piece or in many it is one request,
 * also on a connection that served another one before; what the protocol
 * answers is whole records; and a request written down again is read the
 * same. Byte 1 is the size of the pieces, the rest is the wire.
 */
#include "fuzz.h"

#include <fastcgi.h>
#include <stdbool.h>

#include "fcgi_wire.h"

enum { BODY_MAX = 100, RECORD_MAX = 65535 };

/* ---- records as the other side reads and writes them ---- */

struct record {
	unsigned type, id;
	const unsigned char *at;
	size_t len;
};

/* The next record; every one must be whole. */
static bool
next_record(const struct buf *b, size_t *at, struct record *r)
{
	const unsigned char *p;

	if (*at == b->len)
		return false;
	p = (const unsigned char *)b->at + *at;
	MUST(b->len - *at >= FCGI_HEADER_LEN && p[0] == FCGI_VERSION_1);
	r->type = p[1];
	r->id = (unsigned)p[2] << 8 | p[3];
	r->len = (size_t)p[4] << 8 | p[5];
	r->at = p + FCGI_HEADER_LEN;
	MUST(b->len - *at >= FCGI_HEADER_LEN + r->len + p[6]);
	*at += FCGI_HEADER_LEN + r->len + p[6];
	return true;
}

static void
put(struct buf *out, const void *at, size_t len)
{
	struct err err = ERR_INIT;

	MUST(buf_put(out, at, len, &err) == ST_OK);
}

static void
put_record(struct buf *out, int type, unsigned id, const void *at, size_t len)
{
	const unsigned char head[] = { FCGI_VERSION_1, (unsigned char)type,
		(unsigned char)(id >> 8), (unsigned char)id,
		(unsigned char)(len >> 8), (unsigned char)len, 3, 0 };

	put(out, head, sizeof(head));
	put(out, at, len);
	put(out, "pad", 3);
}

static void
put_length(struct buf *out, size_t len)
{
	const unsigned char four[] = { (unsigned char)(len >> 24 | 128),
		(unsigned char)(len >> 16), (unsigned char)(len >> 8),
		(unsigned char)len };
	const unsigned char one = (unsigned char)len;

	put(out, len < 128 ? &one : four, len < 128 ? 1 : sizeof(four));
}

/* "at" as records of at most RECORD_MAX bytes, and the empty one. */
static void
put_stream(struct buf *out, int type, unsigned id, const char *at, size_t len)
{
	size_t n;

	for (; len > 0; at += n, len -= n) {
		n = len < RECORD_MAX ? len : RECORD_MAX;
		put_record(out, type, id, at, n);
	}
	put_record(out, type, id, "", 0);
}

static void
write_down(const struct fastcgi *f, struct buf *out)
{
	const unsigned char begin[] = { 0, FCGI_RESPONDER, f->keep, 0, 0, 0, 0,
		0 };
	struct buf pairs = BUF_INIT(MIB);
	size_t i, n;

	for (i = 0; f->params.env[i] != NULL; i++) {
		n = strcspn(f->params.env[i], "=");
		put_length(&pairs, n);
		put_length(&pairs, strlen(f->params.env[i]) - n - 1);
		put(&pairs, f->params.env[i], n);
		put(&pairs, f->params.env[i] + n + 1,
		    strlen(f->params.env[i]) - n - 1);
	}
	put_record(out, FCGI_BEGIN_REQUEST, f->id, begin, sizeof(begin));
	put_stream(out, FCGI_PARAMS, f->id, pairs.at, pairs.len);
	put_stream(out, FCGI_STDIN, f->id, f->body.at, f->body.len);
	buf_release(&pairs);
}

/* ---- what holds of any state ---- */

static void
check_out(const struct fastcgi *f)
{
	struct record r;
	size_t at = 0;

	while (next_record(&f->out, &at, &r))
		MUST(r.type == FCGI_END_REQUEST ||
		    r.type == FCGI_GET_VALUES_RESULT ||
		    r.type == FCGI_UNKNOWN_TYPE);
}

static void
check_env(char *const *env)
{
	size_t i;

	for (i = 0; env[i] != NULL; i++)
		MUST(env[i][0] != '=' && strchr(env[i], '=') != NULL);
	MUST(i <= FCGI_NAMES_MAX);
}

static void
check_body(struct fastcgi *f)
{
	char body[BODY_MAX + 2];
	int n, len = 0;

	while ((n = fastcgi_read(f, body + len, 7)) > 0)
		len += n;
	MUST(n == 0 && (size_t)len == f->body.len);
	MUST(len == 0 || memcmp(body, f->body.at, (size_t)len) == 0);
	f->body_taken = 0;
}

static void
check_answer(const struct fastcgi *f, const char *text, size_t len)
{
	struct buf out = BUF_INIT(MIB), said = BUF_INIT(MIB);
	struct err err = ERR_INIT;
	struct record r = { .type = 0 };
	size_t at = 0;

	MUST(fastcgi_answer(f, text, len, &out, &err) == ST_OK);
	while (next_record(&out, &at, &r)) {
		MUST(r.id == f->id);
		if (r.type == FCGI_STDOUT)
			put(&said, r.at, r.len);
	}
	MUST(r.type == FCGI_END_REQUEST && r.len == 8);
	MUST(said.len == len && (len == 0 || memcmp(said.at, text, len) == 0));
	buf_release(&said);
	buf_release(&out);
}

static void
check_state(struct fastcgi *f)
{
	bool refused = f->why.text[0] != '\0';

	MUST(f->body.len <= BODY_MAX + 1);
	check_out(f);
	if (f->state != FASTCGI_READY)
		return;
	MUST(f->begun && (refused || f->params.env != NULL));
	MUST(f->whole || refused || f->body.len == BODY_MAX + 1);
	MUST(!f->keep || f->whole);
	if (f->params.env != NULL)
		check_env(f->params.env);
	check_body(f);
}

/* ---- the same twice ---- */

static void
check_same(const struct fastcgi *a, const struct fastcgi *b)
{
	size_t i;

	MUST(a->state == b->state && a->id == b->id && a->whole == b->whole);
	MUST(a->begun == b->begun && strcmp(a->why.text, b->why.text) == 0);
	MUST(a->body.len == b->body.len);
	MUST(a->body.len == 0 ||
	    memcmp(a->body.at, b->body.at, a->body.len) == 0);
	MUST((a->params.env == NULL) == (b->params.env == NULL));
	if (a->params.env == NULL)
		return;
	for (i = 0; a->params.env[i] != NULL; i++)
		MUST(b->params.env[i] != NULL &&
		    strcmp(a->params.env[i], b->params.env[i]) == 0);
	MUST(b->params.env[i] == NULL);
}

static void
feed(struct fastcgi *f, const char *at, size_t len, size_t piece)
{
	enum fastcgi_state state = FASTCGI_READING;
	char *exact;
	size_t n;

	for (; len > 0 && state == FASTCGI_READING; at += n, len -= n) {
		n = len < piece ? len : piece;
		exact = fuzz_copy(at, n, 0);
		state = fastcgi_feed(f, exact, n);
		free(exact);
		MUST(state == f->state);
	}
}

static void
check_written(const struct fastcgi *f)
{
	struct buf wire = BUF_INIT(MIB);
	struct fastcgi again;

	fastcgi_init(&again, BODY_MAX);
	write_down(f, &wire);
	feed(&again, wire.at, wire.len, wire.len);
	check_same(f, &again);
	MUST(again.keep == f->keep);
	fastcgi_release(&again);
	buf_release(&wire);
}

int
FUZZ(fcgi)(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };
	size_t piece = fuzz_byte(&in) + 1;
	struct fastcgi once, pieces;
	char *wire = fuzz_rest(&in);

	fastcgi_init(&once, BODY_MAX);
	fastcgi_init(&pieces, BODY_MAX);
	feed(&once, wire, in.left, in.left);
	check_state(&once);
	feed(&pieces, wire, in.left, piece);
	check_same(&once, &pieces);
	fastcgi_reset(&pieces);
	feed(&pieces, wire, in.left, in.left);
	check_same(&once, &pieces);
	if (once.state == FASTCGI_READY && once.whole &&
	    once.why.text[0] == '\0')
		check_written(&once);
	check_answer(&once, wire, in.left);
	if (once.state == FASTCGI_BROKEN)
		MUST(fastcgi_feed(&once, wire, in.left) == FASTCGI_BROKEN);
	fastcgi_release(&pieces);
	fastcgi_release(&once);
	free(wire);
	return 0;
}
