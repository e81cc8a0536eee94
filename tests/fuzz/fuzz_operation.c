/* operation_read() and operation_is_test(): the case of letters and what
 * stands before a dot do not matter. */
#include "fuzz.h"

#include <ctype.h>
#include <stdbool.h>

#include "operation.h"

static void
check_same(const char *word, enum operation op, bool known)
{
	bool again;

	MUST(operation_read(word, &again) == op);
	MUST(again == known);
}

int
FUZZ(operation)(const uint8_t *data, size_t size)
{
	char *word = fuzz_copy(data, size, 1), *longer = malloc(size + 7);
	bool known, is_test = operation_is_test(word);
	enum operation op = operation_read(word, &known);
	size_t i;

	MUST(longer != NULL);
	MUST(op >= OP_CREATE && op <= OP_RESTORE);
	MUST(operation_name(op) != NULL);
	MUST(known || op == OP_UPDATE);
	MUST(!known || !is_test);
	(void)sprintf(longer, "Leads.%s", word);
	check_same(longer, op, known);
	for (i = 0; word[i] != '\0'; i++)
		word[i] = (char)(isupper((unsigned char)word[i])
			? tolower((unsigned char)word[i])
			: toupper((unsigned char)word[i]));
	check_same(word, op, known);
	MUST(operation_is_test(word) == is_test);
	check_same(operation_name(op), op, true);
	MUST(!operation_is_test(NULL));
	free(longer);
	free(word);
	return 0;
}
