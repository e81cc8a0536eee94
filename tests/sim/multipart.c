/* Bodies of the type multipart/form-data. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pairs.h"

/* CRLF, two dashes and the boundary; false where the type names none */
static bool
boundary(const char *type, char line[128])
{
	const char *mark = type != NULL ? strstr(type, "boundary=") : NULL;

	if (mark == NULL)
		return false;
	mark += 9;
	if (*mark == '"')
		mark++;
	snprintf(line, 128, "\r\n--%.*s", (int)strcspn(mark, "\"; "), mark);
	return true;
}

const char *
multipart_part(const char *type, const char *body, size_t len, const char *name,
    size_t *part_len)
{
	const char *end = body + len, *at, *stop;
	char line[128], quoted[128];

	if (!boundary(type, line))
		return NULL;
	snprintf(quoted, sizeof(quoted), " name=\"%.100s\"", name);
	at = memmem(body, len, quoted, strlen(quoted));
	if (at != NULL)
		at = memmem(at, (size_t)(end - at), "\r\n\r\n", 4);
	if (at == NULL)
		return NULL;
	at += 4;
	stop = memmem(at, (size_t)(end - at), line, strlen(line));
	*part_len = (size_t)((stop != NULL ? stop : end) - at);
	return at;
}

void
pairs_read_multipart(struct pairs *p, const char *type, const char *body,
    size_t len)
{
	static const char mark[] = " name=\"";
	const char *at = body, *end = body + len;

	while ((at = memmem(at, (size_t)(end - at), mark, 7)) != NULL) {
		const char *part;
		char name[100], *value;
		size_t n = 0, part_len;

		at += 7;
		while (at < end && *at != '"' && n + 1 < sizeof(name))
			name[n++] = *at++;
		name[n] = '\0';
		part = multipart_part(type, body, len, name, &part_len);
		if (part == NULL || part_len > 4096)
			continue;
		value = strndup(part, part_len);
		if (value == NULL)
			abort();
		pairs_add(p, name, value);
		free(value);
	}
}
