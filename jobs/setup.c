/* setup - make an organisation: its database, logins, settings and secrets,
 * and say what to paste into Zoho. What stands is left as it is. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "apikey.h"
#include "founding.h"
#include "hook.h"
#include "job_main.h"
#include "paste.h"

enum {
	OPT_ORG,
	OPT_URL,
	OPT_DATABASE_URL,
	OPT_NO_DATABASE,
	OPT_PASSWORDS,
	OPT_WEB_USER,
	OPT_CRON_USER,
	OPT_VAR_DIR,
	OPT_DRY_RUN,
	OPT_PRINT,
	OPT_SHOW_SECRETS
};

static const struct job_option options[] = {
	[OPT_ORG] = { "org", "NAME", "a further organisation of this name" },
	[OPT_URL] = { "url", "URL", "where Zoho reaches this server" },
	[OPT_DATABASE_URL] = { "database-url", "URL",
	    "PostgreSQL, as who may make databases and roles" },
	[OPT_NO_DATABASE] = { "no-database", NULL,
	    "the host gave one, with one login, in DATABASE_URL" },
	[OPT_PASSWORDS] = { "passwords", NULL,
	    "for every login, none is a user of this machine" },
	[OPT_WEB_USER] = { "web-user", "NAME", "who runs the web server" },
	[OPT_CRON_USER] = { "cron-user", "NAME", "who runs the jobs" },
	[OPT_VAR_DIR] = { "var-dir", "DIR", "folder for spool and log" },
	[OPT_DRY_RUN] = { "dry-run", NULL, "say what would be made" },
	[OPT_PRINT] = { "print", NULL, "only say again what to paste" },
	[OPT_SHOW_SECRETS] = { "show-secrets", NULL,
	    "print them, though this is no terminal" },
};

struct setup {
	const struct job *job;
	struct organisation org;
	struct making making;
	struct settings settings; /* those that stand, then those made */
	bool stands;              /* there were settings before */
	bool alone;               /* one login, in a database of the host */
	char url[HOOK_URL_MAX];   /* of the webhooks */
	const char *alias;        /* the path in it, where it is not ours */
	char given[CONNINFO_MAX]; /* a database, from the environment */
};

static const char hooks[] = "/api/zoho/webhooks";

/* ---- what is wanted ---- */

/* --url is where Zoho reaches the web server, or the program itself: with a
 * path, that path means our own. */
static enum status
read_url(struct setup *s, struct err *err)
{
	const char *given = s->job->given[OPT_URL];
	const char *url = given != NULL ? given : "https://YOUR-SERVER";
	size_t len = strlen(url), host;

	while (len > 0 && url[len - 1] == '/')
		len--;
	if (!hook_is_url(url) || len > HOOK_BASE_MAX - sizeof(hooks))
		return err_class(err, ST_REJECT, "usage",
		    "--url takes an address like https://shop.example.com, "
		    "not \"%.200s\"",
		    url);
	(void)snprintf(s->url, sizeof(s->url), "%.*s", (int)len, url);
	host = (size_t)(strstr(s->url, "://") + 3 - s->url);
	host += strcspn(s->url + host, "/");
	if (s->url[host] == '\0')
		(void)snprintf(s->url + len, sizeof(s->url) - len, "%s", hooks);
	else if (strcmp(s->url + host, hooks) != 0)
		s->alias = s->url + host;
	return ST_OK;
}

/* An argument can be seen by everybody on this machine. */
static enum status
check_database_url(const char *url, struct err *err)
{
	char password[CONNINFO_MAX];

	if (url == NULL ||
	    !conninfo_get(url, "password", password, sizeof(password)))
		return ST_OK;
	explicit_bzero(password, sizeof(password));
	return err_class(err, ST_REJECT, "usage",
	    "no password belongs into an argument: give it to libpq in "
	    "PGPASSWORD or ~/.pgpass, or with --no-database the whole URL in "
	    "DATABASE_URL");
}

/* The environment wins over every settings file, and must not here. */
static void
read_environment(struct setup *s)
{
	const char *url = getenv("DATABASE_URL");
	size_t i;

	(void)snprintf(s->given, sizeof(s->given), "%s",
	    url != NULL ? url : "");
	for (i = 0; i < SETTING_COUNT; i++)
		(void)unsetenv(setting_rows[i].name);
}

static enum status
plan(struct setup *s, struct err *err)
{
	const char *const *given = s->job->given;
	const char *conf = s->job->config;
	enum status st;

	if (conf == NULL && given[OPT_ORG] == NULL)
		conf = getenv("ZOHOSYNC_CONF");
	s->making.dry = given[OPT_DRY_RUN] != NULL;
	s->alone = given[OPT_NO_DATABASE] != NULL;
	read_environment(s);
	st = check_database_url(given[OPT_DATABASE_URL], err);
	if (st == ST_OK)
		st = read_url(s, err);
	if (st == ST_OK)
		st = organisation_name(&s->org, given[OPT_ORG], err);
	if (st == ST_OK)
		st = organisation_users(&s->org, given[OPT_WEB_USER],
		    given[OPT_CRON_USER], err);
	if (st == ST_OK)
		st = organisation_paths(&s->org, conf, SYSCONFDIR,
		    given[OPT_VAR_DIR] != NULL ? given[OPT_VAR_DIR]
					       : LOCALSTATEDIR,
		    err);
	return st;
}

/* ---- settings that stand ---- */

static bool
has_one_login(const struct settings *s)
{
	const char *url = settings_text(s, SET_DATABASE_URL);
	char user[CONNINFO_MAX];

	return settings_text(s, SET_OWNER_DATABASE_URL)[0] == '\0' &&
	    strcmp(url, settings_text(s, SET_WEB_DATABASE_URL)) == 0 &&
	    conninfo_get(url, "user", user, sizeof(user));
}

static enum status
read_settings(struct setup *s, struct err *err)
{
	enum status st;

	settings_release(&s->settings);
	st = settings_load(&s->settings, s->org.conf, err);
	if (st != ST_OK)
		err->reason = "settings";
	return st;
}

static enum status
look_at_settings(struct setup *s, struct err *err)
{
	char database[CONNINFO_MAX];
	const char *url;
	enum status st;

	s->stands = place_is_there(s->org.conf);
	if (!s->stands)
		return s->making.dry ? ST_OK : place_is_open(s->org.conf, err);
	st = read_settings(s, err);
	if (st == ST_OK)
		st = organisation_stands(&s->org, &s->settings, err);
	if (st == ST_OK)
		st = settings_need(&s->settings, SET_DATABASE_URL, &url, err);
	if (st != ST_OK)
		return st;
	s->alone = s->alone || has_one_login(&s->settings);
	if (!s->alone &&
	    (!conninfo_get(url, "dbname", database, sizeof(database)) ||
		strcmp(database, s->org.database) != 0))
		return err_set(err, ST_REJECT,
		    "\"%s\" is there, and not for the database \"%s\"",
		    s->org.conf, s->org.database);
	return ST_OK;
}

/* ---- making ---- */

static enum status
make_database(struct setup *s, struct founding *f, struct err *err)
{
	static const enum setting settings[LOGIN_COUNT] = {
		[LOGIN_WEB] = SET_WEB_DATABASE_URL,
		[LOGIN_JOB] = SET_DATABASE_URL,
		[LOGIN_ADMIN] = SET_ADMIN_DATABASE_URL,
		[LOGIN_OWNER] = SET_OWNER_DATABASE_URL,
		[LOGIN_REPORT] = SETTING_COUNT,
	};
	const char *url = s->job->given[OPT_DATABASE_URL];
	int part;

	for (part = 0; s->stands && part < LOGIN_COUNT; part++)
		if (settings[part] != SETTING_COUNT)
			(void)snprintf(f->urls[part], CONNINFO_MAX, "%s",
			    settings_text(&s->settings, settings[part]));
	if (!s->alone)
		return founding_make(f, url, err);
	if (s->stands)
		url = settings_text(&s->settings, SET_DATABASE_URL);
	else if (url == NULL)
		url = s->given;
	if (*url == '\0')
		return err_class(err, ST_REJECT, "usage",
		    "--no-database wants the URL that the host gave you, in "
		    "the environment: DATABASE_URL");
	return founding_alone(f, url, err);
}

static enum status
make_files(struct setup *s, const struct founding *f, struct err *err)
{
	const struct organisation *o = &s->org;
	const char *places[] = { o->spool, o->log_dir, o->log, o->keys,
		o->conf };
	const char *urls[LOGIN_COUNT];
	enum status st;
	size_t i;

	for (i = 0; i < ARRAY_LEN(places); i++)
		if (places[i][0] != '\0' && !place_is_there(places[i]))
			making_tell(&s->making, "%s", places[i]);
	if (s->making.dry)
		return ST_OK;
	for (i = 0; i < LOGIN_COUNT; i++)
		urls[i] = f->urls[i][0] != '\0' ? f->urls[i] : NULL;
	st = organisation_folders(o, err);
	if (st == ST_OK)
		st = organisation_keys(o, err);
	if (st == ST_OK && !s->stands)
		st = organisation_settings(o, urls,
		    s->job->given[OPT_URL] != NULL ? s->url : NULL, s->alias,
		    err);
	return st;
}

/* The first key, where there is none: only if somebody gets to see it. */
static enum status
make_key(struct setup *s, char key[static APIKEY_TEXT_MAX], struct err *err)
{
	struct apikey_list keys;
	enum status st;

	key[0] = '\0';
	if (s->org.keys[0] == '\0')
		return ST_OK;
	st = apikey_load(&keys, s->org.keys, err);
	if (st == ST_OK && keys.len == 0) {
		making_tell(&s->making, "an API key");
		st = apikey_create(s->org.keys, "crm", "webhook", 0, key, err);
	}
	apikey_release(&keys);
	return st;
}

/* ---- all of it ---- */

static enum status
tell(struct setup *s, bool again, struct err *err)
{
	char key[APIKEY_TEXT_MAX] = "";
	struct paste p = {
		.organisation = &s->org,
		.settings = &s->settings,
		.url = s->url,
		.show_secrets = s->job->given[OPT_SHOW_SECRETS] != NULL ||
		    isatty(STDOUT_FILENO),
		.root = s->org.self.uid == 0,
		.alone = s->alone,
		.common_conf = strcmp(s->org.conf,
				   SYSCONFDIR "/zohosync.conf") == 0,
		.examples = PKGDATADIR,
	};
	enum status st = ST_OK;

	if (s->job->given[OPT_URL] == NULL &&
	    *settings_text(&s->settings, SET_WEBHOOK_URL) != '\0')
		st = hook_base(&s->settings, s->url, err);
	if (st == ST_OK && !again && p.show_secrets)
		st = make_key(s, key, err);
	if (st != ST_OK)
		return st;
	p.key = key[0] != '\0' ? key : NULL;
	if (s->alias != NULL &&
	    !settings_lists(settings_text(&s->settings,
				SET_WEBHOOK_ALIAS_PREFIX),
		s->alias))
		(void)printf("note: WEBHOOK_ALIAS_PREFIX=%s is missing in %s\n",
		    s->alias, s->org.conf);
	if (again || p.key != NULL || !s->stands) {
		(void)putchar('\n');
		st = paste_print(&p, err);
	} else {
		(void)puts(s->making.count > 0
			? "done; --print says again what to paste into Zoho"
			: "nothing is missing; --print says again what to "
			  "paste into Zoho");
	}
	explicit_bzero(key, sizeof(key));
	return st;
}

static enum status
make(struct setup *s, struct err *err)
{
	struct founding f = {
		.organisation = &s->org,
		.making = &s->making,
		.passwords = s->job->given[OPT_PASSWORDS] != NULL,
	};
	enum status st = make_database(s, &f, err);

	if (st == ST_OK)
		st = make_files(s, &f, err);
	explicit_bzero(f.urls, sizeof(f.urls));
	if (st != ST_OK || s->making.dry)
		return st;
	st = organisation_try(&s->org, err);
	if (st == ST_OK)
		st = read_settings(s, err);
	return st == ST_OK ? tell(s, false, err) : st;
}

static enum status
setup(struct job *job, struct err *err)
{
	struct setup s = { .job = job, .settings = SETTINGS_INIT };
	enum status st = plan(&s, err);

	if (st == ST_OK)
		st = look_at_settings(&s, err);
	if (st == ST_OK && job->given[OPT_PRINT] == NULL)
		st = make(&s, err);
	else if (st == ST_OK && s.stands)
		st = tell(&s, true, err);
	else if (st == ST_OK)
		st = err_set(err, ST_REJECT, "there is no \"%s\" yet",
		    s.org.conf);
	settings_release(&s.settings);
	explicit_bzero(s.given, sizeof(s.given));
	return st;
}

static const struct job_program program = {
	.name = "setup",
	.words = "",
	.summary = "Make an organisation: database, logins, settings, secrets.",
	.options = options,
	.options_len = ARRAY_LEN(options),
	.quiet_log = true,
	.makes_settings = true,
	.run = setup,
};

int
main(int argc, char **argv)
{
	return job_main(argc, argv, &program);
}
