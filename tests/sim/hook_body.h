/* The default payload of Books. */
#ifndef HOOK_BODY_H
#define HOOK_BODY_H

#include "out.h"
#include "watch.h"

struct sim;
struct module;

/* {"organization_id","invoice":{...}}: the whole object under its singular
 * key, in the shape that the variants want. */
void hook_books_body(struct sim *sim, struct out *o, struct module *m,
    enum event event, uint32_t n);

#endif
