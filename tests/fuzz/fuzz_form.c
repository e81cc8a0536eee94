/* form_read(): pairs that, written with every byte as %XX, read the same;
 * refused only for their number. */
#include "fuzz.h"

#include "buf.h"
#include "form.h"

static size_t
count_parts(const char *text, size_t len)
{
	size_t i, n = 0;

	for (i = 0; i < len; i++)
		if (text[i] != '&' && (i == 0 || text[i - 1] == '&'))
			n++;
	return n;
}

static void
put_encoded(struct buf *out, const char *at, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	struct err err = ERR_INIT;
	char code[3] = "%";
	size_t i;

	for (i = 0; i < len; i++) {
		code[1] = digits[(unsigned char)at[i] >> 4];
		code[2] = digits[at[i] & 15];
		MUST(buf_put(out, code, sizeof(code), &err) == ST_OK);
	}
}

static void
encode(struct buf *out, const struct form *form)
{
	struct err err = ERR_INIT;
	size_t i;

	for (i = 0; i < form->len; i++) {
		put_encoded(out, form->at[i].name, form->at[i].name_len);
		MUST(buf_puts(out, "=", &err) == ST_OK);
		put_encoded(out, form->at[i].value, form->at[i].value_len);
		MUST(buf_puts(out, "&", &err) == ST_OK);
	}
}

static void
check_same(const struct form *a, const struct form *b)
{
	size_t i;

	MUST(a->len == b->len);
	for (i = 0; i < a->len; i++) {
		MUST(a->at[i].name_len == b->at[i].name_len);
		MUST(a->at[i].value_len == b->at[i].value_len);
		MUST(memcmp(a->at[i].name, b->at[i].name, a->at[i].name_len) ==
		    0);
		MUST(memcmp(a->at[i].value, b->at[i].value,
			 a->at[i].value_len) == 0);
	}
}

static void
check_pairs(const struct form *form, size_t size)
{
	struct buf text = BUF_INIT(64 * MIB);
	struct form again = FORM_INIT;
	struct err err = ERR_INIT;
	const struct form_pair *p;
	size_t i, bytes = 0;

	for (i = 0; i < form->len; i++) {
		p = &form->at[i];
		bytes += p->name_len + p->value_len;
		MUST(p->name[p->name_len] == '\0');
		MUST(p->value[p->value_len] == '\0');
		if (strlen(p->name) == p->name_len)
			MUST(form_get(form, p->name) != NULL);
	}
	MUST(bytes <= size);
	encode(&text, form);
	MUST(form_read(&again, text.at, text.len, &err) == ST_OK);
	check_same(form, &again);
	form_release(&again);
	buf_release(&text);
}

int
FUZZ(form)(const uint8_t *data, size_t size)
{
	char *text = fuzz_copy(data, size, 0);
	struct form form = FORM_INIT;
	struct err err = ERR_INIT;
	enum status st = form_read(&form, text, size, &err);
	size_t parts = count_parts(text, size);

	if (parts > FORM_PAIRS_MAX) {
		MUST(st == ST_REJECT && form.len == 0 && form.block == NULL);
	} else {
		MUST(st == ST_OK && form.len == parts);
		check_pairs(&form, size);
	}
	form_release(&form);
	free(text);
	return 0;
}
