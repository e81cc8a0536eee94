/* Zoho's data centres and their hosts (zoho-api.md 1.1). */
#ifndef CENTRE_H
#define CENTRE_H

#include <stdbool.h>

#include "err.h"
#include "settings.h"

enum { CENTRE_HOST_MAX = 128, CENTRE_HOSTS = 3 };

/* Addresses without a slash at their end: "https://www.zohoapis.eu". */
struct centre {
	char accounts[CENTRE_HOST_MAX];
	char api[CENTRE_HOST_MAX];
	char upload[CENTRE_HOST_MAX];
	/* the same as hosts, for http.h */
	const char *hosts[CENTRE_HOSTS];
};

/*
 * The centre of ZOHO_DATA_CENTRE, or what ZOHO_API_BASE names in the place of
 * all three: a simulator on this machine. ST_REJECT: no such centre, or an
 * address that is not of this machine.
 */
MUST_CHECK
enum status centre_find(struct centre *out, const struct settings *settings,
    struct err *err);

/* Whether the settings say how to get a token at all. */
bool centre_may_ask(const struct settings *settings);

/* The same, for what can do nothing without. ST_FAULT: they do not. */
MUST_CHECK
enum status centre_must_ask(const struct settings *settings, struct err *err);

#endif
