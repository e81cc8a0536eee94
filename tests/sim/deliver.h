/*
 * What Zoho sends by itself: callbacks of channels, webhooks, ends of bulk
 * jobs. They are queued under the lock and sent by a thread of their own; by
 * rate some are lost, sent twice, held back or damaged.
 */
#ifndef DELIVER_H
#define DELIVER_H

#include <stdbool.h>
#include <stdint.h>

#include "out.h"
#include "pairs.h"

struct delivery {
	struct delivery *next;
	char *url, *method;
	struct out body;
	struct pairs headers;
	double due; /* machine's time */
	int tries_left;
	int64_t webhook; /* of which a failure is reported; 0 for none */
	char record[24], module[64];
};

struct chances {
	double lost, doubled, reordered, corrupted;
	uint64_t seed, drawn;
};

enum delivery_fate { FATE_LOST, FATE_ANSWERED, FATE_REFUSED, FATE_FAILED };

enum { PAST_DELIVERIES = 1000 };

/* What became of one: the last of them are remembered. */
struct past {
	char url[200];
	char about[64]; /* the start of its body */
	int64_t time;   /* simulated */
	enum delivery_fate fate;
	long status;
};

struct deliveries {
	struct past past[PAST_DELIVERIES];
	uint64_t npast;
	struct delivery *queue;
	struct chances chances;
	uint64_t queued, sent, answered, refused, failed, lost, doubled,
	    reordered, corrupted, pending;
	bool stop, running;
};

struct sim;

/* Queue one; the struct is copied and its texts become the queue's. */
void deliver_put(struct sim *sim, struct delivery *d);

/* The thread. */
void deliver_start(struct sim *sim);
void deliver_stop(struct sim *sim);

/* The counts, and the last "last" of them, newest first. */
void deliveries_write(const struct sim *sim, struct out *o, long last);

#endif
