/* key - keys for the header X-API-Key, kept as hashes in one file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apikey.h"
#include "clock.h"
#include "job_main.h"

enum { OPT_SCOPE, OPT_DAYS };

static const struct job_option options[] = {
	[OPT_SCOPE] = { "scope", "SCOPE", "what it opens: webhook" },
	[OPT_DAYS] = { "days", "N", "expires after N days; without it, never" },
};

static const struct job_program program;

static enum status
create(const struct job *job, const char *path, struct err *err)
{
	const char *scope = job->given[OPT_SCOPE] != NULL
	    ? job->given[OPT_SCOPE]
	    : "webhook";
	char key[APIKEY_TEXT_MAX];
	int64_t expires_us = 0;
	enum status st;
	long days;

	st = job_number(job, &program, OPT_DAYS, 1, 36500, 0, &days, err);
	if (days > 0)
		expires_us = clock_now_us() + (int64_t)days * 86400 * 1000000;
	if (st == ST_OK)
		st = apikey_create(path, job->words[1], scope, expires_us, key,
		    err);
	if (st != ST_OK)
		return st;
	(void)printf("X-API-Key: %s\n", key);
	(void)fputs(
	    "This is shown once. Put it into the header of the webhook.\n",
	    stderr);
	explicit_bzero(key, sizeof(key));
	return ST_OK;
}

static void
print_day(int64_t us)
{
	char text[CLOCK_TEXT_MAX];

	clock_format(us, text);
	(void)printf("  %-10.10s", us == 0 ? "never" : text);
}

static enum status
list(const struct job *job, const char *path, struct err *err)
{
	struct apikey_list keys = { .at = NULL, .len = 0 };
	enum status st = apikey_load(&keys, path, err);
	size_t i;

	(void)job;
	if (st == ST_OK && keys.len == 0)
		(void)puts("no keys");
	else if (st == ST_OK)
		(void)printf("%-24s %-8s  %-10s  %-10s\n", "name", "scope",
		    "created", "expires");
	for (i = 0; st == ST_OK && i < keys.len; i++) {
		(void)printf("%-24s %-8s", keys.at[i].name, keys.at[i].scope);
		print_day(keys.at[i].created_us);
		print_day(keys.at[i].expires_us);
		(void)putchar('\n');
	}
	apikey_release(&keys);
	return st;
}

static enum status
revoke(const struct job *job, const char *path, struct err *err)
{
	enum status st = apikey_revoke(path, job->words[1], err);

	if (st == ST_NONE)
		return err_set(err, ST_REJECT, "no key is called \"%s\"",
		    job->words[1]);
	if (st == ST_OK)
		(void)puts("revoked; it is refused within a second");
	return st;
}

static const struct {
	const char *word;
	int words; /* with its own */
	enum status (*run)(const struct job *job, const char *path,
	    struct err *err);
} acts[] = {
	{ "create", 2, create },
	{ "list", 1, list },
	{ "revoke", 2, revoke },
};

static enum status
key(struct job *job, struct err *err)
{
	const char *word = job->words_len > 0 ? job->words[0] : "list";
	int words = job->words_len > 0 ? job->words_len : 1;
	const char *path;
	enum status st = settings_need(&job->settings, SET_API_KEY_FILE, &path,
	    err);
	size_t i;

	for (i = 0; i < ARRAY_LEN(acts); i++)
		if (strcmp(acts[i].word, word) == 0 && acts[i].words == words)
			break;
	if (i == ARRAY_LEN(acts))
		return err_class(err, ST_REJECT, "usage",
		    "key takes create NAME, list or revoke NAME");
	return st == ST_OK ? acts[i].run(job, path, err) : st;
}

static const struct job_program program = {
	.name = "key",
	.words = "create NAME|list|revoke NAME",
	.summary = "Keys for the header X-API-Key, kept as hashes in one file.",
	.options = options,
	.options_len = ARRAY_LEN(options),
	.quiet_log = true,
	.run = key,
};

int
main(int argc, char **argv)
{
	return job_main(argc, argv, &program);
}
