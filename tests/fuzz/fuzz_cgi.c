/*
 * The whole receiver as plain CGI: main() of cgi/webhook.c with an environment
 * and a body, PostgreSQL away, the spool in memory. Its answer is well formed
 * and never 5xx (R25); what it says 202 to lies in the spool, byte for byte
 * (promise 1); nobody gets in unproven (promise 5).
 *
 * Byte 1 is the proof: "k" API key, "r" raw HMAC, "b" Zoho's HMAC, any other
 * none. The rest of its line is nothing; then lines of parameters, an empty
 * line, the body.
 */
#include "fuzz_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>

#include "apikey.h"
#include "digest.h"
#include "envelope.h"
#include "json.h"

int webhook_main(int argc, char **argv);
#define main webhook_main
#include "../../cgi/webhook.c" /* the program under test, whole */
#undef main

enum { LINES_MAX = 320, ANSWER_MAX = 1 << 20 };

static const char secret[] = "demoSecretToken2026";
static const char token[] = "fuzzNotificationToken";
static struct fuzz_file stdin_file = { -1, "" }, stdout_file = { -1, "" };
static char dir[64], spool_dir[80], key_file[80], conf_line[112];
static char key[APIKEY_TEXT_MAX];

/* ---- the stage ---- */

static void
strike(void)
{
	char conf[80];

	(void)snprintf(conf, sizeof(conf), "%s/conf", dir);
	(void)unlink(conf);
	(void)unlink(key_file);
	(void)rmdir(spool_dir);
	(void)rmdir(dir);
}

static void
write_settings(const char *conf)
{
	int fd = open(conf, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	MUST(fd >= 0);
	(void)dprintf(fd,
	    "WEB_DATABASE_URL=postgresql:///away?host=%s/none\n"
	    "ZOHO_WEBHOOK_SECRET=%s\nRAW_HMAC_SECRET=%s\n"
	    "ZOHO_NOTIFICATION_TOKEN=%s\nAPI_KEY_FILE=%s\nSPOOL_DIR=%s\n"
	    "WEBHOOK_ALIAS_PREFIX=/hook,/old/\nWEBHOOK_BODY_MAX=1024\n"
	    "LOG=/dev/null\nLOG_LEVEL=debug\n",
	    dir, secret, secret, token, key_file, spool_dir);
	(void)close(fd);
}

static void
start(void)
{
	const char *base = getenv("TMPDIR");
	struct err err = ERR_INIT;

	if (base == NULL || strlen(base) > 32)
		base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
	(void)snprintf(dir, sizeof(dir), "%s/zs-fuzz.XXXXXX", base);
	MUST(mkdtemp(dir) != NULL);
	(void)atexit(strike);
	(void)snprintf(spool_dir, sizeof(spool_dir), "%s/spool", dir);
	(void)snprintf(key_file, sizeof(key_file), "%s/keys", dir);
	(void)snprintf(conf_line, sizeof(conf_line), "ZOHOSYNC_CONF=%s/conf",
	    dir);
	write_settings(conf_line + strlen("ZOHOSYNC_CONF="));
	MUST(apikey_create(key_file, "fuzz", "webhook", 0, key, &err) == ST_OK);
	fuzz_file_open(&stdin_file);
	fuzz_file_open(&stdout_file);
	MUST(dup2(stdin_file.fd, STDIN_FILENO) == STDIN_FILENO);
}

/* ---- the request ---- */

/* What a web server may say; nothing of these is a setting of ours. */
static bool
is_parameter(const char *line)
{
	static const char *const names[] = { "REQUEST_METHOD=", "QUERY_STRING=",
		"CONTENT_TYPE=", "CONTENT_LENGTH=", "SCRIPT_NAME=",
		"PATH_INFO=", "REMOTE_ADDR=", "HTTP_" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(names); i++)
		if (strncmp(line, names[i], strlen(names[i])) == 0)
			return true;
	return false;
}

static char *
proof(unsigned how, const struct fuzz_input *body)
{
	const struct piece whole = { body->at, body->left };
	unsigned char made[DIGEST_BYTES];
	char hex[DIGEST_HEX], line[128] = "HTTP_X_NONE=";
	struct err err = ERR_INIT;

	MUST(digest_hmac(secret, &whole, 1, made, &err) == ST_OK);
	digest_hex(made, hex);
	if (how == 'k')
		(void)snprintf(line, sizeof(line), "HTTP_X_API_KEY=%s", key);
	else if (how == 'r')
		(void)snprintf(line, sizeof(line), "HTTP_X_ZOHO_SIGNATURE=%s",
		    hex);
	else if (how == 'b')
		(void)snprintf(line, sizeof(line),
		    "HTTP_X_ZOHO_WEBHOOK_SIGNATURE=%s", hex);
	return fuzz_copy(line, strlen(line), 1);
}

static void
run_program(char **environment, const struct fuzz_input *body)
{
	static char name[] = "webhook";
	char *argv[] = { name, NULL };
	extern char **environ;
	char **ours = environ;
	FILE *our_stdout = stdout;
	sigset_t mask;

	fuzz_file_set(&stdin_file, body->at, body->left, 0600);
	fuzz_file_set(&stdout_file, "", 0, 0600);
	MUST(lseek(STDIN_FILENO, 0, SEEK_SET) == 0);
	MUST(lseek(stdout_file.fd, 0, SEEK_SET) == 0);
	stdout = fdopen(dup(stdout_file.fd), "w"); /* the program closes it */
	MUST(stdout != NULL);
	(void)pthread_sigmask(SIG_SETMASK, NULL, &mask);
	environ = environment;
	MUST(webhook_main(1, argv) == 0);
	environ = ours;
	stdout = our_stdout;
	(void)pthread_sigmask(SIG_SETMASK, &mask, NULL);
}

/* ---- the answer ---- */

static void
check_body(const char *type, const char *body, size_t len)
{
	struct err err = ERR_INIT;
	json_object *said;

	if (strncmp(type, "text/plain", 10) == 0)
		return;
	MUST(strncmp(type, "application/json\r\n", 18) == 0);
	MUST(json_read(body, len, &said, &err) == ST_OK);
	MUST(json_get_text(said, "status") != NULL);
	json_object_put(said);
}

static int
check_answer(void)
{
	static char answer[ANSWER_MAX + 1];
	ssize_t n = pread(stdout_file.fd, answer, ANSWER_MAX, 0);
	const char *end, *type, *length;

	MUST(n > 0 && n < ANSWER_MAX);
	answer[n] = '\0';
	MUST(strncmp(answer, "Status: ", 8) == 0);
	end = strstr(answer, "\r\n\r\n");
	type = strstr(answer, "\r\nContent-Type: ");
	length = strstr(answer, "\r\nContent-Length: ");
	MUST(end != NULL && type != NULL && type < end);
	MUST(length != NULL && length < end);
	MUST(strtol(length + 18, NULL, 10) == answer + n - (end + 4));
	check_body(type + 16, end + 4, (size_t)(answer + n - (end + 4)));
	return atoi(answer + 8);
}

/* ---- the spool ---- */

static void
check_file(const char *name, const struct fuzz_input *body)
{
	char path[400], text[65536];
	struct envelope e;
	struct err err = ERR_INIT;
	ssize_t n;
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s", spool_dir, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd >= 0 ? read(fd, text, sizeof(text)) : -1;
	MUST(n > 0 && n < (ssize_t)sizeof(text));
	(void)close(fd);
	(void)unlink(path);
	MUST(envelope_read(&e, text, (size_t)n, &err) == ST_OK);
	MUST(e.source != NULL && e.route != NULL && e.event_type != NULL);
	MUST(e.body_len == body->left);
	MUST(memcmp(e.body, body->at, body->left) == 0);
	envelope_release(&e);
}

/* How many files lie there; they are checked and removed. */
static int
empty_spool(const struct fuzz_input *body)
{
	DIR *d = opendir(spool_dir);
	const struct dirent *e;
	int n = 0;

	while (d != NULL && (e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.' || strcmp(e->d_name, "bad") == 0)
			continue;
		check_file(e->d_name, body);
		n++;
	}
	if (d != NULL)
		(void)closedir(d);
	return n;
}

/* ---- one request ---- */

static void
check_run(unsigned how, char **environment, const struct fuzz_input *body)
{
	bool has_token = body->left > 0 &&
	    memmem(body->at, body->left, token, strlen(token)) != NULL;
	int status, files;

	run_program(environment, body);
	status = check_answer();
	files = empty_spool(body);
	MUST(status >= 200 && status < 500);
	if (status == 202)
		MUST(files == 1);
	else
		MUST(files == 0 || (files == 1 && status == 400));
	if (how != 'k' && how != 'r' && how != 'b' && !has_token)
		MUST(files == 0);
}

int
FUZZ(cgi)(const uint8_t *data, size_t size)
{
	static char gateway[] = "GATEWAY_INTERFACE=CGI/1.1";
	struct fuzz_input in = { data, size };
	unsigned how = fuzz_byte(&in);
	char *lines[LINES_MAX + 4], *line;
	size_t i, n = 0, given = 0;

	if (stdin_file.fd < 0)
		start();
	free(fuzz_line(&in));
	lines[n++] = gateway;
	lines[n++] = conf_line;
	while (given++ < LINES_MAX && in.left > 0) {
		line = fuzz_line(&in);
		if (line[0] == '\0') {
			free(line);
			break;
		}
		if (is_parameter(line))
			lines[n++] = line;
		else
			free(line);
	}
	lines[n++] = proof(how, &in);
	lines[n] = NULL;
	check_run(how, lines, &in);
	for (i = 2; i < n; i++)
		free(lines[i]);
	return 0;
}
