/* Rules of Books that send webhooks: which changes they are for. */
#ifndef WORKFLOW_H
#define WORKFLOW_H

#include "watch.h"
#include "webhook.h"

/* Whether a word stands in a list with commas; every word does in an empty
 * one. */
bool listed(const char *list, const char *word);

/* create, edit, delete */
extern const char *const event_words[];

/* Whether this webhook of Books is to be sent: an active workflow that names
 * it wants the change, or it wants it itself where none names it. */
bool workflow_lets(struct sim *sim, const struct hook *h,
    const struct module *m, enum event event);

/* The module that "entity" names, NULL for none. */
struct module *books_entity(struct sim *sim, const char *entity);

void workflow_drop(struct sim *sim, struct workflow *w);

#endif
