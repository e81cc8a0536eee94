/* Reading CSV, RFC 4180 with any of , ; : | between the fields. */
#ifndef CSV_H
#define CSV_H

#include <stdbool.h>
#include <stddef.h>

enum { CSV_COLUMNS = 400 };

struct csv {
	char *at, *end; /* changed while it is read */
	char mark;
	char *cells[CSV_COLUMNS + 1];
	int n;
};

/* The text is borrowed and written into; "end" must be writable. */
void csv_open(struct csv *c, char *text, size_t len);
/* The next row; false at the end. */
bool csv_next(struct csv *c);

#endif
