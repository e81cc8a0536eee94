/* Answers on their way out. */
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>

#include "server_own.h"

enum { SLOW_BYTES = 64 };

/* A body that is cut or slow */
static ssize_t
read_body(void *cls, uint64_t pos, char *buf, size_t max)
{
	struct conn *n = cls;
	struct out *body = &n->call.answer.body;
	size_t end = body->buf.len, len;

	if (n->call.answer.mishap == MISHAP_CUT && pos >= (end + 1) / 2)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	if (n->call.answer.mishap == MISHAP_CUT)
		end = (end + 1) / 2;
	if (n->call.answer.mishap == MISHAP_SLOW && !n->paused) {
		n->paused = true;
		server_sleep(n, n->call.answer.delay_ms);
		return 0;
	}
	n->paused = false;
	len = end - (size_t)pos;
	if (n->call.answer.mishap == MISHAP_SLOW && len > SLOW_BYTES)
		len = SLOW_BYTES;
	if (len > max)
		len = max;
	memcpy(buf, body->buf.at + pos, len);
	return (ssize_t)len;
}

/* An answer that is written while it is sent */
static ssize_t
read_pieces(void *cls, uint64_t pos, char *buf, size_t max)
{
	struct conn *n = cls;
	size_t len;

	(void)pos;
	if (n->sent == n->piece.buf.len) {
		if (!n->more)
			return MHD_CONTENT_READER_END_OF_STREAM;
		out_clear(&n->piece);
		n->sent = 0;
		pthread_mutex_lock(&n->server->sim->lock);
		n->more = n->call.answer.pieces(n->server->sim, &n->piece,
		    &n->cursor, n->call.answer.arg);
		pthread_mutex_unlock(&n->server->sim->lock);
		if (n->piece.buf.len == 0)
			return MHD_CONTENT_READER_END_OF_STREAM;
	}
	len = n->piece.buf.len - n->sent;
	if (len > max)
		len = max;
	memcpy(buf, n->piece.buf.at + n->sent, len);
	n->sent += len;
	return (ssize_t)len;
}

static struct MHD_Response *
file_response(const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st) != 0)
		return NULL;
	return MHD_create_response_from_fd((size_t)st.st_size, fd);
}

static struct MHD_Response *
make_response(struct conn *n)
{
	struct answer *a = &n->call.answer;

	if (a->file != NULL)
		return file_response(a->file);
	if (a->pieces != NULL) {
		n->more = true;
		return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN,
		    64 * KIB, read_pieces, n, NULL);
	}
	if (a->mishap != MISHAP_NONE && a->body.buf.len > 0)
		return MHD_create_response_from_callback(a->body.buf.len,
		    64 * KIB, read_body, n, NULL);
	return MHD_create_response_from_buffer(a->body.buf.len,
	    a->body.buf.len > 0 ? a->body.buf.at : (char[]) { "" },
	    MHD_RESPMEM_PERSISTENT);
}

/* End the connection so that the other side sees a reset. */
static enum MHD_Result
reset(struct conn *n)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(n->mhd,
	    MHD_CONNECTION_INFO_CONNECTION_FD);
	struct linger linger = { .l_onoff = 1, .l_linger = 0 };

	if (info != NULL)
		setsockopt(info->connect_fd, SOL_SOCKET, SO_LINGER, &linger,
		    sizeof(linger));
	return MHD_NO;
}

/* By the simulated clock, as everything else. */
static void
add_date(struct MHD_Response *r, int64_t now)
{
	char text[MOMENT_MAX + 8];
	time_t at = (time_t)now;
	struct tm tm;

	if (gmtime_r(&at, &tm) != NULL &&
	    strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT", &tm) > 0)
		MHD_add_response_header(r, "Date", text);
}

enum MHD_Result
server_answer(struct conn *n)
{
	struct answer *a = &n->call.answer;
	struct MHD_Response *r;
	enum MHD_Result result;
	int i;

	if (a->mishap == MISHAP_RESET)
		return reset(n);
	r = make_response(n);
	if (r == NULL)
		return MHD_NO;
	if (a->type[0] != '\0')
		MHD_add_response_header(r, "Content-Type", a->type);
	for (i = 0; i < a->headers.n; i++)
		MHD_add_response_header(r, a->headers.at[i].name,
		    a->headers.at[i].value);
	add_date(r, sim_now(n->server->sim));
	result = MHD_queue_response(n->mhd, (unsigned)a->status, r);
	MHD_destroy_response(r);
	return result;
}
