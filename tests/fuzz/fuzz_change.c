/*
 * change_read(): a change names a record of a module in use, or says why it
 * does not; a full one can be applied; the same request reads the same twice,
 * once in the receiver and once in the drain. Byte 1 chooses the route's
 * module, byte 2 the content type, the rest of the line is the query, the
 * other lines are the body.
 */
#include "fuzz.h"

#include <ctype.h>

#include "change.h"
#include "json.h"
#include "text.h"

static const char *const types[] = { "application/json",
	"application/x-www-form-urlencoded",
	"application/x-www-form-urlencoded; charset=UTF-8", "text/plain",
	"multipart/form-data; boundary=x", "" };

static struct module_list modules;

static void
start(void)
{
	struct err err = ERR_INIT;

	MUST(module_list_open(&modules, "Leads,Deals,Contacts,Widgets", &err) ==
	    ST_OK);
}

static void
check_id(const struct change *c)
{
	size_t i, len = strnlen(c->id, sizeof(c->id));

	MUST(len <= CHANGE_ID_MAX);
	for (i = 0; i < len; i++)
		MUST(isalnum((unsigned char)c->id[i]) || c->id[i] == '_' ||
		    c->id[i] == '-');
	MUST(len > 0 || c->problem != NULL);
}

static void
check_change(const struct change *c)
{
	check_id(c);
	MUST(c->problem != NULL ||
	    (c->module >= modules.at && c->module < modules.at + modules.len));
	MUST(c->op >= OP_CREATE && c->op <= OP_RESTORE);
	if (c->timed)
		MUST(c->time_us >= INT64_C(-62135596800000000) &&
		    c->time_us < INT64_C(253402300800000000));
	if (c->record != NULL)
		MUST(json_object_is_type(c->record, json_type_object));
	if (c->full)
		MUST(c->problem == NULL && c->timed && c->record != NULL &&
		    c->op != OP_DELETE &&
		    json_get(c->record, c->module->whole_field) != NULL);
}

static void
check_list(const struct change_list *list)
{
	char *type = fuzz_copy(list->event_type,
	    strnlen(list->event_type, sizeof(list->event_type)), 1);
	size_t i;

	MUST(strlen(type) > 0 && strlen(type) < sizeof(list->event_type));
	text_clean(type);
	MUST(strcmp(type, list->event_type) == 0);
	free(type);
	MUST(list->len > 0 || list->is_test);
	MUST(list->len <= CHANGE_MAX && list->document != NULL);
	MUST(!list->is_mixed || list->is_notification);
	for (i = 0; i < list->len; i++)
		check_change(&list->at[i]);
}

static int
same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static void
check_same(const struct change_list *a, const struct change_list *b)
{
	const struct change *c, *d;
	size_t i;

	MUST(a->len == b->len && a->is_test == b->is_test);
	MUST(a->is_notification == b->is_notification);
	MUST(a->is_mixed == b->is_mixed && a->has_others == b->has_others);
	MUST(strcmp(a->event_type, b->event_type) == 0);
	MUST(same_text(a->token, b->token));
	MUST(same_text(a->channel, b->channel));
	for (i = 0; i < a->len; i++) {
		c = &a->at[i];
		d = &b->at[i];
		MUST(c->module == d->module && c->op == d->op);
		MUST(strcmp(c->id, d->id) == 0 && c->full == d->full);
		MUST(c->timed == d->timed && c->problem == d->problem);
		MUST(!c->timed || c->time_us == d->time_us);
		MUST((c->record != NULL) == (d->record != NULL));
		MUST(c->record == NULL ||
		    json_object_equal(c->record, d->record));
	}
}

static void
read_twice(const struct message *m)
{
	struct change_list once = CHANGE_LIST_INIT, again = CHANGE_LIST_INIT;
	struct err err = ERR_INIT;
	enum status st = change_read(&once, &modules, m, &err);

	MUST(st == ST_OK || st == ST_REJECT);
	if (st == ST_OK)
		check_list(&once);
	else
		MUST(err.text[0] != '\0' && err.reason[0] != '\0');
	MUST(change_read(&again, &modules, m, &err) == st);
	check_same(&once, &again);
	change_list_release(&again);
	change_list_release(&once);
}

int
FUZZ(change)(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };
	size_t route = fuzz_byte(&in), type = fuzz_byte(&in);
	struct message m = { .module = NULL };
	char *query = fuzz_line(&in), *body = fuzz_rest(&in);

	if (modules.at == NULL)
		start();
	route %= modules.len + 1;
	m.module = route < modules.len ? &modules.at[route] : NULL;
	m.content_type = types[type % ARRAY_LEN(types)];
	m.query = query;
	m.body = body;
	m.body_len = in.left;
	read_twice(&m);
	free(body);
	free(query);
	return 0;
}
