#include "phone.h"

#include <cstring>
#include <string>

#include <phonenumbers/phonenumberutil.h>

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

/* The library refuses more as well, but only after it has searched the text in
 * a time that grows with the square of its length. */
enum { TEXT_MOST = 250 };

/* Region of a number that must name its country itself. */
static const char no_region[] = "ZZ";

static enum phone_result
read_number(const char *text, const char *region, char *out)
{
	static const PhoneNumberUtil &util = *PhoneNumberUtil::GetInstance();
	PhoneNumber number;
	std::string e164;

	if (util.Parse(text, region[0] != '\0' ? region : no_region, &number) !=
	    PhoneNumberUtil::NO_PARSING_ERROR)
		return PHONE_INVALID;
	/* Possible by its length is enough: the library's list of ranges in
	 * use is as old as the library, and a new range is no mistake. */
	if (util.IsPossibleNumberWithReason(number) !=
	    PhoneNumberUtil::IS_POSSIBLE)
		return PHONE_INVALID;
	util.Format(number, PhoneNumberUtil::E164, &e164);
	if (e164.empty() || e164.size() >= PHONE_TEXT_MAX)
		return PHONE_INVALID;
	std::memcpy(out, e164.c_str(), e164.size() + 1);
	return PHONE_OK;
}

extern "C" enum phone_result
phone_e164(const char *text, const char *region, char out[PHONE_TEXT_MAX])
{
	out[0] = '\0';
	if (strnlen(text, TEXT_MOST + 1) > TEXT_MOST)
		return PHONE_INVALID;
	try {
		return read_number(text, region, out);
	} catch (...) {
		return PHONE_INVALID;
	}
}
