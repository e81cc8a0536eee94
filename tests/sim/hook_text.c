#include "hook_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "pairs.h"

enum { IS_ID = -2, IS_NOTHING = -1 };

/* One merge field of a text */
struct mark {
	const char *start;
	size_t len; /* with its braces */
	char module[64], field[128];
};

static bool
is_books(const struct module *m)
{
	return (m->def->flags & M_BOOKS) != 0;
}

/* Find the next one; false where there is no more. */
static bool
next_mark(const struct module *m, const char *text, struct mark *k)
{
	const char *open = is_books(m) ? "${" : "${!";
	const char *at = strstr(text, open), *end, *dot;

	end = at != NULL ? strchr(at, '}') : NULL;
	if (end == NULL)
		return false;
	k->start = at;
	k->len = (size_t)(end - at) + 1;
	at += strlen(open);
	dot = memchr(at, '.', (size_t)(end - at));
	if (dot == NULL)
		dot = end;
	snprintf(k->module, sizeof(k->module), "%.*s", (int)(dot - at), at);
	if (dot < end)
		dot++;
	snprintf(k->field, sizeof(k->field), "%.*s", (int)(end - dot), dot);
	return true;
}

/* "Leads", "Lead", and in Books "invoice" or "invoices" */
static bool
module_is(const struct module *m, const char *name)
{
	return strcasecmp(name, m->def->api) == 0 ||
	    strcasecmp(name, m->def->single) == 0 ||
	    strcasecmp(name, m->def->plural) == 0;
}

/* By API name or label; "Lead Id" and "Id" are the record's number. */
static int
field_by(const struct module *m, const char *name)
{
	size_t len = strlen(m->def->single);
	int i;

	if (strcasecmp(name, "id") == 0 ||
	    strcasecmp(name, m->def->id_field) == 0 ||
	    (strncasecmp(name, m->def->single, len) == 0 &&
		strcasecmp(name + len, " Id") == 0))
		return IS_ID;
	for (i = 0; i < m->nfields; i++)
		if (!m->fields[i].gone &&
		    (strcasecmp(m->fields[i].def.api, name) == 0 ||
			strcasecmp(m->fields[i].def.label, name) == 0))
			return i;
	return IS_NOTHING;
}

bool
hook_text_wrong(const struct module *m, const char *text)
{
	struct mark k;

	for (; next_mark(m, text, &k); text = k.start + k.len)
		if (!module_is(m, k.module) ||
		    field_by(m, k.field) == IS_NOTHING)
			return true;
	return false;
}

bool
pattern_right(const char *pattern)
{
	return *pattern != '\0' && strlen(pattern) < PATTERN_MAX &&
	    strspn(pattern, "yMdHhmsa -/.,:'T") == strlen(pattern) &&
	    strpbrk(pattern, "yMdHhm") != NULL;
}

/* A run of one letter: yyyy, MM, MMM, d, HH, hh, mm, ss, a */
static void
put_run(struct out *o, char letter, size_t n, const struct tm *t)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	int wide = n > 1 ? 2 : 1;
	int hour = t->tm_hour % 12 == 0 ? 12 : t->tm_hour % 12;

	if (letter == 'y')
		out_f(o, "%0*d", n > 2 ? 4 : 2,
		    n > 2 ? t->tm_year + 1900 : t->tm_year % 100);
	else if (letter == 'M' && n > 2)
		out_bytes(o, months + (size_t)t->tm_mon * 3, 3);
	else if (letter == 'a')
		out_text(o, t->tm_hour < 12 ? "AM" : "PM");
	else
		out_f(o, "%0*d", wide,
		    letter == 'M'       ? t->tm_mon + 1
			: letter == 'd' ? t->tm_mday
			: letter == 'H' ? t->tm_hour
			: letter == 'h' ? hour
			: letter == 'm' ? t->tm_min
					: t->tm_sec);
}

void
pattern_put(struct out *o, const char *pattern, int64_t local_s)
{
	time_t s = (time_t)local_s;
	struct tm t;

	gmtime_r(&s, &t);
	while (*pattern != '\0') {
		size_t n = strspn(pattern, (char[]) { *pattern, '\0' });

		if (strchr("yMdHhmsa", *pattern) != NULL)
			put_run(o, *pattern, n, &t);
		else if (*pattern != '\'')
			out_bytes(o, pattern, n);
		pattern += n;
	}
}

/* As somebody would read it on the page: names of lookups, dates in the
 * pattern that was set. */
static void
put_shown(const struct hook_facts *f, struct out *o, int field)
{
	enum kind kind = f->m->fields[field].def.kind;
	struct value v;
	int64_t days;

	value_of(f->world, f->m, f->n, field, &v);
	if (v.type == V_TIME && f->datetime[0] != '\0') {
		pattern_put(o, f->datetime, v.n + (int64_t)f->offset * 60);
		return;
	}
	if (v.type == V_REF && !is_books(f->m))
		value_name(f->world, v.module, (uint32_t)v.n, &v);
	if (v.type == V_USER) {
		out_text(o, user_name((int)v.n));
		return;
	}
	if (v.type == V_TIME && is_books(f->m)) {
		moment_books(v.text, v.n, f->world->clock.offset);
		out_text(o, v.text);
		return;
	}
	value_text(f->world, &v);
	if (kind == K_DATE && f->date[0] != '\0' &&
	    moment_read_date(v.text, &days))
		pattern_put(o, f->date, days * DAY_S);
	else
		out_bytes(o, v.text, v.len);
}

static void
put_mark(const struct hook_facts *f, struct out *o, const struct mark *k)
{
	int field = module_is(f->m, k->module) ? field_by(f->m, k->field)
					       : IS_NOTHING;

	if (field == IS_ID)
		out_f(o, "%" PRId64, record_id(f->world, f->m, f->n));
	else if (field != IS_NOTHING && !f->ids_only)
		put_shown(f, o, field);
}

void
hook_text(const struct hook_facts *f, struct out *o, const char *text,
    bool percent)
{
	struct mark k;

	while (next_mark(f->m, text, &k)) {
		struct out one = OUT_INIT;

		out_bytes(o, text, (size_t)(k.start - text));
		put_mark(f, &one, &k);
		if (percent)
			out_percent(o, out_all(&one));
		else
			out_text(o, out_all(&one));
		out_release(&one);
		text = k.start + k.len;
	}
	out_text(o, text);
}
