/* /settings/fields: making, changing and deleting them. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crm.h"
#include "crm_meta.h"
#include "json.h"
#include "sim.h"

/* A field that is to be made, and where what is said of it goes */
struct making {
	struct out rows;
	size_t at; /* its place in the list */
};

static void
field_error(struct making *k, const char *code, const char *api,
    const char *message)
{
	char details[200];

	snprintf(details, sizeof(details),
	    "{\"api_name\":\"%s\",\"json_path\":\"$.fields[%zu].%s\"}", api,
	    k->at, api);
	out_error(&k->rows, code, details, message);
}

/* The API name of a label: what is no letter or digit becomes "_"; one that is
 * no ASCII at all gets a number. */
static void
api_name(struct world *w, const char *label, char out[64])
{
	size_t n = 0;

	if ((unsigned char)label[0] >= 0x80) {
		snprintf(out, 64, "field%d", (int)(new_id(w) % 900 + 100));
		return;
	}
	for (; *label != '\0' && n < 50; label++) {
		char ch = isalnum((unsigned char)*label) ? *label : '_';

		if (ch != '_' || (n > 0 && out[n - 1] != '_'))
			out[n++] = ch;
	}
	while (n > 0 && out[n - 1] == '_')
		n--;
	out[n] = '\0';
}

/* The choices of a new picklist, "a|b"; yours */
static char *
choices_of(json_object *field)
{
	json_object *list = json_get(field, "pick_list_values");
	struct out text = OUT_INIT;
	char *copy;
	size_t i;

	for (i = 0; json_object_is_type(list, json_type_array) &&
	     i < json_object_array_length(list);
	     i++) {
		const char *value =
		    json_get_text(json_object_array_get_idx(list, i),
			"display_value");

		out_text(&text, text.buf.len > 0 ? "|" : "");
		out_text(&text, value != NULL ? value : "");
	}
	copy = text.buf.len > 0 ? strdup(out_all(&text)) : NULL;
	out_release(&text);
	return copy;
}

static json_object *
first_field(struct call *c)
{
	json_object *list = json_get(call_json(c), "fields");

	if (list == NULL || !json_object_is_type(list, json_type_array) ||
	    json_object_array_length(list) == 0 ||
	    !json_object_is_type(json_object_array_get_idx(list, 0),
		json_type_object)) {
		crm_error(c, 400, "MANDATORY_NOT_FOUND",
		    "{\"api_name\":\"fields\",\"json_path\":\"$.fields\"}",
		    "required field not found");
		return NULL;
	}
	if (json_object_array_length(list) > 5) {
		crm_error(c, 400, "LIMIT_EXCEEDED",
		    "{\"limit\":5,\"api_name\":\"fields\"}",
		    "the limit of fields for one call is exceeded");
		return NULL;
	}
	return json_object_array_get_idx(list, 0);
}

static struct field_live *
make_field(struct call *c, struct making *k, struct module *m, json_object *one)
{
	static const char *const reserved[] = { "id", "Id", "Owner", "Tag" };
	const char *label = json_get_text(one, "field_label");
	const char *type = json_get_text(one, "data_type");
	json_object *length = json_get(one, "length");
	struct field def = { .gen = G_KIND, .nulls = 50, .flags = F_CUSTOM };
	struct field_live *made;
	char api[64];
	char *of;
	size_t i;

	if (label == NULL || type == NULL) {
		field_error(k, "MANDATORY_NOT_FOUND",
		    label == NULL ? "field_label" : "data_type",
		    "required field not found");
		return NULL;
	}
	def.kind = kind_of(type);
	api_name(&c->sim->world, label, api);
	if (def.kind == K_KINDS || api[0] == '\0') {
		field_error(k, "INVALID_DATA",
		    def.kind == K_KINDS ? "data_type" : "field_label",
		    "invalid data");
		return NULL;
	}
	for (i = 0; i < ARRAY_LEN(reserved); i++)
		if (strcmp(reserved[i], api) == 0) {
			field_error(k, "RESERVED_KEYWORD_NOT_ALLOWED",
			    "field_label", "reserved keyword not allowed");
			return NULL;
		}
	if (field_find(m, api) >= 0) {
		field_error(k, "DUPLICATE_DATA", "field_label",
		    "duplicate data");
		return NULL;
	}
	def.api = api;
	def.label = label;
	def.length = length != NULL ? json_object_get_int(length) : 0;
	if (json_object_is_type(json_get(one, "unique"), json_type_object))
		def.flags |= F_UNIQUE | F_STILL;
	of = choices_of(one);
	def.of = of != NULL
	    ? of
	    : json_get_text(json_get(json_get(one, "lookup"), "module"),
		  "api_name");
	made = field_add(&c->sim->world, m, &def);
	free(of);
	if (made == NULL) {
		field_error(k, "LIMIT_EXCEEDED", "fields",
		    "the limit of fields is exceeded");
		return NULL;
	}
	made->external = json_get(one, "external") != NULL;
	made->made = m->changed = sim_now(c->sim);
	if ((def.flags & F_UNIQUE) != 0)
		made->def.nulls = 100;
	return made;
}

static void
put_done(struct call *c, int status, int64_t id, const char *message)
{
	out_f(answer_json(c, status),
	    "{\"fields\":[{\"code\":\"SUCCESS\",\"details\":{\"id\":\"%" PRId64
	    "\"},\"message\":\"%s\",\"status\":\"success\"}]}",
	    id, message);
}

/* One result for each, or the error alone where that variant is played. */
static void
answer_made(struct call *c, const struct making *k, size_t good, size_t all)
{
	bool bare = variant(&c->sim->variants, VAR_ERRORS) == 1 && good == 0 &&
	    all == 1;
	struct out *o = answer_json(c,
	    good == all    ? 201
		: good > 0 ? 207
			   : 400);

	out_text(o, bare ? "" : "{\"fields\":[");
	out_text(o, out_all(&k->rows));
	out_text(o, bare ? "" : "]}");
}

void
crm_field_create(struct call *c)
{
	struct module *m = meta_module(c);
	json_object *list = m != NULL && first_field(c) != NULL
	    ? json_get(call_json(c), "fields")
	    : NULL;
	struct making k = { .rows = OUT_INIT };
	size_t good = 0, all;

	if (list == NULL)
		return;
	all = json_object_array_length(list);
	for (k.at = 0; k.at < all; k.at++) {
		struct field_live *f = make_field(c, &k, m,
		    json_object_array_get_idx(list, k.at));

		if (f == NULL)
			continue;
		good++;
		out_comma(&k.rows);
		out_f(&k.rows,
		    "{\"code\":\"SUCCESS\",\"details\":{\"id\":\"%" PRId64
		    "\"},\"message\":\"field created\",\"status\":"
		    "\"success\"}",
		    f->id);
	}
	answer_made(c, &k, good, all);
	out_release(&k.rows);
}

void
crm_field_update(struct call *c)
{
	struct module *m = meta_module(c);
	json_object *one = m != NULL ? first_field(c) : NULL;
	const char *id = json_get_text(one, "id");
	const char *label = json_get_text(one, "field_label");
	struct field_live *f;
	char *text;
	int i;

	if (one == NULL)
		return;
	if (c->captures == 0)
		snprintf(c->capture[0], CAPTURE_MAX, "%.100s",
		    id != NULL ? id : "0");
	i = meta_field(c, m);
	if (i < 0)
		return;
	f = &m->fields[i];
	text = label != NULL ? strdup(label) : NULL;
	if (text != NULL) {
		free(f->owned[1]);
		f->def.label = f->owned[1] = text;
	}
	text = choices_of(one);
	if (text != NULL) {
		free(f->owned[2]);
		f->def.of = f->owned[2] = text;
	}
	m->changed = sim_now(c->sim);
	put_done(c, 200, f->id, "field updated");
}

void
crm_field_delete(struct call *c)
{
	struct module *m = meta_module(c);
	int i = m != NULL ? meta_field(c, m) : -1;

	if (i < 0)
		return;
	if ((m->fields[i].def.flags & F_CUSTOM) == 0) {
		crm_error_in(c, 400, "fields", "NOT_ALLOWED",
		    "{\"api_name\":\"id\",\"json_path\":\"$.fields[0].id\"}",
		    "a field of the system cannot be deleted");
		return;
	}
	m->fields[i].gone = true;
	m->version++;
	m->changed = sim_now(c->sim);
	put_done(c, 200, m->fields[i].id, "field deleted");
}
