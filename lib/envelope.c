#include "envelope.h"

#include <stdio.h>
#include <string.h>

#include "json.h"

static const char magic[] = "zohosync-spool-1 ";

static enum status
fill(json_object *o, const struct envelope *e, struct err *err)
{
	char key[DIGEST_HEX];
	const struct {
		const char *name, *value;
	} texts[] = {
		{ "key", key },
		{ "source", e->source },
		{ "route", e->route },
		{ "module", e->module },
		{ "operation", e->operation },
		{ "event_type", e->event_type },
		{ "query", e->query },
		{ "content_type", e->content_type },
		{ "headers", e->headers },
		{ "remote", e->remote },
	};
	enum status st = ST_OK;
	size_t i;

	digest_hex(e->key, key);
	for (i = 0; st == ST_OK && i < ARRAY_LEN(texts); i++)
		st = json_add_text(o, texts[i].name, texts[i].value,
		    texts[i].value != NULL ? strlen(texts[i].value) : 0, err);
	if (st == ST_OK)
		st = json_add_i64(o, "received_us", e->received_us, err);
	if (st == ST_OK)
		st = json_add_i64(o, "changes", e->changes, err);
	return st;
}

static enum status
checksum(const char *head, size_t head_len, const char *body, size_t body_len,
    char hex[static DIGEST_HEX], struct err *err)
{
	const struct piece pieces[] = { { head, head_len },
		{ body, body_len } };
	unsigned char sum[DIGEST_BYTES];
	enum status st = digest_sha256(pieces, ARRAY_LEN(pieces), sum, err);

	if (st == ST_OK)
		digest_hex(sum, hex);
	return st;
}

enum status
envelope_put(const struct envelope *e, struct buf *out, struct err *err)
{
	struct buf head = BUF_INIT(MIB);
	json_object *o = json_object_new_object();
	char hex[DIGEST_HEX];
	enum status st = o != NULL ? fill(o, e, err) : err_memory(err);

	if (st == ST_OK)
		st = json_put(&head, o, err);
	if (st == ST_OK)
		st = checksum(head.at, head.len, e->body, e->body_len, hex,
		    err);
	if (st == ST_OK)
		st = buf_printf(out, err, "%s%s\n%s\n", magic, hex, head.at);
	if (st == ST_OK)
		st = buf_put(out, e->body, e->body_len, err);
	json_object_put(o);
	buf_release(&head);
	return st;
}

static unsigned char
nibble(char c)
{
	return (unsigned char)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static enum status
take_fields(struct envelope *e, json_object *o, struct err *err)
{
	const char *key = json_get_text(o, "key");
	size_t i;

	if (key == NULL || strlen(key) != DIGEST_HEX - 1 ||
	    strspn(key, "0123456789abcdef") != DIGEST_HEX - 1)
		return err_class(err, ST_REJECT, "unreadable",
		    "the spool file has no key");
	for (i = 0; i < DIGEST_BYTES; i++)
		e->key[i] = (unsigned char)(nibble(key[2 * i]) << 4 |
		    nibble(key[2 * i + 1]));
	e->received_us = json_object_get_int64(json_get(o, "received_us"));
	e->changes = json_object_get_int(json_get(o, "changes"));
	e->source = json_get_text(o, "source");
	e->route = json_get_text(o, "route");
	e->module = json_get_text(o, "module");
	e->operation = json_get_text(o, "operation");
	e->event_type = json_get_text(o, "event_type");
	e->query = json_get_text(o, "query");
	e->content_type = json_get_text(o, "content_type");
	e->headers = json_get_text(o, "headers");
	e->remote = json_get_text(o, "remote");
	return ST_OK;
}

enum status
envelope_read(struct envelope *e, const char *text, size_t len, struct err *err)
{
	const size_t first = strlen(magic) + DIGEST_HEX;
	const char *head = text + first, *end;
	char hex[DIGEST_HEX];
	json_object *o = NULL;
	enum status st;

	memset(e, 0, sizeof(*e));
	if (len < first || memcmp(text, magic, strlen(magic)) != 0 ||
	    (end = memchr(head, '\n', len - first)) == NULL)
		return err_class(err, ST_REJECT, "unreadable",
		    "not a spool file");
	e->body = end + 1;
	e->body_len = len - (size_t)(e->body - text);
	st = checksum(head, (size_t)(end - head), e->body, e->body_len, hex,
	    err);
	if (st == ST_OK &&
	    memcmp(hex, text + strlen(magic), DIGEST_HEX - 1) != 0)
		st = err_class(err, ST_REJECT, "unreadable",
		    "the check sum of the spool file differs");
	if (st == ST_OK)
		st = json_read(head, (size_t)(end - head), &o, err);
	e->block = o;
	if (st == ST_OK)
		st = take_fields(e, o, err);
	if (st != ST_OK)
		envelope_release(e);
	return st;
}

void
envelope_release(struct envelope *e)
{
	json_object_put(e->block);
	e->block = NULL;
}

const enum array_type envelope_types[ENVELOPE_COLUMNS] = { ARRAY_BYTES,
	ARRAY_TEXT, ARRAY_TEXT, ARRAY_TEXT, ARRAY_TEXT, ARRAY_TEXT, ARRAY_I32,
	ARRAY_TEXT, ARRAY_TEXT, ARRAY_TEXT, ARRAY_TEXT, ARRAY_BYTES };

enum status
envelope_row(const struct envelope *e, struct rows *rows, struct err *err)
{
	const char *const texts[ENVELOPE_COLUMNS] = { NULL, e->source, e->route,
		e->module, e->operation, e->event_type, NULL, e->query,
		e->content_type, e->headers, e->remote, NULL };
	struct array *col = rows->columns;
	enum status st = array_bytes(&col[0], e->key, sizeof(e->key), err);
	size_t i;

	for (i = 1; st == ST_OK && i < ENVELOPE_COLUMNS - 1; i++)
		st = envelope_types[i] == ARRAY_TEXT
		    ? array_text(&col[i], texts[i], err)
		    : array_i32(&col[i], e->changes, err);
	if (st == ST_OK)
		st = array_bytes(&col[i], e->body, e->body_len, err);
	return st;
}
