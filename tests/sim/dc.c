#include "dc.h"

#include <stddef.h>
#include <string.h>

static const struct {
	const char *dc, *accounts, *api, *files;
} centres[] = {
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

enum { CENTRES = sizeof(centres) / sizeof(centres[0]) };

bool
dc_ours(const char *dc, const char *host)
{
	char name[128];
	size_t len;
	int i;

	if (host == NULL)
		return true;
	len = strcspn(host, ":");
	if (len >= sizeof(name))
		return true;
	memcpy(name, host, len);
	name[len] = '\0';
	for (i = 0; i < CENTRES; i++)
		if (strcmp(name, centres[i].accounts) == 0 ||
		    strcmp(name, centres[i].api) == 0 ||
		    strcmp(name, centres[i].files) == 0)
			return strcmp(centres[i].dc, dc) == 0;
	return true;
}

const char *
dc_api_host(const char *dc)
{
	int i;

	for (i = 0; i < CENTRES; i++)
		if (strcmp(centres[i].dc, dc) == 0)
			return centres[i].api;
	return NULL;
}
