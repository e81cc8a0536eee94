/* How CRM says no, and what most of its calls ask first. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crm.h"
#include "sim.h"
#include "value.h"

void
out_error(struct out *o, const char *code, const char *details,
    const char *message)
{
	out_comma(o);
	out_f(o, "{\"code\":\"%s\",\"details\":", code);
	out_text(o, details);
	out_text(o, ",\"message\":");
	out_json(o, message);
	out_text(o, ",\"status\":\"error\"}");
}

void
crm_error(struct call *c, int status, const char *code, const char *details,
    const char *message)
{
	out_error(answer_json(c, status), code, details, message);
}

void
crm_error_in(struct call *c, int status, const char *key, const char *code,
    const char *details, const char *message)
{
	struct out *o;

	if (variant(&c->sim->variants, VAR_ERRORS) == 1) {
		crm_error(c, status, code, details, message);
		return;
	}
	o = answer_json(c, status);
	out_f(o, "{\"%s\":[", key);
	out_error(o, code, details, message);
	out_text(o, "]}");
}

static void
about_param(struct call *c, const char *code, const char *param,
    const char *message)
{
	char details[200];

	snprintf(details, sizeof(details), "{\"param_name\":\"%s\"}", param);
	crm_error(c, 400, code, details, message);
}

void
crm_missing(struct call *c, const char *param)
{
	about_param(c, "REQUIRED_PARAM_MISSING", param,
	    "One of the expected parameter is missing");
}

void
crm_bad_param(struct call *c, const char *param)
{
	about_param(c, "INVALID_DATA", param, "the value given is invalid");
}

void
crm_unauthorised(struct call *c)
{
	if (variant(&c->sim->variants, VAR_TOKEN_ERROR) == 0)
		crm_error(c, 401, "INVALID_TOKEN", "{}", "invalid oauth token");
	else
		crm_error(c, 401, "AUTHENTICATION_FAILURE", "{}",
		    "Authentication failed");
}

struct module *
crm_module(struct call *c, int i)
{
	struct module *m = world_crm(&c->sim->world, c->capture[i]);

	if (m == NULL) {
		crm_error(c, 400, "INVALID_MODULE",
		    "{\"resource_path_index\":0}",
		    "the module name given seems to be invalid");
		return NULL;
	}
	if ((m->def->flags & M_NO_LIST) != 0) {
		crm_error(c, 403, "NOT_SUPPORTED", "{}",
		    "The module is not supported in this API");
		return NULL;
	}
	return m;
}

uint32_t
crm_find(struct call *c, struct module *m, const char *id, bool *formed)
{
	const char *header = call_header(c, "x-external");
	size_t len = strlen(m->def->api);
	int field = -1;

	if (header != NULL && strncmp(header, m->def->api, len) == 0 &&
	    header[len] == '.')
		field = field_find(m, header + len + 1);
	*formed = field >= 0 || id_wellformed(id);
	if (field >= 0)
		return value_owner(&c->sim->world, m, field, id);
	return record_find(&c->sim->world, m, id);
}

static void
unknown_field(struct call *c, const char *name)
{
	char details[240];

	snprintf(details, sizeof(details),
	    "{\"param_name\":\"fields\",\"api_name\":\"%.100s\"}", name);
	crm_error(c, 400, "INVALID_DATA", details,
	    "the field name given seems to be invalid");
}

/* Unknown names are left out of lists of fields, as Zoho does; a list of
 * nothing else is wrong. */
int
crm_fields(struct call *c, struct module *m, const char *list, int most,
    int out[FIELDS_MAX])
{
	char name[128], details[80];
	int n = 0, named = 0;

	while (*list != '\0') {
		size_t len = strcspn(list, ",");
		int field;

		snprintf(name, sizeof(name), "%.*s", (int)len, list);
		field = field_find(m, name);
		if (len > 0)
			named++;
		if (field >= 0 && n < FIELDS_MAX)
			out[n++] = field;
		list += len + (list[len] == ',');
	}
	if (named > most) {
		snprintf(details, sizeof(details),
		    "{\"limit\":%d,\"param_name\":\"fields\"}", most);
		crm_error(c, 400, "LIMIT_EXCEEDED", details,
		    "the limit of fields for one call is exceeded");
		return -1;
	}
	if (named == 0) {
		crm_missing(c, "fields");
		return -1;
	}
	if (n == 0) {
		unknown_field(c, name);
		return -1;
	}
	return n;
}

bool
crm_paging(struct call *c, long *page, long *per_page)
{
	*page = call_number(c, "page", 1);
	*per_page = call_number(c, "per_page", 200);
	if (*page < 1) {
		crm_bad_param(c, "page");
		return false;
	}
	if (*per_page < 1 || *per_page > 200) {
		crm_error(c, 400, "INVALID_DATA",
		    "{\"param_name\":\"per_page\",\"limit\":200}",
		    "the value given is invalid");
		return false;
	}
	return true;
}

int
crm_since(struct call *c, int64_t *since)
{
	const char *text = call_header(c, "if-modified-since");

	if (text == NULL)
		return 0;
	if (moment_read(text, true, since)) {
		if (variant(&c->sim->variants, VAR_IMS_BOUNDARY) == 1)
			(*since)++;
		return 1;
	}
	crm_error(c, 400, "INVALID_DATA",
	    "{\"header\":\"If-Modified-Since\","
	    "\"expected_data_type\":\"datetime\"}",
	    "the value given is invalid");
	return -1;
}

bool
crm_one_of(struct call *c, const char *param, const char *words)
{
	const char *value = call_param(c, param);
	size_t len = value != NULL ? strlen(value) : 0, n;

	if (value == NULL)
		return true;
	for (; *words != '\0'; words += n + (words[n] == '|')) {
		n = strcspn(words, "|");
		if (n == len && memcmp(words, value, n) == 0)
			return true;
	}
	crm_bad_param(c, param);
	return false;
}

/* Every record here is approved, and no territory is known. */
bool
crm_filters(struct call *c, bool *none)
{
	const char *approved = call_param(c, "approved");

	*none = approved != NULL && strcmp(approved, "false") == 0;
	if (!crm_one_of(c, "converted", "true|false|both") ||
	    !crm_one_of(c, "approved", "true|false|both") ||
	    !crm_one_of(c, "include_child", "true|false"))
		return false;
	if (call_param(c, "territory_id") == NULL)
		return true;
	crm_bad_param(c, "territory_id");
	return false;
}

bool
crm_shows(const struct module *m, const struct rec *r, const char *converted)
{
	bool is = (r->flags & R_CONVERTED) != 0;

	if (!record_lives(r))
		return false;
	if ((m->def->flags & M_CONVERTS) == 0)
		return true;
	if (converted != NULL && strcmp(converted, "both") == 0)
		return true;
	if (converted != NULL && strcmp(converted, "true") == 0)
		return is;
	return !is;
}

void
crm_end_page(struct call *c, struct out *o, long count, long page,
    long per_page, bool more)
{
	if (count <= 0) {
		answer_empty(c, 204);
		return;
	}
	out_f(o,
	    "],\"info\":{\"per_page\":%ld,\"count\":%ld,\"page\":%ld,"
	    "\"more_records\":%s}}",
	    per_page, count, page, more ? "true" : "false");
}
