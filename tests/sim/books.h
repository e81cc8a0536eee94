/* Books: how it says no, and the handlers of its calls. */
#ifndef BOOKS_H
#define BOOKS_H

#include "call.h"
#include "world.h"

/* {"code":N,"message":"..."} */
void books_error(struct call *c, int status, int code, const char *message);

/* The resource of the first capture, NULL and answered where there is none. */
struct module *books_module(struct call *c);

/* The body: JSON, or a form whose JSONString holds it; NULL and answered where
 * it is none. Borrowed. */
json_object *books_body(struct call *c);

/* What is wrong with an object that is written over record "n", UINT32_MAX for
 * a new one: a message, NULL for nothing; "*code" is its number. */
const char *books_wrong(struct call *c, struct module *m, json_object *o,
    uint32_t n, int *code);

/* The key of the single object, by the variant. */
const char *books_key(struct call *c, const struct module *m);

void books_organizations(struct call *c);
void books_list(struct call *c);
void books_one(struct call *c);
void books_itemdetails(struct call *c);
void books_image(struct call *c);
void books_insert(struct call *c);
void books_update(struct call *c);
void books_delete(struct call *c);
void books_status(struct call *c);
void books_unique_update(struct call *c);
void books_small(struct call *c);
void books_hooks_list(struct call *c);
void books_hook_one(struct call *c);
void books_hook_create(struct call *c);
void books_hook_update(struct call *c);
void books_hook_delete(struct call *c);
void books_workflows_list(struct call *c);
void books_workflow_one(struct call *c);
void books_workflow_create(struct call *c);
void books_workflow_delete(struct call *c);
void books_workflow_switch(struct call *c);

#endif
