/* What the files of the Notification API share. */
#ifndef WATCH_OWN_H
#define WATCH_OWN_H

#include "call.h"
#include "watch.h"

/* The module an event is of, NULL where the event is none. */
struct module *watch_module(struct call *c, const char *event);

/* The expiry that an asked one becomes: an hour where it is none, past or
 * beyond the most, a week. */
int64_t watch_expiry(struct call *c, const char *asked);

/* Whether these conditions can stand: known modules and fields, at most ten
 * fields and two groups each. */
bool conditions_right(struct call *c, json_object *list);

/* Whether a field_selection, or a group in it, names this field. */
bool condition_names(json_object *selection, const char *api);

struct channel *watch_find(struct call *c, int64_t id);

#endif
