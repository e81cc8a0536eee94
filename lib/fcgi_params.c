#include "fcgi_params.h"

#include <stdlib.h>
#include <string.h>

void
fcgi_params_init(struct fcgi_params *p)
{
	const struct buf raw = BUF_INIT(FCGI_PARAMS_MAX);
	const struct buf text = BUF_INIT(2UL * FCGI_PARAMS_MAX);

	p->raw = raw;
	p->text = text;
	p->env = NULL;
}

void
fcgi_params_release(struct fcgi_params *p)
{
	buf_release(&p->raw);
	buf_release(&p->text);
	free(p->env);
	p->env = NULL;
}

void
fcgi_params_reset(struct fcgi_params *p)
{
	buf_clear(&p->raw);
	buf_clear(&p->text);
	free(p->env);
	p->env = NULL;
}

/* One length: a byte, or four with the highest bit set. */
static bool
read_length(const struct buf *b, size_t *at, size_t *len)
{
	const unsigned char *p = (const unsigned char *)b->at + *at;
	size_t left = b->len - *at;

	if (left < 1)
		return false;
	if (p[0] < 128) {
		*len = p[0];
		*at += 1;
		return true;
	}
	if (left < 4)
		return false;
	*len = (size_t)(p[0] & 127) << 24 | (size_t)p[1] << 16 |
	    (size_t)p[2] << 8 | p[3];
	*at += 4;
	return true;
}

bool
fcgi_pair_next(const struct buf *b, size_t *at, struct fcgi_pair *pair)
{
	size_t pos = *at;

	if (pos == b->len || !read_length(b, &pos, &pair->name_len) ||
	    !read_length(b, &pos, &pair->value_len) ||
	    pair->name_len > b->len - pos ||
	    pair->value_len > b->len - pos - pair->name_len)
		return false;
	pair->name = b->at + pos;
	pair->value = pair->name + pair->name_len;
	*at = pos + pair->name_len + pair->value_len;
	return true;
}

/* A name with "=" would be read as another one, a NUL would cut. */
static bool
is_plain(const struct fcgi_pair *p)
{
	return p->name_len > 0 && memchr(p->name, '=', p->name_len) == NULL &&
	    memchr(p->name, '\0', p->name_len) == NULL &&
	    memchr(p->value, '\0', p->value_len) == NULL;
}

static enum status
put_pair(struct buf *text, const struct fcgi_pair *p, struct err *err)
{
	enum status st = buf_put(text, p->name, p->name_len, err);

	if (st == ST_OK)
		st = buf_put(text, "=", 1, err);
	if (st == ST_OK)
		st = buf_put(text, p->value, p->value_len, err);
	if (st == ST_OK)
		st = buf_put(text, "", 1, err); /* the NUL */
	return st;
}

/* Point env at the texts, which do not move any more. */
static enum status
make_env(struct fcgi_params *p, size_t n, struct err *err)
{
	char *at = p->text.at;
	size_t i;

	p->env = calloc(n + 1, sizeof(*p->env));
	if (p->env == NULL)
		return err_memory(err);
	for (i = 0; i < n; i++, at += strlen(at) + 1)
		p->env[i] = at;
	return ST_OK;
}

enum status
fcgi_params_end(struct fcgi_params *p, struct err *err)
{
	enum status st = ST_OK;
	struct fcgi_pair pair;
	size_t at = 0, n = 0;

	while (st == ST_OK && fcgi_pair_next(&p->raw, &at, &pair)) {
		if (!is_plain(&pair))
			return err_set(err, ST_REJECT,
			    "a header that no web server sends");
		if (n == FCGI_NAMES_MAX)
			return err_set(err, ST_REJECT, "more than %d headers",
			    FCGI_NAMES_MAX);
		st = put_pair(&p->text, &pair, err);
		n++;
	}
	if (st != ST_OK)
		return st;
	if (at != p->raw.len)
		return err_set(err, ST_FAULT, "names and values do not fit");
	return make_env(p, n, err);
}
