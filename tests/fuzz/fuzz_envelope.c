/*
 * envelope_read(envelope_put(x)) is x, and a file with the right check sum
 * over hostile content is refused or reads the same after being written
 * again. The first byte chooses: "p" puts an envelope made of the lines, "h"
 * makes the check sum for the rest, any other reads the input as it is.
 */
#include "fuzz.h"

#include <stdbool.h>

#include "buf.h"
#include "envelope.h"
#include "text.h"

static bool
same_text(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool
is_same(const struct envelope *a, const struct envelope *b)
{
	return memcmp(a->key, b->key, sizeof(a->key)) == 0 &&
	    a->received_us == b->received_us && a->changes == b->changes &&
	    same_text(a->source, b->source) && same_text(a->route, b->route) &&
	    same_text(a->module, b->module) &&
	    same_text(a->operation, b->operation) &&
	    same_text(a->event_type, b->event_type) &&
	    same_text(a->query, b->query) &&
	    same_text(a->content_type, b->content_type) &&
	    same_text(a->headers, b->headers) &&
	    same_text(a->remote, b->remote) && a->body_len == b->body_len &&
	    (a->body_len == 0 || memcmp(a->body, b->body, a->body_len) == 0);
}

static void
check_put(const struct envelope *e)
{
	struct buf text = BUF_INIT(64 * MIB);
	struct envelope again;
	struct err err = ERR_INIT;
	char *exact;

	MUST(envelope_put(e, &text, &err) == ST_OK);
	exact = fuzz_copy(text.at, text.len, 0);
	MUST(envelope_read(&again, exact, text.len, &err) == ST_OK);
	MUST(is_same(e, &again));
	envelope_release(&again);
	exact[text.len - 1] = (char)(exact[text.len - 1] ^ 1);
	MUST(envelope_read(&again, exact, text.len, &err) == ST_REJECT);
	free(exact);
	buf_release(&text);
}

static void
read_file(const char *at, size_t len)
{
	struct envelope e;
	struct err err = ERR_INIT;
	enum status st = envelope_read(&e, at, len, &err);

	MUST(st == ST_OK || st == ST_REJECT);
	if (st == ST_OK) {
		check_put(&e);
		envelope_release(&e);
	} else {
		MUST(e.block == NULL && err.text[0] != '\0');
	}
}

static void
read_with_sum(const struct fuzz_input *in)
{
	const uint8_t *end = in->left > 0 ? memchr(in->at, '\n', in->left)
					  : NULL;
	size_t head = end != NULL ? (size_t)(end - in->at) : in->left;
	const struct piece pieces[] = { { in->at, head },
		{ in->at + head + 1, end != NULL ? in->left - head - 1 : 0 } };
	struct buf text = BUF_INIT(64 * MIB);
	unsigned char sum[DIGEST_BYTES];
	char hex[DIGEST_HEX], *exact;
	struct err err = ERR_INIT;

	MUST(digest_sha256(pieces, end != NULL ? 2 : 1, sum, &err) == ST_OK);
	digest_hex(sum, hex);
	MUST(buf_printf(&text, &err, "zohosync-spool-1 %s\n", hex) == ST_OK);
	MUST(buf_put(&text, in->at, in->left, &err) == ST_OK);
	exact = fuzz_copy(text.at, text.len, 0);
	read_file(exact, text.len);
	free(exact);
	buf_release(&text);
}

/* As lib/intake.c makes one: texts are clean. */
static void
put_lines(struct fuzz_input *in)
{
	char *line[9];
	struct envelope e = { .key = { 0 } };
	size_t i;

	for (i = 0; i < 9; i++) {
		line[i] = fuzz_line(in);
		text_clean(line[i]);
	}
	e.source = line[0];
	e.route = line[1];
	e.module = line[2][0] != '-' ? line[2] : NULL;
	e.operation = line[3][0] != '-' ? line[3] : NULL;
	e.event_type = line[4];
	e.query = line[5];
	e.content_type = line[6];
	e.headers = line[7];
	e.remote = line[8];
	for (i = 0; i < sizeof(e.key); i++)
		e.key[i] = (unsigned char)fuzz_byte(in);
	for (i = 0; i < sizeof(e.received_us); i++)
		e.received_us = (e.received_us & INT64_MAX >> 8) << 8 |
		    fuzz_byte(in);
	e.changes = (int)(e.received_us & 0xffff);
	e.body = (const char *)in->at;
	e.body_len = in->left;
	if (e.body_len > 0)
		check_put(&e);
	for (i = 0; i < 9; i++)
		free(line[i]);
}

int
FUZZ(envelope)(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };
	char *exact;

	switch (fuzz_byte(&in)) {
	case 'p':
		put_lines(&in);
		break;
	case 'h':
		read_with_sum(&in);
		break;
	default:
		exact = fuzz_copy(data, size, 0);
		read_file(exact, size);
		free(exact);
	}
	return 0;
}
