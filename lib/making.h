/* What a program that makes things tells of each, whether it makes it or only
 * says that it would. */
#ifndef MAKING_H
#define MAKING_H

#include <stdbool.h>

#include "err.h"

struct making {
	bool dry;
	int count; /* how many things were missing */
};

/* "making the database zohosync", on standard output, and count it. */
PRINTF_LIKE(2, 3)
void making_tell(struct making *making, const char *format, ...);

#endif
