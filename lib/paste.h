/*
 * What a person does next: what to paste into Zoho, and what to give to the
 * web server and to cron.
 */
#ifndef PASTE_H
#define PASTE_H

#include <stdbool.h>

#include "err.h"
#include "hook.h"
#include "organisation.h"
#include "settings.h"

struct paste {
	const struct organisation *organisation;
	const struct settings *settings;
	const char *url; /* of the webhooks, as Zoho reaches them, no last / */
	bool show_secrets; /* else where they stand */
	const char *key;   /* a key made just now, or NULL */
	bool root;         /* there is a web server's configuration to edit */
	bool alone;        /* one login does it all */
	bool common_conf;  /* the programs find the settings by themselves */
	const char *examples; /* folder of snippets */
};

/* Print it to standard output. ST_REJECT: a module in the settings is wrong. */
MUST_CHECK
enum status paste_print(const struct paste *p, struct err *err);

/* Print the rules that run these webhooks, which the CRM lets nobody make but
 * on its pages. */
void paste_rules(const struct hook_list *hooks);

#endif
