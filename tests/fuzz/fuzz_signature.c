/*
 * signature_zoho(), _raw() and _token(): what the rule of zoho-api.md 3.6
 * signs is let in, in any order of pairs and with either secret; nothing else
 * is. Line 1 is the query, line 2 the content type, line 3 a signature
 * somebody shows, the rest the body.
 */
#include "fuzz.h"

#include <ctype.h>
#include <stdbool.h>
#include <strings.h>

#include "buf.h"
#include "digest.h"
#include "form.h"
#include "signature.h"

static const char secret[] = "demoSecretToken2026";
static const struct secrets in_use = { secret, NULL };
static const struct secrets before = { "anotherSecret4711", secret };
static const struct secrets others = { "anotherSecret4711", "" };
static const struct secrets unset = { "", NULL };

struct shown {
	struct signed_request request;
	const char *hex;
};

/* ---- the rule, once more ---- */

static int
compare(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t i;

	for (i = 0; i < a_len && i < b_len; i++)
		if (a[i] != b[i])
			return (unsigned char)a[i] - (unsigned char)b[i];
	return (a_len > b_len) - (a_len < b_len);
}

static bool
goes_before(const struct form_pair *a, const struct form_pair *b)
{
	int order = compare(a->name, a->name_len, b->name, b->name_len);

	if (order == 0)
		order = compare(a->value, a->value_len, b->value, b->value_len);
	return order < 0;
}

/* Insert each pair in its place. */
static size_t
sort_in(struct form_pair *sorted, size_t n, const struct form *form)
{
	size_t i, j;

	for (i = 0; i < form->len; i++, n++) {
		for (j = n; j > 0 && goes_before(&form->at[i], &sorted[j - 1]);
		     j--)
			sorted[j] = sorted[j - 1];
		sorted[j] = form->at[i];
	}
	return n;
}

static void
sign(const struct signed_request *r, const struct form *query,
    const struct form *form, char hex[static DIGEST_HEX])
{
	static struct form_pair sorted[2 * FORM_PAIRS_MAX];
	struct buf text = BUF_INIT(64 * MIB);
	unsigned char made[DIGEST_BYTES];
	struct err err = ERR_INIT;
	size_t i, n = sort_in(sorted, sort_in(sorted, 0, query), form);
	struct piece whole;

	for (i = 0; i < n; i++) {
		MUST(i == 0 || !goes_before(&sorted[i], &sorted[i - 1]));
		MUST(buf_put(&text, sorted[i].name, sorted[i].name_len, &err) ==
		    ST_OK);
		MUST(buf_put(&text, sorted[i].value, sorted[i].value_len,
			 &err) == ST_OK);
	}
	if (!signature_is_form(r->content_type, r->body, r->body_len))
		MUST(buf_put(&text, r->body, r->body_len, &err) == ST_OK);
	whole.at = buf_text(&text);
	whole.len = text.len;
	MUST(digest_hmac(secret, &whole, 1, made, &err) == ST_OK);
	digest_hex(made, hex);
	buf_release(&text);
}

/* ---- what must be let in, and what not ---- */

typedef enum status check(const struct secrets *, const struct signed_request *,
    const char *, struct err *);

static enum status
ask(check *check_it, const struct secrets *secrets,
    const struct signed_request *r, const char *hex)
{
	struct err err = ERR_INIT;
	enum status st = check_it(secrets, r, hex, &err);

	MUST(st == ST_OK || (err.text[0] != '\0' && err.reason[0] != '\0'));
	return st;
}

/* "hex" is right under "secret"; one digit of it changed is not. */
static void
check_right(check *check_it, const struct signed_request *r, const char *hex)
{
	char other[DIGEST_HEX];
	size_t i, at = r->body_len % (DIGEST_HEX - 1);

	MUST(ask(check_it, &unset, r, hex) == ST_FAULT);
	MUST(ask(check_it, &in_use, r, NULL) == ST_REJECT);
	for (i = 0; i < DIGEST_HEX; i++)
		other[i] = (char)toupper((unsigned char)hex[i]);
	MUST(ask(check_it, at % 2 == 0 ? &in_use : &before, r, other) == ST_OK);
	other[at] = other[at] == '7' ? '8' : '7';
	MUST(ask(check_it, &in_use, r, other) == ST_REJECT);
	MUST(ask(check_it, &others, r, hex) == ST_REJECT);
}

static void
check_shown(check *check_it, const struct shown *s, const char *right)
{
	bool fits = strlen(s->hex) == DIGEST_HEX - 1 &&
	    strcasecmp(s->hex, right) == 0;

	MUST((ask(check_it, &in_use, &s->request, s->hex) == ST_OK) == fits);
}

/* The pairs of the query the other way round. */
static char *
turned(const char *query)
{
	size_t len = strlen(query), part, from, to = 0;
	char *out = fuzz_copy(query, len, 1);

	for (from = len; to < len; to += part + 1) {
		for (part = 0; part < from && query[from - part - 1] != '&';)
			part++;
		memcpy(out + to, query + from - part, part);
		if (to + part < len)
			out[to + part] = '&';
		from -= part < from ? part + 1 : part;
	}
	return out;
}

static void
check_zoho(const struct shown *s)
{
	struct form query = FORM_INIT, form = FORM_INIT;
	struct signed_request other = s->request;
	const struct signed_request *r = &s->request;
	char hex[DIGEST_HEX];
	struct err err = ERR_INIT;
	enum status st = form_read(&query, r->query, strlen(r->query), &err);
	char *query_turned = turned(r->query);

	if (st == ST_OK &&
	    signature_is_form(r->content_type, r->body, r->body_len))
		st = form_read(&form, r->body, r->body_len, &err);
	if (st == ST_OK) {
		sign(r, &query, &form, hex);
		check_right(signature_zoho, r, hex);
		check_shown(signature_zoho, s, hex);
		other.query = query_turned;
		MUST(ask(signature_zoho, &in_use, &other, hex) == ST_OK);
	} else {
		MUST(ask(signature_zoho, &in_use, r, "0") == ST_REJECT);
	}
	free(query_turned);
	form_release(&form);
	form_release(&query);
}

static void
check_raw(const struct shown *s)
{
	const struct piece body = { s->request.body, s->request.body_len };
	unsigned char made[DIGEST_BYTES];
	char hex[DIGEST_HEX];
	struct err err = ERR_INIT;

	MUST(digest_hmac(secret, &body, 1, made, &err) == ST_OK);
	digest_hex(made, hex);
	check_right(signature_raw, &s->request, hex);
	check_shown(signature_raw, s, hex);
}

static void
check_token(const char *token)
{
	const struct secrets as_shown = { NULL, token };
	struct err err = ERR_INIT;

	MUST((signature_token(&in_use, token, &err) == ST_OK) ==
	    (strcmp(token, secret) == 0));
	MUST(signature_token(&as_shown, token, &err) ==
	    (token[0] != '\0' ? ST_OK : ST_FAULT));
}

int
FUZZ(signature)(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };
	char *query = fuzz_line(&in);
	char *type = fuzz_line(&in);
	char *hex = fuzz_line(&in);
	char *body = fuzz_rest(&in);
	const struct shown s = { { query, type, body, in.left }, hex };

	check_zoho(&s);
	check_raw(&s);
	check_token(hex);
	free(body);
	free(hex);
	free(type);
	free(query);
	return 0;
}
