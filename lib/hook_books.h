/* Webhooks of Zoho Books as its API has them, with the rules that call them
 * (zoho-api.md 3.6): each sends the whole record, signed. */
#ifndef HOOK_BOOKS_H
#define HOOK_BOOKS_H

#include "hook.h"
#include "zoho.h"

enum { HOOK_SECRET_LEAST = 12, HOOK_SECRET_MOST = 50 };

/* All webhooks there are, and all rules; status and results as pages_read(). */
MUST_CHECK
enum status hook_books_read(struct zoho *zoho, json_object **hooks,
    json_object **rules, struct err *err);

/* What is not as wanted, NULL for nothing. Books never shows a secret, so of
 * that nothing is said. */
const char *hook_books_differs(json_object *there, const struct hook *hook);

/* What is not as wanted of the rule that calls the webhook "there". */
const char *hook_books_rule_differs(json_object *rules, json_object *there,
    const struct hook *hook);

/* Make it, or where "there" is not NULL, change that one. "*made" is how it
 * stands then, yours: json_object_put(). Status as zoho_ask(). */
MUST_CHECK
enum status
hook_books_put(struct zoho *zoho, const struct hook *hook, json_object *there,
    const char *secret, json_object **made, struct err *err);

/* Make the rule that calls the webhook "there", or switch it on. */
MUST_CHECK
enum status hook_books_rule_put(struct zoho *zoho, const struct hook *hook,
    json_object *rules, json_object *there, struct err *err);

#endif
