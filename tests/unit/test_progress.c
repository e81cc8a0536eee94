/* How far something is, on one line. */
#include <string.h>

#include "table.h"

#include "progress.h"

static const struct line_case {
	const char *says;
	size_t width;
	const char *what;
	int64_t done, total, passed_ms;
	const char *want;
} lines[] = {
	{ "a bar, the share, the rate and the time left", 79, "crm.leads", 1500,
	    6000, 3000,
	    "crm.leads  [######-------------------]  25 %  1,500 of 6,000  500/s  "
	    "12 s left" },
	{ "at the end no time is left", 60, "crm.leads", 400, 400, 2000,
	    "crm.leads  [#####################] 100 %  400 of 400  200/s" },
	{ "before the first one nothing is known of the time", 60, "crm.leads",
	    0, 400, 0,
	    "crm.leads  [-------------------------]   0 %  0 of 400  0/s" },
	{ "without a total there is no bar", 60, "crm.leads changed", 1234567,
	    -1, 1000, "crm.leads changed  1,234,567  1,234,567/s" },
	{ "more than was said takes the bar away", 60, "crm.leads", 500, 400,
	    1000, "crm.leads  500  500/s" },
	{ "nothing of nothing is all of it", 60, "crm.leads", 0, 0, 1000,
	    "crm.leads  100 %  0 of 0  0/s" },
	{ "minutes and hours are said as such", 60, "books.invoices", 10, 7200,
	    10000, "books.invoices    0 %  10 of 7,200  1/s  2 h 11 min left" },
	{ "a narrow terminal gets no bar", 40, "crm.leads", 1500, 6000, 3000,
	    "crm.leads   25 %  1,500 of 6,000  500/s " },
	{ "and never more than its width", 12, "crm.leads", 1500, 6000, 3000,
	    "crm.leads   " },
};

static void
draws(void **state)
{
	const struct line_case *c = *state;
	char out[PROGRESS_LINE_MAX];

	progress_line(out, sizeof(out), c->width, c->what, c->done, c->total,
	    c->passed_ms);
	assert_string_equal(out, c->want);
}

int
main(void)
{
	struct CMUnitTest tests[ARRAY_LEN(lines)];
	size_t n = 0;

	ADD_ROWS(tests, n, lines, draws);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
