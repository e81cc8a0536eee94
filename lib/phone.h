/*
 * Phone numbers to E.164, through libphonenumber, which is C++: phone.cc is
 * the only file that knows. Without the library phone_none.c stands in.
 */
#ifndef PHONE_H
#define PHONE_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { PHONE_TEXT_MAX = 32 };

enum phone_result {
	PHONE_OK,      /* "out" holds +441632960960 */
	PHONE_INVALID, /* not a number of that region or of any country */
	PHONE_ABSENT,  /* built without libphonenumber */
};

/* "region" is the ISO 3166 code for numbers without a country ("GB"), or ""
 * for none. Never throws, never blocks. Used by one thread only. */
enum phone_result phone_e164(const char *text, const char *region,
    char out[PHONE_TEXT_MAX]);

#ifdef __cplusplus
}
#endif

#endif
