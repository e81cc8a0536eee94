/* Values by chance: words, numbers, choices, references. */
#include "value_make.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const syllables[] = { "ba", "ko", "li", "mu", "ne", "ra",
	"si", "ta", "vo", "ze", "du", "fi", "ga", "hel", "jor", "kin", "lun",
	"mar", "nok", "pel", "rim", "sol", "tun", "vik", "wen", "yar", "dra",
	"bri", "clo", "stu", "pla", "gro" };

/* Words that are no ASCII: one in twelve. */
static const char *const foreign[] = { "\303\226rnvik", "\305\201\303\263dora",
	"\303\221andela", "\303\207elik\303\266",
	"\316\224\316\277\316\272\316\271\316\274\316\256",
	"\343\203\206\343\202\271\343\203\210",
	"\320\237\321\200\320\276\320\261\320\260",
	"Stra\303\237el \360\237\231\202" };

static const char *const users[USERS] = { "Api User", "User Two", "User Three",
	"\303\234ser Four", "User Five" };

void
make_print(struct value *v, enum value_type type, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(v->text, sizeof(v->text), fmt, args);
	va_end(args);
	v->type = type;
	v->len = len > 0 ? (size_t)len : 0;
}

const char *
user_name(int user)
{
	return users[user];
}

size_t
word_put(char *at, uint64_t h)
{
	size_t n, len = 0;
	int i;

	if (h % 12 == 0) {
		const char *word = foreign[h / 12 % 8];

		len = strlen(word);
		memcpy(at, word, len);
		return len;
	}
	for (i = 0; i < 2 + (int)(h / 12 % 2); i++) {
		const char *s = syllables[h >> (20 + i * 8) & 31];

		n = strlen(s);
		memcpy(at + len, s, n);
		len += n;
	}
	at[0] = (char)(at[0] - 'a' + 'A');
	return len;
}

void
make_text(struct value *v, const char *at)
{
	v->type = V_TEXT;
	v->len = strlen(at);
	if (v->len >= VALUE_MAX)
		v->len = VALUE_MAX - 1;
	memcpy(v->text, at, v->len);
	v->text[v->len] = '\0';
}

void
make_cents(struct value *v, int64_t c)
{
	make_print(v, V_NUMBER, "%s%" PRId64 ".%02d", c < 0 ? "-" : "",
	    (c < 0 ? -c : c) / 100, (int)((c < 0 ? -c : c) % 100));
}

/* The choice of "a|b|c" that "h" points to */
static void
choose(struct value *v, const char *of, uint64_t h)
{
	const char *at = of;
	uint64_t count = 1;

	for (; *at != '\0'; at++)
		count += *at == '|';
	for (at = of, h %= count; h > 0; h--)
		at = strchr(at, '|') + 1;
	v->type = V_TEXT;
	v->len = strcspn(at, "|");
	memcpy(v->text, at, v->len);
	v->text[v->len] = '\0';
}

/* Some of the choices, at least one */
static void
choose_some(struct value *v, const char *of, uint64_t h)
{
	const char *at = of;
	char *to = v->text;
	int i;

	for (i = 0; *at != '\0'; i++) {
		size_t n = strcspn(at, "|");

		if ((h >> i & 1) != 0 || (at[n] == '\0' && to == v->text)) {
			if (to > v->text)
				*to++ = '|';
			memcpy(to, at, n);
			to += n;
		}
		at += n + (at[n] == '|');
	}
	*to = '\0';
	v->len = (size_t)(to - v->text);
	v->type = V_LIST;
}

/* Words up to about "len" bytes */
static void
prose(struct value *v, uint64_t h, size_t len)
{
	size_t at = 0;

	while (at < len) {
		if (at > 0)
			v->text[at++] = h % 40 == 0 ? '\n' : ' ';
		at += word_put(v->text + at, h);
		h = mix(h, at);
		if (h % 23 == 0)
			v->text[at++] = "\",;'&<"[h % 6];
	}
	v->text[at] = '\0';
	v->len = at;
	v->type = V_TEXT;
}

static void
words(struct value *v, uint64_t h, int n, const char *end)
{
	size_t at = 0;
	int i;

	for (i = 0; i < n; i++) {
		if (i > 0)
			v->text[at++] = ' ';
		at += word_put(v->text + at, mix(h, (uint64_t)i));
	}
	v->len = at + (size_t)snprintf(v->text + at, VALUE_MAX - at, "%s", end);
	v->type = V_TEXT;
}

/* Names that must differ end with the record's number. */
static void
name_end(const struct field *f, uint32_t n, char end[24], const char *usual)
{
	if ((f->flags & (F_UNIQUE | F_DUPCHECK)) != 0)
		snprintf(end, 24, "%s %u", usual, n + 1);
	else
		snprintf(end, 24, "%s", usual);
}

static struct module *
module_of(struct world *w, const char *of)
{
	char name[64];

	if (strncmp(of, "books.", 6) != 0)
		return world_crm(w, of);
	snprintf(name, sizeof(name), "%.*s", (int)strcspn(of, "#"), of);
	return world_module(w, name);
}

/* A record of the company as it was first: of customers or vendors where
 * that is asked for. */
void
make_ref(struct world *w, struct value *v, const char *of, uint64_t h)
{
	struct module *m = module_of(w, of);
	uint32_t count = m != NULL ? m->base : 0;

	v->type = V_NULL;
	if (count == 0)
		return;
	v->module = m;
	v->n = (int64_t)(h % count);
	if (strstr(of, "#customer") != NULL && v->n % 5 == 0)
		v->n = count > 1 ? v->n + 1 < count ? v->n + 1 : 1 : 0;
	if (strstr(of, "#vendor") != NULL)
		v->n -= v->n % 5;
	v->type = V_REF;
}

static void
made_text(struct value *v, const struct field *f, uint32_t n, uint64_t h)
{
	static const char *const forms[] = { " Ltd", " GmbH", " SA", " Works",
		" & Co" };
	char end[24];

	switch (f->gen) {
	case G_WORD:
		name_end(f, n, end, "");
		words(v, h, 1, end);
		break;
	case G_FIRST:
		words(v, mix(h, 5), 1, "");
		break;
	case G_COMPANY:
		name_end(f, n, end, forms[h % 5]);
		words(v, h, 2, end);
		break;
	case G_CITY:
		words(v, h % 97, 1, " Town");
		break;
	case G_STREET:
		snprintf(end, sizeof(end), " Road %u", (unsigned)(h % 200 + 1));
		words(v, h, 1, end);
		break;
	case G_CODE:
		make_print(v, V_TEXT, "%s%u", f->of, n + 1);
		break;
	default:
		words(v, h, 2 + (int)(h % 2), "");
	}
}

void
make_kind(struct world *w, struct value *v, const struct field *f, uint32_t n,
    uint64_t h)
{
	switch (f->kind) {
	case K_TEXTAREA:
		prose(v, h, 20 + h % 120);
		break;
	case K_RICHTEXT:
		prose(v, h, 200 + h % 1200);
		break;
	case K_EMAIL:
		make_print(v, V_TEXT, "box%u@example.%s", n + 1,
		    h % 2 == 0 ? "com" : "org");
		break;
	case K_PHONE:
		make_print(v, V_TEXT, "+49 30 23125 %03u",
		    (unsigned)(h % 1000));
		break;
	case K_WEBSITE:
		make_print(v, V_TEXT, "https://w%u.example.com/",
		    (unsigned)(h % 9999));
		break;
	case K_PICKLIST:
		choose(v, f->of != NULL ? f->of : "One|Two", h);
		break;
	case K_MULTISELECT:
	case K_TAG:
		choose_some(v, f->of != NULL ? f->of : "One|Two", h);
		break;
	case K_INTEGER:
		make_print(v, V_NUMBER, "%u", (unsigned)(h % 100));
		break;
	case K_BIGINT:
		make_print(v, w->bigint_number ? V_NUMBER : V_TEXT, "%" PRIu64,
		    h % 900000000000000000u + 100000000000000000u);
		break;
	case K_DOUBLE:
		make_print(v, V_NUMBER, "%u.%u", (unsigned)(h % 500),
		    (unsigned)(mix(h, 1) % 10));
		break;
	case K_PERCENT:
		make_print(v, V_NUMBER, "%u", (unsigned)(h % 40 + 1));
		break;
	case K_CURRENCY:
	case K_FORMULA:
	case K_ROLLUP:
		make_cents(v, (int64_t)(h % 2000000));
		break;
	case K_BOOLEAN:
		v->type = V_BOOL;
		v->n = h % 3 == 0;
		break;
	case K_DATE:
		v->type = V_DATE;
		v->n = 19000 + (int64_t)(h % 1500);
		break;
	case K_DATETIME:
		v->type = V_TIME;
		v->n = 1672531200 + (int64_t)(h % 94694400);
		break;
	case K_LOOKUP:
		make_ref(w, v, f->of, h);
		break;
	case K_OWNER:
	case K_USER:
		v->type = V_USER;
		v->n = (int64_t)(h % USERS);
		break;
	default:
		made_text(v, f, n, h);
	}
}

void
make_image(struct value *v, const struct field *f, uint32_t n, uint64_t h)
{
	if (n % 3 != 0)
		v->type = V_NULL;
	else if (strcmp(f->of, "name") == 0)
		make_print(v, V_TEXT, "picture-%u.png", n + 1);
	else if (strcmp(f->of, "type") == 0)
		make_text(v, "png");
	else
		make_print(v, V_TEXT, "3285000009%09u",
		    (unsigned)(h % 1000000000));
}
