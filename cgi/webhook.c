/* webhook - take in what Zoho sends; it applies nothing and asks nobody. */
#include <string.h>

#include "fcgi_main.h"
#include "form.h"
#include "intake.h"

enum { CHALLENGE_MAX = 256 };

struct app {
	struct intake *intake;
	bool answer_challenge;
};

static struct app the_app;

static void
hook(void *arg, const char *rest, struct exchange *x)
{
	const struct app *app = arg;

	intake_receive(app->intake, rest, x);
}

static void
health(void *arg, const char *rest, struct exchange *x)
{
	const struct app *app = arg;

	(void)rest;
	intake_health(app->intake, x);
}

/* The program runs: all there is to say (F013). */
static void
liveness(void *arg, const char *rest, struct exchange *x)
{
	(void)arg;
	(void)rest;
	reply_say(&x->reply, 200, "ok", NULL);
	exchange_answer(x);
}

/* A text that nobody takes for a page or a header. */
static bool
is_challenge(const struct form_pair *pair)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "abcdefghijklmnopqrstuvwxyz0123456789"
				      "-_.~+/=:";

	return pair->value_len <= CHALLENGE_MAX &&
	    strspn(pair->value, allowed) == pair->value_len;
}

/* GET ...?challenge=TEXT is answered with TEXT and changes nothing (F011). */
static void
challenge(void *arg, const char *rest, struct exchange *x)
{
	const struct app *app = arg;
	struct form pairs = FORM_INIT;
	struct err err = ERR_INIT;
	struct reply *reply = &x->reply;
	const struct form_pair *pair = NULL;

	if (strcmp(rest, "health") == 0) {
		health(arg, rest, x);
		return;
	}
	if (form_read(&pairs, x->req.query, strlen(x->req.query), &err) ==
	    ST_OK)
		pair = form_get(&pairs, "challenge");
	if (!app->answer_challenge || pair == NULL) {
		reply_say(reply, 405, "refused", "webhooks are sent by POST");
		reply_header(reply, "Allow: POST\r\n");
	} else if (!is_challenge(pair)) {
		reply_say(reply, 400, "refused",
		    "a challenge has up to 256 letters, digits or -_.~+/=:");
	} else {
		reply_text(reply, 200, pair->value);
	}
	form_release(&pairs);
	exchange_answer(x);
}

static enum status
app_open(void **app, struct loop *loop, const struct settings *settings,
    bool many, struct err *err)
{
	*app = &the_app;
	the_app.answer_challenge = settings_on(settings, SET_WEBHOOK_CHALLENGE);
	return intake_open(&the_app.intake, loop, settings, many, err);
}

static bool
app_settled(void *app)
{
	return intake_settled(((struct app *)app)->intake);
}

static void
app_close(void *app)
{
	intake_close(((struct app *)app)->intake);
}

#define ALIAS(path, route)                                    \
	static void hook_##route(void *arg, const char *rest, \
	    struct exchange *x)                               \
	{                                                     \
		(void)rest;                                   \
		hook(arg, path, x);                           \
	}

/* Names from older installations (F009). */
ALIAS("products", products)
ALIAS("customers", customers)
ALIAS("invoices", invoices)
ALIAS("bills", bills)
ALIAS("credit-notes", credit_notes)
ALIAS("stock", stock)
ALIAS("prices", prices)

static const struct web_route routes[] = {
	{ "POST", "/api/zoho/webhooks/", hook },
	{ "GET", "/api/zoho/webhooks/", challenge },
	{ "POST", "/api/zoho/sync-products", hook_products },
	{ "POST", "/api/zoho/sync-customers", hook_customers },
	{ "POST", "/api/zoho/sync-invoices", hook_invoices },
	{ "POST", "/api/zoho/sync-bills", hook_bills },
	{ "POST", "/api/zoho/sync-credit-notes", hook_credit_notes },
	{ "POST", "/api/zoho/sync-stock", hook_stock },
	{ "POST", "/api/zoho/sync-prices", hook_prices },
	{ "GET", "/api/health", liveness },
};

int
main(int argc, char **argv)
{
	static const struct web_program program = {
		.name = "webhook",
		.routes = routes,
		.routes_len = ARRAY_LEN(routes),
		.alias_prefixes = SET_WEBHOOK_ALIAS_PREFIX,
		.open = app_open,
		.settled = app_settled,
		.close = app_close,
	};

	return fcgi_main(argc, argv, &program);
}
