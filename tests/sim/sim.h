/* The simulator: the company and everything Zoho keeps around it. */
#ifndef SIM_H
#define SIM_H

#include <pthread.h>

#include "bulk.h"
#include "counter.h"
#include "deliver.h"
#include "fault.h"
#include "limit.h"
#include "merge.h"
#include "oauth.h"
#include "page_token.h"
#include "variant.h"
#include "watch.h"
#include "webhook.h"
#include "world.h"

struct sim {
	pthread_mutex_t lock; /* round all below */
	struct world world;
	struct variants variants;
	struct oauth oauth;
	struct limits limits;
	struct counters counters;
	struct faults faults;
	struct page_tokens pages;
	struct watches watches;
	struct webhooks webhooks;
	struct deliveries deliveries;
	struct bulk bulk;
	struct merges merges;
	char base[160];       /* http://127.0.0.1:PORT */
	char api_domain[160]; /* what token answers say */
	char dc[8];
	char dir[200]; /* for files */
	char organization[24];
	char zgid[24];
	int latency_ms;
};

int64_t sim_now(const struct sim *sim);

#endif
