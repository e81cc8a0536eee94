/*
 * Calls to Zoho's APIs, each with its budget, its place, the token and a
 * second try where that helps; several at once. What an answer means is said
 * by answer.h; nothing is decided here about records.
 *
 * A handle belongs to one thread and uses the database connection it was
 * given, outside of transactions.
 */
#ifndef ZOHO_H
#define ZOHO_H

#include <json-c/json.h>

#include "answer.h"
#include "budget.h"
#include "centre.h"
#include "db.h"
#include "err.h"
#include "http.h"
#include "module.h"
#include "settings.h"

struct zoho;

enum {
	ZOHO_HEADERS_MAX = 4,
	ZOHO_PARALLEL = 8,
	ZOHO_BYTES = 32 * 1024 * 1024 /* of an answer */
};

/* One call. The caller fills the first part, which must stay until it is
 * done; zoho_release() gives back the rest. */
struct zoho_call {
	enum answerer from; /* FROM_CRM or FROM_BOOKS */
	const char *method;
	const char *path; /* "/crm/v8/Leads?fields=id"; Books' organisation is
			   * added */
	const char *headers[ZOHO_HEADERS_MAX]; /* "Name: value", or NULL */
	const char *body;                      /* JSON, or NULL */
	bool reads; /* a POST that changes nothing; a GET never does */
	struct budget_price price;
	enum budget_places places;
	size_t max_bytes;
	http_sink *sink; /* for what is no JSON: bulk results */
	void *arg;

	struct answer_said said;
	json_object *document; /* NULL where there is none */
	int tries;
	int64_t took_ms; /* of the last try */
	struct err err;  /* why it is no data */
	/* the handle's */
	struct http_call http;
	struct buf url, authorization;
	const char *lines[ZOHO_HEADERS_MAX + 2];
	int64_t due_ms;
	int place;
	bool renewed;
};

struct zoho_options {
	const struct settings *settings;
	struct db *db;
	const char *program; /* for User-Agent */
	enum budget_rank rank;
	int64_t patience_ms; /* longest wait for a budget or after a failure */
};

/* Status as centre_find(), http_open(), budget_open(). */
MUST_CHECK
enum status zoho_open(struct zoho **out, const struct zoho_options *options,
    struct err *err);
void zoho_close(struct zoho *zoho);

/* What the list of deleted records costs. */
extern const struct budget_price zoho_crm_deleted_call;

/* A call of the usual price, which takes a usual place, but for its path. */
struct zoho_call zoho_usual_call(enum service service, const char *method);

/* Send it off when its turn comes. ST_FAULT: no memory. */
MUST_CHECK
enum status
zoho_start(struct zoho *zoho, struct zoho_call *call, struct err *err);

/*
 * The next call that is done, whatever became of it: see call->said and, where
 * that is not ANSWER_DATA, ANSWER_NONE or ANSWER_UNCHANGED, call->err.
 * ST_NONE   none was started
 * other     the database or this machine fails: nothing goes on, and all
 *           calls are dropped, as zoho_drop() does
 */
MUST_CHECK
enum status
zoho_next(struct zoho *zoho, struct zoho_call **out, struct err *err);

/* Forget all calls that were started and are not done. Who gives one back
 * before it is done does this first. */
void zoho_drop(struct zoho *zoho);

/* One call from end to end; the status is that of its answer. */
MUST_CHECK
enum status
zoho_ask(struct zoho *zoho, struct zoho_call *call, struct err *err);

void zoho_release(struct zoho_call *call);

/* A moment by Zoho's clock at which what was answered stood so, and what
 * changed later may be missing; by ours where it does not tell. */
int64_t zoho_as_of_us(const struct zoho_call *call);

/* Calls that went out, tries included. */
int64_t zoho_sent(const struct zoho *zoho);

/* What they cost of a day: credits of CRM, calls to Books. */
int64_t zoho_credits(const struct zoho *zoho);

#endif
