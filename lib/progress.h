/*
 * How far something is, for a person at a terminal: one line with a bar, the
 * rate and the time left, drawn anew a few times a second. Where the output is
 * no terminal, nothing is drawn.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PROGRESS_WHAT_MAX = 48, PROGRESS_LINE_MAX = 200 };

struct progress {
	int fd;
	/* the progress's */
	char what[PROGRESS_WHAT_MAX];
	int64_t began_ms, drawn_ms;
	bool shown;
};

/*
 * So much of "what" is done, of "total" (-1 where that is not known). Another
 * "what" than before begins a line of its own, and its rate counts from then.
 */
void progress_draw(struct progress *progress, const char *what, int64_t done,
    int64_t total);

/* Take the line away. */
void progress_clear(struct progress *progress);

/* The line itself, at most "width" columns of ASCII with a NUL behind. */
void progress_line(char *out, size_t size, size_t width, const char *what,
    int64_t done, int64_t total, int64_t passed_ms);

#endif
