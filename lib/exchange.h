/* A request and its answer, which may come later than the handler returns. */
#ifndef EXCHANGE_H
#define EXCHANGE_H

#include "request.h"

struct exchange {
	struct request req;
	struct reply reply;
	/* Whoever read the request: sends the reply and forgets both. */
	void (*answer)(struct exchange *x);
};

/* The reply is filled: send it. Once for each request; the exchange is gone
 * then. */
static inline void
exchange_answer(struct exchange *x)
{
	x->answer(x);
}

#endif
