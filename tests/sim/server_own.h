/* What the files of the server share. */
#ifndef SERVER_OWN_H
#define SERVER_OWN_H

#include <microhttpd.h>
#include <pthread.h>

#include "call.h"
#include "server.h"
#include "sim.h"

struct server {
	struct MHD_Daemon *daemon;
	struct sim *sim;
	pthread_t timer;
	pthread_mutex_t lock; /* round the sleepers */
	pthread_cond_t wake;
	struct conn *sleepers;
	bool stop;
};

/* One call on its way. */
struct conn {
	struct call call;
	struct server *server;
	struct MHD_Connection *mhd;
	bool done, answered;
	struct conn *next; /* of the sleepers */
	double until;
	/* of an answer sent in pieces */
	size_t sent;
	uint64_t cursor;
	bool more, paused;
	struct out piece;
};

/* Suspend the connection; it goes on when the time has passed. */
void server_sleep(struct conn *n, int ms);

/* Send the answer of the call, with its mishap. */
enum MHD_Result server_answer(struct conn *n);

#endif
