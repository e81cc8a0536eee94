/* Webhooks of Zoho CRM as its API has them (zoho-api.md 2.16): each sends the
 * id of a record and an API key. Rules that call them only its pages make. */
#ifndef HOOK_CRM_H
#define HOOK_CRM_H

#include "apikey.h"
#include "hook.h"
#include "zoho.h"

/* All there are; status and "out" as pages_read(). */
MUST_CHECK
enum status
hook_crm_read(struct zoho *zoho, json_object **out, struct err *err);

/* What is not as wanted, NULL for nothing; "its key" where none of "keys" fits
 * the one that it sends. */
const char *hook_crm_differs(json_object *there, const struct hook *hook,
    const struct apikey_list *keys);

/* The key that it sends, if that can be seen and fits; borrowed, or NULL. */
const char *hook_crm_key(json_object *there, const struct apikey_list *keys);

/* Make it, or where "there" is not NULL, change that one. Status as
 * zoho_ask(). */
MUST_CHECK
enum status hook_crm_put(struct zoho *zoho, const struct hook *hook,
    json_object *there, const char *key, struct err *err);

#endif
