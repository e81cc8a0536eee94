#include "hook_check.h"

#include <stdio.h>
#include <string.h>

#include "crm.h"
#include "hook_made.h"
#include "hook_text.h"
#include "json.h"

enum { MOST_URL = 300, MOST_NAME = 250 };

/* A definition that is being looked at */
struct look {
	struct world *world;
	struct out *o;
	json_object *made;
	size_t at;
	struct module *m;
};

/* "path" ends with the name of what is wrong. */
static bool
wrong(const struct look *l, const char *code, const char *path,
    const char *more, const char *message)
{
	const char *dot = strrchr(path, '.');
	char details[300];

	snprintf(details, sizeof(details),
	    "{\"api_name\":\"%s\",\"json_path\":\"$.webhooks[%zu].%s\"%s}",
	    dot != NULL ? dot + 1 : path, l->at, path, more);
	out_error(l->o, code, details, message);
	return false;
}

static bool
is_one_of(const char *word, const char *list)
{
	size_t len = strlen(word), n;

	for (; *list != '\0'; list += n + (list[n] == '|')) {
		n = strcspn(list, "|");
		if (n == len && memcmp(list, word, n) == 0)
			return true;
	}
	return false;
}

static bool
name_right(const struct look *l)
{
	const char *name = json_get_text(l->made, "name");

	if (name == NULL || *name == '\0')
		return wrong(l, "MANDATORY_NOT_FOUND", "name", "",
		    "mandatory param missing");
	if (strlen(name) > MOST_NAME)
		return wrong(l, "INVALID_DATA", "name",
		    ",\"maximum_length\":250", "the name is too long");
	return true;
}

static bool
url_right(const struct look *l)
{
	const char *url = json_get_text(l->made, "url");
	const char *host = url != NULL ? strstr(url, "://") : NULL;

	if (url == NULL)
		return wrong(l, "MANDATORY_NOT_FOUND", "url", "",
		    "mandatory param missing");
	if (strlen(url) > MOST_URL)
		return wrong(l, "INVALID_DATA", "url",
		    ",\"maximum_length\":300", "the URL is too long");
	if (host == NULL || host[3] == '\0' || host[3] == '/' ||
	    strchr(url, '"') != NULL ||
	    (strncmp(url, "http://", 7) != 0 &&
		strncmp(url, "https://", 8) != 0))
		return wrong(l, "INVALID_DATA", "url", "",
		    "please enter a valid URL");
	if (hook_text_wrong(l->m, url))
		return wrong(l, "INVALID_DATA", "url", "",
		    "Unsupported fields are present");
	return true;
}

static bool
method_right(const struct look *l)
{
	const char *method = json_get_text(l->made, "http_method");

	if (method == NULL)
		return wrong(l, "MANDATORY_NOT_FOUND", "http_method", "",
		    "The method type is not given");
	if (!is_one_of(method, "POST|GET|PUT|DELETE"))
		return wrong(l, "INVALID_DATA", "http_method", "",
		    "The method type given is invalid");
	return true;
}

static bool
module_right(struct look *l)
{
	json_object *module = json_get(l->made, "module");
	const char *api = json_get_text(module, "api_name");

	if (module == NULL)
		return wrong(l, "MANDATORY_NOT_FOUND", "module", "",
		    "Required field is missing");
	if (api == NULL)
		return wrong(l, "MANDATORY_NOT_FOUND", "module.api_name", "",
		    "Required field is missing");
	l->m = world_crm(l->world, api);
	if (l->m == NULL || (l->m->def->flags & (M_NO_LIST | M_SUBFORM)) != 0)
		return wrong(l, "INVALID_DATA", "module.api_name", "",
		    "the module name given seems to be invalid");
	return true;
}

/* A list of {"name","value"}; "path" leads to it. */
static bool
list_right(const struct look *l, json_object *list, const char *path)
{
	char where[160];
	size_t i, k;

	if (list != NULL && !json_object_is_type(list, json_type_array))
		return wrong(l, "INVALID_DATA", path,
		    ",\"expected_data_type\":\"jsonarray\"",
		    "Invalid data type");
	for (i = 0; list != NULL && i < json_object_array_length(list); i++) {
		json_object *one = json_object_array_get_idx(list, i);
		const char *name = json_get_text(one, "name");
		const char *value = json_get_text(one, "value");

		snprintf(where, sizeof(where), "%s[%zu].%s", path, i,
		    name == NULL ? "name" : "value");
		if (name == NULL || *name == '\0' || value == NULL)
			return wrong(l, "MANDATORY_NOT_FOUND", where, "",
			    "a parameter has both a name and a value");
		if (hook_text_wrong(l->m, value))
			return wrong(l, "INVALID_DATA", where, "",
			    "Unsupported fields are present");
		snprintf(where, sizeof(where), "%s[%zu].name", path, i);
		for (k = 0; k < i; k++)
			if (strcmp(name,
				json_get_text(json_object_array_get_idx(list,
						  k),
				    "name")) == 0)
				return wrong(l, "DUPLICATE_DATA", where, "",
				    "duplicate parameter name found");
	}
	return true;
}

/* An object with module_parameters and custom_parameters */
static bool
parameters_right(const struct look *l, json_object *o, const char *path)
{
	static const char *const keys[] = { "module_parameters",
		"custom_parameters" };
	char where[120];
	size_t i;

	if (o != NULL && !json_object_is_type(o, json_type_object))
		return wrong(l, "INVALID_DATA", path,
		    ",\"expected_data_type\":\"jsonobject\"",
		    "Invalid data type");
	for (i = 0; i < ARRAY_LEN(keys); i++) {
		snprintf(where, sizeof(where), "%s.%s", path, keys[i]);
		if (!list_right(l, json_get(o, keys[i]), where))
			return false;
	}
	return true;
}

static bool
raw_right(const struct look *l, json_object *body, const char *method)
{
	const char *format = json_get_text(body, "format");
	const char *raw = json_get_text(body, "raw_data_content");

	if (strcmp(method, "GET") == 0)
		return wrong(l, "DEPENDENT_MISMATCH", "http_method",
		    ",\"dependee\":{\"api_name\":\"body\",\"json_path\":"
		    "\"$.webhooks[0].body\"}",
		    "Invalid value provided for the given http method");
	if (format == NULL || !is_one_of(format, "JSON|XML|HTML|Text"))
		return wrong(l,
		    format == NULL ? "MANDATORY_NOT_FOUND" : "INVALID_DATA",
		    "body.format", "", "the format is JSON, XML, HTML or Text");
	if (raw == NULL)
		return wrong(l, "MANDATORY_NOT_FOUND", "body.raw_data_content",
		    "", "Required field is missing");
	if (hook_text_wrong(l->m, raw))
		return wrong(l, "INVALID_DATA", "body.raw_data_content", "",
		    "Unsupported fields are present");
	return true;
}

static bool
body_right(const struct look *l)
{
	json_object *body = json_get(l->made, "body");
	const char *type = json_get_text(body, "type");

	if (body == NULL)
		return true;
	if (type == NULL)
		return wrong(l, "MANDATORY_NOT_FOUND", "body.type", "",
		    "Required field is missing");
	if (strcmp(type, "raw") == 0)
		return raw_right(l, body,
		    json_get_text(l->made, "http_method"));
	if (strcmp(type, "form_data") != 0)
		return wrong(l, "INVALID_DATA", "body.type", "",
		    "the body is raw or form_data");
	return parameters_right(l, json_get(body, "form_data_content"),
	    "body.form_data_content");
}

static bool
format_right(const struct look *l)
{
	json_object *format = json_get(l->made, "date_time_format");
	const char *date = json_get_text(format, "date_format");
	const char *datetime = json_get_text(format, "datetime_format");
	const char *zone = json_get_text(format, "time_zone");
	int offset;

	if (date != NULL && !pattern_right(date))
		return wrong(l, "INVALID_DATA", "date_time_format.date_format",
		    "", "The Date given is invalid");
	if (datetime != NULL && !pattern_right(datetime))
		return wrong(l, "INVALID_DATA",
		    "date_time_format.datetime_format", "",
		    "The date time format given is invalid");
	if (zone != NULL && !hook_zone(l->world, zone, &offset))
		return wrong(l, "INVALID_DATA", "date_time_format.time_zone",
		    "", "The timezone given is invalid");
	return true;
}

bool
hook_check(struct world *w, struct out *o, json_object *made, size_t at)
{
	struct look l = { .world = w, .o = o, .made = made, .at = at };
	const char *auth = json_get_text(json_get(made, "authentication"),
	    "type");

	if (!name_right(&l) || !module_right(&l) || !url_right(&l) ||
	    !method_right(&l))
		return false;
	if (auth != NULL && strcmp(auth, "general") != 0)
		return wrong(&l, "DEPENDENT_MISMATCH", "authentication.type",
		    "", "provide appropriate authentication type");
	return parameters_right(&l, json_get(made, "headers"), "headers") &&
	    body_right(&l) && format_right(&l);
}
