/* /actions/watch: subscribe, replace, change, list, end. */
#include "watch.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crm.h"
#include "json.h"
#include "sim.h"
#include "watch_own.h"

enum { HOUR_S = 3600, TOKEN_CHARS = 50 };

struct module *
watch_module(struct call *c, const char *event)
{
	static const char *const words[] = { "create", "edit", "delete",
		"all" };
	const char *dot = strrchr(event, '.');
	struct module *m;
	char name[64];
	size_t i;

	if (dot == NULL)
		return NULL;
	snprintf(name, sizeof(name), "%.*s", (int)(dot - event), event);
	m = world_crm(&c->sim->world, name);
	if (m != NULL && (m->def->flags & (M_NO_LIST | M_SUBFORM)) != 0)
		return NULL;
	for (i = 0; m != NULL && i < ARRAY_LEN(words); i++)
		if (strcmp(dot + 1, words[i]) == 0)
			return m;
	return NULL;
}

/* Users can be listened for, too; here they never change. */
static bool
is_event(struct call *c, const char *event)
{
	return event != NULL &&
	    (strcmp(event, "users.all") == 0 || watch_module(c, event) != NULL);
}

int64_t
watch_expiry(struct call *c, const char *asked)
{
	static const int most_s[] = { 7 * DAY_S, DAY_S, HOUR_S };
	int64_t now = sim_now(c->sim), t;
	int most = most_s[variant(&c->sim->variants, VAR_CHANNEL_MOST)];

	if (asked == NULL || !moment_read(asked, true, &t) || t <= now ||
	    t > now + most)
		return now + HOUR_S;
	return t;
}

struct channel *
watch_find(struct call *c, int64_t id)
{
	struct watches *w = &c->sim->watches;
	int i;

	for (i = 0; id != 0 && i < CHANNELS_MAX; i++)
		if (w->at[i].id == id && w->at[i].grant == c->grant &&
		    w->at[i].expiry > sim_now(c->sim))
			return &w->at[i];
	return NULL;
}

static struct channel *
room(struct call *c, int64_t id)
{
	struct watches *w = &c->sim->watches;
	struct channel *ch = watch_find(c, id);
	int i;

	for (i = 0; ch == NULL && i < CHANNELS_MAX; i++)
		if (w->at[i].id == 0 || w->at[i].expiry <= sim_now(c->sim))
			ch = &w->at[i];
	if (ch != NULL) {
		json_object_put(ch->condition);
		memset(ch, 0, sizeof(*ch));
	}
	return ch;
}

/* At most so many, and each is one */
static bool
events_right(struct call *c, json_object *events)
{
	size_t k,
	    n = json_object_is_type(events, json_type_array)
	    ? json_object_array_length(events)
	    : 0;

	for (k = 0; k < n; k++)
		if (!is_event(c,
			json_object_get_string(json_object_array_get_idx(events,
			    k))))
			return false;
	return n > 0 && n <= CHANNEL_EVENTS;
}

/* Which of the values that are given cannot be; NULL where all can. */
static const char *
value_wrong(struct call *c, json_object *w)
{
	json_object *events = json_get(w, "events");
	const char *id = json_get_text(w, "channel_id");
	const char *token = json_get_text(w, "token");
	const char *url = json_get_text(w, "notify_url");

	if (id == NULL || strspn(id, "0123456789") != strlen(id) ||
	    strlen(id) > 18 || strtoll(id, NULL, 10) == 0)
		return "channel_id";
	if (json_get(w, "notify_url") != NULL &&
	    (url == NULL || strlen(url) >= CHANNEL_TEXT ||
		(strncmp(url, "http://", 7) != 0 &&
		    strncmp(url, "https://", 8) != 0)))
		return "notify_url";
	if (token != NULL && strlen(token) > TOKEN_CHARS)
		return "token";
	if (events != NULL && !events_right(c, events))
		return "events";
	if (!conditions_right(c, json_get(w, "notification_condition")))
		return "notification_condition";
	return NULL;
}

/* Whether a subscription can be; else the error is written. A "whole" one has
 * all that is needed. */
static bool
sound(struct call *c, struct out *o, json_object *w, int i, bool whole)
{
	static const char *const needed[] = { "channel_id", "events",
		"notify_url" };
	const char *missing = NULL, *wrong;
	char details[200];
	size_t k;

	for (k = 0; whole && missing == NULL && k < ARRAY_LEN(needed); k++)
		if (json_get(w, needed[k]) == NULL)
			missing = needed[k];
	wrong = missing != NULL ? missing : value_wrong(c, w);
	if (wrong == NULL)
		return true;
	snprintf(details, sizeof(details),
	    "{\"api_name\":\"%s\",\"json_path\":\"$.watch[%d].%s\"}", wrong, i,
	    wrong);
	out_error(o, missing != NULL ? "MANDATORY_NOT_FOUND" : "INVALID_DATA",
	    details,
	    missing != NULL ? "required field not found" : "invalid data");
	return false;
}

static void
fill(struct call *c, struct channel *ch, json_object *w)
{
	json_object *events = json_get(w, "events");
	const char *token = json_get_text(w, "token");
	json_object *related = json_get(w, "notify_on_related_action");
	size_t k;

	ch->id = strtoll(json_get_text(w, "channel_id"), NULL, 10);
	ch->grant = c->grant;
	ch->expiry = watch_expiry(c, json_get_text(w, "channel_expiry"));
	snprintf(ch->url, sizeof(ch->url), "%s",
	    json_get_text(w, "notify_url"));
	snprintf(ch->token, sizeof(ch->token), "%s",
	    token != NULL ? token : "");
	ch->values = json_object_get_boolean(json_get(w,
	    "return_affected_field_values"));
	ch->related = related == NULL || json_object_get_boolean(related);
	ch->condition = json_object_get(json_get(w, "notification_condition"));
	ch->nevents = 0;
	for (k = 0; k < json_object_array_length(events); k++)
		snprintf(ch->events[ch->nevents++], 64, "%s",
		    json_object_get_string(json_object_array_get_idx(events,
			k)));
}

static void
put_events(struct call *c, struct out *o, const struct channel *ch)
{
	char expiry[MOMENT_MAX];
	int k;

	moment_crm(expiry, ch->expiry, c->sim->world.clock.offset);
	out_text(o, "{\"events\":[");
	for (k = 0; k < ch->nevents; k++) {
		struct module *m = watch_module(c, ch->events[k]);

		const char *name = m != NULL ? m->def->api : "users";

		out_comma(o);
		out_f(o,
		    "{\"channel_expiry\":\"%s\",\"resource_uri\":\"%s/crm/v2/"
		    "%s\",\"resource_id\":\"%" PRId64
		    "\",\"resource_name\":\"%s\",\"channel_id\":\"%" PRId64
		    "\"}",
		    expiry, c->sim->api_domain, name,
		    m != NULL ? m->id : user_id(40), name, ch->id);
	}
	out_text(o, "]}");
}

static void
put_success(struct out *o, const char *details, const char *message)
{
	out_comma(o);
	out_text(o, "{\"code\":\"SUCCESS\",\"details\":");
	out_text(o, details);
	out_f(o, ",\"message\":\"%s\",\"status\":\"success\"}", message);
}

static json_object *
watch_body(struct call *c)
{
	json_object *list = json_get(call_json(c), "watch");

	if (json_object_is_type(list, json_type_array) &&
	    json_object_array_length(list) > 0)
		return list;
	if (call_json(c) == NULL || list != NULL)
		crm_error(c, 400, "INVALID_DATA",
		    "{\"expected_data_type\":\"jsonarray\",\"api_name\":"
		    "\"watch\",\"json_path\":\"$.watch\"}",
		    "invalid data");
	else
		crm_error(c, 400, "MANDATORY_NOT_FOUND",
		    "{\"api_name\":\"watch\",\"json_path\":\"$.watch\"}",
		    "required field not found");
	return NULL;
}

/* All went well, some did, none did */
static int
mixed(size_t good, size_t all, int status)
{
	return good == all ? status : good > 0 ? 207 : 400;
}

static void
subscribe(struct call *c, int status, bool must_be, const char *message)
{
	json_object *list = watch_body(c);
	struct out *o, details = OUT_INIT;
	size_t i, good = 0, n;

	if (list == NULL)
		return;
	n = json_object_array_length(list);
	o = answer_json(c, status);
	out_text(o, "{\"watch\":[");
	for (i = 0; i < n; i++) {
		json_object *w = json_object_array_get_idx(list, i);
		struct channel *ch;

		if (!sound(c, o, w, (int)i, true))
			continue;
		ch = watch_find(c,
		    strtoll(json_get_text(w, "channel_id"), NULL, 10));
		if (must_be && ch == NULL) {
			out_error(o, "NOT_SUBSCRIBED", "{}",
			    "the channel is not subscribed");
			continue;
		}
		ch = room(c, strtoll(json_get_text(w, "channel_id"), NULL, 10));
		if (ch == NULL) {
			out_error(o, "LIMIT_REACHED", "{}",
			    "the limit of channels is reached");
			continue;
		}
		fill(c, ch, w);
		out_clear(&details);
		put_events(c, &details, ch);
		put_success(o, out_all(&details), message);
		good++;
	}
	out_text(o, "]}");
	out_release(&details);
	c->answer.status = mixed(good, n, status);
}

void
watch_create(struct call *c)
{
	subscribe(c, 201, false,
	    "Successfully subscribed for actions-watch of the given module");
}

void
watch_replace(struct call *c)
{
	subscribe(c, 200, true, "Successfully updated the subscribe details");
}

static void
drop_events(struct channel *ch, json_object *events)
{
	size_t k;
	int i;

	for (k = 0; k < json_object_array_length(events); k++)
		for (i = 0; i < ch->nevents; i++)
			if (strcmp(ch->events[i],
				json_object_get_string(
				    json_object_array_get_idx(events, k))) ==
			    0) {
				memmove(ch->events[i], ch->events[i + 1],
				    (size_t)(ch->nevents - i - 1) * 64);
				ch->nevents--;
				break;
			}
	if (ch->nevents == 0)
		ch->id = 0;
}

static void
change(struct call *c, struct channel *ch, json_object *w)
{
	const char *text;
	json_object *o;

	if ((text = json_get_text(w, "channel_expiry")) != NULL)
		ch->expiry = watch_expiry(c, text);
	if ((text = json_get_text(w, "notify_url")) != NULL)
		snprintf(ch->url, sizeof(ch->url), "%s", text);
	if ((text = json_get_text(w, "token")) != NULL)
		snprintf(ch->token, sizeof(ch->token), "%s", text);
	if ((o = json_get(w, "return_affected_field_values")) != NULL)
		ch->values = json_object_get_boolean(o);
	if ((o = json_get(w, "notify_on_related_action")) != NULL)
		ch->related = json_object_get_boolean(o);
	if ((o = json_get(w, "notification_condition")) != NULL) {
		json_object_put(ch->condition);
		ch->condition = json_object_get(o);
	}
	o = json_get(w, "events");
	if (o == NULL)
		return;
	ch->nevents = 0;
	for (size_t k = 0;
	     k < json_object_array_length(o) && k < CHANNEL_EVENTS; k++)
		snprintf(ch->events[ch->nevents++], 64, "%s",
		    json_object_get_string(json_object_array_get_idx(o, k)));
}

void
watch_patch(struct call *c)
{
	json_object *list = watch_body(c);
	struct out *o, details = OUT_INIT;
	size_t i, good = 0, n;

	if (list == NULL)
		return;
	n = json_object_array_length(list);
	o = answer_json(c, 200);
	out_text(o, "{\"watch\":[");
	for (i = 0; i < n; i++) {
		json_object *w = json_object_array_get_idx(list, i);
		const char *id = json_get_text(w, "channel_id");
		json_object *events = json_get(w, "events");
		bool drop = json_object_get_boolean(json_get(w,
		    "_delete_events"));
		struct channel *ch = id == NULL
		    ? NULL
		    : watch_find(c, strtoll(id, NULL, 10));

		if (ch == NULL) {
			out_error(o, "NOT_SUBSCRIBED", "{}",
			    "the channel is not subscribed");
			continue;
		}
		if (!sound(c, o, w, (int)i, false))
			continue;
		if (drop && json_object_is_type(events, json_type_array))
			drop_events(ch, events);
		else
			change(c, ch, w);
		out_clear(&details);
		put_events(c, &details, ch);
		put_success(o, out_all(&details),
		    drop ? "Successfully removed the subscribe details"
			 : "Successfully updated the subscribe details");
		good++;
	}
	out_text(o, "]}");
	out_release(&details);
	c->answer.status = mixed(good, n, 200);
}
