#include "centre.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const struct {
	const char *name, *accounts, *api, *upload;
} rows[] = {
	{ "us", "accounts.zoho.com", "www.zohoapis.com",
	    "content.zohoapis.com" },
	{ "eu", "accounts.zoho.eu", "www.zohoapis.eu", "content.zohoapis.eu" },
	{ "in", "accounts.zoho.in", "www.zohoapis.in", "content.zohoapis.in" },
	{ "au", "accounts.zoho.com.au", "www.zohoapis.com.au",
	    "content.zohoapis.com.au" },
	{ "jp", "accounts.zoho.jp", "www.zohoapis.jp", "content.zohoapis.jp" },
	{ "cn", "accounts.zoho.com.cn", "www.zohoapis.com.cn",
	    "content.zohoapis.com.cn" },
	{ "ca", "accounts.zohocloud.ca", "www.zohoapis.ca",
	    "upload.zohocloud.ca" },
	{ "sa", "accounts.zoho.sa", "www.zohoapis.sa", "files.zoho.sa" },
	{ "uk", "accounts.zoho.uk", "www.zohoapis.uk", "content.zohoapis.uk" },
	{ "ae", "accounts.zoho.ae", "www.zohoapis.ae", "content.zohoapis.ae" },
};

static void
set_all(struct centre *c, const char *accounts, const char *api,
    const char *upload)
{
	(void)snprintf(c->accounts, sizeof(c->accounts), "https://%s",
	    accounts);
	(void)snprintf(c->api, sizeof(c->api), "https://%s", api);
	(void)snprintf(c->upload, sizeof(c->upload), "https://%s", upload);
	c->hosts[0] = accounts;
	c->hosts[1] = api;
	c->hosts[2] = upload;
}

/* "http://127.0.0.1:8080", "https://localhost:8443" */
static enum status
set_base(struct centre *c, const char *base, struct err *err)
{
	static const char *const ours[] = {
		"127.0.0.1:", "localhost:", "[::1]:"
	};
	const char *host = strstr(base, "://");
	size_t i;

	host = host != NULL ? host + 3 : base;
	for (i = 0; i < ARRAY_LEN(ours); i++)
		if (strncmp(host, ours[i], strlen(ours[i])) == 0 &&
		    strspn(host + strlen(ours[i]), "0123456789") ==
			strlen(host + strlen(ours[i])) &&
		    host[strlen(ours[i])] != '\0' &&
		    strlen(base) < sizeof(c->api))
			break;
	if (i == ARRAY_LEN(ours) || strncmp(base, "http", 4) != 0)
		return err_class(err, ST_REJECT, "settings",
		    "ZOHO_API_BASE is \"%s\", not an address of this machine "
		    "with a port, such as http://127.0.0.1:8080",
		    base);
	(void)snprintf(c->accounts, sizeof(c->accounts), "%s", base);
	(void)snprintf(c->api, sizeof(c->api), "%s", base);
	(void)snprintf(c->upload, sizeof(c->upload), "%s", base);
	c->hosts[0] = c->hosts[1] = c->hosts[2] = c->api + (host - base);
	return ST_OK;
}

enum status
centre_find(struct centre *out, const struct settings *settings,
    struct err *err)
{
	const char *base = settings_text(settings, SET_ZOHO_API_BASE);
	const char *name = settings_text(settings, SET_ZOHO_DATA_CENTRE);
	size_t i;

	if (base[0] != '\0')
		return set_base(out, base, err);
	for (i = 0; i < ARRAY_LEN(rows); i++)
		if (strcasecmp(rows[i].name, name) == 0) {
			set_all(out, rows[i].accounts, rows[i].api,
			    rows[i].upload);
			return ST_OK;
		}
	return err_class(err, ST_REJECT, "settings",
	    "ZOHO_DATA_CENTRE is \"%s\"; it is one of us, eu, in, au, jp, cn, "
	    "ca, sa, uk, ae",
	    name);
}

bool
centre_may_ask(const struct settings *settings)
{
	static const enum setting ways[] = { SET_ZOHO_REFRESH_TOKEN,
		SET_ZOHO_OAUTH_SERVICE_URL, SET_ZOHO_ACCESS_TOKEN };
	size_t i;

	for (i = 0; i < ARRAY_LEN(ways); i++)
		if (settings_text(settings, ways[i])[0] != '\0')
			return true;
	return false;
}

enum status
centre_must_ask(const struct settings *settings, struct err *err)
{
	if (centre_may_ask(settings))
		return ST_OK;
	return err_class(err, ST_FAULT, "settings",
	    "there is no way to a token: set ZOHO_REFRESH_TOKEN, which "
	    "zohosync login gets, or ZOHO_OAUTH_SERVICE_URL");
}
