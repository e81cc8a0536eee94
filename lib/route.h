/* Find the handler of a request: method and path against a table. */
#ifndef ROUTE_H
#define ROUTE_H

#include "fcgi_main.h"

/*
 * Answer one request that was read: the route's handler, 404 where no path
 * fits, 405 with Allow where only the method does not. "aliases" are more
 * prefixes for the first route, comma-separated. Only whole elements of a
 * path count: some web servers pass /hookXYZ to the program for /hook.
 */
void route_request(const struct web_program *program, const char *aliases,
    void *app, struct exchange *x);

#endif
