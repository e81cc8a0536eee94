#include "passfile.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "buf.h"

enum { LINE_BYTES = 512, FILE_MAX = 16 * 1024 };

enum status
passfile_make(const char *path, const char *database, const char *const *logins,
    size_t n, const struct owner *owner, struct err *err)
{
	struct buf text = BUF_INIT(FILE_MAX);
	char password[SECRET_TEXT_MAX];
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < n; i++) {
		st = secret_draw(password, err);
		if (st == ST_OK)
			st = buf_printf(&text, err, "*:*:%s:%s:%s\n", database,
			    logins[i], password);
	}
	if (st == ST_OK)
		st = place_file(path, buf_text(&text), text.len, owner, 0600,
		    err);
	explicit_bzero(password, sizeof(password));
	if (text.at != NULL)
		explicit_bzero(text.at, text.len);
	buf_release(&text);
	return st;
}

/* The password in a line of "login", NULL where it is another's. */
static const char *
password_in(char *line, const char *login)
{
	char *rest = line, *field = NULL;
	int i;

	line[strcspn(line, "\n")] = '\0';
	for (i = 0; i < 4 && rest != NULL; i++)
		field = strsep(&rest, ":");
	return rest != NULL && strcmp(field, login) == 0 ? rest : NULL;
}

enum status
passfile_find(const char *path, const char *login,
    char out[static SECRET_TEXT_MAX], struct err *err)
{
	FILE *f = fopen(path, "re");
	const char *password = NULL;
	char line[LINE_BYTES];

	out[0] = '\0';
	if (f == NULL && errno == ENOENT)
		return ST_NONE;
	if (f == NULL)
		return err_set(err, ST_FAULT, "could not open \"%s\": %s", path,
		    strerror(errno));
	while (password == NULL && fgets(line, sizeof(line), f) != NULL)
		password = password_in(line, login);
	if (password != NULL)
		(void)snprintf(out, SECRET_TEXT_MAX, "%s", password);
	explicit_bzero(line, sizeof(line));
	(void)fclose(f);
	return password != NULL ? ST_OK : ST_NONE;
}
