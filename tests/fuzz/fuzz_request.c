/*
 * request_read(): a request that is taken has each parameter once and the
 * body its length says; one that is not is answered with a reason in JSON.
 * Byte 1 is the size of the pieces the body comes in, byte 2 where the stream
 * breaks, then lines of parameters, an empty line, the body.
 */
#include "fuzz.h"

#include <stdbool.h>

#include "json.h"
#include "request.h"
#include "text.h"

enum { BODY_MAX = 200, LINES_MAX = REQUEST_PARAMETERS_MAX + 10 };
enum { BREAKS_BEFORE = 1, BREAKS_BEHIND = 2, FAILS = 4 };

struct stream {
	const uint8_t *at;
	size_t left;
	int piece;
	unsigned breaks;
	bool begun;
};

static int
read_piece(void *handle, char *at, int len)
{
	struct stream *s = handle;
	size_t n = (size_t)(len < s->piece ? len : s->piece);

	s->begun = true;
	if (n > s->left)
		n = s->left;
	if (n > 0)
		memcpy(at, s->at, n);
	s->at += n;
	s->left -= n;
	return n == 0 && (s->breaks & FAILS) != 0 ? -1 : (int)n;
}

static int
is_broken(void *handle)
{
	const struct stream *s = handle;

	return (s->breaks & (s->begun ? BREAKS_BEHIND : BREAKS_BEFORE)) != 0;
}

static const char *
value(char **lines, const char *name)
{
	size_t n = strlen(name);

	for (; *lines != NULL; lines++)
		if (strncmp(*lines, name, n) == 0 && (*lines)[n] == '=')
			return *lines + n + 1;
	return "";
}

static void
check_taken(const struct request *req, char **lines,
    const struct fuzz_input *body, unsigned breaks)
{
	const char *length = value(lines, "CONTENT_LENGTH");
	const char *script = value(lines, "SCRIPT_NAME");
	const char *path = buf_text(&req->path);
	size_t i, j, n;

	MUST(breaks == 0);
	MUST(req->body.len == body->left && body->left <= BODY_MAX);
	MUST(body->left == 0 ||
	    memcmp(req->body.at, body->at, body->left) == 0);
	MUST(*length == '\0' || strtoull(length, NULL, 10) == body->left);
	MUST(strncmp(path, script, strlen(script)) == 0);
	MUST(strcmp(path + strlen(script), value(lines, "PATH_INFO")) == 0);
	for (i = 0; lines[i] != NULL; i++) {
		n = strcspn(lines[i], "=");
		for (j = 0; j < i; j++)
			MUST(lines[i][n] == '\0' ||
			    strncmp(lines[i], lines[j], n + 1) != 0);
	}
	MUST(i <= REQUEST_PARAMETERS_MAX);
}

/* Only these are kept, and of them none that proves something. */
static void
check_kept(const char *line)
{
	static const char *const kept[] = { "X_ZOHO", "USER_AGENT",
		"X_FORWARDED_FOR" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(kept); i++)
		if (strncmp(line, kept[i], strlen(kept[i])) == 0)
			break;
	MUST(i < ARRAY_LEN(kept));
	MUST(strstr(line, "SIGNATURE=") == NULL);
}

static void
check_headers(const struct request *req)
{
	struct buf kept = BUF_INIT(512);
	char *again, *line, *save = NULL;

	request_keep_headers(req, &kept);
	if (kept.len > 0) {
		again = fuzz_copy(kept.at, kept.len, 1);
		text_clean(again);
		MUST(strlen(again) == kept.len);
		MUST(strcmp(again, kept.at) == 0);
		for (line = strtok_r(again, "\n", &save); line != NULL;
		     line = strtok_r(NULL, "\n", &save))
			check_kept(line);
		free(again);
	}
	buf_release(&kept);
}

static void
check_refused(int refuse, const struct err *reason)
{
	static const char head[] = "Status: ";
	struct reply reply = REPLY_INIT;
	struct buf out = BUF_INIT(64 * KIB);
	struct err err = ERR_INIT;
	json_object *said;

	MUST(refuse == 400 || refuse == 413 || refuse == 415);
	reply_say(&reply, refuse, "refused", reason->text);
	MUST(json_read(reply.body.at, reply.body.len, &said, &err) == ST_OK);
	MUST(json_get_text(said, "message") != NULL);
	json_object_put(said);
	MUST(reply_put(&reply, &out, &err) == ST_OK);
	MUST(strncmp(out.at, head, strlen(head)) == 0);
	MUST(atoi(out.at + strlen(head)) == refuse);
	buf_release(&out);
	reply_release(&reply);
}

static void
read_request(struct stream *stream, char **lines)
{
	const struct fuzz_input body = { stream->at, stream->left };
	const struct request_source source = { .environment = lines,
		.handle = stream,
		.read = read_piece,
		.broken = is_broken };
	struct err err = ERR_INIT;
	struct request req;
	int refuse = request_read(&req, &source, BODY_MAX, &err);

	if (refuse == 0)
		check_taken(&req, lines, &body, stream->breaks);
	else
		check_refused(refuse, &err);
	(void)request_header(&req, "X_API_KEY");
	check_headers(&req);
	request_release(&req);
}

int
FUZZ(request)(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };
	struct stream stream = { .piece = 1 + (int)fuzz_byte(&in) };
	char *lines[LINES_MAX + 1];
	size_t i, n = 0;

	stream.breaks = fuzz_byte(&in) & 7U;
	while (n < LINES_MAX && in.left > 0) {
		lines[n] = fuzz_line(&in);
		if (lines[n][0] == '\0') {
			free(lines[n]);
			break;
		}
		n++;
	}
	lines[n] = NULL;
	stream.at = in.at;
	stream.left = in.left;
	read_request(&stream, lines);
	for (i = 0; i < n; i++)
		free(lines[i]);
	return 0;
}
