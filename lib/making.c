#include "making.h"

#include <stdarg.h>
#include <stdio.h>

void
making_tell(struct making *making, const char *format, ...)
{
	va_list ap;

	(void)fputs(making->dry ? "would make " : "making ", stdout);
	va_start(ap, format);
	(void)vprintf(format, ap);
	va_end(ap);
	(void)putchar('\n');
	(void)fflush(stdout);
	making->count++;
}
