/* zohosync - the front door: finds the program for a command and becomes it. */
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "err.h"

static const struct command {
	const char *name;
	const char *summary;
} commands[] = {
	{ "setup", "make an organisation: database, logins, settings" },
	{ "login", "get a refresh token from Zoho; see what it may read" },
	{ "migrate", "make the tables, or bring them to this version" },
	{ "drain", "apply what waits in the queue" },
	{ "fetch", "ask Zoho for what was only announced" },
	{ "get", "print records as Zoho has them" },
	{ "reconcile", "compare with Zoho, and bring what differs" },
	{ "backfill", "bring all that Zoho has, for the first time or again" },
	{ "watch", "keep the notification channels of the CRM alive" },
	{ "webhooks", "compare with Zoho the webhooks it should have" },
	{ "verify", "prove that all Zoho has stands here, repair the rest" },
	{ "fields", "read what fields Zoho has; list them, and what changed" },
	{ "status", "counts, ages and rates: is all well?" },
	{ "dead", "list, show, retry or drop what could not be applied" },
	{ "key", "create, list or revoke keys for the header X-API-Key" },
};

static void
help(FILE *out)
{
	size_t i;

	(void)fputs("usage: zohosync [-c FILE] COMMAND [options]\n\n", out);
	for (i = 0; i < ARRAY_LEN(commands); i++)
		(void)fprintf(out, "  %-10s %s\n", commands[i].name,
		    commands[i].summary);
	(void)
	    fputs("  help       this text; help COMMAND for a command's own\n\n"
		  "zohosync COMMAND --help lists the options of a command.\n",
		out);
}

static bool
is_command(const char *word)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(commands); i++)
		if (strcmp(commands[i].name, word) == 0)
			return true;
	return false;
}

/* Installed, the programs are in libexec; in a build tree, beside us. */
static void
path_of(const char *name, char out[static PATH_MAX])
{
	char self[PATH_MAX] = "", dir[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	self[n > 0 ? n : 0] = '\0';
	(void)snprintf(out, PATH_MAX, "%s/%s", PKGLIBEXECDIR, name);
	if (strcmp(self, BINDIR "/zohosync") == 0)
		return;
	(void)snprintf(dir, sizeof(dir), "%s", self);
	(void)snprintf(self, sizeof(self), "%.4000s/%.64s", dirname(dir), name);
	if (access(self, X_OK) == 0)
		(void)snprintf(out, PATH_MAX, "%s", self);
}

static int
become(const char *name, char **argv)
{
	char path[PATH_MAX];

	path_of(name, path);
	(void)execv(path, argv);
	(void)fprintf(stderr, "zohosync: could not start \"%s\": %s\n", path,
	    strerror(errno));
	return EX_UNAVAILABLE;
}

/* "zohosync -c FILE drain --once" is "drain -c FILE --once". */
static int
dispatch(int argc, char **argv, int at)
{
	char *words[64];
	int n = 0, i;

	if (argc >= (int)ARRAY_LEN(words))
		return EX_USAGE;
	words[n++] = argv[at];
	for (i = 1; i < argc; i++)
		if (i != at)
			words[n++] = argv[i];
	words[n] = NULL;
	return become(argv[at], words);
}

static int
help_on(char *name)
{
	char option[] = "--help";
	char *words[] = { name, option, NULL };

	if (name == NULL) {
		help(stdout);
		return EX_OK;
	}
	if (!is_command(name)) {
		(void)fprintf(stderr, "zohosync: no command is called \"%s\"\n",
		    name);
		return EX_USAGE;
	}
	return become(name, words);
}

int
main(int argc, char **argv)
{
	int at = 1;

	while (at < argc && argv[at][0] == '-')
		at += strcmp(argv[at], "-c") == 0 ||
			strcmp(argv[at], "--config") == 0
		    ? 2
		    : 1;
	if (at < argc && is_command(argv[at]))
		return dispatch(argc, argv, at);
	if (at < argc && strcmp(argv[at], "help") == 0)
		return help_on(argv[at + 1]);
	if (argc > 1 &&
	    (strcmp(argv[1], "-V") == 0 || strcmp(argv[1], "--version") == 0)) {
		(void)puts("zohosync " ZOHOSYNC_VERSION);
		return EX_OK;
	}
	if (argc > 1 &&
	    (strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "--help") == 0)) {
		help(stdout);
		return EX_OK;
	}
	if (at < argc)
		(void)fprintf(stderr, "zohosync: no command is called \"%s\"\n",
		    argv[at]);
	help(stderr);
	return EX_USAGE;
}
