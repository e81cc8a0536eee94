/* login - trade the code of a self client for a refresh token, and see what it
 * is good for. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "centre.h"
#include "crm.h"
#include "job_main.h"
#include "json.h"
#include "token.h"
#include "zoho.h"

enum { CODE_MAX = 512, CONNECT_S = 10, ANSWER_BYTES = 4 * 1024 * 1024 };

enum { OPT_PRINT, OPT_CHECK };

static const struct job_option options[] = {
	[OPT_PRINT] = { "print", NULL,
	    "print the line for the settings instead of writing it" },
	[OPT_CHECK] = { "check", NULL,
	    "only see what the token of the settings is good for" },
};

/* ---- the code ---- */

/* Never an argument: others see those. */
static enum status
read_code(char out[static CODE_MAX], struct err *err)
{
	if (isatty(STDIN_FILENO)) {
		(void)fputs("Paste the code and press Enter: ", stdout);
		(void)fflush(stdout);
	}
	if (fgets(out, CODE_MAX, stdin) == NULL) {
		if (ferror(stdin))
			return err_class(err, ST_FAULT, "input",
			    "could not read the code: %s", strerror(errno));
		out[0] = '\0';
	}
	out[strcspn(out, " \t\r\n")] = '\0';
	if (out[0] == '\0')
		return err_class(err, ST_REJECT, "usage",
		    "no code came on standard input; Zoho's API console makes "
		    "one under Self Client, Generate Code");
	return ST_OK;
}

static enum status
keep(const struct job *job, const char *refresh, struct err *err)
{
	const char *path = job->settings.path;
	enum status st;

	if (job->given[OPT_PRINT] != NULL || path == NULL) {
		(void)printf("ZOHO_REFRESH_TOKEN=%s\n", refresh);
		return ST_OK;
	}
	st = settings_put(path, SET_ZOHO_REFRESH_TOKEN, refresh, err);
	if (st == ST_OK)
		(void)printf("The refresh token is in %s.\n", path);
	return st;
}

static enum status
trade(const struct job *job, struct db *db, char refresh[static TOKEN_TEXT_MAX],
    struct err *err)
{
	struct centre centre;
	struct http_options o = { .agent = "zohosync/" ZOHOSYNC_VERSION,
		.hosts = centre.hosts,
		.hosts_len = CENTRE_HOSTS,
		.ca_file = settings_text(&job->settings, SET_ZOHO_CA_FILE),
		.parallel = 1,
		.connect_ms = 10000,
		.stall_ms = 30000 };
	struct token_source source = {
		.db = db, .settings = &job->settings, .centre = &centre
	};
	char code[CODE_MAX];
	const char *needed;
	enum status st = settings_need(&job->settings, SET_ZOHO_CLIENT_ID,
	    &needed, err);

	if (st == ST_OK)
		st = settings_need(&job->settings, SET_ZOHO_CLIENT_SECRET,
		    &needed, err);
	if (st == ST_OK)
		st = read_code(code, err);

	if (st == ST_OK)
		st = centre_find(&centre, &job->settings, err);
	if (st == ST_OK)
		st = http_open(&source.http, &o, err);
	if (st == ST_OK)
		st = token_grant(&source, code, refresh, err);
	http_close(source.http);
	explicit_bzero(code, sizeof(code));
	if (st == ST_OK && refresh[0] == '\0')
		st = err_class(err, ST_REJECT, "code",
		    "Zoho gave no refresh token for this code");
	return st;
}

/* ---- what it is good for ---- */

static const struct check {
	const char *says, *path, *scope;
	enum service service;
} checks[] = {
	{ "records of the CRM", "/crm/v8/Leads?fields=id&per_page=1",
	    "ZohoCRM.modules.ALL", SERVICE_CRM },
	{ "modules and fields of the CRM", "/crm/v8/settings/modules",
	    "ZohoCRM.settings.ALL", SERVICE_CRM },
	{ "notification channels of the CRM", "/crm/v8/actions/watch",
	    "ZohoCRM.notifications.ALL", SERVICE_CRM },
	{ "organisations of Books", "/books/v3/organizations",
	    "ZohoBooks.fullaccess.all", SERVICE_BOOKS },
	{ "items of Books", "/books/v3/items?per_page=1",
	    "ZohoBooks.settings.READ", SERVICE_BOOKS },
	{ "contacts of Books", "/books/v3/contacts?per_page=1",
	    "ZohoBooks.contacts.READ", SERVICE_BOOKS },
};

static void
show_organisations(const struct job *job, json_object *document)
{
	const char *wanted = settings_text(&job->settings,
	    SET_ZOHO_ORGANIZATION_ID);
	json_object *list = json_get(document, "organizations");
	bool found = false;
	size_t i;

	for (i = 0; i < json_object_array_length(list); i++) {
		json_object *o = json_object_array_get_idx(list, i);
		const char *id = json_get_text(o, "organization_id");
		const char *name = json_get_text(o, "name");

		if (id == NULL)
			continue;
		found = found || strcmp(id, wanted) == 0;
		(void)printf("    %s %s%s\n", id, name != NULL ? name : "",
		    strcmp(id, wanted) == 0 ? " (the one of the settings)"
					    : "");
	}
	if (!found)
		(void)puts("    Set ZOHO_ORGANIZATION_ID to one of these.");
}

static enum status
check_one(const struct job *job, struct zoho *zoho, const struct check *c,
    bool *good, struct err *err)
{
	struct zoho_call call = zoho_usual_call(c->service, "GET");
	struct zoho_call *done;
	enum status st;

	call.path = c->path;
	call.max_bytes = ANSWER_BYTES;
	st = zoho_start(zoho, &call, err);
	if (st == ST_OK)
		st = zoho_next(zoho, &done, err);
	if (st == ST_OK) {
		*good = answer_status(call.said.is) == ST_OK;
		(void)printf("  %-34s %s\n", c->says, *good ? "yes" : "NO");
		if (!*good)
			(void)printf("    %s\n    scope: %s\n", call.err.text,
			    c->scope);
		else if (strstr(c->path, "/organizations") != NULL)
			show_organisations(job, call.document);
	}
	zoho_release(&call);
	return st;
}

static enum status
check_all(const struct job *job, struct db *db, struct err *err)
{
	const struct zoho_options o = { .settings = &job->settings,
		.db = db,
		.program = "zohosync",
		.rank = RANK_PERSON,
		.patience_ms = 5000 };
	struct zoho *zoho = NULL;
	bool good = true;
	size_t i, bad = 0;
	enum status st = zoho_open(&zoho, &o, err);

	(void)puts("What the token is good for:");
	for (i = 0; st == ST_OK && i < ARRAY_LEN(checks); i++) {
		st = check_one(job, zoho, &checks[i], &good, err);
		bad += st == ST_OK && !good;
	}
	zoho_close(zoho);
	if (st == ST_OK && bad > 0)
		return err_class(err, ST_FAULT, "scope",
		    "%zu of %zu things cannot be read: make a code with the "
		    "scopes named above and log in again",
		    bad, ARRAY_LEN(checks));
	return st;
}

static enum status
login(struct job *job, struct err *err)
{
	struct db_options o = { .program = "zohosync login",
		.prepare = settings_on(&job->settings, SET_DATABASE_PREPARE),
		.connect_timeout_s = CONNECT_S,
		.statement_timeout_ms = 60000 };
	char refresh[TOKEN_TEXT_MAX] = "";
	struct db *db = NULL;
	enum status st = settings_need(&job->settings, SET_DATABASE_URL, &o.url,
	    err);

	if (st == ST_OK)
		st = db_open(&db, &o, err);
	if (st == ST_OK && job->given[OPT_CHECK] == NULL) {
		st = trade(job, db, refresh, err);
		if (st == ST_OK)
			st = keep(job, refresh, err);
		/* what is checked is the new one */
		if (st == ST_OK)
			st = settings_set(&job->settings,
			    SET_ZOHO_REFRESH_TOKEN, refresh, err);
		explicit_bzero(refresh, sizeof(refresh));
	}
	if (st == ST_OK)
		st = check_all(job, db, err);
	db_close(db);
	return st;
}

static const struct job_program program = {
	.name = "login",
	.words = "",
	.summary = "Trade the code of a self client for a refresh token.",
	.options = options,
	.options_len = ARRAY_LEN(options),
	.quiet_log = true,
	.run = login,
};

int
main(int argc, char **argv)
{
	return job_main(argc, argv, &program);
}
