#include "progress.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "clock.h"

enum {
	DRAW_MS = 200,
	BAR_LEAST = 10,
	BAR_MOST = 40,
	WIDTH = 80, /* where the terminal does not say */
	MINUTE_S = 60,
	HOUR_S = 3600,
	NUMBER_MAX = 32
};

/* "12345" as "12,345". */
static void
put_number(char out[static NUMBER_MAX], int64_t n)
{
	char plain[NUMBER_MAX];
	size_t len, i, at = 0;

	(void)snprintf(plain, sizeof(plain), "%lld", (long long)n);
	len = strlen(plain);
	for (i = 0; i < len && at < NUMBER_MAX - 2; i++) {
		out[at++] = plain[i];
		if (i + 1 < len && (len - i - 1) % 3 == 0 && plain[i] != '-')
			out[at++] = ',';
	}
	out[at] = '\0';
}

/* "45 s", "3 min 20 s", "2 h 5 min". */
static void
put_span(char out[static NUMBER_MAX], int64_t s)
{
	if (s < MINUTE_S)
		(void)snprintf(out, NUMBER_MAX, "%d s", (int)s);
	else if (s < HOUR_S)
		(void)snprintf(out, NUMBER_MAX, "%d min %d s",
		    (int)(s / MINUTE_S), (int)(s % MINUTE_S));
	else
		(void)snprintf(out, NUMBER_MAX, "%lld h %d min",
		    (long long)(s / HOUR_S), (int)(s % HOUR_S / MINUTE_S));
}

static void
put_bar(char *out, size_t len, int64_t done, int64_t total)
{
	size_t full = (size_t)((double)len * (double)done / (double)total);

	memset(out, '#', full);
	memset(out + full, '-', len - full);
	out[len] = '\0';
}

/* What stands behind the bar. */
static void
put_figures(char *out, size_t size, int64_t done, int64_t total,
    int64_t passed_ms)
{
	char done_text[NUMBER_MAX], total_text[NUMBER_MAX], rate[NUMBER_MAX],
	    left[NUMBER_MAX];
	int64_t a_second = passed_ms > 0 ? done * 1000 / passed_ms : 0;

	put_number(done_text, done);
	put_number(rate, a_second);
	if (total < 0) {
		(void)snprintf(out, size, "%s  %s/s", done_text, rate);
		return;
	}
	put_number(total_text, total);
	put_span(left,
	    done > 0 ? (total - done) * (passed_ms / 1000 + 1) / done : 0);
	(void)snprintf(out, size, "%3d %%  %s of %s  %s/s%s%s%s",
	    total > 0 ? (int)(done * 100 / total) : 100, done_text, total_text,
	    rate, done > 0 && done < total ? "  " : "",
	    done > 0 && done < total ? left : "",
	    done > 0 && done < total ? " left" : "");
}

void
progress_line(char *out, size_t size, size_t width, const char *what,
    int64_t done, int64_t total, int64_t passed_ms)
{
	char figures[PROGRESS_LINE_MAX], bar[BAR_MOST + 1];
	size_t used, room;

	if (total >= 0 && done > total)
		total = -1; /* more than was said */
	put_figures(figures, sizeof(figures), done, total, passed_ms);
	used = strlen(what) + strlen(figures) + sizeof("  [] ");
	room = width > used ? width - used : 0;
	if (room > BAR_MOST)
		room = BAR_MOST;
	if (total > 0 && room >= BAR_LEAST) {
		put_bar(bar, room, done, total);
		(void)snprintf(out, size, "%s  [%s] %s", what, bar, figures);
	} else {
		(void)snprintf(out, size, "%s  %s", what, figures);
	}
	if (width < size)
		out[width] = '\0';
}

static size_t
columns(int fd)
{
	struct winsize size;

	if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
		return WIDTH;
	return size.ws_col < PROGRESS_LINE_MAX ? size.ws_col
					       : PROGRESS_LINE_MAX - 1;
}

void
progress_draw(struct progress *progress, const char *what, int64_t done,
    int64_t total)
{
	const int64_t now_ms = clock_passed_ms();
	char line[PROGRESS_LINE_MAX];

	if (!isatty(progress->fd))
		return;
	if (strcmp(what, progress->what) != 0) {
		(void)snprintf(progress->what, sizeof(progress->what), "%s",
		    what);
		progress->began_ms = now_ms;
		progress->drawn_ms = now_ms - DRAW_MS;
	}
	if (now_ms - progress->drawn_ms < DRAW_MS)
		return;
	progress->drawn_ms = now_ms;
	/* The last column stays free: some terminals go on there. */
	progress_line(line, sizeof(line), columns(progress->fd) - 1,
	    progress->what, done, total, now_ms - progress->began_ms);
	(void)dprintf(progress->fd, "\r%s\033[K", line);
	progress->shown = true;
}

void
progress_clear(struct progress *progress)
{
	if (progress->shown)
		(void)dprintf(progress->fd, "\r\033[K");
	progress->shown = false;
	progress->what[0] = '\0';
}
