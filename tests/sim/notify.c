/* Callbacks of channels. */
#include <inttypes.h>
#include <string.h>

#include "deliver.h"
#include "json.h"
#include "sim.h"
#include "value.h"
#include "watch_own.h"

static bool
listens(const struct channel *ch, const struct module *m, enum event event)
{
	static const char *const words[] = { "create", "edit", "delete" };
	size_t len = strlen(m->def->api);
	int k;

	for (k = 0; k < ch->nevents; k++) {
		const char *e = ch->events[k];

		if (strncmp(e, m->def->api, len) == 0 && e[len] == '.' &&
		    (strcmp(e + len + 1, "all") == 0 ||
			strcmp(e + len + 1, words[event]) == 0))
			return true;
	}
	return false;
}

/* Whether a field_selection of the channel names one of these fields; where
 * there is none for the module everything counts. */
static bool
chosen(const struct channel *ch, const struct module *m, const int *fields,
    int nfields)
{
	size_t i;
	int f;

	if (!json_object_is_type(ch->condition, json_type_array))
		return true;
	for (i = 0; i < json_object_array_length(ch->condition); i++) {
		json_object *one = json_object_array_get_idx(ch->condition, i);
		const char *name = json_get_text(json_get(one, "module"),
		    "api_name");

		if (name == NULL || strcmp(name, m->def->api) != 0)
			continue;
		for (f = 0; f < nfields; f++)
			if (condition_names(json_get(one, "field_selection"),
				m->fields[fields[f]].def.api))
				return true;
		return false;
	}
	return true;
}

static void
put_values(struct sim *sim, struct out *o, struct module *m, uint32_t n,
    const int *fields, int nfields)
{
	struct value v;
	int f;

	out_f(o, "{\"record_id\":\"%" PRId64 "\",\"values\":{",
	    record_id(&sim->world, m, n));
	for (f = 0; f < nfields; f++) {
		out_key(o, m->fields[fields[f]].def.api);
		value_of(&sim->world, m, n, fields[f], &v);
		value_crm(&sim->world, o, &v, 0);
	}
	out_text(o, "}}");
}

static void
put_query(struct out *o, const char *url)
{
	const char *mark = strchr(url, '?');
	struct pairs p = { .n = 0 };
	int i;

	if (mark != NULL)
		pairs_read(&p, mark + 1, strlen(mark + 1));
	out_text(o, "{");
	for (i = 0; i < p.n; i++) {
		out_comma(o);
		out_json(o, p.at[i].name);
		out_text(o, ":");
		out_json(o, p.at[i].value);
	}
	out_text(o, "}");
	pairs_release(&p);
}

static void
put_affected(struct sim *sim, struct out *o, struct module *m,
    const uint32_t *records, int count, const int *fields, int nfields)
{
	int form = variant(&sim->variants, VAR_AFFECTED_FIELDS);
	int i, f;

	if (form == 2)
		return;
	out_text(o, ",\"affected_fields\":[");
	for (i = 0; form == 0 && nfields > 0 && i < count; i++) {
		out_comma(o);
		out_f(o, "{\"%" PRId64 "\":[",
		    record_id(&sim->world, m, records[i]));
		for (f = 0; f < nfields; f++) {
			out_comma(o);
			out_json(o, m->fields[fields[f]].def.api);
		}
		out_text(o, "]}");
	}
	out_text(o, "]");
}

static void
callback(struct sim *sim, const struct channel *ch, struct module *m,
    enum event event, const uint32_t *records, int count, const int *fields,
    int nfields)
{
	static const char *const words[3][3] = {
		{ "insert", "update", "delete" },
		{ "create", "edit", "delete" },
		{ "INSERT", "UPDATE", "DELETE" },
	};
	struct delivery d = { .body = OUT_INIT };
	struct out *o = &d.body;
	const char *quote = variant(&sim->variants, VAR_CHANNEL_ID) == 0 ? "\""
									 : "";
	int i;

	out_f(o, "{\"server_time\":%" PRId64 ",\"affected_values\":[",
	    moment_now_ms(&sim->world.clock));
	for (i = 0; ch->values && event == EVENT_EDIT && i < count; i++) {
		out_comma(o);
		put_values(sim, o, m, records[i], fields, nfields);
	}
	out_text(o, "],\"query_params\":");
	put_query(o, ch->url);
	out_f(o,
	    ",\"module\":\"%s\",\"resource_uri\":\"%s/crm/v2/%s\",\"ids\":[",
	    m->def->api, sim->api_domain, m->def->api);
	for (i = 0; i < count; i++)
		out_f(o, "%s\"%" PRId64 "\"", i > 0 ? "," : "",
		    record_id(&sim->world, m, records[i]));
	out_text(o, "]");
	put_affected(sim, o, m, records, count, fields,
	    event == EVENT_EDIT ? nfields : 0);
	out_f(o, ",\"operation\":\"%s\",\"channel_id\":%s%" PRId64 "%s",
	    words[variant(&sim->variants, VAR_OPERATION_WORDS)][event], quote,
	    ch->id, quote);
	if (ch->token[0] != '\0') {
		out_key(o, "token");
		out_json(o, ch->token);
	}
	out_text(o, "}");
	d.url = strdup(ch->url);
	d.method = strdup("POST");
	pairs_add(&d.headers, "Content-Type", "application/json");
	deliver_put(sim, &d);
}

void
watch_tell(struct sim *sim, struct module *m, enum event event,
    const uint32_t *records, int count, const int *fields, int nfields)
{
	int i;

	for (i = 0; i < CHANNELS_MAX && count > 0; i++) {
		const struct channel *ch = &sim->watches.at[i];

		if (ch->id == 0 || ch->expiry <= sim_now(sim) ||
		    !listens(ch, m, event))
			continue;
		if (event != EVENT_EDIT || chosen(ch, m, fields, nfields))
			callback(sim, ch, m, event, records, count, fields,
			    nfields);
	}
}
