#include "fcgi_wire.h"

#include <fastcgi.h>
#include <string.h>

enum { RECORD_MAX = 65528, VALUES_MAX = 512 };

void
fastcgi_init(struct fastcgi *f, size_t body_max)
{
	const struct buf body = BUF_INIT(body_max + 1);
	const struct buf values = BUF_INIT(VALUES_MAX);
	const struct buf out = BUF_INIT(4 * KIB);

	memset(f, 0, sizeof(*f));
	fcgi_params_init(&f->params);
	f->body = body;
	f->values = values;
	f->out = out;
}

void
fastcgi_release(struct fastcgi *f)
{
	fcgi_params_release(&f->params);
	buf_release(&f->body);
	buf_release(&f->values);
	buf_release(&f->out);
}

void
fastcgi_reset(struct fastcgi *f)
{
	f->state = FASTCGI_READING;
	f->begun = false;
	f->keep = false;
	f->whole = false;
	f->id = 0;
	f->head_len = 0;
	f->content_left = 0;
	f->padding_left = 0;
	f->small_len = 0;
	fcgi_params_reset(&f->params);
	buf_clear(&f->body);
	buf_clear(&f->values);
	buf_clear(&f->out);
	f->body_taken = 0;
	f->why.text[0] = '\0';
}

/* ---- records we send ---- */

static enum status
put_record(struct buf *out, int type, uint16_t id, const void *content,
    size_t len, struct err *err)
{
	const unsigned char head[FCGI_HEADER_LEN] = { FCGI_VERSION_1,
		(unsigned char)type, (unsigned char)(id >> 8),
		(unsigned char)id, (unsigned char)(len >> 8),
		(unsigned char)len, 0, 0 };
	enum status st = buf_put(out, head, sizeof(head), err);

	if (st == ST_OK && len > 0)
		st = buf_put(out, content, len, err);
	return st;
}

static enum status
put_end(struct buf *out, uint16_t id, int protocol_status, struct err *err)
{
	const unsigned char body[8] = { 0, 0, 0, 0,
		(unsigned char)protocol_status, 0, 0, 0 };

	return put_record(out, FCGI_END_REQUEST, id, body, sizeof(body), err);
}

enum status
fastcgi_answer(const struct fastcgi *f, const char *text, size_t len,
    struct buf *out, struct err *err)
{
	enum status st = ST_OK;
	size_t n;

	for (; st == ST_OK && len > 0; text += n, len -= n) {
		n = len < RECORD_MAX ? len : RECORD_MAX;
		st = put_record(out, FCGI_STDOUT, f->id, text, n, err);
	}
	if (st == ST_OK)
		st = put_record(out, FCGI_STDOUT, f->id, NULL, 0, err);
	if (st == ST_OK)
		st = put_end(out, f->id, FCGI_REQUEST_COMPLETE, err);
	return st;
}

/* ---- records we get ---- */

static void
refuse_begin(struct fastcgi *f, uint16_t id, int protocol_status)
{
	struct err err = ERR_INIT;

	if (put_end(&f->out, id, protocol_status, &err) != ST_OK)
		f->state = FASTCGI_BROKEN;
}

static void
begin(struct fastcgi *f, uint16_t id)
{
	if (f->small_len != sizeof(FCGI_BeginRequestBody)) {
		f->state = FASTCGI_BROKEN;
	} else if (f->begun) {
		refuse_begin(f, id, FCGI_CANT_MPX_CONN);
	} else if (f->small[0] != 0 || f->small[1] != FCGI_RESPONDER) {
		refuse_begin(f, id, FCGI_UNKNOWN_ROLE);
	} else {
		f->begun = true;
		f->id = id;
		f->keep = (f->small[2] & FCGI_KEEP_CONN) != 0;
	}
}

/* Each name we know is answered once, however often it is asked. */
static void
get_values(struct fastcgi *f)
{
	static const struct {
		const char *name, *value;
	} known[] = {
		{ FCGI_MAX_CONNS, "1024" },
		{ FCGI_MAX_REQS, "1024" },
		{ FCGI_MPXS_CONNS, "0" },
	};
	struct buf content = BUF_INIT(VALUES_MAX);
	struct err err = ERR_INIT;
	bool said[ARRAY_LEN(known)] = { false };
	enum status st = ST_OK;
	struct fcgi_pair p;
	size_t at = 0, i;

	while (st == ST_OK && fcgi_pair_next(&f->values, &at, &p)) {
		for (i = 0; st == ST_OK && i < ARRAY_LEN(known); i++) {
			if (said[i] || strlen(known[i].name) != p.name_len ||
			    memcmp(known[i].name, p.name, p.name_len) != 0)
				continue;
			said[i] = true;
			st = buf_printf(&content, &err, "%c%c%s%s",
			    (int)p.name_len, (int)strlen(known[i].value),
			    known[i].name, known[i].value);
		}
	}
	if (st == ST_OK)
		st = put_record(&f->out, FCGI_GET_VALUES_RESULT,
		    FCGI_NULL_REQUEST_ID, content.at, content.len, &err);
	if (st != ST_OK)
		f->state = FASTCGI_BROKEN;
	buf_clear(&f->values);
	buf_release(&content);
}

static void
unknown_type(struct fastcgi *f, int type)
{
	const unsigned char body[8] = { (unsigned char)type, 0, 0, 0, 0, 0, 0,
		0 };
	struct err err = ERR_INIT;

	if (put_record(&f->out, FCGI_UNKNOWN_TYPE, FCGI_NULL_REQUEST_ID, body,
		sizeof(body), &err) != ST_OK)
		f->state = FASTCGI_BROKEN;
}

struct record {
	int type;
	uint16_t id;
	bool ours; /* of the request that has begun */
	bool empty;
};

static struct record
current(const struct fastcgi *f)
{
	struct record r = {
		.type = f->head[1],
		.id = (uint16_t)(f->head[2] << 8 | f->head[3]),
		.empty = f->head[4] == 0 && f->head[5] == 0,
	};

	r.ours = f->begun && r.id == f->id;
	return r;
}

static void
put_or_break(struct fastcgi *f, struct buf *b, const void *at, size_t len)
{
	struct err err = ERR_INIT;

	if (buf_put(b, at, len, &err) != ST_OK)
		f->state = FASTCGI_BROKEN;
}

/* One byte more than is allowed is kept, so that the reader sees it. */
static void
put_body(struct fastcgi *f, const void *at, size_t len)
{
	size_t room = f->body.max - f->body.len;

	put_or_break(f, &f->body, at, len < room ? len : room);
	if (f->state == FASTCGI_READING && len >= room)
		f->state = FASTCGI_READY;
}

static void
put_param(struct fastcgi *f, const void *at, size_t len)
{
	if (f->params.env != NULL) {
		f->state = FASTCGI_BROKEN; /* after their end */
	} else if (len > f->params.raw.max - f->params.raw.len) {
		(void)err_set(&f->why, ST_REJECT,
		    "more than %d bytes of headers", FCGI_PARAMS_MAX);
		f->state = FASTCGI_READY;
	} else {
		put_or_break(f, &f->params.raw, at, len);
	}
}

static void
take_content(struct fastcgi *f, const unsigned char *at, size_t len)
{
	struct record r = current(f);

	if (r.type == FCGI_BEGIN_REQUEST) {
		if (len > sizeof(f->small) - f->small_len) {
			f->state = FASTCGI_BROKEN;
			return;
		}
		memcpy(f->small + f->small_len, at, len);
		f->small_len += len;
	} else if (r.type == FCGI_GET_VALUES && r.id == 0) {
		put_or_break(f, &f->values, at, len);
	} else if (r.type == FCGI_PARAMS && r.ours) {
		put_param(f, at, len);
	} else if (r.type == FCGI_STDIN && r.ours) {
		if (f->params.env == NULL)
			f->state = FASTCGI_BROKEN; /* before the parameters */
		else
			put_body(f, at, len);
	}
}

static void
end_params(struct fastcgi *f)
{
	struct err err = ERR_INIT;
	enum status st = ST_FAULT; /* they have ended before */

	if (f->params.env == NULL)
		st = fcgi_params_end(&f->params, &err);
	if (st == ST_REJECT) {
		f->why = err;
		f->state = FASTCGI_READY;
	} else if (st != ST_OK) {
		f->state = FASTCGI_BROKEN;
	}
}

static void
end_record(struct fastcgi *f)
{
	struct record r = current(f);

	switch (r.type) {
	case FCGI_BEGIN_REQUEST:
		begin(f, r.id);
		f->small_len = 0;
		break;
	case FCGI_ABORT_REQUEST:
		if (r.ours)
			f->state = FASTCGI_BROKEN;
		break;
	case FCGI_PARAMS:
		if (r.ours && r.empty)
			end_params(f);
		break;
	case FCGI_STDIN:
		if (r.ours && r.empty) {
			f->whole = true;
			f->state = f->params.env != NULL ? FASTCGI_READY
							 : FASTCGI_BROKEN;
		}
		break;
	case FCGI_GET_VALUES:
		if (r.id == 0)
			get_values(f);
		break;
	default:
		if (r.id == 0)
			unknown_type(f, r.type);
		break;
	}
}

static void
start_record(struct fastcgi *f)
{
	f->content_left = (size_t)(f->head[4] << 8 | f->head[5]);
	f->padding_left = f->head[6];
	if (f->head[0] != FCGI_VERSION_1)
		f->state = FASTCGI_BROKEN;
}

/* Take what the current part of a record wants; returns how much. */
static size_t
take(struct fastcgi *f, const unsigned char *at, size_t len)
{
	size_t n;

	if (f->head_len < sizeof(f->head)) {
		n = sizeof(f->head) - f->head_len;
		n = n < len ? n : len;
		memcpy(f->head + f->head_len, at, n);
		f->head_len += n;
		if (f->head_len == sizeof(f->head))
			start_record(f);
	} else if (f->content_left > 0) {
		n = f->content_left < len ? f->content_left : len;
		f->content_left -= n;
		take_content(f, at, n);
	} else {
		n = f->padding_left < len ? f->padding_left : len;
		f->padding_left -= n;
	}
	return n;
}

enum fastcgi_state
fastcgi_feed(struct fastcgi *f, const void *bytes, size_t len)
{
	const unsigned char *at = bytes;
	size_t n;

	while (len > 0 && f->state == FASTCGI_READING) {
		n = take(f, at, len);
		at += n;
		len -= n;
		if (f->state == FASTCGI_READING &&
		    f->head_len == sizeof(f->head) && f->content_left == 0 &&
		    f->padding_left == 0) {
			end_record(f);
			f->head_len = 0;
		}
	}
	/* Nobody may send a request before the last one is answered. */
	if (f->state == FASTCGI_READY && (len > 0 || !f->whole))
		f->keep = false;
	return f->state;
}

int
fastcgi_read(struct fastcgi *f, char *at, int len)
{
	size_t left = f->body.len - f->body_taken;
	size_t n = left < (size_t)len ? left : (size_t)len;

	if (n > 0)
		memcpy(at, f->body.at + f->body_taken, n);
	f->body_taken += n;
	return (int)n;
}
