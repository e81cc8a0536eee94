#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "buf.h"
#include "file.h"
#include "settings.h"

enum { FILE_MAX_BYTES = 1024 * 1024, MODE = 0600 };

static enum status
read_whole(const char *path, struct buf *text, struct err *err)
{
	char some[4096];
	enum status st = ST_OK;
	size_t n;
	FILE *f = fopen(path, "re");

	if (f == NULL)
		return err_set(err, err_system(errno),
		    "could not open \"%s\": %s", path, strerror(errno));
	while (st == ST_OK && (n = fread(some, 1, sizeof(some), f)) > 0)
		st = buf_put(text, some, n, err);
	if (st == ST_OK && ferror(f))
		st = err_set(err, err_system(errno),
		    "could not read \"%s\": %s", path, strerror(errno));
	(void)fclose(f);
	return st;
}

/* Whether a line sets "name": 1, or would without its "#": -1. */
static int
says(const char *line, const char *name)
{
	int sign = 1;
	size_t len = strlen(name);

	line += strspn(line, " \t");
	if (*line == '#') {
		sign = -1;
		line += 1 + strspn(line + 1, " \t");
	}
	if (strncmp(line, "export ", 7) == 0)
		line += 7 + strspn(line + 7, " \t");
	if (strncmp(line, name, len) != 0)
		return 0;
	line += len + strspn(line + len, " \t");
	return *line == '=' ? sign : 0;
}

/* The line that is replaced, the last because that one counts; or else the
 * commented one that it goes behind. */
static const char *
place_of(const char *text, const char *name, bool *replace)
{
	const char *line = text, *set = NULL, *after = NULL;
	int said;

	while (*line != '\0') {
		said = says(line, name);
		if (said > 0)
			set = line;
		else if (said < 0)
			after = line;
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	*replace = set != NULL;
	return set != NULL ? set : after;
}

static const char *
next_line(const char *line)
{
	line += strcspn(line, "\n");
	return *line == '\n' ? line + 1 : line;
}

/* What stands before the new line, and what behind it. */
static void
part(const char *text, const char *name, size_t *before, size_t *behind)
{
	bool replace;
	const char *line = place_of(text, name, &replace);

	*before = *behind = strlen(text);
	if (line == NULL)
		return;
	*behind = (size_t)(next_line(line) - text);
	*before = replace ? (size_t)(line - text) : *behind;
}

static enum status
put_line(const char *text, struct buf *new, const char *name, const char *value,
    struct err *err)
{
	size_t before, behind;
	bool open;
	enum status st;

	part(text, name, &before, &behind);
	open = before > 0 && text[before - 1] != '\n';
	st = buf_put(new, text, before, err);
	if (st == ST_OK)
		st = buf_printf(new, err, "%s%s=%s\n", open ? "\n" : "", name,
		    value);
	if (st == ST_OK)
		st = buf_puts(new, text + behind, err);
	return st;
}

enum status
settings_put(const char *path, enum setting which, const char *value,
    struct err *err)
{
	struct buf old = BUF_INIT(FILE_MAX_BYTES);
	struct buf new = BUF_INIT(FILE_MAX_BYTES + 8192);
	enum status st;

	if (value[strcspn(value, "\"' \t\r\n\\#")] != '\0')
		return err_set(err, ST_REJECT,
		    "%s: a value with blanks or quotes is not written",
		    setting_rows[which].name);
	st = read_whole(path, &old, err);
	if (st == ST_OK)
		st = put_line(buf_text(&old), &new, setting_rows[which].name,
		    value, err);
	if (st == ST_OK)
		st = file_replace(path, new.at, new.len, MODE, err);
	if (old.at != NULL)
		explicit_bzero(old.at, old.cap);
	if (new.at != NULL)
		explicit_bzero(new.at, new.cap);
	buf_release(&old);
	buf_release(&new);
	return st;
}
