/*
 * What an answer of Zoho means: the one place that knows statuses and codes.
 *
 * Success is never decided by the status alone: errors come with 200, results
 * of single records with 207, wrong credentials with 200 or 400, pages of HTML
 * with anything (zoho-api.md 1.4, 2.1, 2.14, 3.1). Rows, not branches: a new
 * code is a row in answer.c.
 */
#ifndef ANSWER_H
#define ANSWER_H

#include <json-c/json.h>

#include "err.h"
#include "http.h"

/* Who answered. */
enum answerer { FROM_ACCOUNTS, FROM_CRM, FROM_BOOKS };

/* What now? */
enum answer {
	ANSWER_DATA, /* read the document; each record has its own status */
	ANSWER_NONE, /* there is nothing of the kind */
	ANSWER_UNCHANGED, /* nothing since the time that was asked for */
	ANSWER_GONE,      /* no such record, or no longer */
	ANSWER_OUTDATED,  /* somebody changed the record meanwhile */
	ANSWER_PAGES,     /* the page token is no good: begin the sweep anew */
	ANSWER_TOKEN,     /* a new access token, once */
	ANSWER_CREDITS,   /* the day's quota is used up */
	ANSWER_MINUTE,    /* the minute's is */
	ANSWER_CROWDED,   /* too many calls at once */
	ANSWER_LIMIT,     /* one of these, unsaid which */
	ANSWER_THROTTLED, /* too many new tokens: wait, keep the old one */
	ANSWER_LATER,     /* a failure that passes */
	ANSWER_HUMAN, /* a person must act: revoked, no right, wrong centre */
	ANSWER_WRONG, /* the request is wrong, and will stay so */
};

enum { ANSWER_CODE_MAX = 64 };

struct answer_said {
	enum answer is;
	char code[ANSWER_CODE_MAX]; /* Zoho's, or "" */
};

/* The document of an answer; NULL where it has none or that is no JSON.
 * ST_FAULT: no memory. */
MUST_CHECK
enum status answer_document(const struct http_call *call, json_object **out,
    struct err *err);

/*
 * Judge "call", whose body is "document" (NULL where it is not JSON or there
 * is none). "err" says it in words for people with a reason class, unless it
 * is ANSWER_DATA, ANSWER_NONE or ANSWER_UNCHANGED.
 */
struct answer_said answer_judge(enum answerer from,
    const struct http_call *call, json_object *document, struct err *err);

/* What it means for what asked: ST_OK for the first three, ST_NONE for a
 * record that is gone, ST_FAULT where a person must act, ST_REJECT where the
 * request is wrong, else ST_RETRY. */
enum status answer_status(enum answer is);

/* The one list of an answer: "data", or whatever Books calls it, which is not
 * always known. NULL: there is none. Borrowed. */
json_object *answer_rows(json_object *document);

/* Whether another page follows. */
bool answer_has_more(json_object *document);

#endif
