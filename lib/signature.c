#include "signature.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "digest.h"
#include "form.h"

static bool
is_set(const char *text)
{
	return text != NULL && text[0] != '\0';
}

/* What every way asks first: is there a secret, and was anything shown? */
static enum status
check_given(const struct secrets *secrets, const char *shown, const char *what,
    struct err *err)
{
	if (!is_set(secrets->current) && !is_set(secrets->previous))
		return err_class(err, ST_FAULT, "secret_unset",
		    "no secret is configured: nobody is let in");
	if (!is_set(shown))
		return err_class(err, ST_REJECT, "signature_missing",
		    "the request has no %s", what);
	return ST_OK;
}

static enum status
invalid(struct err *err, const char *what)
{
	return err_class(err, ST_REJECT, "signature_invalid",
	    "the %s of the request fits no secret", what);
}

/* Both secrets are tried, whatever the first one says, so that the time does
 * not tell which of them fits. */
static enum status
check_hmac(const struct secrets *secrets, const struct piece *pieces, size_t n,
    const char *hex, struct err *err)
{
	const char *const both[] = { secrets->current, secrets->previous };
	unsigned char made[DIGEST_BYTES];
	enum status st;
	bool fits = false;
	size_t i;

	for (i = 0; i < ARRAY_LEN(both); i++) {
		if (!is_set(both[i]))
			continue;
		st = digest_hmac(both[i], pieces, n, made, err);
		if (st != ST_OK)
			return st;
		fits |= digest_equal_hex(made, hex);
	}
	return fits ? ST_OK : invalid(err, "signature");
}

/* How many bytes stand before the text proper: white space, and the byte
 * order mark that some senders put before JSON. */
static size_t
blank_before(const char *body, size_t len)
{
	static const char mark[] = { '\xef', '\xbb', '\xbf' };
	size_t i = 0;

	if (len >= sizeof(mark) && memcmp(body, mark, sizeof(mark)) == 0)
		i = sizeof(mark);
	while (i < len && memchr(" \t\r\n", body[i], 4) != NULL)
		i++;
	return i;
}

int
signature_is_form(const char *content_type, const char *body, size_t len)
{
	static const char form_type[] = "application/x-www-form-urlencoded";
	size_t type_len = strlen(form_type);
	size_t i;

	if (content_type == NULL ||
	    strncasecmp(content_type, form_type, type_len) != 0 ||
	    strchr("; \t", content_type[type_len]) == NULL)
		return false;
	i = len > 0 ? blank_before(body, len) : 0;
	return i == len || (body[i] != '{' && body[i] != '[');
}

static int
compare_bytes(const char *a, size_t a_len, const char *b, size_t b_len)
{
	int order = memcmp(a, b, a_len < b_len ? a_len : b_len);

	if (order != 0)
		return order;
	return (a_len > b_len) - (a_len < b_len);
}

static int
compare_pairs(const void *left, const void *right)
{
	const struct form_pair *a = left, *b = right;
	int order = compare_bytes(a->name, a->name_len, b->name, b->name_len);

	if (order != 0)
		return order;
	return compare_bytes(a->value, a->value_len, b->value, b->value_len);
}

/* Put the pairs of both forms into "pairs", sorted, and point "pieces" at
 * their names and values in turn. */
static void
sort_pairs(const struct form *query, const struct form *form,
    struct form_pair *pairs, struct piece *pieces)
{
	size_t i, n = query->len + form->len;

	for (i = 0; i < query->len; i++)
		pairs[i] = query->at[i];
	for (i = 0; i < form->len; i++)
		pairs[query->len + i] = form->at[i];
	qsort(pairs, n, sizeof(*pairs), compare_pairs);
	for (i = 0; i < n; i++) {
		pieces[2 * i].at = pairs[i].name;
		pieces[2 * i].len = pairs[i].name_len;
		pieces[2 * i + 1].at = pairs[i].value;
		pieces[2 * i + 1].len = pairs[i].value_len;
	}
}

/* "body" is what follows the pairs: empty where it was itself a form. */
static enum status
check_zoho(const struct secrets *secrets, const struct form *query,
    const struct form *form, struct piece body, const char *hex,
    struct err *err)
{
	size_t n = query->len + form->len;
	struct form_pair *pairs = calloc(n + 1, sizeof(*pairs));
	struct piece *pieces = calloc(2 * n + 1, sizeof(*pieces));
	enum status st;

	if (pairs == NULL || pieces == NULL) {
		st = err_memory(err);
	} else {
		sort_pairs(query, form, pairs, pieces);
		pieces[2 * n] = body;
		st = check_hmac(secrets, pieces, 2 * n + 1, hex, err);
	}
	free(pieces);
	free(pairs);
	return st;
}

enum status
signature_zoho(const struct secrets *secrets, const struct signed_request *req,
    const char *hex, struct err *err)
{
	struct form query = FORM_INIT, form = FORM_INIT;
	struct piece body = { req->body, req->body_len };
	const char *text = req->query != NULL ? req->query : "";
	enum status st = check_given(secrets, hex, "signature", err);

	if (st == ST_OK)
		st = form_read(&query, text, strlen(text), err);
	if (st == ST_OK &&
	    signature_is_form(req->content_type, req->body, req->body_len)) {
		st = form_read(&form, req->body, req->body_len, err);
		body.len = 0;
	}
	if (st == ST_OK)
		st = check_zoho(secrets, &query, &form, body, hex, err);
	form_release(&form);
	form_release(&query);
	return st;
}

enum status
signature_raw(const struct secrets *secrets, const struct signed_request *req,
    const char *hex, struct err *err)
{
	struct piece body = { req->body, req->body_len };
	enum status st = check_given(secrets, hex, "signature", err);

	if (st != ST_OK)
		return st;
	return check_hmac(secrets, &body, 1, hex, err);
}

enum status
signature_token(const struct secrets *secrets, const char *token,
    struct err *err)
{
	const char *const both[] = { secrets->current, secrets->previous };
	enum status st = check_given(secrets, token, "token", err);
	bool fits = false, equal;
	size_t i;

	for (i = 0; st == ST_OK && i < ARRAY_LEN(both); i++) {
		if (!is_set(both[i]))
			continue;
		st = digest_equal_text(both[i], token, &equal, err);
		fits |= equal;
	}
	if (st != ST_OK)
		return st;
	return fits ? ST_OK : invalid(err, "token");
}
