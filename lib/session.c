#include "session.h"

#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

#include "date.h"
#include "texts.h"

static void
args_expected(struct args *a, const struct session *s)
{
	if (s->expected < 0)
		args_text(a, NULL);
	else
		args_i64(a, s->expected);
}

const char *
session_end_name(enum session_end end)
{
	static const char *const names[] = { "completed", "partial", "failed" };

	return names[end];
}

void
session_initiator(char out[static SESSION_WHO_MAX])
{
	const struct passwd *who = getpwuid(getuid());

	(void)snprintf(out, SESSION_WHO_MAX, "%s",
	    !isatty(STDERR_FILENO) ? "cron"
		: who != NULL      ? who->pw_name
				   : "somebody");
}

void
session_count(struct session_tally *tally, enum session_end end,
    const struct err *said)
{
	if (end == SESSION_COMPLETED)
		tally->whole++;
	else if (tally->cut + tally->failed == 0)
		tally->first = *said;
	tally->cut += end == SESSION_PARTIAL;
	tally->failed += end == SESSION_FAILED;
}

enum status
session_verdict(const struct session_tally *tally, const char *done,
    struct err *err)
{
	const struct session_tally *t = tally;

	if (t->cut + t->failed + t->left == 0)
		return ST_OK;
	return err_class(err, ST_RETRY, "partial",
	    "%d modules are %s, %d in part, %d not at all: %.300s", t->whole,
	    done, t->cut, t->failed + t->left,
	    t->cut + t->failed > 0 ? t->first.text : "asked to end");
}

enum status
session_begin(struct session *session, const char *kind, const char *module,
    const char *initiated_by, int64_t since_us, struct err *err)
{
	struct args a = ARGS_INIT;
	char host[HOST_NAME_MAX + 1] = "", since[DATE_TEXT_MAX];
	PGresult *res = NULL;
	enum status st;

	(void)gethostname(host, sizeof(host) - 1);
	date_put_time(since_us, since);
	args_text(&a, kind);
	args_text(&a, module);
	args_text(&a, initiated_by);
	args_text(&a, "zohosync " ZOHOSYNC_VERSION);
	args_text(&a, host);
	args_i64(&a, getpid());
	args_text(&a, since_us > 0 ? since : NULL);
	args_text(&a, session->options != NULL ? session->options : "{}");
	if (session->continues > 0)
		args_i64(&a, session->continues);
	else
		args_text(&a, NULL);
	session->expected = -1;
	st = db_call(session->db, SQL_SESSION_BEGIN, &a, &res, err);
	if (st == ST_OK)
		session->id = db_i64(res, 0, 0);
	PQclear(res);
	return st;
}

enum status
session_progress(const struct session *session, struct err *err)
{
	struct args a = ARGS_INIT;

	if (session->id == 0)
		return ST_OK;
	args_i64(&a, session->id);
	args_expected(&a, session);
	args_i64(&a, session->found);
	args_i64(&a, session->differing);
	args_i64(&a, session->applied);
	args_i64(&a, session->failed);
	args_i64(&a, session->calls);
	args_i64(&a, session->credits);
	args_text(&a, session->place);
	return db_call(session->db, SQL_SESSION_PROGRESS, &a, NULL, err);
}

enum status
session_say(const struct session *session, const char *level,
    const char *message, struct err *err)
{
	struct args a = ARGS_INIT;

	if (session->id == 0)
		return ST_OK;
	args_i64(&a, session->id);
	args_text(&a, level);
	args_text(&a, message);
	return db_call(session->db, SQL_SESSION_SAY, &a, NULL, err);
}

enum status
session_finish(const struct session *session, enum session_end end,
    const char *message, int next_s, struct err *err)
{
	struct args a = ARGS_INIT;
	enum status st = session_progress(session, err);

	args_i64(&a, session->id);
	args_text(&a, session_end_name(end));
	args_text(&a, message);
	args_i64(&a, next_s);
	return st == ST_OK && session->id != 0
	    ? db_call(session->db, SQL_SESSION_FINISH, &a, NULL, err)
	    : st;
}
