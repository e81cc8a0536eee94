/* Whether this program was asked to end. */
#ifndef STOP_H
#define STOP_H

#include <signal.h>

/* Set by TERM and INT after stop_catch(): end at the next good moment. */
extern volatile sig_atomic_t stop_asked;

/* Catch TERM and INT, so that waits end early; ignore PIPE. */
void stop_catch(void);

#endif
