/* HTTP: calls come in and answers go out, with their mishaps. */
#ifndef SERVER_H
#define SERVER_H

#include <stdbool.h>

struct sim;
struct server;

struct listen {
	const char *address;
	int port;               /* 0 for any that is free */
	const char *cert, *key; /* PEM texts, NULL for plain HTTP */
	int threads;
};

/* NULL where the port cannot be had. "*port" is the one it listens on. */
struct server *server_open(struct sim *sim, const struct listen *l, int *port);
void server_close(struct server *s);

#endif
