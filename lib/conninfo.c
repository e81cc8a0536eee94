#include "conninfo.h"

#include <stdio.h>
#include <string.h>
#include <libpq-fe.h>

#include "buf.h"

static enum status
put_encoded(struct buf *out, const char *text, struct err *err)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz"
				    "0123456789-._~/:,";
	enum status st = ST_OK;

	for (; st == ST_OK && *text != '\0'; text++)
		st = strchr(plain, *text) != NULL
		    ? buf_put(out, text, 1, err)
		    : buf_printf(out, err, "%%%02X", (unsigned char)*text);
	return st;
}

static const char *
value_of(const PQconninfoOption *o, const struct conninfo_part *parts, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strcmp(parts[i].key, o->keyword) == 0)
			return parts[i].value;
	return o->val;
}

static enum status
put_url(struct buf *out, const PQconninfoOption *options,
    const struct conninfo_part *parts, size_t n, struct err *err)
{
	enum status st = buf_puts(out, "postgresql:///", err);
	const PQconninfoOption *o;
	const char *value;
	char mark = '?';

	for (o = options; st == ST_OK && o->keyword != NULL; o++)
		if (strcmp(o->keyword, "dbname") == 0 &&
		    (value = value_of(o, parts, n)) != NULL)
			st = put_encoded(out, value, err);
	for (o = options; st == ST_OK && o->keyword != NULL; o++) {
		value = value_of(o, parts, n);
		if (value == NULL || strcmp(o->keyword, "dbname") == 0)
			continue;
		st = buf_printf(out, err, "%c%s=", mark, o->keyword);
		if (st == ST_OK)
			st = put_encoded(out, value, err);
		mark = '&';
	}
	return st;
}

enum status
conninfo_change(char out[static CONNINFO_MAX], const char *from,
    const struct conninfo_part *parts, size_t n, struct err *err)
{
	PQconninfoOption *options = PQconninfoParse(from, NULL);
	struct buf url = BUF_INIT(CONNINFO_MAX - 1);
	enum status st;

	out[0] = '\0';
	if (options == NULL)
		return err_set(err, ST_REJECT,
		    "no connection string of PostgreSQL: it looks like "
		    "postgresql://USER@HOST/DATABASE");
	st = put_url(&url, options, parts, n, err);
	if (st == ST_OK)
		memcpy(out, buf_text(&url), url.len + 1);
	if (url.at != NULL)
		explicit_bzero(url.at, url.len);
	buf_release(&url);
	PQconninfoFree(options);
	return st;
}

bool
conninfo_get(const char *from, const char *key, char *out, size_t room)
{
	PQconninfoOption *options = PQconninfoParse(from, NULL);
	const PQconninfoOption *o;
	bool found = false;

	out[0] = '\0';
	for (o = options; o != NULL && o->keyword != NULL; o++)
		if (strcmp(o->keyword, key) == 0 && o->val != NULL) {
			(void)snprintf(out, room, "%s", o->val);
			found = true;
		}
	PQconninfoFree(options);
	return found;
}
