/* What the table-driven programs share: a row of a table as a test whose
 * name is the row's sentence. */
#ifndef TABLE_H
#define TABLE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "err.h"

/* One test with a sentence of its own. */
#define SAYS(sentence, function)                        \
	{                                               \
		.name = sentence, .test_func = function \
	}

/* Every row of "rows" after the first "n" tests; "n" moves on. */
#define ADD_ROWS(tests, n, rows, run)                                        \
	do {                                                                 \
		size_t row_;                                                 \
		for (row_ = 0; row_ < ARRAY_LEN(rows); row_++)               \
			(tests)[(n)++] =                                     \
			    (struct CMUnitTest) { .name = (rows)[row_].says, \
				    .test_func = (run),                      \
				    .initial_state = (void *)(uintptr_t) &   \
					(rows)[row_] };                      \
	} while (0)

/* Every one of "others", which stand alone. */
#define ADD_OTHERS(tests, n, others)                                   \
	do {                                                           \
		size_t other_;                                         \
		for (other_ = 0; other_ < ARRAY_LEN(others); other_++) \
			(tests)[(n)++] = (others)[other_];             \
	} while (0)

#endif
