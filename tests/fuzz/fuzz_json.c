/* json_read() and json_put(): what is accepted is written as valid JSON in
 * UTF-8, which reads as the same document. */
#include "fuzz.h"

#include <stdbool.h>

#include "json.h"
#include "text.h"

/* Nothing a reader of UTF-8 JSON would refuse, and no NUL. */
static void
check_text(const char *text, size_t len)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t i, n;

	for (i = 0; i < len; i += n) {
		n = text_character(s + i, len - i);
		MUST(n > 0 && s[i] >= 0x20);
	}
}

static bool
says_nul(const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text != '\\')
			continue;
		if (strncmp(++text, "u0000", 5) == 0)
			return true;
	}
	return false;
}

static void
check_document(json_object *o)
{
	struct buf once = BUF_INIT(64 * MIB), twice = BUF_INIT(64 * MIB);
	struct err err = ERR_INIT;
	json_object *again;

	MUST(o != NULL);
	MUST(json_put(&once, o, &err) == ST_OK);
	check_text(once.at, once.len);
	MUST(json_has_nul(o) == says_nul(once.at));
	MUST(json_read(once.at, once.len, &again, &err) == ST_OK);
	MUST(json_has_nul(again) == json_has_nul(o));
	MUST(json_put(&twice, again, &err) == ST_OK);
	MUST(once.len == twice.len);
	MUST(memcmp(once.at, twice.at, once.len) == 0);
	json_object_put(again);
	buf_release(&twice);
	buf_release(&once);
}

int
FUZZ(json)(const uint8_t *data, size_t size)
{
	char *text = fuzz_copy(data, size, 0);
	struct err err = ERR_INIT;
	json_object *o;
	enum status st = json_read(text, size, &o, &err);

	MUST(st == ST_OK || st == ST_REJECT);
	if (st == ST_OK) {
		check_document(o);
		json_object_put(o);
	} else {
		MUST(o == NULL && err.text[0] != '\0' && err.reason[0] != '\0');
	}
	free(text);
	return 0;
}
