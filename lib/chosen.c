#include "chosen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "settings.h"

static enum status
check_names(const char *names, const struct module_list *modules,
    struct err *err)
{
	char name[80];
	size_t n;

	for (; *names != '\0'; names += n + (names[n] == ',')) {
		n = strcspn(names, ",");
		(void)snprintf(name, sizeof(name), "%.*s", (int)n, names);
		if (n >= sizeof(name) || module_by_name(modules, name) == NULL)
			return err_class(err, ST_REJECT, "usage",
			    "--modules: no module in use is called \"%.60s\"; "
			    "they are named like crm.leads and books.items",
			    name);
	}
	return ST_OK;
}

static int
by_priority(const void *a, const void *b)
{
	const struct module *x = *(const struct module *const *)a;
	const struct module *y = *(const struct module *const *)b;

	return x->priority != y->priority ? x->priority - y->priority
					  : strcmp(x->name, y->name);
}

enum status
chosen_open(struct chosen *chosen, const struct module_list *modules,
    const char *names, struct err *err)
{
	enum status st = names != NULL ? check_names(names, modules, err)
				       : ST_OK;
	size_t i;

	memset(chosen, 0, sizeof(*chosen));
	if (st != ST_OK)
		return st;
	chosen->at = calloc(modules->len + 1, sizeof(*chosen->at));
	if (chosen->at == NULL)
		return err_memory(err);
	for (i = 0; i < modules->len; i++)
		if (names == NULL || settings_lists(names, modules->at[i].name))
			chosen->at[chosen->len++] = &modules->at[i];
	if (chosen->len > 0)
		qsort(chosen->at, chosen->len, sizeof(*chosen->at),
		    by_priority);
	return ST_OK;
}

void
chosen_close(struct chosen *chosen)
{
	free(chosen->at);
	memset(chosen, 0, sizeof(*chosen));
}
