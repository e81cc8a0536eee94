/*
 * How far a load is, for who started it: a bar on a terminal, else a line a
 * page, or JSON, an object a line; and one line a module in the end.
 */
#ifndef TELLING_H
#define TELLING_H

#include <stdbool.h>
#include <stdint.h>

#include "module.h"
#include "progress.h"
#include "session.h"

struct telling {
	struct progress progress;
	bool json;
	int64_t began_ms; /* when the module in hand was begun */
};

/* "arg" is a struct telling. */
void telling_page(void *arg, const struct module *module,
    const struct session *session);
void telling_end(struct telling *telling, const struct module *module,
    const struct session *session, enum session_end end,
    const struct err *said);

#endif
