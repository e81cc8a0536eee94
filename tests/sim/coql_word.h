/* A query as it is read: its words, one ahead, and its columns. */
#ifndef COQL_WORD_H
#define COQL_WORD_H

#include "coql.h"

enum { WORD_MAX = 1200 };

struct reader {
	struct coql *q;
	struct world *w;
	const char *at, *start;
	char word[WORD_MAX]; /* the one that is next */
	enum { W_END, W_NAME, W_TEXT, W_NUMBER, W_SIGN } type;
	bool bad;
	int depth;
};

/* Say what is wrong, once: the first counts. */
PRINTF_LIKE(4, 5)
void coql_fail(struct reader *r, const char *code, const char *message,
    const char *details, ...);
void coql_syntax(struct reader *r);

/* Go to the next word. */
void coql_next(struct reader *r);
/* Whether the word is this one; also go on; it must be. */
bool coql_is(const struct reader *r, const char *word);
bool coql_take(struct reader *r, const char *word);
void coql_want(struct reader *r, const char *word);

/* A field, or a field behind a lookup; its kind. */
void coql_column(struct reader *r, struct column *col);
enum kind coql_kind(const struct reader *r, const struct column *col);
/* What stands behind select, group by and order by. */
void coql_columns(struct reader *r);
void coql_group_by(struct reader *r);
void coql_order_by(struct reader *r);
/* Whether the parts go together: groups with what is selected and ordered by,
 * lookups with their limits. */
void coql_fits(struct reader *r);

#endif
