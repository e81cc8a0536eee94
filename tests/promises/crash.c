/* Preloaded by a test: stands for a fault in the JSON parser. It dies of any
 * text that holds CRASH-ME. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

struct json_object;
struct json_tokener;

struct json_object *
json_tokener_parse_ex(struct json_tokener *tok, const char *text, int len);

struct json_object *
json_tokener_parse_ex(struct json_tokener *tok, const char *text, int len)
{
	static struct json_object *(*next)(struct json_tokener *, const char *,
	    int);

	if (len > 0 && memmem(text, (size_t)len, "CRASH-ME", 8) != NULL)
		abort();
	if (next == NULL)
		*(void **)&next = dlsym(RTLD_NEXT, "json_tokener_parse_ex");
	return next(tok, text, len);
}
