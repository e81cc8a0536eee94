/* The modules a run takes, one after another by their priority. */
#ifndef CHOSEN_H
#define CHOSEN_H

#include <stddef.h>

#include "err.h"
#include "module.h"

struct chosen {
	const struct module **at; /* borrowed from the list of modules */
	size_t len;
};

/*
 * Those that "names" lists, comma-separated; all where it is NULL.
 * ST_REJECT  one of them is not in use
 */
MUST_CHECK
enum status chosen_open(struct chosen *chosen,
    const struct module_list *modules, const char *names, struct err *err);
void chosen_close(struct chosen *chosen);

#endif
