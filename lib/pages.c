#include "pages.h"

#include "json.h"

enum { PATH_MAX_BYTES = 1024, PAGE = 200, PAGES_MOST = 50 };

static enum status
take(json_object *document, const char *key, json_object *out, struct err *err)
{
	json_object *list = json_get(document, key);
	size_t i;

	if (document != NULL && !json_object_is_type(list, json_type_array))
		return err_class(err, ST_RETRY, "zoho",
		    "the answer holds no list \"%s\"", key);
	for (i = 0; i < json_count(list); i++)
		if (json_object_array_add(out,
			json_object_get(json_at(list, i))) != 0)
			return err_memory(err);
	return ST_OK;
}

/* "*more" while there are further pages. */
static enum status
read_page(struct zoho *zoho, struct zoho_call *call, const char *path,
    const char *key, int page, json_object *out, bool *more, struct err *err)
{
	struct buf whole = BUF_INIT(PATH_MAX_BYTES);
	enum status st = buf_printf(&whole, err, "%s?per_page=%d&page=%d", path,
	    PAGE, page);

	call->path = buf_text(&whole);
	if (st == ST_OK)
		st = zoho_ask(zoho, call, err);
	if (st == ST_OK)
		st = take(call->document, key, out, err);
	*more = answer_has_more(call->document);
	buf_release(&whole);
	return st;
}

enum status
pages_read(struct zoho *zoho, enum service service, const char *path,
    const char *key, json_object **out, int64_t *as_of_us, struct err *err)
{
	enum status st = ST_OK;
	bool more = true;
	int page;

	*out = json_object_new_array();
	if (*out == NULL)
		return err_memory(err);
	for (page = 1; st == ST_OK && more && page <= PAGES_MOST; page++) {
		struct zoho_call call = zoho_usual_call(service, "GET");

		st = read_page(zoho, &call, path, key, page, *out, &more, err);
		if (page == 1)
			*as_of_us = zoho_as_of_us(&call);
		zoho_release(&call);
	}
	if (st == ST_OK && more)
		st = err_class(err, ST_RETRY, "zoho",
		    "the list \"%s\" has more than %d pages", key, PAGES_MOST);
	if (st != ST_OK) {
		json_object_put(*out);
		*out = NULL;
	}
	return st;
}
