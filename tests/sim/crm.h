/*
 * CRM: how it says no or ends a page, and the handlers of its calls. A handler
 * answers the call; its path has been matched, the caller proven, the limits
 * asked.
 */
#ifndef CRM_H
#define CRM_H

#include <stdbool.h>

#include "call.h"
#include "world.h"

/* {"code","details","message","status":"error"}; "details" is JSON. */
void crm_error(struct call *c, int status, const char *code,
    const char *details, const char *message);
void out_error(struct out *o, const char *code, const char *details,
    const char *message);
/* The same inside {"KEY":[...]}, or bare where that variant is played. */
void crm_error_in(struct call *c, int status, const char *key, const char *code,
    const char *details, const char *message);
/* A parameter that is missing, or has a wrong value. */
void crm_missing(struct call *c, const char *param);
void crm_bad_param(struct call *c, const char *param);
/* 401 for a token that is unknown or over. */
void crm_unauthorised(struct call *c);

/* The module of capture "i"; NULL, and answered, where it is none that calls
 * may use. */
struct module *crm_module(struct call *c, int i);

/* The record that a path or a body names: by its id or, where the header
 * X-EXTERNAL says Module.Field, by the value of that external field. "*formed"
 * is false where the id cannot be one. UINT32_MAX for none. */
uint32_t
crm_find(struct call *c, struct module *m, const char *id, bool *formed);

/* Indexes of "fields=a,b"; -1, and answered, where one is wrong or there are
 * more than "most". */
int crm_fields(struct call *c, struct module *m, const char *list, int most,
    int out[FIELDS_MAX]);

/* per_page and page; false, and answered, where they are wrong. */
bool crm_paging(struct call *c, long *page, long *per_page);

/* What follows the rows of a page; nothing at all (204) where there was none.
 */
void crm_end_page(struct call *c, struct out *o, long count, long page,
    long per_page, bool more);

/* The head of If-Modified-Since: 1 and a time, 0 for none, -1 for answered. */
int crm_since(struct call *c, int64_t *since);

/* Whether a record belongs into a read with this "converted": false, true or
 * both; NULL is false. */
bool
crm_shows(const struct module *m, const struct rec *r, const char *converted);

/* A parameter that, where it is given, is one of the words of "a|b"; false,
 * and answered, where it is another. */
bool crm_one_of(struct call *c, const char *param, const char *words);

/* approved, converted, territory_id and include_child: false, and answered,
 * where one is wrong. "*none" says that nothing can be found. */
bool crm_filters(struct call *c, bool *none);

void crm_list(struct call *c);
void crm_one(struct call *c);
void crm_full_data(struct call *c);
void crm_deleted(struct call *c);
void crm_count(struct call *c);
void crm_search(struct call *c);
void crm_coql(struct call *c);
void crm_insert(struct call *c);
void crm_update(struct call *c);
void crm_update_one(struct call *c);
void crm_upsert(struct call *c);
void crm_delete(struct call *c);
void crm_delete_one(struct call *c);
void crm_convert(struct call *c);
void crm_merge(struct call *c);
void crm_merge_status(struct call *c);
void crm_mass_update(struct call *c);
void crm_mass_status(struct call *c);
void crm_modules(struct call *c);
void crm_module_one(struct call *c);
void crm_fields_list(struct call *c);
void crm_field_one(struct call *c);
void crm_field_create(struct call *c);
void crm_field_update(struct call *c);
void crm_field_delete(struct call *c);
void crm_layouts(struct call *c);
void crm_org(struct call *c);
void crm_users(struct call *c);
void crm_recycle_bin(struct call *c);
void crm_restore(struct call *c);
void crm_recycle_one(struct call *c);
void crm_purge(struct call *c);
void crm_views(struct call *c);
void crm_view_one(struct call *c);
void crm_user_one(struct call *c);
void watch_create(struct call *c);
void watch_replace(struct call *c);
void watch_patch(struct call *c);
void watch_list(struct call *c);
void watch_delete(struct call *c);
void crm_failures(struct call *c);
void crm_hooks_list(struct call *c);
void crm_hook_one(struct call *c);
void crm_hooks_create(struct call *c);
void crm_hooks_update(struct call *c);
void crm_hooks_delete(struct call *c);
void crm_hook_usage(struct call *c);
void bulk_read_create(struct call *c);
void bulk_read_poll(struct call *c);
void bulk_read_result(struct call *c);
void bulk_upload(struct call *c);
void bulk_write_create(struct call *c);
void bulk_write_poll(struct call *c);
void bulk_write_result(struct call *c);

#endif
