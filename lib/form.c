#include "form.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_PAIRS = 16 };

/* The value of a hex digit, -1 for any other byte. */
static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Write the decoded bytes and a NUL to "out"; returns how many without it. */
static size_t
decode(char *out, const char *text, size_t len)
{
	size_t i, n = 0;
	int high, low;

	for (i = 0; i < len; i++) {
		if (text[i] == '%' && len - i > 2) {
			high = hex_value(text[i + 1]);
			low = hex_value(text[i + 2]);
			if (high >= 0 && low >= 0) {
				out[n++] = (char)(high * 16 + low);
				i += 2;
				continue;
			}
		}
		out[n++] = text[i];
		if (text[i] == '+')
			out[n - 1] = ' ';
	}
	out[n] = '\0';
	return n;
}

static enum status
make_room(struct form *form, struct err *err)
{
	size_t cap = form->cap > 0 ? 2 * form->cap : FIRST_PAIRS;
	struct form_pair *grown;

	if (form->len >= FORM_PAIRS_MAX)
		return err_class(err, ST_REJECT, "too_many_pairs",
		    "more than %d pairs", FORM_PAIRS_MAX);
	if (form->len < form->cap)
		return ST_OK;
	grown = reallocarray(form->at, cap, sizeof(*grown));
	if (grown == NULL)
		return err_memory(err);
	form->at = grown;
	form->cap = cap;
	return ST_OK;
}

/* Add the pair in text[0..len) and move "*free_at" behind what it took. */
static enum status
add_pair(struct form *form, char **free_at, const char *text, size_t len,
    struct err *err)
{
	const char *equals = memchr(text, '=', len);
	size_t name_len = equals != NULL ? (size_t)(equals - text) : len;
	size_t value_at = equals != NULL ? name_len + 1 : len;
	enum status st = make_room(form, err);
	struct form_pair *pair;

	if (st != ST_OK)
		return st;
	pair = &form->at[form->len++];
	pair->name = *free_at;
	pair->name_len = decode(pair->name, text, name_len);
	pair->value = pair->name + pair->name_len + 1;
	pair->value_len = decode(pair->value, text + value_at, len - value_at);
	*free_at = pair->value + pair->value_len + 1;
	return ST_OK;
}

static enum status
read_pairs(struct form *form, const char *text, size_t len, struct err *err)
{
	char *free_at = form->block;
	const char *ampersand;
	enum status st = ST_OK;
	size_t i, part;

	for (i = 0; st == ST_OK && i < len; i += part + 1) {
		ampersand = memchr(text + i, '&', len - i);
		part = ampersand != NULL ? (size_t)(ampersand - text) - i
					 : len - i;
		if (part > 0)
			st = add_pair(form, &free_at, text + i, part, err);
	}
	return st;
}

enum status
form_read(struct form *form, const char *text, size_t len, struct err *err)
{
	enum status st;

	if (len == 0)
		return ST_OK;
	/* Decoding never lengthens; a pair adds two NULs at most. */
	form->block = malloc(len + 2 * (size_t)FORM_PAIRS_MAX);
	if (form->block == NULL)
		return err_memory(err);
	st = read_pairs(form, text, len, err);
	if (st != ST_OK)
		form_release(form);
	return st;
}

const struct form_pair *
form_get(const struct form *form, const char *name)
{
	size_t i, len = strlen(name);

	for (i = 0; i < form->len; i++)
		if (form->at[i].name_len == len &&
		    memcmp(form->at[i].name, name, len) == 0)
			return &form->at[i];
	return NULL;
}

void
form_release(struct form *form)
{
	free(form->at);
	free(form->block);
	*form = (struct form)FORM_INIT;
}
