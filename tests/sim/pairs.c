#include "pairs.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static int
hex(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at;

	if (c == '\0')
		return -1;
	at = strchr(digits, tolower((unsigned char)c));
	return at != NULL ? (int)(at - digits) : -1;
}

static char *
decode(const char *text, size_t len)
{
	char *plain = malloc(len + 1);
	size_t i, n = 0;

	if (plain == NULL)
		abort();
	for (i = 0; i < len; i++) {
		if (text[i] == '+') {
			plain[n++] = ' ';
		} else if (text[i] == '%' && i + 2 < len &&
		    hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0) {
			plain[n++] = (char)(hex(text[i + 1]) * 16 +
			    hex(text[i + 2]));
			i += 2;
		} else {
			plain[n++] = text[i];
		}
	}
	plain[n] = '\0';
	return plain;
}

static void
add(struct pairs *p, char *name, char *value)
{
	if (p->n == PAIRS_MAX) {
		free(name);
		free(value);
		return;
	}
	p->at[p->n].name = name;
	p->at[p->n].value = value;
	p->n++;
}

void
pairs_read(struct pairs *p, const char *text, size_t len)
{
	const char *end = text + len;

	while (text < end) {
		const char *stop = memchr(text, '&', (size_t)(end - text));
		const char *is;

		if (stop == NULL)
			stop = end;
		is = memchr(text, '=', (size_t)(stop - text));
		if (is == NULL)
			is = stop;
		if (stop > text)
			add(p, decode(text, (size_t)(is - text)),
			    is < stop ? decode(is + 1, (size_t)(stop - is - 1))
				      : decode("", 0));
		text = stop + 1;
	}
}

void
pairs_add(struct pairs *p, const char *name, const char *value)
{
	char *n = strdup(name), *v = strdup(value);

	if (n == NULL || v == NULL)
		abort();
	add(p, n, v);
}

const char *
pairs_get(const struct pairs *p, const char *name)
{
	int i;

	for (i = 0; i < p->n; i++)
		if (strcmp(p->at[i].name, name) == 0)
			return p->at[i].value;
	return NULL;
}

void
pairs_release(struct pairs *p)
{
	int i;

	for (i = 0; i < p->n; i++) {
		free(p->at[i].name);
		free(p->at[i].value);
	}
	p->n = 0;
}

void
out_percent(struct out *o, const char *text)
{
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (isalnum(c) || strchr("-._~", c) != NULL)
			out_bytes(o, text, 1);
		else
			out_f(o, "%%%02X", c);
	}
}
