#include "normalise.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "note.h"

/* jsonb refuses numbers of more than 131072 digits and prints 1e131071 with
 * every one of them. No number in a business document comes near these. */
enum { NUMBER_TEXT_MAX = 400, EXPONENT_MAX = 308 };

/* Longest name of a field, dots and NUL included. */
enum { FIELD_NAME_MAX = 256 };

static const char owner_key[] = "Owner";

/* One call of normalise(), handed from function to function. */
struct run {
	const struct normalise_rules *rules;
	struct note_list notes;
	struct err *err;
};

enum status
field_list_add(struct field_list *list, const char *module, const char *name,
    enum kind kind, struct err *err)
{
	struct field *grown;
	struct field f;

	if (strlen(name) >= FIELD_NAME_MAX)
		return err_set(err, ST_FAULT, "a field name of %zu bytes",
		    strlen(name));
	/* The room doubles whenever the length is a power of two. */
	if ((list->len & (list->len - 1)) == 0) {
		grown = reallocarray(list->at,
		    list->len > 0 ? 2 * list->len : 1, sizeof(*grown));
		if (grown == NULL)
			return err_memory(err);
		list->at = grown;
	}
	f.module = strdup(module);
	f.name = strdup(name);
	f.kind = kind < KIND_COUNT ? kind : KIND_JSON;
	if (f.module == NULL || f.name == NULL) {
		free(f.module);
		free(f.name);
		return err_memory(err);
	}
	list->at[list->len++] = f;
	return ST_OK;
}

static int
compare_fields(const void *a, const void *b)
{
	const struct field *left = a, *right = b;
	int order = strcmp(left->module, right->module);

	return order != 0 ? order : strcmp(left->name, right->name);
}

void
field_list_sort(struct field_list *list)
{
	if (list->len > 0)
		qsort(list->at, list->len, sizeof(*list->at), compare_fields);
}

void
field_list_release(struct field_list *list)
{
	size_t i;

	for (i = 0; i < list->len; i++) {
		free(list->at[i].module);
		free(list->at[i].name);
	}
	free(list->at);
	list->at = NULL;
	list->len = 0;
}

/* The first field of the module, or the place where it would stand. */
static size_t
first_field(const struct field_list *list, const char *module)
{
	size_t low = 0, high = list->len, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (strcmp(list->at[middle].module, module) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Put "value" in place of a member; it is taken over in any case. */
static enum status
replace(json_object *o, const char *key, json_object *value, struct err *err)
{
	if (json_object_object_add(o, key, value) == 0)
		return ST_OK;
	json_object_put(value);
	return err_memory(err);
}

/* Read the member "key" of "o", which the notes call "name". */
static enum status
read_member(struct run *run, json_object *o, const char *key, const char *name,
    enum kind kind)
{
	json_object *value = json_get(o, key);
	json_object *kept;
	bool as_given;
	enum status st;

	if (value == NULL)
		return ST_OK;
	st = kind_read(kind, &run->rules->context, value, &kept, &as_given,
	    run->err);
	if (st != ST_OK && st != ST_REJECT)
		return st;
	if (st == ST_REJECT || as_given) {
		st = note_add(&run->notes, name, value, run->err->text,
		    run->err);
		if (st != ST_OK) {
			json_object_put(kept);
			return st;
		}
	}
	if (kept != value)
		return replace(o, key, kept, run->err);
	json_object_put(kept);
	return ST_OK;
}

/* Walk along the dots of "path", the rest of the field's name, into rows and
 * objects, down to the members it names. */
static enum status
read_path(struct run *run, json_object *o, const char *path,
    const struct field *f)
{
	const char *dot = strchr(path, '.');
	char key[FIELD_NAME_MAX];
	json_object *inside;
	enum status st = ST_OK;
	size_t i;

	if (!json_object_is_type(o, json_type_object))
		return ST_OK;
	if (dot == NULL)
		return read_member(run, o, path, f->name, f->kind);
	memcpy(key, path, (size_t)(dot - path));
	key[dot - path] = '\0';
	inside = json_get(o, key);
	if (!json_object_is_type(inside, json_type_array))
		return read_path(run, inside, dot + 1, f);
	for (i = 0; st == ST_OK && i < json_object_array_length(inside); i++)
		st = read_path(run, json_object_array_get_idx(inside, i),
		    dot + 1, f);
	return st;
}

static enum status
read_fields(struct run *run, const char *module, json_object *record)
{
	const struct field_list *fields = run->rules->fields;
	enum status st = ST_OK;
	size_t i;

	for (i = first_field(fields, module); st == ST_OK && i < fields->len &&
	     strcmp(fields->at[i].module, module) == 0;
	     i++)
		st = read_path(run, record, fields->at[i].name, &fields->at[i]);
	return st;
}

/* Whether jsonb takes this number, and prints it in reasonable room. */
static bool
number_fits(json_object *number)
{
	/* Where json-c keeps the source text; none for one it made itself. */
	const char *text = json_object_get_userdata(number);
	const char *exponent;
	size_t len;
	long power;

	if (text == NULL)
		return true;
	len = strcspn(text, "eE");
	exponent = text[len] != '\0' ? text + len + 1 : "0";
	if (len > NUMBER_TEXT_MAX || strlen(exponent) > NUMBER_TEXT_MAX)
		return false;
	power = strtol(exponent, NULL, 10);
	return power >= -EXPONENT_MAX && power <= EXPONENT_MAX;
}

/* Why jsonb would not take a scalar, NULL where it does. */
static const char *
unfit(json_object *o)
{
	if (json_object_is_type(o, json_type_string) && json_has_nul(o))
		return "a text with a NUL in it";
	if (json_object_is_type(o, json_type_double) && !number_fits(o))
		return "a number out of range";
	return NULL;
}

static enum status sweep(struct run *run, json_object *o, const char *name);

static enum status
sweep_member(struct run *run, json_object *o, const char *key,
    json_object *member, const char *above)
{
	const char *why = unfit(member);
	char name[FIELD_NAME_MAX];
	enum status st;

	if (why == NULL && !json_object_is_type(member, json_type_object) &&
	    !json_object_is_type(member, json_type_array))
		return ST_OK;
	(void)snprintf(name, sizeof(name), "%s%s%s", above,
	    above[0] != '\0' ? "." : "", key);
	if (why == NULL)
		return sweep(run, member, name);
	st = note_add(&run->notes, name, member, why, run->err);
	return st == ST_OK ? replace(o, key, NULL, run->err) : st;
}

static enum status
sweep_members(struct run *run, json_object *o, const char *above)
{
	enum status st = ST_OK;

	json_object_object_foreach(o, key, member)
	{
		st = sweep_member(run, o, key, member, above);
		if (st != ST_OK)
			break;
	}
	return st;
}

static enum status
sweep_items(struct run *run, json_object *array, const char *name)
{
	enum status st = ST_OK;
	json_object *item;
	const char *why;
	size_t i;

	for (i = 0; st == ST_OK && i < json_object_array_length(array); i++) {
		item = json_object_array_get_idx(array, i);
		why = unfit(item);
		if (why == NULL) {
			st = sweep(run, item, name);
			continue;
		}
		st = note_add(&run->notes, name, item, why, run->err);
		if (st == ST_OK &&
		    json_object_array_put_idx(array, i, NULL) != 0)
			st = err_memory(run->err);
	}
	return st;
}

/* Set aside what jsonb would refuse, everywhere below "o". */
static enum status
sweep(struct run *run, json_object *o, const char *name)
{
	if (json_object_is_type(o, json_type_object))
		return sweep_members(run, o, name);
	if (json_object_is_type(o, json_type_array))
		return sweep_items(run, o, name);
	return ST_OK;
}

static enum status
put_default_owner(const struct run *run, json_object *record)
{
	json_object *email =
	    json_object_new_string(run->rules->default_owner_email);
	json_object *kept = NULL;
	bool as_given;
	enum status st;

	if (email == NULL)
		return err_memory(run->err);
	st = kind_read(KIND_OWNER, &run->rules->context, email, &kept,
	    &as_given, run->err);
	json_object_put(email);
	if (st != ST_OK)
		return st;
	return replace(record, owner_key, kept, run->err);
}

/* Only CRM records are owned. The registry may not know the field yet. */
static enum status
read_owner(struct run *run, json_object *record)
{
	const char *email = run->rules->default_owner_email;
	enum status st = read_member(run, record, owner_key, owner_key,
	    KIND_OWNER);

	if (st == ST_OK && json_get(record, owner_key) == NULL &&
	    email != NULL && email[0] != '\0')
		st = put_default_owner(run, record);
	return st;
}

static enum status
run_over(struct run *run, const char *module, json_object *record)
{
	enum status st = read_fields(run, module, record);

	if (st == ST_OK && strncmp(module, "crm.", 4) == 0)
		st = read_owner(run, record);
	if (st == ST_OK)
		st = sweep(run, record, "");
	return st;
}

enum status
normalise(const struct normalise_rules *rules, const char *module,
    json_object *record, struct buf *notes, struct owner *owner,
    struct err *err)
{
	struct run run = { .rules = rules, .err = err };
	json_object *o;
	enum status st;

	*owner = (struct owner) { NULL, NULL, NULL };
	if (!json_object_is_type(record, json_type_object))
		return err_set(err, ST_FAULT, "a record that is no object");
	st = run_over(&run, module, record);
	if (st == ST_OK)
		st = note_put(&run.notes, notes, err);
	note_release(&run.notes);
	if (st != ST_OK || strncmp(module, "crm.", 4) != 0)
		return st;
	o = json_get(record, owner_key);
	owner->id = json_get_text(o, "id");
	owner->name = json_get_text(o, "name");
	owner->email = json_get_text(o, "email");
	return ST_OK;
}
