#include "hook_made.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hook_body.h"
#include "hook_text.h"
#include "json.h"
#include "sim.h"

#define FORM "application/x-www-form-urlencoded"

bool
hook_zone(const struct world *w, const char *name, int *offset)
{
	const char *slash = strchr(name, '/');

	*offset = 0;
	if (strcmp(name, "UTC") == 0 || strcmp(name, "GMT") == 0)
		return true;
	*offset = w->clock.offset;
	return slash != NULL && slash > name && isupper(slash[1]) &&
	    isupper(name[0]) &&
	    strspn(name,
		"abcdefghijklmnopqrstuvwxyz"
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ/_-+") == strlen(name);
}

static void
crm_facts(struct hook_facts *f, const struct hook *h)
{
	json_object *format = json_get(h->made, "date_time_format");
	const char *date = json_get_text(format, "date_format");
	const char *datetime = json_get_text(format, "datetime_format");
	const char *zone = json_get_text(format, "time_zone");

	snprintf(f->date, sizeof(f->date), "%s",
	    date != NULL ? date : "yyyy-MM-dd");
	snprintf(f->datetime, sizeof(f->datetime), "%s",
	    datetime != NULL ? datetime : "yyyy-MM-dd HH:mm:ss");
	hook_zone(f->world, zone != NULL ? zone : "Europe/Berlin", &f->offset);
}

/* name=value of each, joined by &; "name" and "value" are the keys of both. */
static void
put_pairs(const struct hook_facts *f, struct out *o, json_object *list,
    const char *name, const char *value)
{
	size_t i,
	    n = json_object_is_type(list, json_type_array)
	    ? json_object_array_length(list)
	    : 0;

	for (i = 0; i < n; i++) {
		json_object *one = json_object_array_get_idx(list, i);
		const char *text = json_get_text(one, value);
		struct out whole = OUT_INIT;

		hook_text(f, &whole, text != NULL ? text : "", false);
		out_text(o, o->buf.len > 0 ? "&" : "");
		out_percent(o, json_get_text(one, name));
		out_text(o, "=");
		out_percent(o, out_all(&whole));
		out_release(&whole);
	}
}

/* A header has no line in it, whatever the value had. */
static void
put_headers(const struct hook_facts *f, struct delivery *d, json_object *list,
    const char *name, const char *value)
{
	size_t i, k,
	    n = json_object_is_type(list, json_type_array)
	    ? json_object_array_length(list)
	    : 0;

	for (i = 0; i < n; i++) {
		json_object *one = json_object_array_get_idx(list, i);
		const char *text = json_get_text(one, value);
		struct out whole = OUT_INIT;

		hook_text(f, &whole, text != NULL ? text : "", false);
		for (k = 0; k < whole.buf.len; k++)
			if (iscntrl((unsigned char)whole.buf.at[k]))
				whole.buf.at[k] = ' ';
		pairs_add(&d->headers, json_get_text(one, name),
		    out_all(&whole));
		out_release(&whole);
	}
}

/* The URL with its merge fields, and pairs behind it; yours */
static char *
whole_url(const struct hook_facts *f, const char *url, const struct out *pairs)
{
	struct out o = OUT_INIT;
	char *copy;

	hook_text(f, &o, url, true);
	if (pairs->buf.len > 0) {
		out_text(&o, strchr(url, '?') != NULL ? "&" : "?");
		out_text(&o, out_all(pairs));
	}
	copy = strdup(out_all(&o));
	if (copy == NULL)
		abort();
	out_release(&o);
	return copy;
}

/* {"module_parameters":[...],"custom_parameters":[...]} and what the user
 * defined himself */
static void
crm_form(const struct hook_facts *f, struct out *o, json_object *form)
{
	json_object *own = json_get(form, "user_defined_parameter");
	json_object *list = json_object_new_array();

	put_pairs(f, o, json_get(form, "module_parameters"), "name", "value");
	put_pairs(f, o, json_get(form, "custom_parameters"), "name", "value");
	if (json_object_is_type(own, json_type_array))
		put_pairs(f, o, own, "name", "value");
	else if (own != NULL)
		json_object_array_add(list, json_object_get(own));
	put_pairs(f, o, list, "name", "value");
	json_object_put(list);
}

static const char *
crm_body(const struct hook_facts *f, struct out *o, json_object *body)
{
	static const char *const types[][2] = { { "JSON", "application/json" },
		{ "XML", "application/xml" }, { "HTML", "text/html" },
		{ "Text", "text/plain" } };
	const char *format = json_get_text(body, "format");
	const char *raw = json_get_text(body, "raw_data_content");
	size_t i;

	hook_text(f, o, raw != NULL ? raw : "", false);
	for (i = 0; format != NULL && i < ARRAY_LEN(types); i++)
		if (strcmp(types[i][0], format) == 0)
			return types[i][1];
	return "text/plain";
}

static const char *
crm_made(const struct hook_facts *f, const struct hook *h, struct delivery *d)
{
	json_object *body = json_get(h->made, "body");
	json_object *headers = json_get(h->made, "headers");
	const char *method = json_get_text(h->made, "http_method");
	const char *kind = json_get_text(body, "type");
	bool form = kind != NULL && strcmp(kind, "form_data") == 0;
	bool query = strcmp(method, "GET") == 0 ||
	    strcmp(method, "DELETE") == 0;
	const char *type = form ? FORM : "text/plain";
	struct out pairs = OUT_INIT;

	if (form)
		crm_form(f, query ? &pairs : &d->body,
		    json_get(body, "form_data_content"));
	else if (kind != NULL)
		type = crm_body(f, &d->body, body);
	put_headers(f, d, json_get(headers, "module_parameters"), "name",
	    "value");
	put_headers(f, d, json_get(headers, "custom_parameters"), "name",
	    "value");
	d->url = whole_url(f, json_get_text(h->made, "url"), &pairs);
	d->method = strdup(method);
	out_release(&pairs);
	return type;
}

/* ---- Books ---- */

static bool
starts(const char *text, const char *word)
{
	return text != NULL && strncasecmp(text, word, strlen(word)) == 0;
}

enum hook_body
hook_books_kind(json_object *made)
{
	const char *type = json_get_text(made, "body_type");

	if (type == NULL || *type == '\0' || starts(type, "default"))
		return BODY_DEFAULT;
	if (starts(type, "raw") || starts(type, "application/json"))
		return BODY_RAW;
	if (starts(type, "form") || starts(type, "x-www-form") ||
	    starts(type, FORM))
		return BODY_FORM;
	return BODY_WRONG;
}

/* The chosen pairs, and one of the user's own format */
static void
books_form(const struct hook_facts *f, struct out *o, json_object *made)
{
	static const char *const lists[] = { "entity_parameters", "form_data",
		"additional_parameters" };
	const char *name = json_get_text(made, "user_defined_format_name");
	const char *value = json_get_text(made, "user_defined_format_value");
	struct out whole = OUT_INIT;
	size_t i;

	for (i = 0; i < ARRAY_LEN(lists); i++)
		put_pairs(f, o, json_get(made, lists[i]), "param_name",
		    "param_value");
	if (name == NULL || *name == '\0' || value == NULL)
		return;
	hook_text(f, &whole, value, false);
	out_text(o, o->buf.len > 0 ? "&" : "");
	out_percent(o, name);
	out_text(o, "=");
	out_percent(o, out_all(&whole));
	out_release(&whole);
}

static const char *
books_made(struct sim *sim, const struct hook_facts *f, const struct hook *h,
    enum event event, struct delivery *d)
{
	const char *method = json_get_text(h->made, "method");
	const char *raw = json_get_text(h->made, "raw_data");
	enum hook_body kind = hook_books_kind(h->made);
	struct out pairs = OUT_INIT;

	put_pairs(f, &pairs, json_get(h->made, "query_parameters"),
	    "param_name", "param_value");
	if (kind == BODY_FORM) {
		books_form(f, &d->body, h->made);
	} else {
		put_pairs(f, &pairs, json_get(h->made, "additional_parameters"),
		    "param_name", "param_value");
		if (kind == BODY_RAW)
			hook_text(f, &d->body, raw, false);
		else
			hook_books_body(sim, &d->body, f->m, event, f->n);
	}
	put_headers(f, d, json_get(h->made, "headers"), "param_name",
	    "param_value");
	d->url = whole_url(f, json_get_text(h->made, "url"), &pairs);
	d->method = strdup(method != NULL ? method : "POST");
	out_release(&pairs);
	return kind == BODY_FORM ? FORM : "application/json";
}

const char *
hook_made(struct sim *sim, const struct hook *h, struct module *m,
    enum event event, uint32_t n, struct delivery *d)
{
	struct hook_facts f = { .world = &sim->world, .m = m, .n = n };

	f.ids_only = event == EVENT_DELETE &&
	    variant(&sim->variants, VAR_HOOK_DELETE) == 1;
	if (h->kind == HOOK_BOOKS_MADE)
		return books_made(sim, &f, h, event, d);
	crm_facts(&f, h);
	return crm_made(&f, h, d);
}
