#include "json.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "json_scan.h"

enum { TOKEN_MORE = 16 }; /* the mark, a NUL and what json-c adds to it */

/* Its first word; what follows it json-c has seen. */
static bool
is_null(const char *text, size_t len)
{
	size_t i = 0;

	while (i < len && memchr(" \t\r\n", text[i], 4) != NULL)
		i++;
	return len - i >= 4 && memcmp(text + i, "null", 4) == 0;
}

/* json-c 0.16 drops a part of a token that it gets no memory for, so room for
 * the longest is made before. */
static json_tokener *
new_tokener(size_t longest)
{
	json_tokener *tok = json_tokener_new_ex(JSON_DEPTH_MAX);

	if (tok == NULL)
		return NULL;
	if (longest + TOKEN_MORE > INT_MAX ||
	    printbuf_memset(tok->pb, 0, 0, (int)(longest + TOKEN_MORE)) != 0) {
		json_tokener_free(tok);
		return NULL;
	}
	json_tokener_set_flags(tok,
	    JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	return tok;
}

static enum status
parse(const char *text, size_t len, const struct json_shape *shape,
    json_object **out, struct err *err)
{
	json_tokener *tok = new_tokener(shape->longest);
	enum json_tokener_error why;
	size_t at;

	if (tok == NULL)
		return err_memory(err);
	*out = json_tokener_parse_ex(tok, text, (int)len);
	why = json_tokener_get_error(tok);
	at = json_tokener_get_parse_end(tok);
	if (why == json_tokener_continue) {
		/* A bare number ends only with the text; "text" need not
		 * have a NUL behind it. */
		*out = json_tokener_parse_ex(tok, "", 1);
		why = json_tokener_get_error(tok);
		at = len;
	}
	json_tokener_free(tok);
	if (why == json_tokener_success && *out != NULL && at >= len)
		return ST_OK;
	json_object_put(*out);
	*out = NULL;
	if (why == json_tokener_continue)
		return err_class(err, ST_REJECT, "unreadable",
		    "JSON ends early, at byte %zu", len);
	if (why != json_tokener_success)
		return err_class(err, ST_REJECT, "unreadable",
		    "not JSON at byte %zu: %s", at,
		    json_tokener_error_desc(why));
	if (is_null(text, len))
		return err_class(err, ST_REJECT, "unreadable",
		    "nothing but null");
	return err_memory(err); /* json-c has no word for it */
}

/* Where "o" is a marked long integer, "*number" is a new one without the mark;
 * NULL where it is none. */
static enum status
unmarked(json_object *o, json_object **number, struct err *err)
{
	const char *text;
	char *plain;
	size_t len;

	*number = NULL;
	if (!json_object_is_type(o, json_type_double))
		return ST_OK;
	text = json_text(o);
	if (text == NULL)
		return err_memory(err);
	if (!json_is_marked(text, &len))
		return ST_OK;
	plain = strndup(text, len);
	*number = plain != NULL ? json_new_number(plain) : NULL;
	free(plain);
	return *number != NULL ? ST_OK : err_memory(err);
}

static enum status unmark(json_object *o, struct err *err);

/* The member of an object or, where "key" is NULL, of an array. */
static enum status
unmark_member(json_object *o, const char *key, size_t i, json_object *member,
    struct err *err)
{
	json_object *number;
	enum status st = unmarked(member, &number, err);

	if (st != ST_OK)
		return st;
	if (number == NULL)
		return unmark(member, err);
	if ((key != NULL ? json_object_object_add(o, key, number)
			 : json_object_array_put_idx(o, i, number)) == 0)
		return ST_OK;
	json_object_put(number);
	return err_memory(err);
}

/* Take the marks off again, everywhere below "o". */
static enum status
unmark(json_object *o, struct err *err)
{
	enum status st = ST_OK;
	size_t i;

	if (json_object_is_type(o, json_type_object)) {
		json_object_object_foreach(o, key, member)
		{
			st = unmark_member(o, key, 0, member, err);
			if (st != ST_OK)
				return st;
		}
	} else if (json_object_is_type(o, json_type_array)) {
		for (i = 0; st == ST_OK && i < json_object_array_length(o); i++)
			st = unmark_member(o, NULL, i,
			    json_object_array_get_idx(o, i), err);
	}
	return st;
}

static enum status
unmark_all(json_object **o, struct err *err)
{
	json_object *number;
	enum status st = unmarked(*o, &number, err);

	if (st != ST_OK || number == NULL)
		return st == ST_OK ? unmark(*o, err) : st;
	json_object_put(*o);
	*o = number;
	return ST_OK;
}

/* Add up the members. The text of each integer is made now, so that nobody who
 * asks for it later goes without. */
static enum status
look_through(json_object *o, size_t *members, struct err *err)
{
	enum status st = ST_OK;
	const char *text;
	size_t i;

	if (json_object_is_type(o, json_type_object)) {
		*members += (size_t)json_object_object_length(o);
		json_object_object_foreach(o, key, member)
		{
			(void)key;
			st = look_through(member, members, err);
			if (st != ST_OK)
				return st;
		}
	} else if (json_object_is_type(o, json_type_array)) {
		for (i = 0; st == ST_OK && i < json_object_array_length(o); i++)
			st = look_through(json_object_array_get_idx(o, i),
			    members, err);
	} else if (json_object_is_type(o, json_type_int)) {
		text = json_object_get_string(o);
		if (text == NULL || *text == '\0')
			return err_memory(err);
	}
	return st;
}

/* Without the marks, and "*members" of them. */
static enum status
read_once(const char *text, size_t len, const struct json_shape *shape,
    json_object **out, size_t *members, struct err *err)
{
	enum status st = parse(text, len, shape, out, err);

	*members = 0;
	if (st == ST_OK && shape->longs > 0)
		st = unmark_all(out, err);
	if (st == ST_OK)
		st = look_through(*out, members, err);
	return st;
}

/* json-c drops a member that it gets no memory for, and one whose name comes
 * again. What is the same when it is read once more was not dropped by chance.
 */
static enum status
read_whole(const char *text, size_t len, const struct json_shape *shape,
    json_object **out, struct err *err)
{
	json_object *again = NULL;
	size_t members;
	enum status st = read_once(text, len, shape, out, &members, err);

	if (st == ST_OK && members != shape->members) {
		st = read_once(text, len, shape, &again, &members, err);
		if (st == ST_OK && !json_object_equal(*out, again))
			st = err_memory(err);
		json_object_put(again);
	}
	if (st != ST_OK) {
		json_object_put(*out);
		*out = NULL;
	}
	return st;
}

static enum status
read_with_longs(const char *text, size_t len, struct json_shape *shape,
    json_object **out, struct err *err)
{
	struct buf marked = BUF_INIT(len + shape->longs * strlen(json_mark));
	enum status st = json_scan(text, len, &marked, shape, err);

	if (st == ST_OK)
		st = read_whole(marked.at, marked.len, shape, out, err);
	buf_release(&marked);
	return st;
}

enum status
json_read(const char *text, size_t len, json_object **out, struct err *err)
{
	struct json_shape shape;
	enum status st;

	*out = NULL;
	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
		text += 3;
		len -= 3;
	}
	if (len > 512 * MIB)
		return err_class(err, ST_REJECT, "too_large",
		    "a JSON text of %zu bytes", len);
	st = json_scan(text, len, NULL, &shape, err);
	if (st != ST_OK)
		return st;
	if (shape.longs > 0)
		return read_with_longs(text, len, &shape, out, err);
	return read_whole(text, len, &shape, out, err);
}
