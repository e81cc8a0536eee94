#include "settings.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

enum { VALUE_MAX = 4096 };

/* Names from older installations that mean one of ours. */
static const struct {
	const char *old;
	enum setting now;
} aliases[] = {
	{ "REDIS_DEDUPE_TTL_SECONDS", SET_DEDUPE_TTL_SECONDS },
	{ "SECRET_KEY", SET_CRON_SECRET },
};

static int
setting_find(const char *name)
{
	size_t i;

	for (i = 0; i < SETTING_COUNT; i++)
		if (strcmp(setting_rows[i].name, name) == 0)
			return (int)i;
	for (i = 0; i < ARRAY_LEN(aliases); i++)
		if (strcmp(aliases[i].old, name) == 0)
			return (int)aliases[i].now;
	return -1;
}

static enum status
check_number(const struct setting_row *row, const char *value, struct err *err)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(value, &end, 10);
	if (*value == '\0' || *end != '\0' || errno != 0 || n < row->min ||
	    n > row->max)
		return err_set(err, ST_REJECT,
		    "%s is \"%s\", not a whole number from %ld to %ld",
		    row->name, value, row->min, row->max);
	return ST_OK;
}

enum status
settings_set(struct settings *s, enum setting which, const char *value,
    struct err *err)
{
	const struct setting_row *row = &setting_rows[which];
	enum status st = ST_OK;
	char *copy;

	if (row->kind == SETTING_NUMBER)
		st = check_number(row, value, err);
	else if (row->kind == SETTING_SWITCH && strcmp(value, "on") != 0 &&
	    strcmp(value, "off") != 0)
		st = err_set(err, ST_REJECT, "%s is \"%s\", not on or off",
		    row->name, value);
	if (st != ST_OK)
		return st;
	copy = strdup(value);
	if (copy == NULL)
		return err_memory(err);
	free(s->value[which]);
	s->value[which] = copy;
	return ST_OK;
}

static char *
trim(char *text)
{
	size_t n;

	text += strspn(text, " \t");
	n = strlen(text);
	while (n > 0 && strchr(" \t\r\n", text[n - 1]) != NULL)
		text[--n] = '\0';
	return text;
}

/* Take one pair of equal quotes off. */
static char *
unquote(char *text)
{
	size_t n = strlen(text);

	if (n >= 2 && (text[0] == '"' || text[0] == '\'') &&
	    text[n - 1] == text[0]) {
		text[n - 1] = '\0';
		return text + 1;
	}
	return text;
}

/* postgresql://name:password@host/, or password= in one of its forms. */
static bool
holds_password(const char *value)
{
	const char *host = strstr(value, "://");
	size_t user;

	if (strstr(value, "password") != NULL)
		return true;
	if (host == NULL)
		return false;
	host += 3;
	user = strcspn(host, "@/");
	return host[user] == '@' && memchr(host, ':', user) != NULL;
}

static enum status
read_line(struct settings *s, char *line, bool *has_secret, struct err *err)
{
	char *key = trim(line), *eq;
	int which;

	if (*key == '\0' || *key == '#')
		return ST_OK;
	if (strncmp(key, "export ", 7) == 0)
		key = trim(key + 7);
	eq = strchr(key, '=');
	if (eq == NULL || eq == key)
		return err_set(err, ST_REJECT,
		    "not a KEY=value line; a comment starts with #");
	*eq = '\0';
	which = setting_find(trim(key));
	if (which < 0)
		return err_set(err, ST_REJECT,
		    "no setting is called \"%s\"; zohosync.conf(5) lists them",
		    key);
	if (setting_rows[which].kind == SETTING_SECRET ||
	    holds_password(eq + 1))
		*has_secret = true;
	return settings_set(s, (enum setting)which, unquote(trim(eq + 1)), err);
}

static enum status
check_mode(FILE *f, bool has_secret, struct err *err)
{
	struct stat info;

	if (!has_secret || fstat(fileno(f), &info) != 0 ||
	    (info.st_mode & 07) == 0)
		return ST_OK;
	return err_set(err, ST_FAULT,
	    "it holds secrets and others may read it (mode %04o): chmod o= it",
	    (unsigned)info.st_mode & 07777);
}

static enum status
read_file(struct settings *s, const char *path, struct err *err)
{
	char line[VALUE_MAX];
	bool has_secret = false;
	enum status st = ST_OK;
	int number = 0;
	FILE *f = fopen(path, "re");

	if (f == NULL)
		return err_set(err, err_system(errno),
		    "could not open \"%s\": %s", path, strerror(errno));
	while (st == ST_OK && fgets(line, sizeof(line), f) != NULL) {
		number++;
		if (strchr(line, '\n') == NULL && !feof(f))
			st = err_set(err, ST_REJECT, "longer than %d bytes",
			    VALUE_MAX - 2);
		else
			st = read_line(s, line, &has_secret, err);
		st = err_wrap(err, st, "%s:%d", path, number);
	}
	if (st == ST_OK && ferror(f))
		st = err_set(err, err_system(errno),
		    "could not read \"%s\": %s", path, strerror(errno));
	if (st == ST_OK)
		st = err_wrap(err, check_mode(f, has_secret, err), "%s", path);
	(void)fclose(f);
	return st;
}

static enum status
read_environment(struct settings *s, struct err *err)
{
	enum status st = ST_OK;
	const char *value;
	size_t i;

	for (i = 0; st == ST_OK && i < ARRAY_LEN(aliases); i++) {
		value = getenv(aliases[i].old);
		if (value != NULL && *value != '\0')
			st = settings_set(s, aliases[i].now, value, err);
	}
	for (i = 0; st == ST_OK && i < SETTING_COUNT; i++) {
		value = getenv(setting_rows[i].name);
		if (value != NULL && *value != '\0')
			st = settings_set(s, (enum setting)i, value, err);
	}
	return err_wrap(err, st, "environment");
}

enum status
settings_load(struct settings *s, const char *path, struct err *err)
{
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < SETTING_COUNT; i++)
		st = settings_set(s, (enum setting)i, setting_rows[i].fallback,
		    err);
	if (path == NULL)
		path = getenv("ZOHOSYNC_CONF");
	if (path == NULL) {
		struct stat info;

		path = SYSCONFDIR "/zohosync.conf";
		if (stat(path, &info) != 0)
			path = NULL;
	}
	if (st == ST_OK && path != NULL) {
		s->path = strdup(path);
		st = s->path != NULL ? read_file(s, path, err)
				     : err_memory(err);
	}
	if (st == ST_OK)
		st = read_environment(s, err);
	return st;
}

void
settings_release(struct settings *s)
{
	size_t i;

	for (i = 0; i < SETTING_COUNT; i++) {
		if (s->value[i] != NULL)
			explicit_bzero(s->value[i], strlen(s->value[i]));
		free(s->value[i]);
		s->value[i] = NULL;
	}
	free(s->path);
	s->path = NULL;
}

const char *
settings_text(const struct settings *s, enum setting which)
{
	return s->value[which];
}

long
settings_number(const struct settings *s, enum setting which)
{
	return strtol(s->value[which], NULL, 10);
}

bool
settings_on(const struct settings *s, enum setting which)
{
	return strcmp(s->value[which], "on") == 0;
}

enum status
settings_need(const struct settings *s, enum setting which, const char **out,
    struct err *err)
{
	*out = s->value[which];
	if (**out != '\0')
		return ST_OK;
	return err_class(err, ST_FAULT, "settings",
	    "%s is not set (%s): put it into %s", setting_rows[which].name,
	    setting_rows[which].says,
	    s->path != NULL ? s->path : SYSCONFDIR "/zohosync.conf");
}

bool
settings_lists(const char *list, const char *word)
{
	size_t want = strlen(word), n;

	while (*list != '\0') {
		list += strspn(list, ", \t");
		n = strcspn(list, ",");
		while (n > 0 && strchr(" \t", list[n - 1]) != NULL)
			n--;
		if (n == want && n > 0 && strncasecmp(list, word, n) == 0)
			return true;
		list += strcspn(list, ",");
	}
	return false;
}
