/*
 * Answers what lib/ makes of a case, a line for a line, for differential.py.
 * Fields are in hex, "-" is an empty one.
 *
 *   date TEXT                      time in microseconds and date, - for none
 *   form TEXT                      ok NAME=VALUE..., or refused
 *   json TEXT                      ok TEXT as json_put() writes it, or refused
 *   record TEXT                    ok TEXT after normalise(), or refused
 *   sign SECRET QUERY TYPE BODY SHOWN   in or refused
 */
#include "fuzz_fields.h"
#include "fuzz.h"

#include <inttypes.h>

#include "date.h"
#include "form.h"
#include "json.h"
#include "signature.h"

enum { FIELDS_MAX = 6 };

struct field_text {
	char *at; /* its bytes and a NUL */
	size_t len;
};

/* ---- hex ---- */

static int
digit(char c)
{
	return c <= '9' ? c - '0' : c - 'a' + 10;
}

/* In place: bytes are shorter than their hex. */
static void
from_hex(struct field_text *f)
{
	size_t i, len = strcmp(f->at, "-") == 0 ? 0 : strlen(f->at) / 2;

	for (i = 0; i < len; i++)
		f->at[i] = (char)(digit(f->at[2 * i]) * 16 +
		    digit(f->at[2 * i + 1]));
	f->at[len] = '\0';
	f->len = len;
}

static void
put_hex(const char *at, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	size_t i;

	for (i = 0; i < len; i++) {
		(void)putchar(digits[(unsigned char)at[i] >> 4]);
		(void)putchar(digits[at[i] & 15]);
	}
	if (len == 0)
		(void)putchar('-');
}

/* ---- the answers ---- */

static void
answer_date(const struct field_text *f)
{
	char date[DATE_TEXT_MAX];
	struct err err = ERR_INIT;
	int64_t us;

	if (date_read_time(f[1].at, &us, &err) == ST_OK)
		(void)printf("%" PRId64, us);
	else
		(void)putchar('-');
	if (date_read_date(f[1].at, date, &err) == ST_OK)
		(void)printf(" %s", date);
	else
		(void)fputs(" -", stdout);
}

static void
answer_form(const struct field_text *f)
{
	struct form form = FORM_INIT;
	struct err err = ERR_INIT;
	size_t i;

	if (form_read(&form, f[1].at, f[1].len, &err) != ST_OK) {
		(void)fputs("refused", stdout);
		return;
	}
	(void)fputs("ok", stdout);
	for (i = 0; i < form.len; i++) {
		(void)putchar(' ');
		put_hex(form.at[i].name, form.at[i].name_len);
		(void)putchar('=');
		put_hex(form.at[i].value, form.at[i].value_len);
	}
	form_release(&form);
}

static void
put_document(json_object *o)
{
	struct buf text = BUF_INIT(64 * MIB);
	struct err err = ERR_INIT;

	MUST(json_put(&text, o, &err) == ST_OK);
	(void)fputs("ok ", stdout);
	put_hex(text.at, text.len);
	buf_release(&text);
}

static void
answer_json(const struct field_text *f)
{
	struct err err = ERR_INIT;
	json_object *o;

	if (json_read(f[1].at, f[1].len, &o, &err) != ST_OK) {
		(void)fputs("refused", stdout);
		return;
	}
	put_document(o);
	json_object_put(o);
}

static void
answer_record(const struct field_text *f)
{
	static struct field_list fields;
	static const struct normalise_rules rules = { &fields, { "GB" }, "" };
	struct buf notes = BUF_INIT(NOTE_TEXT_MAX);
	struct err err = ERR_INIT;
	struct owner owner;
	json_object *o;

	if (fields.len == 0)
		MUST(fuzz_fields_make(&fields) == 0);
	if (json_read(f[1].at, f[1].len, &o, &err) != ST_OK) {
		(void)fputs("refused", stdout);
		return;
	}
	if (normalise(&rules, "crm.leads", o, &notes, &owner, &err) == ST_OK)
		put_document(o);
	else
		(void)fputs("refused", stdout);
	json_object_put(o);
	buf_release(&notes);
}

static void
answer_sign(const struct field_text *f)
{
	const struct secrets secrets = { f[1].at, NULL };
	const struct signed_request r = { f[2].at, f[3].at, f[4].at, f[4].len };
	struct err err = ERR_INIT;

	(void)fputs(signature_zoho(&secrets, &r, f[5].at, &err) == ST_OK
		? "in"
		: "refused",
	    stdout);
}

static const struct {
	const char *word;
	size_t fields;
	void (*answer)(const struct field_text *f);
} questions[] = {
	{ "date", 2, answer_date },
	{ "form", 2, answer_form },
	{ "json", 2, answer_json },
	{ "record", 2, answer_record },
	{ "sign", 6, answer_sign },
};

static void
answer_line(char *line)
{
	struct field_text f[FIELDS_MAX] = { { NULL, 0 } };
	char *save = NULL, *word;
	size_t i, n = 0;

	for (word = strtok_r(line, " \n", &save); word != NULL;
	     word = strtok_r(NULL, " \n", &save)) {
		MUST(n < FIELDS_MAX);
		f[n].at = word;
		if (n > 0)
			from_hex(&f[n]);
		n++;
	}
	for (i = 0; i < ARRAY_LEN(questions); i++)
		if (n > 0 && strcmp(f[0].at, questions[i].word) == 0 &&
		    n == questions[i].fields)
			break;
	MUST(i < ARRAY_LEN(questions));
	questions[i].answer(f);
	(void)putchar('\n');
}

int
main(void)
{
	char *line = NULL;
	size_t room = 0;

	while (getline(&line, &room, stdin) > 0)
		answer_line(line);
	free(line);
	return 0;
}
