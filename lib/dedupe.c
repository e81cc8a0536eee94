#include "dedupe.h"

#include <stdbool.h>
#include <string.h>

static bool
all_timed(const struct change_list *changes)
{
	size_t i;

	for (i = 0; i < changes->len; i++)
		if (!changes->at[i].timed)
			return false;
	return !changes->is_test;
}

enum status
dedupe_key(struct envelope *e, const struct change_list *changes,
    struct err *err)
{
	const struct piece pieces[] = {
		{ e->source, strlen(e->source) + 1 },
		{ e->route, strlen(e->route) + 1 },
		{ e->event_type, strlen(e->event_type) + 1 },
		{ e->query, strlen(e->query) + 1 },
		{ e->body, e->body_len },
	};

	if (changes == NULL || !all_timed(changes))
		return digest_random(e->key, DIGEST_BYTES, err);
	return digest_sha256(pieces, ARRAY_LEN(pieces), e->key, err);
}
