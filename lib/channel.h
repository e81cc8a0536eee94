/*
 * Notification channels of Zoho CRM (zoho-api.md 2.15): what is asked for,
 * what Zoho has, and the calls between the two. Nothing is decided here and
 * nothing kept: watch.h does that.
 *
 * A channel is known by a number that we choose, belongs to the user of the
 * token, and ends by itself within a week. A life Zoho does not like, also one
 * that is too long, it makes an hour, and says so only in its answer.
 */
#ifndef CHANNEL_H
#define CHANNEL_H

#include "module.h"
#include "zoho.h"

enum {
	CHANNEL_EVENTS_MAX = 72, /* "Leads.all" */
	CHANNEL_TOKEN_MAX = 50   /* the longest token Zoho takes */
};

/* What is wanted; all of it is borrowed. */
struct channel_want {
	int64_t id;
	const char *events;
	const char *url;
	const char *token;
};

/*
 * The number of the channel of a module that tells "url": the same whenever it
 * is asked, another one for another installation. ST_FAULT: OpenSSL refused.
 */
MUST_CHECK
enum status channel_number(const struct module *module, const char *url,
    int64_t *out, struct err *err);

/* All channels of the token's user; status and "out" as pages_read(). */
MUST_CHECK
enum status channel_read_all(struct zoho *zoho, json_object **out,
    int64_t *as_of_us, struct err *err);

/* That of this number, NULL where there is none; borrowed. */
json_object *channel_find(json_object *all, int64_t id);

/* Until when it lives, in microseconds since 1970; 0 where it does not say. */
int64_t channel_until_us(json_object *channel);

/* What is not as wanted: "events", "URL", "token" or the like; NULL for
 * nothing. */
const char *
channel_differs(json_object *channel, const struct channel_want *want);

/*
 * Make it, or one like it in its place, which is how one is renewed; it is to
 * live until "asked_us". "*granted_us" is what Zoho made of that.
 * ST_NONE  Zoho has no channels for this module
 * others   as zoho_ask()
 */
MUST_CHECK
enum status channel_put(struct zoho *zoho, const struct channel_want *want,
    int64_t asked_us, int64_t *granted_us, struct err *err);

/* End it; one that is not there has ended. Status as zoho_ask(). */
MUST_CHECK
enum status channel_end(struct zoho *zoho, int64_t id, struct err *err);

#endif
