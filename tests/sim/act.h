/*
 * Changes as people make them in Zoho itself: the record moves, and who
 * listens is told.
 */
#ifndef ACT_H
#define ACT_H

#include "sim.h"

/* Channels and webhooks hear of it; "hooks" says whether workflows run. */
void act_tell(struct sim *sim, struct module *m, enum event event, uint32_t n,
    const int *fields, int nfields, bool hooks);

uint32_t act_create(struct sim *sim, struct module *m, int user);
/* A revision passes. */
void act_edit(struct sim *sim, struct module *m, uint32_t n, int user);
void act_delete(struct sim *sim, struct module *m, uint32_t n, int user,
    bool for_good);
void act_restore(struct sim *sim, struct module *m, uint32_t n, int user);
/* An administrator gives a field another API name, label or data type, or says
 * that it is mandatory: "set" as in /settings/fields. False where that cannot
 * be. */
bool
act_field(struct sim *sim, struct module *m, const char *api, json_object *set);
/* A lead becomes an account, a contact and a deal. */
void act_convert(struct sim *sim, uint32_t n, int user, uint32_t made[3]);

#endif
