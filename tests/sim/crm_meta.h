/* Metadata that several files ask for. */
#ifndef CRM_META_H
#define CRM_META_H

#include "call.h"
#include "world.h"

/* The module of the parameter "module"; NULL, and answered, for none. */
struct module *meta_module(struct call *c);

/* The field whose id is in the path; -1, and answered, for none. */
int meta_field(struct call *c, struct module *m);

#endif
