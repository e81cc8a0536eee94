#include "paste.h"

#include <stdio.h>

enum { NAME_WIDTH = 30 };

/* A secret, or where it stands. */
static void
print_secret(const struct paste *p, enum setting which)
{
	if (p->show_secrets)
		(void)printf("%s\n", settings_text(p->settings, which));
	else
		(void)printf("(%s in %s; --show-secrets prints it)\n",
		    setting_rows[which].name, p->organisation->conf);
}

/* A webhook for each module of a service (F017). */
static void
print_webhooks(const struct hook_list *hooks, enum service service)
{
	const struct hook *h;
	size_t i;

	for (i = 0; i < hooks->len; i++) {
		h = &hooks->at[i];
		if (h->module->service == service && !h->deletes)
			(void)printf("     %-*s %s\n", NAME_WIDTH, h->name,
			    h->url);
	}
	(void)printf(
	    "\n   Run them by workflow rules for records created or edited.\n"
	    "   For records deleted make a second one of each, with\n"
	    "   ?operation=delete behind its URL, and rules for those.\n\n");
}

static void
print_books(const struct paste *p, const struct hook_list *hooks)
{
	(void)printf(
	    "1. Zoho Books: Settings > Automation > Workflow Actions > "
	    "Webhooks.\n"
	    "   Make these, with method POST, body \"Default Payload\", and "
	    "under\n   \"I want to secure this webhook\" the secret\n\n     ");
	print_secret(p, SET_ZOHO_WEBHOOK_SECRET);
	(void)printf("\n");
	print_webhooks(hooks, SERVICE_BOOKS);
}

static void
print_crm(const struct paste *p, const struct hook_list *hooks)
{
	(void)printf("2. Zoho CRM: Setup > Automation > Actions > Webhooks.\n"
		     "   Make these, with method POST, a parameter \"id\" that "
		     "is the record's id, and\n   the header\n\n     ");
	if (p->key != NULL)
		(void)printf("X-API-Key: %s\n"
			     "     (shown this once, and kept nowhere)\n\n",
		    p->key);
	else
		(void)printf("X-API-Key: a key, which \"zohosync key create "
			     "NAME -c %s\" makes\n"
			     "     and shows once; \"zohosync key list\" names "
			     "those there are\n\n",
		    p->organisation->conf);
	print_webhooks(hooks, SERVICE_CRM);
	(void)printf("   \"zohosync webhooks apply\" does all of 1 and 2 but "
		     "the rules of the CRM.\n\n"
		     "3. Zoho CRM, notifications: \"zohosync watch\" gives "
		     "channels\n\n     notify_url  %s/notifications\n"
		     "     token       ",
	    p->url);
	print_secret(p, SET_ZOHO_NOTIFICATION_TOKEN);
	(void)printf("\n");
}

static void
print_web(const struct paste *p)
{
	const struct organisation *o = p->organisation;

	(void)printf("4. The web server starts %s/webhook.\n", PKGLIBEXECDIR);
	if (p->root && p->common_conf)
		(void)printf("   lighttpd: %s/lighttpd.conf\n"
			     "   Apache:   %s/apache-fcgid.conf\n",
		    p->examples, p->examples);
	else if (p->root)
		(void)printf("   lighttpd: %s/lighttpd-second.conf\n"
			     "   Apache:   %s/apache-fcgid.conf, in a "
			     "VirtualHost of its own;\n"
			     "   each with \"-c %s\".\n",
		    p->examples, p->examples, o->conf);
	else
		(void)printf(
		    "   Where you cannot edit its configuration, copy the "
		    "program as zohosync.cgi\n"
		    "   to where CGI programs go; the host must run it as "
		    "\"%s\".\n",
		    o->web.name);
	if (!p->root && !p->common_conf)
		(void)printf("   It needs ZOHOSYNC_CONF=%s in its "
			     "environment.\n",
		    o->conf);
	(void)printf("\n");
}

static void
print_cron(const struct paste *p)
{
	const struct organisation *o = p->organisation;

	if (p->root)
		(void)printf("5. cron: this line in /etc/cron.d/%s\n\n"
			     "     * * * * * %s %s/zohosync drain -c %s\n\n",
		    o->database, o->cron.name, BINDIR, o->conf);
	else
		(void)printf("5. cron: one of these lines, by \"crontab -e\"; "
			     "the second where the host\n"
			     "   allows no more than every 15 minutes\n\n"
			     "     * * * * * %s/zohosync drain -c %s\n"
			     "     */15 * * * * %s/zohosync drain --once -c "
			     "%s\n\n",
		    BINDIR, o->conf, BINDIR, o->conf);
}

static void
print_looking(const struct paste *p)
{
	const struct organisation *o = p->organisation;

	(void)
	    printf("6. See whether all is well:\n\n     curl %s/health\n     ",
		p->url);
	if (o->cron.uid != o->self.uid)
		(void)printf("runuser -u %s -- ", o->cron.name);
	(void)printf("%s/zohosync status -c %s\n", BINDIR, o->conf);
	if (p->alone)
		(void)printf("\nOne login does everything here: whoever gets "
			     "hold of the program that takes\nin webhooks, or "
			     "is to read reports, can read and change all that "
			     "the database\nholds. Where the host gives "
			     "several logins, ask for them.\n");
}

void
paste_rules(const struct hook_list *hooks)
{
	const struct hook *h;
	size_t i;

	(void)printf("\nWhat only Zoho's pages can do\n\n"
		     "1. Zoho CRM: Setup > Automation > Workflow Rules. Make a "
		     "rule for each line, with\n"
		     "   its webhook as instant action, and switch it on:\n\n");
	for (i = 0; i < hooks->len; i++) {
		h = &hooks->at[i];
		if (h->module->service == SERVICE_CRM)
			(void)printf("     %-24s %-22s %s\n",
			    h->module->resource,
			    h->deletes ? "deleted" : "created or edited",
			    h->name);
	}
	(void)printf("\n2. Or leave that to notification channels, which need "
		     "no rules: \"zohosync watch\"\n   makes them.\n");
}

enum status
paste_print(const struct paste *p, struct err *err)
{
	struct module_list modules;
	struct hook_list hooks;
	enum status st = module_list_open(&modules,
	    settings_text(p->settings, SET_ZOHO_MODULES_TO_SYNC), err);

	if (st != ST_OK)
		return st;
	st = hook_list_open(&hooks, &modules, p->url, err);
	if (st == ST_OK) {
		print_books(p, &hooks);
		print_crm(p, &hooks);
		print_web(p);
		print_cron(p);
		print_looking(p);
	}
	hook_list_close(&hooks);
	module_list_close(&modules);
	return st;
}
