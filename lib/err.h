/*
 * One status for everything that can fail, and the reason beside it.
 *
 * A function that can fail returns "enum status" and writes why into the
 * "struct err" its caller lends. Who knows most writes the reason, callers
 * add context with err_wrap(), the edge logs it once and translates the
 * status: err_http() for the web, err_exit() for a program.
 */
#ifndef ERR_H
#define ERR_H

#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))
#define MUST_CHECK __attribute__((warn_unused_result))
#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

enum status {
	ST_OK = 0,
	ST_NONE,   /* nothing there: no work due, no such record */
	ST_RETRY,  /* may work later: network, lock, database away */
	ST_REJECT, /* their mistake, and it will stay: proof, JSON, value */
	ST_FAULT,  /* our mistake: settings, schema, memory */
};

enum { ERR_TEXT_MAX = 512 };

/* "text" is valid UTF-8 whatever went into it, cut where it is too long: see
 * text_clean(). "reason" is a short class for tables and metrics, a literal or
 * empty. */
struct err {
	const char *reason;
	char text[ERR_TEXT_MAX];
};

#define ERR_INIT                         \
	{                                \
		.reason = "", .text = "" \
	}

/* Write the reason and return "st":  return err_set(err, ST_RETRY, "..."); */
PRINTF_LIKE(3, 4)
enum status err_set(struct err *err, enum status st, const char *fmt, ...);

/* The same with a reason class, which must be a literal. */
PRINTF_LIKE(4, 5)
enum status err_class(struct err *err, enum status st, const char *reason,
    const char *fmt, ...);

/* Put context before the reason: "request 7: could not ...". Leaves ST_OK
 * and ST_NONE alone. Returns "st". */
PRINTF_LIKE(3, 4)
enum status err_wrap(struct err *err, enum status st, const char *fmt, ...);

/* The memory allocator said no. */
enum status err_memory(struct err *err);

/* Such a want is our fault, and may pass: ST_RETRY in its place; any other
 * status as it is. */
enum status err_passing(enum status st, const struct err *err);

/* What a failed system call means, by errno: ST_RETRY where there was not
 * enough of something or a disk failed, ST_FAULT where it will fail again. */
enum status err_system(int number);

/* HTTP status that a failed request is answered with, when nothing more
 * exact is known: 200, 404, 503, 400, 500. */
int err_http(enum status st);

/* Exit status of a program: 0, 0, 75 EX_TEMPFAIL, 65 EX_DATAERR,
 * 70 EX_SOFTWARE. */
int err_exit(enum status st);

#endif
