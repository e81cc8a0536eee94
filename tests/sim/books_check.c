/* Books: what somebody writes, and whether it can stand. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "books.h"
#include "json.h"
#include "sim.h"
#include "value.h"

enum { NAME_MOST = 100, INVALID = 2, TOO_LONG = 15 };

json_object *
books_body(struct call *c)
{
	const char *type = call_header(c, "content-type");
	struct pairs form = { .n = 0 };
	const char *text;

	if (type != NULL && strncmp(type, "multipart/form-data", 19) == 0)
		pairs_read_multipart(&form, type, out_all(&c->body),
		    c->body.buf.len);
	else if (type != NULL &&
	    strncmp(type, "application/x-www-form-urlencoded", 33) == 0)
		pairs_read(&form, out_all(&c->body), c->body.buf.len);
	if (form.n > 0) {
		text = pairs_get(&form, "JSONString");
		if (text != NULL) {
			out_clear(&c->body);
			out_text(&c->body, text);
		}
		pairs_release(&form);
	}
	if (!json_object_is_type(call_json(c), json_type_object)) {
		books_error(c, 400, 15,
		    "Please ensure that the request body "
		    "is valid JSON.");
		return NULL;
	}
	return call_json(c);
}

static const char *
lines_wrong(struct call *c, json_object *lines, int *code)
{
	struct module *items = world_books(&c->sim->world, "items");
	size_t i;

	*code = 4;
	if (!json_object_is_type(lines, json_type_array))
		return "Invalid value passed for line_items";
	for (i = 0; i < json_object_array_length(lines); i++) {
		json_object *line = json_object_array_get_idx(lines, i);
		const char *id = json_get_text(line, "item_id");

		if (!json_object_is_type(line, json_type_object))
			return "Invalid value passed for line_items";
		if (id != NULL &&
		    record_find(&c->sim->world, items, id) == UINT32_MAX) {
			*code = 1002;
			return "Item does not exist.";
		}
	}
	return NULL;
}

static bool
is_word(const char *words, const char *text)
{
	size_t len = strlen(text), n;

	for (; *words != '\0'; words += n + (words[n] == '|')) {
		n = strcspn(words, "|");
		if (n == len && memcmp(words, text, n) == 0)
			return true;
	}
	return false;
}

/* Whether a value is of its field's kind; else the number of the error. */
static int
kind_wrong(const struct module *m, const struct field *f, json_object *value)
{
	bool number = f->kind == K_CURRENCY || f->kind == K_DOUBLE ||
	    f->kind == K_INTEGER || f->kind == K_PERCENT;
	const char *text = json_object_get_string(value);
	int64_t day;
	char *end;

	if (value == NULL || *text == '\0' || (f->flags & F_READONLY) != 0)
		return 0;
	if (number) {
		strtod(text, &end);
		return *end == '\0' || strcmp(end, "%") == 0 ? 0 : INVALID;
	}
	if (f->kind == K_DATE)
		return moment_read_date(text, &day) ? 0 : INVALID;
	if (strcmp(f->api, m->def->display) == 0)
		return strlen(text) > NAME_MOST ? TOO_LONG : 0;
	if (f->kind == K_PICKLIST && f->of != NULL &&
	    strcmp(f->api, "unit") != 0)
		return is_word(f->of, text) ? 0 : INVALID;
	return 0;
}

/* What is wrong with the values: a message, NULL where nothing is; "*code" is
 * its number. */
static const char *
values_wrong(struct call *c, struct module *m, json_object *o, uint32_t n,
    int *code)
{
	struct world *w = &c->sim->world;
	const char *text;
	static char message[160];
	int i;

	*code = 4;
	for (i = 0; i < m->nfields; i++) {
		const struct field *f = &m->fields[i].def;

		text = json_get_text(o, f->api);
		if ((f->flags & F_MANDATORY) != 0 &&
		    (n == UINT32_MAX || json_get(o, f->api) != NULL) &&
		    (text == NULL || *text == '\0')) {
			snprintf(message, sizeof(message),
			    "Invalid value passed for %s", f->api);
			return message;
		}
		*code = kind_wrong(m, f, json_get(o, f->api));
		if (*code != 0) {
			snprintf(message, sizeof(message),
			    *code == TOO_LONG
				? "Please ensure that the %s is not too long."
				: "Invalid value passed for %s",
			    f->api);
			return message;
		}
		*code = 4;
		if (text == NULL || (f->flags & F_UNIQUE) == 0)
			continue;
		if (value_owner(w, m, i, text) != UINT32_MAX &&
		    value_owner(w, m, i, text) != n) {
			*code = 1001;
			snprintf(message, sizeof(message),
			    "The %s \"%.60s\" already exists.", f->api, text);
			return message;
		}
	}
	return NULL;
}

static const char *
party_wrong(struct call *c, struct module *m, json_object *o, bool fresh,
    int *code)
{
	const char *key = field_find(m, "vendor_id") >= 0 ? "vendor_id"
							  : "customer_id";
	struct module *contacts = world_books(&c->sim->world, "contacts");
	const char *id = json_get_text(o, key);
	uint32_t n;

	if (field_find(m, key) < 0 || (id == NULL && !fresh))
		return NULL;
	n = id != NULL ? record_find(&c->sim->world, contacts, id) : UINT32_MAX;
	*code = id == NULL ? 4 : 1002;
	if (n != UINT32_MAX && record_lives(&contacts->recs[n]))
		return NULL;
	return id == NULL ? "Invalid value passed for customer_id"
			  : "Contact does not exist.";
}

const char *
books_wrong(struct call *c, struct module *m, json_object *o, uint32_t n,
    int *code)
{
	json_object *lines = json_get(o, "line_items");
	const char *wrong = values_wrong(c, m, o, n, code);

	if (wrong == NULL)
		wrong = party_wrong(c, m, o, n == UINT32_MAX, code);
	if (wrong == NULL && lines != NULL)
		wrong = lines_wrong(c, lines, code);
	return wrong;
}
