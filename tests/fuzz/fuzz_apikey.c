/* apikey_load() and the lines of its file: what is accepted is well formed,
 * has each name once, and its lines written again are the same keys. */
#include "fuzz_file.h"

#include <stdbool.h>

#include "apikey.h"
#include "apikey_line.h"
#include "buf.h"

static struct fuzz_file file = { -1, "" };

static bool
is_same(const struct apikey *a, const struct apikey *b)
{
	return strcmp(a->name, b->name) == 0 &&
	    strcmp(a->scope, b->scope) == 0 && strcmp(a->hash, b->hash) == 0 &&
	    a->created_us == b->created_us && a->expires_us == b->expires_us;
}

static void
check_key(const struct apikey *key)
{
	struct buf line = BUF_INIT(APIKEY_LINE_MAX);
	struct err err = ERR_INIT;
	struct apikey again;

	MUST(apikey_name_is_good(key->name));
	MUST(apikey_expiry_is_good(key->expires_us));
	MUST(strlen(key->scope) > 0);
	MUST(strspn(key->hash, "0123456789abcdef") == 64 &&
	    strlen(key->hash) == 64);
	MUST(apikey_line_put(&line, key, &err) == ST_OK);
	MUST(strlen(line.at) == line.len && line.at[line.len - 1] == '\n');
	MUST(apikey_line_read(line.at, &again) == NULL);
	MUST(is_same(key, &again));
	buf_release(&line);
}

/* Only "-" means never. */
static void
check_never(const struct apikey_list *list, const char *text, size_t len)
{
	size_t i, said = 0, never = 0;

	for (i = 0; i < len; i++)
		said += text[i] == '-' && i > 0 &&
		    (text[i - 1] == ' ' || text[i - 1] == '\t');
	for (i = 0; i < list->len; i++)
		never += list->at[i].expires_us == 0;
	MUST(never <= said);
}

static void
check_list(const struct apikey_list *list)
{
	const struct apikey *found;
	struct err err = ERR_INIT;
	enum status st = apikey_find(list, "zs_0", "webhook", 0, &found, &err);
	size_t i, j;

	MUST(st == (list->len > 0 ? ST_REJECT : ST_FAULT));
	MUST(list->len <= APIKEY_COUNT_MAX);
	for (i = 0; i < list->len; i++) {
		check_key(&list->at[i]);
		for (j = 0; j < i; j++)
			MUST(strcmp(list->at[i].name, list->at[j].name) != 0);
	}
}

int
FUZZ(apikey)(const uint8_t *data, size_t size)
{
	struct apikey_list list;
	struct err err = ERR_INIT;
	enum status st;

	if (file.fd < 0)
		fuzz_file_open(&file);
	fuzz_file_set(&file, data, size, 0600);
	st = apikey_load(&list, file.path, &err);
	MUST(st == ST_OK || st == ST_FAULT);
	MUST(st == ST_OK || (list.len == 0 && err.text[0] != '\0'));
	check_list(&list);
	check_never(&list, (const char *)data, size);
	apikey_release(&list);
	return 0;
}
