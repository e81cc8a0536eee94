/* Modules, layouts, the organisation and its users. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crm.h"
#include "crm_meta.h"
#include "sim.h"
#include "value.h"

static void
put_profiles(struct out *o)
{
	out_f(o,
	    "\"profiles\":[{\"name\":\"Administrator\",\"id\":\"%" PRId64
	    "\"}]",
	    user_id(50));
}

static void
put_module(struct call *c, struct out *o, const struct module *m)
{
	unsigned flags = m->def->flags;
	bool subform = (flags & M_SUBFORM) != 0;
	bool usable = (flags & M_NO_LIST) == 0;
	char time[MOMENT_MAX];

	moment_crm(time, m->changed, c->sim->world.clock.offset);
	out_comma(o);
	out_f(o,
	    "{\"api_name\":\"%s\",\"module_name\":\"%s\",\"singular_label\":"
	    "\"%s\",\"plural_label\":\"%s\",\"id\":\"%" PRId64
	    "\",\"generated_type\":\"%s\",\"api_supported\":%s,",
	    m->def->api, m->def->plural, m->def->single, m->def->plural, m->id,
	    subform                       ? "subform"
		: (flags & M_CUSTOM) != 0 ? "custom"
					  : "default",
	    usable ? "true" : "false");
	out_f(o,
	    "\"creatable\":%s,\"editable\":%s,\"deletable\":%s,\"viewable\":"
	    "true,\"visible\":true,\"visibility\":1,\"status\":\"visible\","
	    "\"modified_time\":\"%s\",\"modified_by\":null,"
	    "\"parent_module\":",
	    subform ? "false" : "true", subform ? "false" : "true",
	    subform ? "false" : "true", time);
	if (subform) {
		const struct field *f =
		    &m->fields[field_find(m, "Parent_Id")].def;
		struct module *parent = world_crm(&c->sim->world, f->of);

		out_f(o, "{\"api_name\":\"%s\",\"id\":\"%" PRId64 "\"},",
		    parent->def->api, parent->id);
	} else {
		out_text(o, "{},");
	}
	put_profiles(o);
	out_f(o,
	    ",\"sequence_number\":%d,\"convertable\":%s,\"global_search_"
	    "supported\":true,\"presence_sub_menu\":true,\"feeds_required\":"
	    "false,\"isBlueprintSupported\":true,\"triggers_supported\":true,"
	    "\"show_as_tab\":%s,\"web_link\":null,\"inventory_template_"
	    "supported\":false,\"quick_create\":true,\"business_card_field_"
	    "limit\":5,\"arguments\":[]}",
	    module_index(&c->sim->world, m) + 1,
	    (flags & M_CONVERTS) != 0 ? "true" : "false",
	    subform ? "false" : "true");
}

void
crm_modules(struct call *c)
{
	static const char words[] =
	    "visible|user_hidden|system_hidden|scheduled_for_deletion";
	const struct world *w = &c->sim->world;
	const char *status = call_param(c, "status");
	struct out *o;
	int i;

	if (!crm_one_of(c, "status", words))
		return;
	if (status != NULL && strcmp(status, "visible") != 0) {
		answer_empty(c, 204);
		return;
	}
	o = answer_json(c, 200);
	out_text(o, "{\"modules\":[");
	for (i = 0; i < w->nmodules; i++)
		if ((w->modules[i].def->flags & M_BOOKS) == 0)
			put_module(c, o, &w->modules[i]);
	out_text(o, "]}");
}

void
crm_module_one(struct call *c)
{
	struct module *m = world_crm(&c->sim->world, c->capture[0]);
	struct out *o;

	if (m == NULL) {
		crm_error(c, 400, "INVALID_MODULE",
		    "{\"resource_path_index\":2}",
		    "the module name given seems to be invalid");
		return;
	}
	o = answer_json(c, 200);
	out_text(o, "{\"modules\":[");
	put_module(c, o, m);
	out_text(o, "]}");
}

struct module *
meta_module(struct call *c)
{
	const char *name = call_param(c, "module");
	struct module *m = name != NULL ? world_crm(&c->sim->world, name)
					: NULL;

	if (name == NULL)
		crm_missing(c, "module");
	else if (m == NULL)
		crm_error(c, 400, "INVALID_MODULE",
		    "{\"param_name\":\"module\"}",
		    "the module name given seems to be invalid");
	return m;
}

void
crm_layouts(struct call *c)
{
	struct module *m = meta_module(c);
	struct out *o;
	int i;

	if (m == NULL)
		return;
	o = answer_json(c, 200);
	out_f(o,
	    "{\"layouts\":[{\"id\":\"%" PRId64
	    "\",\"name\":\"Standard\",\"api_name\":\"Standard\",\"status\":"
	    "\"active\",\"visible\":true,\"sections\":[{\"name\":\"Main\","
	    "\"display_label\":\"Main\",\"fields\":[",
	    m->id + 100000000);
	for (i = 0; i < m->nfields; i++) {
		const struct field *f = &m->fields[i].def;

		if (m->fields[i].gone)
			continue;
		out_comma(o);
		out_f(o,
		    "{\"id\":\"%" PRId64
		    "\",\"api_name\":\"%s\",\"data_type\":\"%s\","
		    "\"required\":%s}",
		    m->fields[i].id, f->api, kinds[f->kind].data_type,
		    (f->flags & F_MANDATORY) != 0 ? "true" : "false");
	}
	out_text(o, "]}],\"profiles\":[]}]}");
}

void
crm_org(struct call *c)
{
	out_f(answer_json(c, 200),
	    "{\"org\":[{\"id\":\"%" PRId64
	    "\",\"zgid\":\"%s\",\"company_name\":\"Example Company\","
	    "\"primary_email\":\"user1@example.com\",\"time_zone\":"
	    "\"Europe/Berlin\",\"currency\":\"Euro\",\"iso_code\":\"EUR\","
	    "\"currency_symbol\":\"EUR\",\"country_code\":\"DE\","
	    "\"mc_status\":false,\"gapps_enabled\":false}]}",
	    user_id(70), c->sim->zgid);
}

static void
put_user(struct out *o, int i)
{
	out_comma(o);
	out_f(o, "{\"id\":\"%" PRId64 "\",\"full_name\":", user_id(i));
	out_json(o, user_name(i));
	out_f(o,
	    ",\"last_name\":\"User\",\"email\":\"user%d@example.com\","
	    "\"status\":\"active\",\"confirm\":true,\"time_zone\":"
	    "\"Europe/Berlin\",\"zuid\":\"%d\",\"role\":{\"name\":"
	    "\"CEO\",\"id\":\"%" PRId64
	    "\"},\"profile\":{\"name\":\"Administrator\",\"id\":"
	    "\"%" PRId64 "\"}}",
	    i + 1, 20080001 + i, user_id(60), user_id(50));
}

/* How many users are of this type: the caller himself is the first, all are
 * active administrators. */
static int
users_of(const char *type)
{
	if (type == NULL)
		return USERS;
	if (strcmp(type, "CurrentUser") == 0)
		return 1;
	return strcmp(type, "DeactiveUsers") == 0 ||
		strcmp(type, "NotConfirmedUsers") == 0 ||
		strcmp(type, "DeletedUsers") == 0
	    ? 0
	    : USERS;
}

void
crm_users(struct call *c)
{
	static const char types[] =
	    "AllUsers|ActiveUsers|DeactiveUsers|ConfirmedUsers|"
	    "NotConfirmedUsers|DeletedUsers|ActiveConfirmedUsers|AdminUsers|"
	    "ActiveConfirmedAdmins|CurrentUser";
	long page, per_page, i, all;
	struct out *o;

	if (!crm_one_of(c, "type", types) || !crm_paging(c, &page, &per_page))
		return;
	all = users_of(call_param(c, "type"));
	o = answer_json(c, 200);
	out_text(o, "{\"users\":[");
	for (i = (page - 1) * per_page; i < all && i < page * per_page; i++)
		put_user(o, (int)i);
	crm_end_page(c, o, i - (page - 1) * per_page, page, per_page, i < all);
}

void
crm_user_one(struct call *c)
{
	int user = user_find(c->capture[0]);

	if (user < 0) {
		crm_error(c, 400, "INVALID_DATA", "{\"resource_path_index\":1}",
		    "the id given seems to be invalid");
		return;
	}
	out_text(answer_json(c, 200), "{\"users\":[");
	put_user(&c->answer.body, user);
	out_text(&c->answer.body, "]}");
}
