#include "route.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "books.h"
#include "control.h"
#include "crm.h"
#include "dc.h"
#include "json.h"
#include "sim.h"

/* Match and take what stands for each {} */
static bool
fits(struct call *c, const char *pattern)
{
	const char *path = c->path;

	c->captures = 0;
	while (*pattern != '\0') {
		if (*pattern != '{') {
			if (*pattern++ != *path++)
				return false;
			continue;
		}
		pattern += 2;
		if (*path == '/' || *path == '\0')
			return false;
		snprintf(c->capture[c->captures++], CAPTURE_MAX, "%.*s",
		    (int)strcspn(path, "/"), path);
		path += strcspn(path, "/");
	}
	return *path == '\0';
}

/* The route; NULL where the path has none, and "*other" where it has one for
 * another method. */
static const struct route *
find(struct call *c, bool *other)
{
	bool fixed = false; /* a path of words only is no module's */
	size_t i;

	*other = false;
	for (i = 0; i < nroutes; i++) {
		bool words = strchr(routes[i].path, '{') == NULL;

		if ((fixed && !words) || !fits(c, routes[i].path))
			continue;
		if (strcmp(routes[i].method, c->method) == 0)
			return &routes[i];
		*other = true;
		fixed = fixed || words;
	}
	return NULL;
}

static void
no_route(struct call *c, bool other)
{
	c->sim->counters.unknown++;
	if (c->pool == 1) {
		if (other)
			books_error(c, 405, 37,
			    "The HTTP method is not allowed for the resource.");
		else
			books_error(c, 404, 5, "Invalid URL Passed");
	} else if (other) {
		crm_error(c, 400, "INVALID_REQUEST_METHOD", "{}",
		    "The http request method type is not a valid one");
	} else {
		crm_error(c, 404, "INVALID_URL_PATTERN", "{}",
		    "Please check if the URL trying to access is a correct "
		    "one");
	}
}

/* Items, price lists and adjustments sit under settings. */
static const char *
books_group(const char *resource)
{
	static const char *const own[] = { "contacts", "invoices", "bills",
		"creditnotes", "salesorders" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(own); i++)
		if (strcmp(own[i], resource) == 0)
			return resource;
	return "settings";
}

static bool
allowed(struct call *c)
{
	const char *at = c->route->scope;
	const char *word = c->pool == 1 ? books_group(c->capture[0])
					: c->capture[0];
	char wanted[300];
	size_t len = 0, i;

	for (; *at != '\0' && len < 250; at++) {
		if (*at != '{') {
			wanted[len++] = *at;
			continue;
		}
		for (i = 0; word[i] != '\0' && len < 250; i++)
			wanted[len++] = (char)tolower((unsigned char)word[i]);
		at++;
	}
	wanted[len] = '\0';
	return oauth_scope(c->sim, c->grant, wanted);
}

static bool
proven(struct call *c)
{
	enum proof proof = oauth_prove(c);
	bool ours = dc_ours(c->sim->dc, call_header(c, "host"));

	if (c->pool == 1) {
		int status = variant(&c->sim->variants,
				 VAR_BOOKS_UNAUTHORISED) == 0
		    ? 401
		    : 400;

		if (proof == PROOF_NONE)
			books_error(c, 401, 14,
			    "Invalid value passed for authtoken.");
		else if (proof != PROOF_OK || !ours || !allowed(c))
			books_error(c, status, 57,
			    "You are not authorized to perform this "
			    "operation");
		else
			return true;
		return false;
	}
	if (proof == PROOF_NONE)
		crm_error(c, 401, "AUTHENTICATION_FAILURE", "{}",
		    "Authentication failed");
	else if (proof == PROOF_WRONG || !ours)
		crm_error(c, 401, "INVALID_TOKEN", "{}", "invalid oauth token");
	else if (proof == PROOF_EXPIRED)
		crm_unauthorised(c);
	else if (!allowed(c))
		crm_error(c, 401, "OAUTH_SCOPE_MISMATCH", "{}",
		    "invalid oauth scope to access this URL");
	else
		return true;
	return false;
}

static int
rows_of(struct call *c)
{
	json_object *data = json_get(call_json(c), "data");

	if (!json_object_is_type(data, json_type_array))
		return 1;
	return (int)json_object_array_length(data);
}

/* LIMIT of a query: 1 credit up to 200, 2 up to 1,000, 3 above. */
static int
coql_credits(struct call *c)
{
	const char *query = json_get_text(call_json(c), "select_query");
	const char *at = query;
	long first, second = 0, limit = 200;
	char *end;

	while (at != NULL && (at = strcasestr(at, "limit")) != NULL &&
	    (at == query || !isspace((unsigned char)at[-1]) ||
		!isspace((unsigned char)at[5])))
		at += 5;
	if (at != NULL) {
		first = strtol(at + 5, &end, 10);
		while (isspace((unsigned char)*end))
			end++;
		if (*end == ',')
			second = strtol(end + 1, NULL, 10);
		limit = second > 0 ? second : first;
	}
	return limit <= 200 ? 1 : limit <= 1000 ? 2 : 3;
}

static bool
within(struct call *c)
{
	unsigned flags = c->route->flags;
	int credits = c->route->credits;

	if (c->pool == 1)
		return limit_books(c);
	if ((flags & RT_ROWS) != 0) {
		credits = (rows_of(c) + 9) / 10;
		if (rows_of(c) > 10)
			flags |= RT_SUB;
	}
	if ((flags & RT_COQL) != 0)
		credits = coql_credits(c);
	if ((flags & RT_BULK) != 0)
		credits = variant(&c->sim->variants, VAR_BULK_CREDITS);
	if ((flags & RT_SUB_SORT) != 0 && call_param(c, "cvid") != NULL)
		credits = 3;
	if ((flags & RT_SUB) != 0 ||
	    ((flags & RT_SUB_SORT) != 0 &&
		(call_param(c, "sort_by") != NULL ||
		    call_param(c, "cvid") != NULL)))
		limit_enter_sub(c);
	return limit_crm(c, credits > 0 ? credits : 1);
}

static bool
has_organization(struct call *c)
{
	const char *id = call_param(c, "organization_id");

	if (c->pool != 1 || (c->route->flags & RT_ORG_FREE) != 0)
		return true;
	if (id == NULL)
		books_error(c, 400, 4,
		    "Invalid value passed for organization_id");
	else if (strcmp(id, c->sim->organization) != 0)
		books_error(c, 401, 57,
		    "You are not authorized to perform this operation");
	else
		return true;
	return false;
}

static void
api_call(struct call *c)
{
	bool other;

	if (c->pool == 0)
		c->sim->counters.crm_calls++;
	else
		c->sim->counters.books_calls++;
	c->route = find(c, &other);
	if (c->route != NULL)
		c->sim->counters.calls[c->route - routes]++;
	if (fault_before(c))
		return;
	if (c->route == NULL)
		no_route(c, other);
	else if (proven(c) && within(c) && has_organization(c))
		c->route->handle(c);
	fault_after(c);
}

static void
oauth_call(struct call *c)
{
	if (fault_before(c))
		return;
	if (strcmp(c->method, "POST") != 0)
		answer_text(c, 405, "text/html", "<html>405</html>");
	else if (strcmp(c->path, "/oauth/v2/token") == 0)
		oauth_token(c);
	else if (strcmp(c->path, "/oauth/v2/token/revoke") == 0)
		oauth_revoke(c);
	else
		answer_text(c, 404, "text/html", "<html>404</html>");
}

void
route_call(struct call *c)
{
	merges_step(c->sim);
	if (strncmp(c->path, "/zsim/", 6) == 0)
		control_call(c);
	else if (strncmp(c->path, "/oauth/", 7) == 0)
		oauth_call(c);
	else if (c->pool >= 0)
		api_call(c);
	else
		no_route(c, false);
	if (c->answer.body.failed)
		answer_text(c, 500, "text/plain", "no memory");
	if (c->answer.status >= 100 && c->answer.status < 600 &&
	    strncmp(c->path, "/zsim/", 6) != 0)
		c->sim->counters.status[c->answer.status / 100]++;
}

void
routes_write(const struct sim *sim, struct out *o)
{
	size_t i;

	out_text(o, "{");
	for (i = 0; i < nroutes; i++) {
		if (sim->counters.calls[i] == 0)
			continue;
		out_comma(o);
		out_f(o, "\"%s %s\":%" PRIu64, routes[i].method, routes[i].path,
		    sim->counters.calls[i]);
	}
	out_text(o, "}");
}
