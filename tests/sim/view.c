/* /settings/custom_views */
#include "view.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crm.h"
#include "crm_meta.h"
#include "sim.h"
#include "value.h"

enum { RECENT_S = 7 * DAY_S, VIEW_BASE = 200000000, VIEW_STEP = 1000 };

static const struct {
	const char *system, *name;
} names[VIEWS] = {
	[VIEW_ALL] = { "ALLVIEWS", "All" },
	[VIEW_MINE] = { "MYVIEWS", "My" },
	[VIEW_RECENT] = { "MODIFIEDVIEWS", "Recently Modified" },
};

static int64_t
view_id(const struct module *m, int view)
{
	return m->id + VIEW_BASE + (int64_t)view * VIEW_STEP;
}

enum view
view_find(const struct module *m, const char *id)
{
	int64_t number = strtoll(id, NULL, 10);
	int i;

	for (i = 0; i < VIEWS; i++)
		if (view_id(m, i) == number)
			break;
	return (enum view)i;
}

bool
view_read(struct call *c, const struct module *m, enum view *view)
{
	const char *id = call_param(c, "cvid");

	*view = id != NULL ? view_find(m, id) : VIEW_ALL;
	if (*view != VIEWS)
		return true;
	crm_bad_param(c, "cvid");
	return false;
}

bool
view_holds(struct world *w, struct module *m, uint32_t n, enum view view)
{
	struct value v;

	if (view == VIEW_RECENT)
		return (int64_t)m->recs[n].modified + RECENT_S >=
		    moment_now(&w->clock);
	if (view != VIEW_MINE)
		return true;
	value_of(w, m, n, field_find(m, "Owner"), &v);
	return v.type == V_USER && v.n == 0;
}

static void
put_view(struct out *o, const struct module *m, int i)
{
	out_comma(o);
	out_f(o,
	    "{\"id\":\"%" PRId64
	    "\",\"name\":\"%s %s\",\"display_value\":\"%s %s\","
	    "\"system_name\":\"%s\",\"default\":%s,\"system_defined\":true,"
	    "\"category\":\"public_views\",\"favorite\":null,\"shared_to\":"
	    "null,\"module\":{\"api_name\":\"%s\",\"id\":\"%" PRId64 "\"}}",
	    view_id(m, i), names[i].name, m->def->plural, names[i].name,
	    m->def->plural, names[i].system, i == VIEW_ALL ? "true" : "false",
	    m->def->api, m->id);
}

void
crm_views(struct call *c)
{
	struct module *m = meta_module(c);
	struct out *o;
	int i;

	if (m == NULL)
		return;
	o = answer_json(c, 200);
	out_text(o, "{\"custom_views\":[");
	for (i = 0; i < VIEWS; i++)
		put_view(o, m, i);
	out_f(o,
	    "],\"info\":{\"per_page\":200,\"count\":%d,\"page\":1,"
	    "\"more_records\":false,\"default\":\"%" PRId64 "\"}}",
	    VIEWS, view_id(m, VIEW_ALL));
}

void
crm_view_one(struct call *c)
{
	struct module *m = meta_module(c);
	enum view view;

	if (m == NULL)
		return;
	view = view_find(m, c->capture[0]);
	if (view == VIEWS) {
		crm_error(c, 400, "INVALID_DATA", "{\"resource_path_index\":2}",
		    "the id given seems to be invalid");
		return;
	}
	out_text(answer_json(c, 200), "{\"custom_views\":[");
	put_view(&c->answer.body, m, (int)view);
	out_text(&c->answer.body, "]}");
}
