/* A change list as a line of text, so that a case is a row: what the two
 * programs about lib/change.h share. */
#ifndef CHANGE_LINE_H
#define CHANGE_LINE_H

#include <inttypes.h>
#include <string.h>

#include "table.h"

#include "buf.h"
#include "change.h"

#define FORM "application/x-www-form-urlencoded"
#define JSON "application/json"

/* One instant, as CRM and Books write it, and how it is shown below. */
#define CRM_TIME "\"Modified_Time\":\"2026-01-31T14:45:01+05:30\""
#define BOOKS_TIME "\"last_modified_time\":\"2026-01-31T10:15:01+0100\""
#define AT " @1769850901000000"

#define LEAD "{\"id\":\"57\",\"Last_Name\":\"Example\"," CRM_TIME "}"
#define INVOICE "{\"invoice_id\":\"46\",\"line_items\":[]," BOOKS_TIME "}"
#define ITEM "{\"item_id\":\"47\",\"name\":\"Widget\"," BOOKS_TIME "}"

#define NO_MODULE " !no module in use has such records"
#define NO_ID " - thin !the record has no id"

/*
 * "want" is a line: marks of the document, then a change after each "; ":
 * module, operation, id, thin or full, its time in microseconds, its problem.
 */
struct test_case {
	const char *says;
	const char *module; /* the route's, or NULL */
	const char *query;
	const char *type;
	const char *body;
	const char *want;
	const char *event;
};

static struct module_list modules;

static inline void
show(const struct change_list *list, struct buf *out)
{
	const struct change *c;
	struct err err = ERR_INIT;
	enum status st;

	st = buf_puts(out, list->is_test ? "test" : "", &err);
	if (st == ST_OK && list->is_notification)
		st = buf_puts(out, "notification", &err);
	for (c = list->at; st == ST_OK && c < list->at + list->len; c++) {
		st = buf_printf(out, &err, "; %s %s %s %s",
		    c->module != NULL ? c->module->name : "?",
		    operation_name(c->op), *c->id != '\0' ? c->id : "-",
		    c->full ? "full" : "thin");
		if (st == ST_OK && c->timed)
			st = buf_printf(out, &err, " @%" PRId64, c->time_us);
		if (st == ST_OK && c->problem != NULL)
			st = buf_printf(out, &err, " !%s", c->problem);
	}
	assert_int_equal(st, ST_OK);
}

static inline enum status
read_text(struct change_list *list, const char *module, const char *query,
    const char *type, const char *body, struct err *err)
{
	const struct message m = {
		.module = module != NULL ? module_by_name(&modules, module)
					 : NULL,
		.query = query,
		.content_type = type,
		.body = body,
		.body_len = strlen(body),
	};

	assert_int_equal(m.module == NULL, module == NULL);
	return change_read(list, &modules, &m, err);
}

static inline void
change_case(void **state)
{
	const struct test_case *c = *state;
	struct change_list list = CHANGE_LIST_INIT;
	struct buf shown = BUF_INIT(64 * KIB);
	struct err err = ERR_INIT;

	assert_int_equal(read_text(&list, c->module, c->query, c->type, c->body,
			     &err),
	    ST_OK);
	show(&list, &shown);
	assert_string_equal(buf_text(&shown), c->want);
	assert_string_equal(list.event_type, c->event);
	buf_release(&shown);
	change_list_release(&list);
}

/* Around all tests of a program. */
static inline int
open_modules(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	return module_list_open(&modules,
		   "Leads,Deals,Contacts,Accounts,Widgets", &err) != ST_OK;
}

static inline int
close_modules(void **state)
{
	(void)state;
	module_list_close(&modules);
	return 0;
}

#endif
