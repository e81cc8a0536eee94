/* The preloaded library that lets calls fail: what its two parts share. */
#ifndef SHIM_H
#define SHIM_H

#include <stdbool.h>

/* What may be done to a call. */
enum { FAIL = 1, SHORT = 2, INTERRUPT = 4, DIE = 8, STAY = 16 };

enum {
	SYSTEM = FAIL | DIE,
	WAITING = FAIL | DIE | INTERRUPT,
	TRANSFER = FAIL | DIE | INTERRUPT | SHORT
};

/* With STAY a kind stays broken as a whole. */
enum kind { MEMORY = 1, DISK, NET, PROCESS };

/* This thread is in the shim, or in a call that counts as a whole. */
extern _Thread_local bool shim_inside;

/* What is to happen to this call: 0 to go on, else FAIL, SHORT or INTERRUPT
 * of what applies to it. */
unsigned shim_turn(const char *name, enum kind kind, unsigned applies,
    const void *caller);

/* Whether the program itself makes the call, not a library. */
bool shim_is_own(const void *caller);

/* The call that this library stands before. */
void *shim_next(const char *name);

#endif
