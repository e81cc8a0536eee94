#include "body.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "form.h"
#include "json.h"
#include "signature.h"

/* Pairs as an object of texts, names as they came. */
static enum status
pairs_to_object(const struct form *form, json_object **out, struct err *err)
{
	enum status st = ST_OK;
	size_t i;

	*out = json_object_new_object();
	if (*out == NULL)
		return err_memory(err);
	for (i = 0; st == ST_OK && i < form->len; i++)
		st = json_add_text(*out, form->at[i].name, form->at[i].value,
		    form->at[i].value_len, err);
	return st;
}

static enum status
read_form(const struct form *form, json_object **out, bool *is_pairs,
    struct err *err)
{
	static const char *const carriers[] = { "JSONString", "payload", "json",
		"data" };
	const struct form_pair *pair;
	const char *text;
	size_t i;

	for (i = 0; i < ARRAY_LEN(carriers); i++) {
		pair = form_get(form, carriers[i]);
		if (pair == NULL)
			continue;
		text = pair->value + strspn(pair->value, " \t\r\n");
		if (*text == '{' || *text == '[')
			return json_read(pair->value, pair->value_len, out,
			    err);
	}
	if (form->len == 0)
		return err_class(err, ST_REJECT, "unreadable",
		    "a form without pairs");
	*is_pairs = true;
	return pairs_to_object(form, out, err);
}

/* name=value from the start, though the content type says nothing of it. */
static bool
looks_like_pairs(const char *content_type, const char *body, size_t len)
{
	size_t i;

	if (strncasecmp(content_type, "application/json", 16) == 0 ||
	    strncasecmp(content_type, "multipart/", 10) == 0)
		return false;
	for (i = 0; i < len && body[i] != '='; i++)
		if (!isalnum((unsigned char)body[i]) && body[i] != '_' &&
		    body[i] != '%' && body[i] != '+' && body[i] != '.')
			return false;
	return i > 0 && i < len;
}

enum status
body_read(const char *content_type, const char *body, size_t len,
    json_object **out, bool *is_pairs, struct err *err)
{
	struct form form = FORM_INIT;
	enum status st;

	*out = NULL;
	*is_pairs = false;
	if (len == 0)
		return err_class(err, ST_REJECT, "unreadable",
		    "the body is empty");
	if (!signature_is_form(content_type, body, len) &&
	    !looks_like_pairs(content_type, body, len))
		return json_read(body, len, out, err);
	st = form_read(&form, body, len, err);
	if (st == ST_OK)
		st = read_form(&form, out, is_pairs, err);
	form_release(&form);
	return st;
}
