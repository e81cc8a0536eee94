/* Which requests are the same event told twice. */
#ifndef DEDUPE_H
#define DEDUPE_H

#include "change.h"
#include "envelope.h"

/*
 * Write the key of an envelope that has all else: equal events have equal
 * keys. What carries no time of its own, or could not be read ("changes" is
 * NULL), may mean something new each time it comes, so it gets a key that
 * nothing equals.
 * ST_FAULT  no random numbers to be had
 */
MUST_CHECK
enum status dedupe_key(struct envelope *e, const struct change_list *changes,
    struct err *err);

#endif
