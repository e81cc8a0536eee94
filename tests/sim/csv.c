#include "csv.h"

#include <string.h>

void
csv_open(struct csv *c, char *text, size_t len)
{
	static const char marks[] = ",;|:";
	size_t i, head = strcspn(text, "\r\n");

	memset(c, 0, sizeof(*c));
	c->at = text;
	c->end = text + len;
	c->mark = ',';
	for (i = 0; i < sizeof(marks) - 1; i++)
		if (memchr(text, marks[i], head) != NULL) {
			c->mark = marks[i];
			return;
		}
}

/* One cell; what ends it is returned: the mark, '\n' or '\0'. */
static char
read_cell(struct csv *c)
{
	char *to = c->at, *from = c->at, end;

	if (c->n < CSV_COLUMNS)
		c->cells[c->n++] = to;
	if (from < c->end && *from == '"') {
		for (from++; from < c->end; from++) {
			if (*from == '"' && from + 1 < c->end && from[1] == '"')
				from++;
			else if (*from == '"')
				break;
			*to++ = *from;
		}
		from += from < c->end;
	}
	while (from < c->end && *from != c->mark && *from != '\n') {
		if (*from != '\r')
			*to++ = *from;
		from++;
	}
	end = from < c->end ? *from : '\0';
	c->at = from < c->end ? from + 1 : c->end;
	*to = '\0';
	return end;
}

bool
csv_next(struct csv *c)
{
	c->n = 0;
	if (c->at >= c->end)
		return false;
	while (read_cell(c) == c->mark)
		if (c->at >= c->end && c->n < CSV_COLUMNS) {
			c->cells[c->n++] = c->end;
			break;
		}
	return true;
}
