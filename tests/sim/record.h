/* A whole record, as the different reads show it. */
#ifndef RECORD_H
#define RECORD_H

#include "out.h"
#include "world.h"

enum { RICH_TEXT_CUT = 500 };

/* CRM: the listed fields (indexes), rich text cut; no subforms, no
 * multi-lookups. "id" is always there. */
void record_crm_list(struct world *w, struct out *o, struct module *m,
    uint32_t n, const int *fields, int nfields);

/* CRM: everything, with rows and $ keys. */
void record_crm(struct world *w, struct out *o, struct module *m, uint32_t n);

/* Books: a row of a list, or the single object. */
void record_books(struct world *w, struct out *o, struct module *m, uint32_t n,
    bool single);

/* The single object of either service, as the state reports it. */
void record_full(struct world *w, struct out *o, struct module *m, uint32_t n);

/* {"name","id"} of a user. */
void out_user(struct out *o, int user);

#endif
