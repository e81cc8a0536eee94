/* Delete, conversion of leads. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act.h"
#include "crm.h"
#include "json.h"
#include "sim.h"
#include "value.h"

static bool
delete_id(struct call *c, struct out *o, struct module *m, const char *id,
    bool hooks)
{
	bool formed;
	uint32_t n = crm_find(c, m, id, &formed);
	char details[120];

	if (n == UINT32_MAX || !record_lives(&m->recs[n])) {
		snprintf(details, sizeof(details), "{\"id\":\"%.40s\"}", id);
		out_error(o, "INVALID_DATA",
		    strchr(id, '"') == NULL ? details : "{}",
		    "the id given seems to be invalid");
		return false;
	}
	if ((m->recs[n].flags & R_MERGING) != 0) {
		snprintf(details, sizeof(details), "{\"id\":\"%" PRId64 "\"}",
		    record_id(&c->sim->world, m, n));
		out_error(o, "RECORD_LOCKED", details, "the record is locked");
		return false;
	}
	record_delete(&c->sim->world, m, n, 0, false);
	act_tell(c->sim, m, EVENT_DELETE, n, NULL, 0, hooks);
	out_comma(o);
	out_f(o,
	    "{\"code\":\"SUCCESS\",\"details\":{\"id\":\"%s\"},\"message\":"
	    "\"record deleted\",\"status\":\"success\"}",
	    id);
	return true;
}

static void
delete_list(struct call *c, struct module *m, const char *ids)
{
	const char *wf = call_param(c, "wf_trigger");
	bool hooks = wf == NULL || strcmp(wf, "false") != 0;
	struct out *o = answer_json(c, 200);
	int good = 0, all = 0;
	char id[40];
	const char *at;

	for (at = ids; *at != '\0'; at++)
		all += *at == ',';
	if (all >= 100) {
		crm_error(c, 400, "LIMIT_EXCEEDED",
		    "{\"limit\":100,\"param_name\":\"ids\"}",
		    "the limit of ids for one call is exceeded");
		return;
	}
	all = 0;
	out_text(o, "{\"data\":[");
	while (*ids != '\0') {
		size_t len = strcspn(ids, ",");

		snprintf(id, sizeof(id), "%.*s", (int)len, ids);
		ids += len + (ids[len] == ',');
		good += delete_id(c, o, m, id, hooks);
		all++;
	}
	out_text(o, "]}");
	c->answer.status = good == all ? 200 : good > 0 ? 207 : 400;
}

void
crm_delete(struct call *c)
{
	struct module *m = crm_module(c, 0);
	const char *ids = call_param(c, "ids");

	if (m == NULL)
		return;
	if (ids == NULL || *ids == '\0')
		crm_missing(c, "ids");
	else
		delete_list(c, m, ids);
}

void
crm_delete_one(struct call *c)
{
	struct module *m = crm_module(c, 0);

	if (m != NULL)
		delete_list(c, m, c->capture[1]);
}

static void
put_made(struct call *c, struct out *o, const char *key, const char *api,
    uint32_t n)
{
	struct module *m = world_crm(&c->sim->world, api);
	struct value name;

	value_name(&c->sim->world, m, n, &name);
	out_f(o, "%s\"%s\":{\"name\":", key[0] == 'A' ? "" : ",", key);
	out_json(o, name.text);
	out_f(o, ",\"id\":\"%" PRId64 "\"}", record_id(&c->sim->world, m, n));
}

void
crm_convert(struct call *c)
{
	struct module *m = crm_module(c, 0);
	uint32_t n, made[3];
	struct out *o;

	if (m == NULL)
		return;
	if ((m->def->flags & M_CONVERTS) == 0) {
		crm_error(c, 400, "INVALID_MODULE",
		    "{\"resource_path_index\":0}",
		    "the module name given seems to be invalid");
		return;
	}
	n = record_find(&c->sim->world, m, c->capture[1]);
	if (n == UINT32_MAX || !record_lives(&m->recs[n])) {
		crm_error(c, 400, "INVALID_DATA", "{\"resource_path_index\":1}",
		    "the id given seems to be invalid");
		return;
	}
	if ((m->recs[n].flags & R_CONVERTED) != 0) {
		crm_error_in(c, 400, "data", "ID_ALREADY_CONVERTED", "{}",
		    "id already converted");
		return;
	}
	if ((m->recs[n].flags & R_MERGING) != 0) {
		crm_error_in(c, 400, "data", "RECORD_LOCKED", "{}",
		    "the record is locked");
		return;
	}
	act_convert(c->sim, n, 0, made);
	o = answer_json(c, 200);
	out_text(o, "{\"data\":[{\"code\":\"SUCCESS\",\"details\":{");
	put_made(c, o, "Accounts", "Accounts", made[0]);
	put_made(c, o, "Contacts", "Contacts", made[1]);
	put_made(c, o, "Deals", "Deals", made[2]);
	out_text(o,
	    "},\"message\":\"The record has been converted "
	    "successfully\",\"status\":\"success\"}]}");
}
