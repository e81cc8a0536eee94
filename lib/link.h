/*
 * The receiver's connection to PostgreSQL, which comes and goes.
 *
 * It is made when it is first wanted, by a helper thread, because connecting
 * blocks. Lost, it is made anew; while that fails the link is down and tried
 * again every half second.
 */
#ifndef LINK_H
#define LINK_H

#include "group.h"
#include "loop.h"
#include "pipeline.h"

/* STARTING lasts no longer than a statement may: then it is DOWN, though the
 * attempt goes on. */
enum link_state { LINK_ASLEEP, LINK_STARTING, LINK_UP, LINK_DOWN };

struct link_options {
	struct group_where where;
	int timeout_ms; /* for a statement, and for those who wait */
	/* Told when STARTING or DOWN is over; "why" is for DOWN. */
	void (*up)(void *arg);
	void (*down)(void *arg, const struct err *why);
	void *arg;
};

struct link;

/* "loop" and "options" are borrowed. ST_FAULT: no memory or no helper. */
MUST_CHECK
enum status link_open(struct link **out, struct loop *loop,
    const struct link_options *options, struct err *err);
/* Unanswered calls are answered with ST_RETRY. */
void link_close(struct link *link);

/* It is wanted: begin to connect if nobody has yet. */
void link_wake(struct link *link);

/* It answers, but not as it should (db_is_unfit): leave it, and be down until
 * another attempt is due. Calls in flight are answered with ST_RETRY. */
void link_leave(struct link *link, const struct err *why);

enum link_state link_state(const struct link *link);

/* Only while LINK_UP. */
struct pipeline *link_pipeline(struct link *link);

#endif
