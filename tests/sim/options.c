#include "options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "err.h"

enum { SMALL = 1000, MEDIUM = 25000, LARGE = 500000 };

enum {
	OPT_ADDRESS = 256,
	OPT_PORT,
	OPT_PORT_FILE,
	OPT_TLS,
	OPT_COMPANY,
	OPT_SEED,
	OPT_CLIENT,
	OPT_REFRESH,
	OPT_SCOPE,
	OPT_EDITION,
	OPT_PLAN,
	OPT_USERS,
	OPT_DC,
	OPT_API_DOMAIN,
	OPT_OFFSET,
	OPT_LATENCY,
	OPT_THREADS,
	OPT_VARIANT,
	OPT_NO_LIMITS,
	OPT_NOW,
	OPT_HELP
};

static const struct row {
	struct option option;
	const char *value, *says;
} rows[] = {
	{ { "address", 1, NULL, OPT_ADDRESS }, "IP", "listen here" },
	{ { "port", 1, NULL, OPT_PORT }, "N", "0 picks a free one" },
	{ { "port-file", 1, NULL, OPT_PORT_FILE }, "FILE",
	    "write the port there" },
	{ { "tls", 1, NULL, OPT_TLS }, "CERT,KEY", "speak TLS" },
	{ { "company", 1, NULL, OPT_COMPANY }, "small|medium|large|N",
	    "records in all" },
	{ { "seed", 1, NULL, OPT_SEED }, "N", "of the company" },
	{ { "client", 1, NULL, OPT_CLIENT }, "ID:SECRET", "who may ask" },
	{ { "refresh-token", 1, NULL, OPT_REFRESH }, "TOKEN",
	    "of the first grant" },
	{ { "scope", 1, NULL, OPT_SCOPE }, "SCOPES", "of the first grant" },
	{ { "edition", 1, NULL, OPT_EDITION }, "NAME", "of CRM" },
	{ { "plan", 1, NULL, OPT_PLAN }, "NAME", "of Books" },
	{ { "users", 1, NULL, OPT_USERS }, "N", "licences of CRM" },
	{ { "dc", 1, NULL, OPT_DC }, "us|eu|in|...", "data centre" },
	{ { "api-domain", 1, NULL, OPT_API_DOMAIN }, "URL",
	    "what token answers name" },
	{ { "offset", 1, NULL, OPT_OFFSET }, "MINUTES",
	    "of the user's time zone" },
	{ { "latency", 1, NULL, OPT_LATENCY }, "MS", "before each answer" },
	{ { "threads", 1, NULL, OPT_THREADS }, "N", "that serve" },
	{ { "variant", 1, NULL, OPT_VARIANT }, "NAME=VALUE",
	    "all=worst for every worst one" },
	{ { "no-limits", 0, NULL, OPT_NO_LIMITS }, "", "for benchmarks" },
	{ { "now", 1, NULL, OPT_NOW }, "TIME", "where the clock starts" },
	{ { "help", 0, NULL, OPT_HELP }, "", "this" },
};

static void
usage(FILE *to)
{
	size_t i;

	fputs("usage: zoho-sim [options]\n", to);
	for (i = 0; i < ARRAY_LEN(rows); i++)
		fprintf(to, "  --%s %s\n        %s\n", rows[i].option.name,
		    rows[i].value, rows[i].says);
}

static bool
number(const char *text, int64_t least, int64_t most, int64_t *out)
{
	char *end;

	*out = strtoll(text, &end, 10);
	return *text != '\0' && *end == '\0' && *out >= least && *out <= most;
}

static bool
set_company(struct options *o, const char *text)
{
	int64_t n;

	if (strcmp(text, "small") == 0)
		n = SMALL;
	else if (strcmp(text, "medium") == 0)
		n = MEDIUM;
	else if (strcmp(text, "large") == 0)
		n = LARGE;
	else if (!number(text, 100, 20000000, &n))
		return false;
	o->records = (uint32_t)n;
	return true;
}

/* A text in two parts; the second starts behind "mark". */
static bool
split(char *text, char mark, const char **first, const char **second)
{
	char *at = strchr(text, mark);

	if (at == NULL)
		return false;
	*at = '\0';
	*first = text;
	*second = at + 1;
	return true;
}

static bool
set_number(struct options *o, int name, const char *text)
{
	int64_t n;

	switch (name) {
	case OPT_PORT:
		if (!number(text, 0, 65535, &n))
			return false;
		o->port = (int)n;
		return true;
	case OPT_SEED:
		if (!number(text, 0, INT64_MAX, &n))
			return false;
		o->seed = (uint64_t)n;
		return true;
	case OPT_USERS:
		if (!number(text, 1, 100000, &n))
			return false;
		o->users = (int)n;
		return true;
	case OPT_OFFSET:
		if (!number(text, -840, 840, &n))
			return false;
		o->offset_min = (int)n;
		return true;
	case OPT_LATENCY:
		if (!number(text, 0, 60000, &n))
			return false;
		o->latency_ms = (int)n;
		return true;
	default:
		if (!number(text, 1, 64, &n))
			return false;
		o->threads = (int)n;
		return true;
	}
}

static bool
set_text(struct options *o, int name, char *text)
{
	switch (name) {
	case OPT_ADDRESS:
		o->address = text;
		return true;
	case OPT_PORT_FILE:
		o->port_file = text;
		return true;
	case OPT_TLS:
		return split(text, ',', &o->cert, &o->key);
	case OPT_COMPANY:
		return set_company(o, text);
	case OPT_CLIENT:
		return split(text, ':', &o->client, &o->secret);
	case OPT_REFRESH:
		o->refresh = text;
		return true;
	case OPT_SCOPE:
		o->scope = text;
		return true;
	case OPT_EDITION:
		o->edition = text;
		return true;
	case OPT_PLAN:
		o->plan = text;
		return true;
	case OPT_DC:
		o->dc = text;
		return true;
	case OPT_API_DOMAIN:
		o->api_domain = text;
		return true;
	case OPT_NOW:
		o->now = text;
		return true;
	case OPT_VARIANT:
		if (o->nvariants == (int)ARRAY_LEN(o->variants))
			return false;
		o->variants[o->nvariants++] = text;
		return strchr(text, '=') != NULL;
	default:
		return set_number(o, name, text);
	}
}

bool
options_read(struct options *o, int argc, char **argv, int *status)
{
	struct option list[ARRAY_LEN(rows) + 1] = { { 0 } };
	size_t i;
	int name;

	for (i = 0; i < ARRAY_LEN(rows); i++)
		list[i] = rows[i].option;
	*status = EX_USAGE;
	while ((name = getopt_long(argc, argv, "", list, NULL)) != -1) {
		if (name == OPT_HELP) {
			usage(stdout);
			*status = 0;
			return false;
		}
		if (name == OPT_NO_LIMITS) {
			o->limits_off = true;
		} else if (name == '?' || !set_text(o, name, optarg)) {
			if (name != '?')
				fprintf(stderr, "zoho-sim: bad value \"%s\"\n",
				    optarg);
			usage(stderr);
			return false;
		}
	}
	return optind == argc;
}
