#include "operation.h"

#include <string.h>
#include <strings.h>

#include "err.h"

static const struct {
	const char *word;
	enum operation op;
} words[] = {
	{ "create", OP_CREATE },
	{ "created", OP_CREATE },
	{ "insert", OP_CREATE },
	{ "inserted", OP_CREATE },
	{ "add", OP_CREATE },
	{ "added", OP_CREATE },
	{ "update", OP_UPDATE },
	{ "updated", OP_UPDATE },
	{ "edit", OP_UPDATE },
	{ "edited", OP_UPDATE },
	{ "delete", OP_DELETE },
	{ "deleted", OP_DELETE },
	{ "remove", OP_DELETE },
	{ "removed", OP_DELETE },
	{ "restore", OP_RESTORE },
	{ "restored", OP_RESTORE },
};

static const char *const names[] = { "create", "update", "delete", "restore" };

const char *
operation_name(enum operation op)
{
	return names[op];
}

enum operation
operation_read(const char *word, bool *known)
{
	const char *tail = word + strlen(word);
	size_t i;

	while (tail > word && tail[-1] != '.' && tail[-1] != '_')
		tail--;
	for (i = 0; i < ARRAY_LEN(words); i++) {
		if (strcasecmp(words[i].word, tail) == 0) {
			*known = true;
			return words[i].op;
		}
	}
	*known = false;
	return OP_UPDATE;
}

bool
operation_is_test(const char *word)
{
	const char *dot = word != NULL ? strrchr(word, '.') : NULL;

	return word != NULL &&
	    (strcasecmp(word, "test") == 0 ||
		strcasecmp(word, "webhook_test") == 0 ||
		strcasecmp(word, "test_event") == 0 ||
		(dot != NULL && strcasecmp(dot, ".test") == 0));
}
