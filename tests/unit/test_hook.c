/* hook.h: which webhooks Zoho should have, and which of those it has is one of
 * them. */
#include "settings_file.h"

#include "hook.h"
#include "json.h"

static const struct address {
	const char *says, *url;
	const char *base; /* NULL: it is refused */
} addresses[] = {
	{ "an address is taken as it is",
	    "https://shop.example.com/api/zoho/webhooks",
	    "https://shop.example.com/api/zoho/webhooks" },
	{ "slashes at its end go", "https://shop.example.com/hooks//",
	    "https://shop.example.com/hooks" },
	{ "an address has a scheme", "shop.example.com/hooks", NULL },
	{ "an address has a host", "https:///hooks", NULL },
	{ "a blank is none", "https://shop.example.com/my hooks", NULL },
	{ "a query is none", "https://shop.example.com/hooks?a=b", NULL },
	{ "no setting is no address", "", NULL },
};

static void
read_address(void **state)
{
	const struct address *c = *state;
	struct settings s = SETTINGS_INIT;
	struct err err = ERR_INIT;
	char base[HOOK_URL_MAX], text[512];
	enum status st;

	(void)snprintf(text, sizeof(text), "WEBHOOK_URL=%s\n", c->url);
	write_file(text, 0600);
	assert_int_equal(settings_load(&s, path, &err), ST_OK);
	st = hook_base(&s, base, &err);
	assert_int_equal(st == ST_OK, c->base != NULL);
	if (c->base != NULL)
		assert_string_equal(base, c->base);
	else
		assert_string_equal(err.reason, "settings");
	settings_release(&s);
}

/* The hooks of Books and these modules of the CRM. */
static void
open_hooks(struct hook_list *hooks, struct module_list *modules)
{
	struct err err = ERR_INIT;

	assert_int_equal(module_list_open(modules, "Leads,Notes,Widgets,Calls",
			     &err),
	    ST_OK);
	assert_int_equal(hook_list_open(hooks, modules,
			     "https://shop.example.com/h", &err),
	    ST_OK);
}

static void
each_module_has_two(void **state)
{
	struct hook_list hooks;
	struct module_list modules;
	const struct hook *h;

	(void)state;
	open_hooks(&hooks, &modules);
	/* Zoho has none for notes and calls */
	assert_int_equal(hooks.len, 2 * (modules.len - 2));
	assert_string_equal(hooks.at[0].url,
	    "https://shop.example.com/h/products");
	h = &hooks.at[hooks.len - 4];
	assert_string_equal(h->name, "zohosync - Leads Sync");
	assert_false(h->deletes);
	h++;
	assert_string_equal(h->name, "zohosync - Leads Sync, deletes");
	assert_string_equal(h->url,
	    "https://shop.example.com/h/Leads?operation=delete");
	assert_true(h->deletes);
	assert_string_equal(hooks.at[hooks.len - 1].module->name,
	    "crm.widgets");
	hook_list_close(&hooks);
	module_list_close(&modules);
}

static void
the_url_counts_before_the_name(void **state)
{
	static const char text[] =
	    "[{\"name\":\"zohosync - Leads Sync\",\"url\":\"https://a/b\"},"
	    "{\"name\":\"Mine\",\"url\":\"https://shop.example.com/h/Leads\"},"
	    "{\"name\":\"zohosync - Leads Sync, deletes\"}]";
	struct hook_list hooks;
	struct module_list modules;
	struct err err = ERR_INIT;
	json_object *all;
	const struct hook *leads;

	(void)state;
	open_hooks(&hooks, &modules);
	leads = &hooks.at[hooks.len - 4];
	assert_int_equal(json_read(text, sizeof(text) - 1, &all, &err), ST_OK);
	assert_ptr_equal(hook_find(all, "name", leads), json_at(all, 1));
	assert_ptr_equal(hook_find(all, "name", leads + 1), json_at(all, 2));
	assert_null(hook_find(all, "name", leads + 2));
	json_object_put(all);
	hook_list_close(&hooks);
	module_list_close(&modules);
}

int
main(void)
{
	static const struct CMUnitTest others[] = {
		SAYS("each module has one for edits and one for deletes",
		    each_module_has_two),
		SAYS("a webhook is known by its URL, else by its name",
		    the_url_counts_before_the_name),
	};
	static struct CMUnitTest
	    tests[ARRAY_LEN(addresses) + ARRAY_LEN(others)];
	size_t n = 0;

	ADD_ROWS(tests, n, addresses, read_address);
	ADD_OTHERS(tests, n, others);
	return cmocka_run_group_tests_name("hook", tests, open_dir, close_dir);
}
