#include "fault.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "books.h"
#include "call.h"
#include "crm.h"
#include "json.h"
#include "sim.h"

typedef void fault_fn(struct call *c, const struct fault *f);

static void
too_many(struct call *c, const struct fault *f)
{
	const char *why = strchr(f->what, '_');
	int form = c->sim->variants.at[VAR_WORDING_429];

	c->sim->variants.at[VAR_WORDING_429] = 0;
	limit_answer_crm(c, why != NULL ? why + 1 : "credits");
	c->sim->variants.at[VAR_WORDING_429] = form;
}

static void
too_many_books(struct call *c, const struct fault *f)
{
	books_error(c, 429, f->what[0] == '1' ? 1070 : f->what[1] - '0' + 40,
	    "too many requests");
}

static void
server_error(struct call *c, const struct fault *f)
{
	int status = (f->what[0] - '0') * 100 + (f->what[1] - '0') * 10 +
	    f->what[2] - '0';

	if (c->pool == 1)
		books_error(c, status, 1000, "Internal error");
	else if (status == 500)
		crm_error(c, status, "INTERNAL_ERROR", "{}",
		    "Internal Server Error");
	else
		answer_text(c, status, "text/html",
		    "<html><body><h1>Service unavailable</h1></body></html>");
}

static void
html(struct call *c, const struct fault *f)
{
	(void)f;
	answer_text(c, 200, "text/html;charset=UTF-8",
	    "<!DOCTYPE html><html><head><title>Zoho</title></head><body>"
	    "<p>We will be right back.</p></body></html>");
}

static void
ok_error(struct call *c, const struct fault *f)
{
	(void)f;
	if (c->pool == 1)
		books_error(c, 200, 1000, "Internal error");
	else if (c->pool < 0)
		answer_text(c, 200, "application/json;charset=UTF-8",
		    "{\"error\":\"general_error\"}");
	else
		crm_error(c, 200, "INTERNAL_ERROR", "{}",
		    "Internal Server Error");
}

static void
invalid_token(struct call *c, const struct fault *f)
{
	(void)f;
	if (c->pool == 1)
		books_error(c, 401, 57,
		    "You are not authorized to perform this operation");
	else
		crm_unauthorised(c);
}

/* The user of the token may not do it; Books says so with 57. */
static void
no_permission(struct call *c, const struct fault *f)
{
	if (c->pool == 1)
		invalid_token(c, f);
	else
		crm_error(c, 403, "NO_PERMISSION", "{}", "permission denied");
}

static void
reset(struct call *c, const struct fault *f)
{
	(void)f;
	answer_empty(c, 500);
	c->answer.mishap = MISHAP_RESET;
}

/* Those that let the call be done first. */
static void
lost_answer(struct call *c, const struct fault *f)
{
	(void)f;
	c->answer.mishap = MISHAP_RESET;
}

static void
cut(struct call *c, const struct fault *f)
{
	(void)f;
	c->answer.mishap = MISHAP_CUT;
}

static void
slow(struct call *c, const struct fault *f)
{
	c->answer.mishap = MISHAP_SLOW;
	c->answer.delay_ms = f->ms > 0 ? (int)f->ms : 20;
}

static void
late(struct call *c, const struct fault *f)
{
	c->answer.delay_ms = f->ms > 0 ? (int)f->ms : 1000;
}

static void
short_list(struct call *c, const struct fault *f)
{
	(void)f;
	c->answer.shortened = true;
}

static const struct {
	const char *name;
	fault_fn *play;
	bool answers;
} plays[] = {
	{ "429_credits", too_many, true },
	{ "429_concurrency", too_many, true },
	{ "429_sub", too_many, true },
	{ "429_generic", too_many, true },
	{ "429_old", too_many, true },
	{ "429_empty", too_many, true },
	{ "44", too_many_books, true },
	{ "45", too_many_books, true },
	{ "1070", too_many_books, true },
	{ "500", server_error, true },
	{ "502", server_error, true },
	{ "503", server_error, true },
	{ "html", html, true },
	{ "200_error", ok_error, true },
	{ "invalid_token", invalid_token, true },
	{ "403", no_permission, true },
	{ "reset", reset, true },
	{ "lost_answer", lost_answer, false },
	{ "cut", cut, false },
	{ "slow", slow, false },
	{ "late", late, false },
	{ "short", short_list, false },
};

static bool
known(const char *what)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(plays); i++)
		if (strcmp(plays[i].name, what) == 0)
			return true;
	return false;
}

static int64_t
number_of(json_object *o, const char *key, int64_t usual)
{
	json_object *n = json_get(o, key);

	return n == NULL ? usual : json_object_get_int64(n);
}

static const char *
add_one(struct faults *f, json_object *o)
{
	struct fault *one = &f->at[f->n];
	const char *what = json_get_text(o, "do");
	const char *match = json_get_text(o, "match");
	const char *method = json_get_text(o, "method");
	json_object *rate = json_get(o, "rate");

	if (f->n == FAULTS_MAX)
		return "too many faults";
	if (what == NULL || !known(what))
		return "no such \"do\"";
	memset(one, 0, sizeof(*one));
	snprintf(one->what, sizeof(one->what), "%s", what);
	snprintf(one->match, sizeof(one->match), "%s", match ? match : "/");
	one->match[strcspn(one->match, "*")] = '\0';
	snprintf(one->method, sizeof(one->method), "%s", method ? method : "");
	one->after = number_of(o, "after", 0);
	one->rate = rate == NULL ? 0 : json_object_get_double(rate);
	one->times = number_of(o, "times", one->rate > 0 ? -1 : 1);
	one->seed = (uint64_t)number_of(o, "seed", 1);
	one->ms = number_of(json_get(o, "args"), "ms", 0);
	f->n++;
	return NULL;
}

const char *
faults_add(struct faults *f, json_object *list)
{
	const char *wrong = NULL;
	size_t i;

	if (json_object_is_type(list, json_type_object))
		return add_one(f, list);
	if (!json_object_is_type(list, json_type_array))
		return "a list is wanted";
	for (i = 0; wrong == NULL && i < json_object_array_length(list); i++)
		wrong = add_one(f, json_object_array_get_idx(list, i));
	return wrong;
}

void
faults_write(const struct faults *f, struct out *o)
{
	int i;

	out_text(o, "[");
	for (i = 0; i < f->n; i++) {
		out_comma(o);
		out_text(o, "{\"match\":");
		out_json(o, f->at[i].match);
		out_f(o,
		    ",\"do\":\"%s\",\"after\":%" PRId64 ",\"times\":%" PRId64
		    ",\"hits\":%" PRId64 "}",
		    f->at[i].what, f->at[i].after, f->at[i].times,
		    f->at[i].hits);
	}
	out_text(o, "]");
}

static bool
strikes(struct fault *f, const struct call *c)
{
	if (f->times == 0 ||
	    strncmp(c->path, f->match, strlen(f->match)) != 0 ||
	    (f->method[0] != '\0' && strcmp(f->method, c->method) != 0))
		return false;
	if (f->after > 0) {
		f->after--;
		return false;
	}
	if (f->rate > 0 &&
	    (double)(mix(f->seed, ++f->drawn) >> 11) * 0x1p-53 >= f->rate)
		return false;
	if (f->times > 0)
		f->times--;
	f->hits++;
	return true;
}

bool
fault_before(struct call *c)
{
	struct faults *all = &c->sim->faults;
	size_t i;
	int k;

	for (k = 0; k < all->n; k++) {
		if (!strikes(&all->at[k], c))
			continue;
		c->sim->counters.faults++;
		for (i = 0; i < ARRAY_LEN(plays); i++)
			if (strcmp(plays[i].name, all->at[k].what) == 0) {
				plays[i].play(c, &all->at[k]);
				return plays[i].answers;
			}
	}
	return false;
}

/* A list that ends too early, and says that nothing follows: every second row
 * of it is gone. */
void
fault_after(struct call *c)
{
	struct out *o = &c->answer.body;
	struct err err = ERR_INIT;
	json_object *document = NULL, *data, *context;
	size_t i;

	if (!c->answer.shortened || o->buf.len == 0 ||
	    json_read(o->buf.at, o->buf.len, &document, &err) != ST_OK)
		return;
	data = json_get(document, "data");
	json_object_object_foreach(document, key, member)
	{
		if (data == NULL &&
		    json_object_is_type(member, json_type_array))
			data = member;
		(void)key;
	}
	for (i = json_count(data); i-- > 0;)
		if (i % 2 == 1)
			json_object_array_del_idx(data, i, 1);
	context = json_get(document, "info");
	if (context != NULL) {
		json_object_object_add(context, "more_records",
		    json_object_new_boolean(false));
		json_object_object_del(context, "next_page_token");
	}
	context = json_get(document, "page_context");
	if (context != NULL)
		json_object_object_add(context, "has_more_page",
		    json_object_new_boolean(false));
	out_clear(o);
	if (json_put(&o->buf, document, &err) != ST_OK)
		o->failed = true;
	json_object_put(document);
}
