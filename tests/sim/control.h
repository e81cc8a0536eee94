/* The control paths, /zsim/...: for tests, from this machine only. */
#ifndef CONTROL_H
#define CONTROL_H

#include "call.h"

void control_call(struct call *c);

/* Handlers with files of their own. */
void state_call(struct call *c);
void day_call(struct call *c);
/* One change: {"act":"create|edit|delete|purge|restore|convert|formula|stock",
 * "module":"crm.leads","id":"...","set":{...}} */
void act_call(struct call *c);

/* 200 {"ok":true}, or 400 {"error":"..."}. */
void control_ok(struct call *c);
void control_wrong(struct call *c, const char *why);

#endif
