/* Whether this program was asked to end. */
#ifndef STOP_H
#define STOP_H

#include <signal.h>

/* Set by TERM and INT after stop_catch(): end at the next good moment. */
extern volatile sig_atomic_t stop_asked;

/* A write that fails says so itself: ignore PIPE and XFSZ. */
void stop_ignore(void);

/* Catch TERM and INT, so that waits end early; ignore those too. */
void stop_catch(void);

#endif
