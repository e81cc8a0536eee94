/* module_list_open() with any text of ZOHO_MODULES_TO_SYNC: names are API
 * names, and each module is found by each of its own words. Line 1 is the
 * setting, line 2 a word to look up. */
#include "fuzz.h"

#include <ctype.h>

#include "module.h"

static void
check_words(const struct module_list *list, const struct module *m)
{
	const struct module *found;

	MUST(module_by_name(list, m->name) == m);
	MUST(module_by_resource(list, m->service, m->resource) == m);
	found = module_by_route(list, m->route);
	MUST(found != NULL && strcmp(found->route, m->route) == 0);
	MUST(m->service == SERVICE_CRM || found == m);
	if (m->entity != NULL)
		MUST(module_by_entity(list, m->entity) == m);
	MUST(m->id_field != NULL && m->changed_field != NULL &&
	    m->whole_field != NULL);
}

static void
check_name(const char *name)
{
	size_t i, len = strlen(name);

	MUST(len > 4 && len <= 64);
	for (i = 0; i < len; i++)
		MUST(name[i] == '.' || name[i] == '_' ||
		    isdigit((unsigned char)name[i]) ||
		    islower((unsigned char)name[i]));
}

static void
look_up(const struct module_list *list, const char *word)
{
	(void)module_by_name(list, word);
	(void)module_by_route(list, word);
	(void)module_by_resource(list, SERVICE_CRM, word);
	(void)module_by_resource(list, SERVICE_BOOKS, word);
	(void)module_by_entity(list, word);
}

int
FUZZ(module)(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };
	char *names = fuzz_line(&in), *word = fuzz_rest_text(&in);
	struct module_list list = { NULL, 0 };
	struct err err = ERR_INIT;
	enum status st = module_list_open(&list, names, &err);
	size_t i;

	MUST(st == ST_OK || st == ST_REJECT);
	MUST(st == ST_OK ? list.len >= 7 : err.text[0] != '\0');
	for (i = 0; st == ST_OK && i < list.len; i++) {
		check_name(list.at[i].name);
		check_words(&list, &list.at[i]);
	}
	if (st == ST_OK)
		look_up(&list, word);
	module_list_close(&list);
	free(word);
	free(names);
	return 0;
}
