/* Users of this machine, and doing something as one of them. */
#ifndef ACCOUNT_H
#define ACCOUNT_H

#include <stdbool.h>
#include <sys/types.h>

#include "err.h"

enum { ACCOUNT_NAME_MAX = 33 };

struct account {
	char name[ACCOUNT_NAME_MAX];
	uid_t uid;
	gid_t gid; /* of its own group */
};

/*
 * Look a user up by name; NULL is who runs this program.
 * ST_REJECT  there is no such user
 */
MUST_CHECK
enum status
account_find(const char *name, struct account *out, struct err *err);

/* Whether it may use the rights of a group: its own, or one it was put into. */
bool account_is_in(const struct account *account, gid_t group);

/*
 * Run "act" in a child process that is this user wholly, groups included; the
 * status and the reason are those of "act". What it does to memory is lost.
 * Only root may be somebody else.
 * ST_FAULT  could not become that user, or the child was killed
 */
MUST_CHECK
enum status account_try(const struct account *account,
    enum status (*act)(const void *arg, struct err *err), const void *arg,
    struct err *err);

#endif
