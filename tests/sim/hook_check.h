/* Webhooks as calls define them: what is right. */
#ifndef HOOK_CHECK_H
#define HOOK_CHECK_H

#include <json-c/json.h>

#include "out.h"
#include "world.h"

/* Whether this definition of CRM can stand; else the error is written.
 * "at" is its place, $.webhooks[N]. */
bool hook_check(struct world *w, struct out *o, json_object *made, size_t at);

#endif
