/* What a webhook that a call defined sends. */
#ifndef HOOK_MADE_H
#define HOOK_MADE_H

#include "deliver.h"
#include "watch.h"
#include "webhook.h"
#include "world.h"

/* Fill in URL, method, headers and body; the content type is answered and
 * stands in no header yet. */
const char *hook_made(struct sim *sim, const struct hook *h, struct module *m,
    enum event event, uint32_t n, struct delivery *d);

/* What the body of one of Books is. */
enum hook_body { BODY_DEFAULT, BODY_RAW, BODY_FORM, BODY_WRONG };
enum hook_body hook_books_kind(json_object *made);

/* Minutes east of UTC of a zone's name; false where there is none. */
bool hook_zone(const struct world *w, const char *name, int *offset);

#endif
