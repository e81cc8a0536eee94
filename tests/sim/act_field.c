/* What an administrator changes of a field, and no call of the API can. */
#include <stdlib.h>
#include <string.h>

#include "act.h"
#include "json.h"

/* Values that somebody set go by the new name from now on. */
static void
rename_values(struct module *m, const char *from, const char *to)
{
	json_object *value;
	uint32_t n;

	for (n = 0; n < m->n; n++)
		if (json_object_object_get_ex(m->recs[n].patch, from, &value)) {
			json_object_object_add(m->recs[n].patch, to,
			    json_object_get(value));
			json_object_object_del(m->recs[n].patch, from);
		}
}

static const char *
own(struct field_live *f, int i, const char *text)
{
	char *copy = strdup(text);

	if (copy == NULL)
		abort();
	free(f->owned[i]);
	f->owned[i] = copy;
	return copy;
}

bool
act_field(struct sim *sim, struct module *m, const char *api, json_object *set)
{
	const char *name = json_get_text(set, "api_name");
	const char *label = json_get_text(set, "field_label");
	const char *type = json_get_text(set, "data_type");
	json_object *mandatory = json_get(set, "system_mandatory");
	int at = field_find(m, api);
	struct field_live *f = &m->fields[at < 0 ? 0 : at];

	if (at < 0 || (type != NULL && kind_of(type) == K_KINDS) ||
	    (name != NULL && field_find(m, name) >= 0))
		return false;
	if (name != NULL) {
		rename_values(m, api, name);
		f->def.api = own(f, 0, name);
	}
	if (label != NULL)
		f->def.label = own(f, 1, label);
	if (type != NULL)
		f->def.kind = kind_of(type);
	if (mandatory != NULL)
		f->def.flags = json_object_get_boolean(mandatory)
		    ? f->def.flags | F_MANDATORY
		    : f->def.flags & ~(unsigned)F_MANDATORY;
	m->version++;
	m->changed = sim_now(sim);
	return true;
}
