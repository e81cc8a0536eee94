#include "stop.h"

#include <string.h>

volatile sig_atomic_t stop_asked;

static void
stop(int number)
{
	(void)number;
	stop_asked = 1;
}

void
stop_ignore(void)
{
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN);
}

void
stop_catch(void)
{
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = stop; /* no SA_RESTART: a wait is cut short */
	(void)sigaction(SIGTERM, &sa, NULL);
	(void)sigaction(SIGINT, &sa, NULL);
	stop_ignore();
}
