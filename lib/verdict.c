#include "verdict.h"

#include <stddef.h>
#include <string.h>

static const char *const names[] = {
	[VERDICT_NONE] = "none",
	[VERDICT_IGNORED] = "ignored",
	[VERDICT_DUPLICATE] = "duplicate",
	[VERDICT_STALE] = "stale",
	[VERDICT_FETCHED] = "fetched",
	[VERDICT_APPLIED] = "applied",
	[VERDICT_DEAD] = "dead",
	[VERDICT_RETRY] = "retry",
};

const char *
verdict_name(enum verdict verdict)
{
	return names[verdict];
}

enum verdict
verdict_find(const char *name)
{
	size_t i;

	for (i = 0; i < VERDICT_COUNT; i++)
		if (name != NULL && strcmp(names[i], name) == 0)
			return (enum verdict)i;
	return VERDICT_NONE;
}
