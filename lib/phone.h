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
	PHONE_INVALID, /* no country has such numbers, or none is named; or more
			* than 250 bytes */
	PHONE_ABSENT,  /* built without libphonenumber */
};

/* "region" is the ISO 3166 code for numbers without a country ("GB", upper
 * case), or "" for none. An extension is no part of E.164 and is left out.
 * Never throws, never blocks. Used by one thread only. */
enum phone_result
phone_e164(const char *text, const char *region, char out[PHONE_TEXT_MAX]);

#ifdef __cplusplus
}
#endif

#endif
