/* /settings/fields: what fields a module has; making and changing them. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crm.h"
#include "crm_meta.h"
#include "json.h"
#include "sim.h"

static void
put_choices(struct out *o, const struct field_live *f)
{
	const char *at = f->def.of;
	int64_t i = 0;

	out_text(o, "[");
	while (at != NULL && *at != '\0' &&
	    (f->def.kind == K_PICKLIST || f->def.kind == K_MULTISELECT)) {
		size_t n = strcspn(at, "|");

		out_comma(o);
		out_text(o, "{\"display_value\":");
		out_json_n(o, at, n);
		out_text(o, ",\"actual_value\":");
		out_json_n(o, at, n);
		out_text(o, ",\"reference_value\":");
		out_json_n(o, at, n);
		i++;
		out_f(o,
		    ",\"id\":\"%" PRId64
		    "\",\"sequence_number\":%d,\"type\":\"used\","
		    "\"colour_code\":null}",
		    f->id + i * 100000, (int)i);
		at += n + (at[n] == '|');
	}
	out_text(o, "]");
}

/* Members that say where a lookup, multi-lookup or subform leads */
static void
put_links(struct call *c, struct out *o, const struct field *f)
{
	struct module *to = f->of != NULL &&
		(f->kind == K_LOOKUP || f->kind == K_MULTILOOKUP ||
		    f->kind == K_SUBFORM)
	    ? world_crm(&c->sim->world, f->of)
	    : NULL;
	static const struct {
		enum kind kind;
		const char *key;
	} links[] = { { K_LOOKUP, "lookup" },
		{ K_MULTILOOKUP, "multiselectlookup" },
		{ K_SUBFORM, "associated_module" } };
	size_t i;

	for (i = 0; i < ARRAY_LEN(links); i++) {
		out_f(o, ",\"%s\":", links[i].key);
		if (to == NULL || links[i].kind != f->kind)
			out_text(o, i == 2 ? "null" : "{}");
		else if (f->kind == K_LOOKUP)
			out_f(o,
			    "{\"display_label\":\"%s\",\"api_name\":null,"
			    "\"query_details\":{},\"module\":{\"id\":\"%" PRId64
			    "\",\"api_name\":\"%s\"},\"id\":\"%" PRId64 "\"}",
			    to->def->plural, to->id, to->def->api, to->id + 2);
		else
			out_f(o, "{\"id\":\"%" PRId64 "\",\"module\":\"%s\"}",
			    to->id, to->def->api);
	}
}

static void
put_field(struct call *c, struct out *o, const struct module *m,
    const struct field_live *live)
{
	const struct field *f = &live->def;
	bool fixed = (f->flags & F_READONLY) != 0 || f->kind == K_FORMULA ||
	    f->kind == K_ROLLUP || f->kind == K_AUTONUMBER;
	const char *write = fixed ? "false" : "true";
	const char *custom = (f->flags & F_CUSTOM) != 0 ? "true" : "false";
	char time[MOMENT_MAX];

	moment_crm(time, live->made, c->sim->world.clock.offset);
	out_comma(o);
	out_f(o, "{\"id\":\"%" PRId64 "\",\"api_name\":\"%s\",", live->id,
	    f->api);
	out_text(o, "\"field_label\":");
	out_json(o, f->label);
	out_text(o, ",\"display_label\":");
	out_json(o, f->label);
	out_f(o,
	    ",\"data_type\":\"%s\",\"json_type\":\"%s\",\"length\":%d,"
	    "\"decimal_place\":%s,\"custom_field\":%s,\"read_only\":%s,"
	    "\"field_read_only\":%s,\"system_mandatory\":%s,\"visible\":true,"
	    "\"type\":\"used\",",
	    kinds[f->kind].data_type, kinds[f->kind].json_type,
	    f->length > 0 ? f->length : kinds[f->kind].length,
	    f->kind == K_CURRENCY || f->kind == K_DOUBLE ? "2" : "null", custom,
	    fixed ? "true" : "false", fixed ? "true" : "false",
	    (f->flags & F_MANDATORY) != 0 ? "true" : "false");
	out_f(o, "\"unique\":%s,\"external\":%s",
	    (f->flags & F_UNIQUE) != 0 ? "{\"casesensitive\":\"false\"}" : "{}",
	    live->external ? "{\"type\":\"org\",\"show\":false}" : "null");
	put_links(c, o, f);
	out_f(o,
	    ",\"subform\":null,\"formula\":%s,\"rollup_summary\":{},"
	    "\"auto_number\":%s,\"currency\":%s,\"virtual_field\":false,"
	    "\"filterable\":true,\"sortable\":true,\"searchable\":%s,",
	    f->kind == K_FORMULA
		? "{\"return_type\":\"double\",\"expression\":\"\"}"
		: "{}",
	    f->kind == K_AUTONUMBER ? "{\"prefix\":\"SO-\",\"start_number\":1}"
				    : "{}",
	    f->kind == K_CURRENCY
		? "{\"rounding_option\":\"normal\",\"precision\":2}"
		: "{}",
	    kinds[f->kind].array ? "false" : "true");
	out_f(o,
	    "\"operation_type\":{\"web_create\":%s,\"web_update\":%s,"
	    "\"api_create\":%s,\"api_update\":%s},\"view_type\":{\"view\":true,"
	    "\"edit\":%s,\"create\":%s,\"quick_create\":false},\"profiles\":"
	    "[],\"textarea\":%s,\"created_time\":\"%s\",\"modified_time\":"
	    "\"%s\",\"pick_list_values\":",
	    write, write, write, write, write, write,
	    f->kind == K_RICHTEXT       ? "{\"type\":\"rich_text\"}"
		: f->kind == K_TEXTAREA ? "{\"type\":\"large\"}"
					: "null",
	    time, time);
	put_choices(o, live);
	out_f(o,
	    ",\"mass_update\":%s,\"quick_sequence_number\":\"0\","
	    "\"created_source\":\"default\",\"businesscard_supported\":true,"
	    "\"blueprint_supported\":true,\"tooltip\":null,\"crypt\":null,"
	    "\"history_tracking\":null,\"default_value\":null}",
	    write);
	(void)m;
}

void
crm_fields_list(struct call *c)
{
	struct module *m = meta_module(c);
	const char *type = call_param(c, "type");
	struct out *o;
	int i;

	if (m == NULL || !crm_one_of(c, "type", "all|used|unused"))
		return;
	if (type != NULL && strcmp(type, "unused") == 0) {
		answer_empty(c, 204);
		return;
	}
	o = answer_json(c, 200);
	out_text(o, "{\"fields\":[");
	for (i = 0; i < m->nfields; i++)
		if (!m->fields[i].gone)
			put_field(c, o, m, &m->fields[i]);
	out_text(o, "]}");
}

int
meta_field(struct call *c, struct module *m)
{
	int64_t id = strtoll(c->capture[0], NULL, 10);
	int i;

	for (i = 0; i < m->nfields; i++)
		if (m->fields[i].id == id && !m->fields[i].gone)
			return i;
	crm_error(c, 400, "INVALID_DATA", "{\"resource_path_index\":2}",
	    "the field id given seems to be invalid");
	return -1;
}

void
crm_field_one(struct call *c)
{
	struct module *m = meta_module(c);
	int i = m != NULL ? meta_field(c, m) : -1;

	if (i < 0)
		return;
	out_text(answer_json(c, 200), "{\"fields\":[");
	put_field(c, &c->answer.body, m, &m->fields[i]);
	out_text(&c->answer.body, "]}");
}
