/* The words for what happened to a record. */
#ifndef OPERATION_H
#define OPERATION_H

#include <stdbool.h>

enum operation { OP_CREATE, OP_UPDATE, OP_DELETE, OP_RESTORE };

const char *operation_name(enum operation op);

/* What a word means, whatever its case and whatever stands before a dot:
 * "Leads.EDIT" is an update. "*known" says whether it was one of ours (F025-
 * F029); anything else is an update. */
enum operation operation_read(const char *word, bool *known);

/* Whether a word says that an event is only a test (F016). NULL says no. */
bool operation_is_test(const char *word);

#endif
