#include "organisation.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "passfile.h"
#include "secret.h"

enum { SETTINGS_MAX = 64 * 1024, ENDINGS_MAX = 32 };

/* ---- names ---- */

enum status
organisation_name(struct organisation *o, const char *name, struct err *err)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_";

	if (name == NULL) {
		(void)snprintf(o->database, sizeof(o->database), "zohosync");
		return ST_OK;
	}
	if (name[0] < 'a' || name[0] > 'z' ||
	    strspn(name, letters) != strlen(name) ||
	    strlen(name) >= ORGANISATION_NAME_MAX)
		return err_class(err, ST_REJECT, "usage",
		    "\"%.40s\" is no name of an organisation: a letter a-z, "
		    "then up to 30 of a-z, 0-9 and _",
		    name);
	(void)snprintf(o->database, sizeof(o->database), "zohosync_%s", name);
	return ST_OK;
}

PRINTF_LIKE(3, 4)
static enum status
put_path(char out[static PATH_MAX], struct err *err, const char *format, ...)
{
	va_list ap;
	int len;

	va_start(ap, format);
	len = vsnprintf(out, PATH_MAX, format, ap);
	va_end(ap);
	if (len >= 0 && len < PATH_MAX - ENDINGS_MAX)
		return ST_OK;
	return err_set(err, ST_REJECT, "a path of more than %d bytes",
	    PATH_MAX - ENDINGS_MAX);
}

/* The path of the settings without its ending: what lies beside them is named
 * after it. */
static int
stem_len(const struct organisation *o)
{
	size_t len = strlen(o->conf);

	if (len > 5 && strcmp(o->conf + len - 5, ".conf") == 0)
		len -= 5;
	return (int)len;
}

enum status
organisation_paths(struct organisation *o, const char *conf,
    const char *etc_dir, const char *var_dir, struct err *err)
{
	char here[PATH_MAX];
	enum status st;

	if (var_dir[0] != '/')
		return err_class(err, ST_REJECT, "usage",
		    "\"%s\" is not absolute", var_dir);
	if (conf == NULL)
		st = put_path(o->conf, err, "%s/%s.conf", etc_dir, o->database);
	else if (conf[0] == '/')
		st = put_path(o->conf, err, "%s", conf);
	else if (getcwd(here, sizeof(here)) != NULL)
		st = put_path(o->conf, err, "%s/%s", here, conf);
	else
		st = err_set(err, ST_REJECT, "\"%s\" is not absolute", conf);
	if (st == ST_OK)
		st = put_path(o->keys, err, "%.*s.keys", stem_len(o), o->conf);
	if (st == ST_OK)
		st = put_path(o->spool, err, "%s/spool/%s", var_dir,
		    o->database);
	if (st == ST_OK)
		st = put_path(o->log_dir, err, "%s/log/%s", var_dir,
		    o->database);
	if (st == ST_OK)
		st = put_path(o->log, err, "%s/zohosync.log", o->log_dir);
	return st;
}

enum status
organisation_stands(struct organisation *o, const struct settings *s,
    struct err *err)
{
	const char *log = settings_text(s, SET_LOG);
	enum status st = put_path(o->spool, err, "%s",
	    settings_text(s, SET_SPOOL_DIR));
	char *slash;

	if (st == ST_OK)
		st = put_path(o->keys, err, "%s",
		    settings_text(s, SET_API_KEY_FILE));
	if (st == ST_OK)
		st = put_path(o->log, err, "%s", log[0] == '/' ? log : "");
	if (st == ST_OK)
		st = put_path(o->log_dir, err, "%s", o->log);
	slash = strrchr(o->log_dir, '/');
	if (st == ST_OK && slash != NULL)
		*slash = '\0';
	return st;
}

/* ---- users ---- */

enum status
organisation_users(struct organisation *o, const char *web, const char *cron,
    struct err *err)
{
	bool root = geteuid() == 0;
	enum status st = account_find(NULL, &o->self, err);

	if (st == ST_OK)
		st = account_find(web == NULL && root ? "www-data" : web,
		    &o->web, err);
	st = err_wrap(err, st, "--web-user");
	if (st != ST_OK)
		return st;
	st = account_find(cron == NULL && root ? "zohosync" : cron, &o->cron,
	    err);
	if (st == ST_REJECT && cron == NULL)
		return err_set(err, ST_REJECT,
		    "there is no user \"zohosync\" for the jobs; make it: "
		    "adduser --system --group zohosync");
	st = err_wrap(err, st, "--cron-user");
	if (st == ST_OK && !root &&
	    (o->web.uid != o->self.uid || o->cron.uid != o->self.uid))
		return err_set(err, ST_REJECT,
		    "only root can set up for other users");
	if (st == ST_OK && !account_is_in(&o->web, o->cron.gid))
		return err_set(err, ST_REJECT,
		    "the user \"%s\" is not in the group of \"%s\", which is "
		    "how they share settings and spool; put it there: "
		    "adduser %s %s",
		    o->web.name, o->cron.name, o->web.name, o->cron.name);
	return st;
}

bool
organisation_is_private(const struct organisation *o)
{
	return o->web.uid == o->self.uid && o->cron.uid == o->self.uid;
}

const struct account *
organisation_user(const struct organisation *o, enum login_part part)
{
	if (part == LOGIN_WEB)
		return &o->web;
	if (part == LOGIN_JOB || part == LOGIN_ADMIN)
		return &o->cron;
	return &o->self;
}

/* ---- logins ---- */

/* The two logins of the jobs share a file. */
static const char *
file_of(enum login_part part)
{
	return login_word(part == LOGIN_ADMIN ? LOGIN_JOB : part);
}

void
organisation_login(struct organisation *o, enum login_part part, bool peer)
{
	struct login login = { .part = part };

	if (peer) {
		(void)snprintf(login.name, sizeof(login.name), "%s",
		    organisation_user(o, part)->name);
	} else {
		(void)snprintf(login.name, sizeof(login.name), "%.48s_%s_login",
		    o->database, login_word(part));
		/* organisation_paths() left room for it */
		(void)snprintf(login.passfile, sizeof(login.passfile),
		    "%.*s.%s.pgpass", stem_len(o), o->conf, file_of(part));
	}
	o->logins[part] = login;
}

static enum status
make_passwords(const struct organisation *o, enum login_part first,
    struct err *err)
{
	const char *path = o->logins[first].passfile;
	const char *names[LOGIN_COUNT];
	const struct account *user = organisation_user(o, first);
	const struct owner owner = { user->uid, user->gid };
	size_t n = 0;
	int part;

	for (part = 0; part < LOGIN_COUNT; part++)
		if (strcmp(o->logins[part].passfile, path) == 0)
			names[n++] = o->logins[part].name;
	return passfile_make(path, o->database, names, n, &owner, err);
}

enum status
organisation_passwords(const struct organisation *o, struct err *err)
{
	enum status st = ST_OK;
	int part;

	for (part = 0; st == ST_OK && part < LOGIN_COUNT; part++)
		if (o->logins[part].passfile[0] != '\0' &&
		    !place_is_there(o->logins[part].passfile))
			st = make_passwords(o, (enum login_part)part, err);
	return st;
}

/* ---- places ---- */

enum status
organisation_folders(const struct organisation *o, struct err *err)
{
	const struct owner shared = { o->cron.uid, o->cron.gid };
	bool private = organisation_is_private(o);
	enum status st = place_folder(o->spool, &shared, private ? 0700 : 02770,
	    err);

	if (st != ST_OK || o->log[0] == '\0')
		return st;
	st = place_folder(o->log_dir, &shared, private ? 0700 : 0750, err);
	/* Whoever writes first would else make it his own. */
	if (st == ST_OK && !place_is_there(o->log))
		st = place_file(o->log, "", 0, &shared, private ? 0600 : 0660,
		    err);
	return st;
}

/* Read by the web server and the jobs, written by us alone. */
static enum status
make_file(const struct organisation *o, const char *path, const char *text,
    struct err *err)
{
	bool private = organisation_is_private(o);
	const struct owner shared = { o->self.uid,
		private ? o->self.gid : o->cron.gid };

	return place_file(path, text, strlen(text), &shared,
	    private ? 0600 : 0640, err);
}

enum status
organisation_keys(const struct organisation *o, struct err *err)
{
	if (o->keys[0] == '\0' || place_is_there(o->keys))
		return ST_OK;
	return make_file(o, o->keys, "", err);
}

static enum status
put_setting(struct buf *out, enum setting which, const char *value,
    struct err *err)
{
	if (value == NULL)
		return ST_OK;
	return buf_printf(out, err, "\n# %s\n%s=%s\n", setting_rows[which].says,
	    setting_rows[which].name, value);
}

static enum status
put_settings(struct buf *out, const struct organisation *o,
    const char *const urls[static LOGIN_COUNT], const char *url,
    const char *alias, struct err *err)
{
	char secret[SECRET_TEXT_MAX], token[SECRET_TEXT_MAX];
	const struct {
		enum setting which;
		const char *value;
	} rows[] = {
		{ SET_DATABASE_URL, urls[LOGIN_JOB] },
		{ SET_WEB_DATABASE_URL, urls[LOGIN_WEB] },
		{ SET_ADMIN_DATABASE_URL, urls[LOGIN_ADMIN] },
		{ SET_OWNER_DATABASE_URL, urls[LOGIN_OWNER] },
		{ SET_ZOHO_WEBHOOK_SECRET, secret },
		{ SET_ZOHO_NOTIFICATION_TOKEN, token },
		{ SET_API_KEY_FILE, o->keys },
		{ SET_WEBHOOK_URL, url },
		{ SET_WEBHOOK_ALIAS_PREFIX, alias },
		{ SET_SPOOL_DIR, o->spool },
		{ SET_LOG, o->log },
	};
	enum status st = secret_draw(secret, err);
	size_t i;

	if (st == ST_OK)
		st = secret_draw(token, err);
	if (st == ST_OK)
		st = buf_printf(out, err,
		    "# Settings of zohosync for the database %s, made by "
		    "zohosync setup.\n# zohosync.conf(5) has the others, and "
		    "zohosync.conf.sample their defaults.\n",
		    o->database);
	for (i = 0; st == ST_OK && i < ARRAY_LEN(rows); i++)
		st = put_setting(out, rows[i].which, rows[i].value, err);
	explicit_bzero(secret, sizeof(secret));
	explicit_bzero(token, sizeof(token));
	return st;
}

enum status
organisation_settings(const struct organisation *o,
    const char *const urls[static LOGIN_COUNT], const char *url,
    const char *alias, struct err *err)
{
	struct buf text = BUF_INIT(SETTINGS_MAX);
	enum status st = put_settings(&text, o, urls, url, alias, err);

	if (st == ST_OK)
		st = make_file(o, o->conf, buf_text(&text), err);
	if (text.at != NULL)
		explicit_bzero(text.at, text.len);
	buf_release(&text);
	return st;
}

/* ---- using it ---- */

/* What the programs will do, as the users who run them. */
static enum status
use(const void *arg, struct err *err)
{
	const struct organisation *o = arg;
	const char *const files[] = { o->spool, o->log, o->keys };
	static const int ways[] = { R_OK | W_OK | X_OK, W_OK, R_OK };
	struct settings settings = SETTINGS_INIT;
	enum status st = settings_load(&settings, o->conf, err);
	size_t i;

	settings_release(&settings);
	for (i = 0; st == ST_OK && i < ARRAY_LEN(files); i++)
		if (files[i][0] != '\0' && eaccess(files[i], ways[i]) != 0)
			st = err_set(err, ST_FAULT, "could not use \"%s\": %s",
			    files[i], strerror(errno));
	return st;
}

enum status
organisation_try(const struct organisation *o, struct err *err)
{
	const struct account *const users[] = { &o->web, &o->cron };
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < ARRAY_LEN(users); i++) {
		st = account_try(users[i], use, o, err);
		st = err_wrap(err, st, "the user \"%s\"", users[i]->name);
	}
	return st;
}
