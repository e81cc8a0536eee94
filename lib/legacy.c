#include "legacy.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

enum { MAPPING_BYTES = 256 * 1024 };

static const char blanks[] = " \t\r\n";

/* ---- the mapping ---- */

static char *
trim(char *text)
{
	size_t len;

	text += strspn(text, blanks);
	len = strlen(text);
	while (len > 0 && strchr(blanks, text[len - 1]) != NULL)
		text[--len] = '\0';
	return text;
}

static enum status
set(struct legacy *l, json_object *fields, const char *key, const char *value,
    struct err *err)
{
	static const char *const known[] = { "table", "id", "legacy_id",
		"modified_time", "time_zone", "source" };
	size_t i;

	if (strcmp(key, "module") == 0) {
		l->module = module_by_name(l->modules, value);
		return l->module != NULL ? ST_OK
					 : err_class(err, ST_REJECT, "mapping",
					       "no module in use is called "
					       "\"%.60s\"",
					       value);
	}
	if (strcmp(key, "columns") == 0) {
		if (strcmp(value, "all") != 0)
			return err_class(err, ST_REJECT, "mapping",
			    "columns is \"%.40s\"; it can only be all", value);
		return json_object_object_add(l->mapping, key,
			   json_object_new_boolean(true)) == 0
		    ? ST_OK
		    : err_memory(err);
	}
	if (strncmp(key, "field.", 6) == 0 && key[6] != '\0')
		return json_add_text(fields, key + 6, value, strlen(value),
		    err);
	for (i = 0; i < ARRAY_LEN(known); i++)
		if (strcmp(key, known[i]) == 0)
			return json_add_text(l->mapping, key, value,
			    strlen(value), err);
	return err_class(err, ST_REJECT, "mapping",
	    "\"%.40s\" is no word of a mapping", key);
}

static enum status
read_line(struct legacy *l, json_object *fields, char *line, struct err *err)
{
	char *equals;

	line[strcspn(line, "#")] = '\0';
	line = trim(line);
	if (*line == '\0')
		return ST_OK;
	equals = strchr(line, '=');
	if (equals == NULL || equals[1 + strspn(equals + 1, blanks)] == '\0')
		return err_class(err, ST_REJECT, "mapping",
		    "\"%.40s\" is not of the form word = value", line);
	*equals = '\0';
	return set(l, fields, trim(line), trim(equals + 1), err);
}

static enum status
read_lines(struct legacy *l, FILE *file, json_object *fields, struct err *err)
{
	char *line = NULL;
	size_t size = 0;
	enum status st = ST_OK;
	int number = 0;

	while (st == ST_OK && getline(&line, &size, file) >= 0) {
		number++;
		st = err_wrap(err, read_line(l, fields, line, err), "line %d",
		    number);
	}
	free(line);
	return st;
}

static enum status
check(const struct legacy *l, const json_object *fields, struct err *err)
{
	static const char *const needed[] = { "table", "id", "legacy_id" };
	size_t i;

	if (l->module == NULL)
		return err_class(err, ST_REJECT, "mapping",
		    "it does not say which module");
	for (i = 0; i < ARRAY_LEN(needed); i++)
		if (json_get(l->mapping, needed[i]) == NULL)
			return err_class(err, ST_REJECT, "mapping",
			    "it does not say \"%s\"", needed[i]);
	if (json_object_object_length(fields) == 0 &&
	    json_get(l->mapping, "columns") == NULL)
		return err_class(err, ST_REJECT, "mapping",
		    "it maps no field: field.Deal_Name = name, or columns = "
		    "all");
	return ST_OK;
}

enum status
legacy_open(struct legacy *legacy, const char *path,
    const struct module_list *modules, struct err *err)
{
	json_object *fields = json_object_new_object();
	FILE *file = fopen(path, "re");
	enum status st;

	memset(legacy, 0, sizeof(*legacy));
	legacy->modules = modules;
	legacy->text.max = MAPPING_BYTES;
	legacy->mapping = json_object_new_object();
	if (file == NULL)
		st = err_class(err, ST_REJECT, "mapping", "%s",
		    strerror(errno));
	else if (fields == NULL || legacy->mapping == NULL)
		st = err_memory(err);
	else
		st = read_lines(legacy, file, fields, err);
	if (st == ST_OK)
		st = check(legacy, fields, err);
	if (file != NULL)
		(void)fclose(file);
	if (st == ST_OK &&
	    json_object_object_add(legacy->mapping, "fields", fields) != 0)
		st = err_memory(err);
	else if (st == ST_OK)
		fields = NULL;
	json_object_put(fields);
	if (st == ST_OK)
		st = json_put(&legacy->text, legacy->mapping, err);
	return err_wrap(err, st, "%s", path);
}

void
legacy_close(struct legacy *legacy)
{
	json_object_put(legacy->mapping);
	buf_release(&legacy->text);
	legacy->mapping = NULL;
}
