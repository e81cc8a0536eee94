/*
 * settings_load(): what is accepted is whole and in range, and the same
 * settings written in quotes load again. The first byte is the file's mode:
 * "o" lets others read it, which is refused where it holds a secret. The rest
 * of its line and the next one are a list and a word for settings_lists(),
 * the others the file.
 */
#include "fuzz_file.h"

#include "buf.h"
#include "settings.h"

static struct fuzz_file file = { -1, "" };

static void
start(void)
{
	fuzz_file_open(&file);
	(void)clearenv();
}

static void
check_values(const struct settings *s)
{
	const struct setting_row *row;
	long n;
	size_t i;

	for (i = 0; i < SETTING_COUNT; i++) {
		row = &setting_rows[i];
		MUST(settings_text(s, (enum setting)i) != NULL);
		n = row->kind == SETTING_NUMBER
		    ? settings_number(s, (enum setting)i)
		    : row->min;
		MUST(n >= row->min && n <= row->max);
		if (row->kind == SETTING_SWITCH)
			MUST(settings_on(s, (enum setting)i) ||
			    strcmp(s->value[i], "off") == 0);
	}
}

/* Longer lines are not read. */
enum { LINE_TEXT_MAX = 4000 };

static void
check_written(const struct settings *s)
{
	struct buf text = BUF_INIT(16 * MIB);
	struct settings again = SETTINGS_INIT;
	struct err err = ERR_INIT;
	size_t i;

	for (i = 0; i < SETTING_COUNT; i++)
		if (strlen(s->value[i]) < LINE_TEXT_MAX)
			MUST(buf_printf(&text, &err, "export %s = \"%s\"\n",
				 setting_rows[i].name, s->value[i]) == ST_OK);
	fuzz_file_set(&file, text.at, text.len, 0600);
	MUST(settings_load(&again, file.path, &err) == ST_OK);
	for (i = 0; i < SETTING_COUNT; i++)
		if (strlen(s->value[i]) < LINE_TEXT_MAX)
			MUST(strcmp(again.value[i], s->value[i]) == 0);
	settings_release(&again);
	buf_release(&text);
}

static void
check_lists(const char *list, const char *word)
{
	char *both = malloc(strlen(list) + strlen(word) + 2);

	MUST(both != NULL);
	(void)settings_lists(list, word);
	MUST(!settings_lists(list, ""));
	(void)sprintf(both, "%s,%s", list, word);
	if (word[0] != '\0' && strcspn(word, ", \t") == strlen(word))
		MUST(settings_lists(both, word));
	free(both);
}

int
FUZZ(settings)(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };
	mode_t mode = fuzz_byte(&in) == 'o' ? 0644 : 0640;
	char *list = fuzz_line(&in), *word = fuzz_line(&in);
	struct settings s = SETTINGS_INIT;
	struct err err = ERR_INIT;
	enum status st;

	if (file.fd < 0)
		start();
	fuzz_file_set(&file, in.at, in.left, mode);
	st = settings_load(&s, file.path, &err);
	MUST(st == ST_OK || st == ST_REJECT || (st == ST_FAULT && mode & 4));
	if (st == ST_OK) {
		check_values(&s);
		check_written(&s);
	} else {
		MUST(strncmp(err.text, file.path, strlen(file.path)) == 0);
	}
	settings_release(&s);
	check_lists(list, word);
	free(word);
	free(list);
	return 0;
}
