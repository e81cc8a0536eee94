/*
 * The skeleton of every program the web server starts.
 *
 * It reads options and settings, opens the log, finds out whether it was
 * started as FastCGI (descriptor 0 is a socket, or -s names one) or as plain
 * CGI, reads requests with the rules of request.h and hands each to the
 * program's routes, all in one loop. TERM, INT and USR1 end it after the
 * requests in flight; HUP reopens the log. A program says only what is its
 * own.
 */
#ifndef FCGI_MAIN_H
#define FCGI_MAIN_H

#include <stdbool.h>
#include <stddef.h>

#include "err.h"
#include "exchange.h"
#include "loop.h"
#include "settings.h"

/* Fill x->reply and call exchange_answer(x), now or later. "rest" is what
 * follows the route's path: "Leads" for the path /api/zoho/webhooks/Leads
 * under the route "/api/zoho/webhooks/". It lives as long as the request. */
typedef void web_handler(void *app, const char *rest, struct exchange *x);

struct web_route {
	const char *method;
	const char *path; /* exact, or a prefix where it ends in "/" */
	web_handler *handle;
};

struct web_program {
	const char *name;
	const struct web_route *routes;
	size_t routes_len;
	/* Where more prefixes for routes[0].path come from, comma-separated;
	 * SETTING_COUNT for none (F010). */
	enum setting alias_prefixes;
	/* "many" requests will come, not one. Borrows "loop" and "settings". */
	enum status (*open)(void **app, struct loop *loop,
	    const struct settings *settings, bool many, struct err *err);
	/* The last request is answered: send off what is left. Called until
	 * it says that nothing is. */
	bool (*settled)(void *app);
	void (*close)(void *app);
};

/* Returns the exit status of main(). */
int fcgi_main(int argc, char **argv, const struct web_program *program);

#endif
