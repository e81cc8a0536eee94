/* GET and DELETE of /actions/watch. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crm.h"
#include "json.h"
#include "sim.h"
#include "watch_own.h"

static void
put_channel(struct call *c, struct out *o, const struct channel *ch,
    const char *only)
{
	struct module *m = watch_module(c, ch->events[0]);
	const char *name = m != NULL ? m->def->api : "users";
	struct err err = ERR_INIT;
	char expiry[MOMENT_MAX];
	int k;

	(void)only;
	moment_crm(expiry, ch->expiry, c->sim->world.clock.offset);
	out_comma(o);
	out_f(o,
	    "{\"notify_on_related_action\":%s,\"channel_expiry\":\"%s\","
	    "\"return_affected_field_values\":%s,\"resource_uri\":\"%s/crm/v2/"
	    "%s\",\"resource_id\":\"%" PRId64 "\",\"notify_url\":",
	    ch->related ? "true" : "false", expiry,
	    ch->values ? "true" : "false", c->sim->api_domain, name,
	    m != NULL ? m->id : user_id(40));
	out_json(o, ch->url);
	out_f(o, ",\"resource_name\":\"%s\",\"fields\":null,", name);
	out_text(o, "\"notification_condition\":");
	if (ch->condition == NULL)
		out_text(o, "null");
	else if (json_put(&o->buf, ch->condition, &err) != ST_OK)
		o->failed = true;
	out_f(o, ",\"channel_id\":\"%" PRId64 "\",\"events\":[", ch->id);
	for (k = 0; k < ch->nevents; k++) {
		out_comma(o);
		out_json(o, ch->events[k]);
	}
	out_text(o, "],\"token\":");
	out_json(o, ch->token[0] != '\0' ? ch->token : NULL);
	out_text(o, "}");
}

static bool
listed(struct call *c, const struct channel *ch)
{
	const char *id = call_param(c, "channel_id");
	const char *module = call_param(c, "module");
	size_t len = module != NULL ? strlen(module) : 0;
	int k;

	if (ch->id == 0 || ch->grant != c->grant ||
	    ch->expiry <= sim_now(c->sim) ||
	    (id != NULL && strtoll(id, NULL, 10) != ch->id))
		return false;
	for (k = 0; k < ch->nevents; k++)
		if (module == NULL ||
		    (strncmp(ch->events[k], module, len) == 0 &&
			ch->events[k][len] == '.'))
			return true;
	return false;
}

void
watch_list(struct call *c)
{
	struct watches *w = &c->sim->watches;
	long page, per_page, seen = 0, count = 0;
	struct out *o;
	int i;

	if (!crm_paging(c, &page, &per_page))
		return;
	o = answer_json(c, 200);
	out_text(o, "{\"watch\":[");
	for (i = 0; i < CHANNELS_MAX; i++) {
		if (!listed(c, &w->at[i]))
			continue;
		if (seen >= (page - 1) * per_page && count < per_page) {
			put_channel(c, o, &w->at[i], NULL);
			count++;
		}
		seen++;
	}
	crm_end_page(c, o, count, page, per_page, seen > page * per_page);
}

void
watch_delete(struct call *c)
{
	const char *ids = call_param(c, "channel_ids");
	size_t all = 0, good = 0;
	struct out *o;

	if (ids == NULL || *ids == '\0') {
		crm_missing(c, "channel_ids");
		return;
	}
	o = answer_json(c, 200);
	out_text(o, "{\"watch\":[");
	while (*ids != '\0') {
		int64_t id = strtoll(ids, NULL, 10);
		struct channel *ch = watch_find(c, id);

		ids += strcspn(ids, ",");
		ids += *ids == ',';
		all++;
		if (ch == NULL) {
			out_error(o, "NOT_SUBSCRIBED", "{}",
			    "the channel is not subscribed");
			continue;
		}
		out_comma(o);
		out_f(o,
		    "{\"code\":\"SUCCESS\",\"details\":{\"resource_uri\":null,"
		    "\"resource_id\":null,\"channel_id\":\"%" PRId64
		    "\"},\"message\":\"Successfully un-subscribed from "
		    "actions-watch\",\"status\":\"success\"}",
		    id);
		ch->id = 0;
		good++;
	}
	out_text(o, "]}");
	c->answer.status = good == all ? 200 : good > 0 ? 207 : 400;
}
