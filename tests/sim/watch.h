/*
 * Channels of the Notification API: who is told of which changes, until when.
 */
#ifndef WATCH_H
#define WATCH_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

enum { CHANNELS_MAX = 64, CHANNEL_EVENTS = 40, CHANNEL_TEXT = 520 };

struct channel {
	int64_t id; /* 0 where none */
	int64_t expiry;
	char url[CHANNEL_TEXT], token[64];
	char events[CHANNEL_EVENTS][64]; /* Leads.edit */
	int nevents;
	bool values, related;
	json_object *condition;
	int grant;
};

struct watches {
	struct channel at[CHANNELS_MAX];
};

enum event { EVENT_CREATE, EVENT_EDIT, EVENT_DELETE };

struct sim;
struct module;

/* Tell all that listen of a change of these records. "fields" are the indexes
 * that changed, for edits. */
void watch_tell(struct sim *sim, struct module *m, enum event event,
    const uint32_t *records, int count, const int *fields, int nfields);

#endif
