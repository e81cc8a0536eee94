#include "http_own.h"

#include <string.h>

/* Names are ours and need no encoding. */
static enum status
add(struct buf *to, const char *before, const char *name, const char *value,
    struct err *err)
{
	char *encoded = curl_easy_escape(NULL, value, 0);
	enum status st = encoded != NULL
	    ? buf_printf(to, err, "%s%s=%s", before, name, encoded)
	    : err_memory(err);

	curl_free(encoded);
	return st;
}

enum status
http_add_query(struct buf *url, const char *name, const char *value,
    struct err *err)
{
	return add(url, strchr(buf_text(url), '?') == NULL ? "?" : "&", name,
	    value, err);
}

enum status
http_add_form(struct buf *form, const char *name, const char *value,
    struct err *err)
{
	return add(form, form->len == 0 ? "" : "&", name, value, err);
}
