#include "apikey_line.h"

#include <string.h>
#include <time.h>

#include "digest.h"

enum { FIELDS = 5, TIME_MAX = 32 };

static const int64_t second_us = 1000000;
static const int64_t last_second = 253402300799; /* the end of year 9999 */

bool
apikey_name_is_good(const char *name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789._-";
	size_t len = strnlen(name, APIKEY_NAME_MAX);

	return len > 0 && len < APIKEY_NAME_MAX && strspn(name, letters) == len;
}

bool
apikey_expiry_is_good(int64_t expires_us)
{
	return expires_us == 0 ||
	    (expires_us >= second_us && expires_us / second_us <= last_second);
}

static void
put_time(int64_t unix_us, char out[static TIME_MAX])
{
	time_t sec = (time_t)(unix_us / second_us);
	struct tm tm;

	out[0] = '\0';
	if (gmtime_r(&sec, &tm) != NULL)
		(void)strftime(out, TIME_MAX, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

/* strptime() takes one digit for two and 31 February for a day in March:
 * only what it would write itself was a time. */
static bool
read_time(const char *text, int64_t *unix_us)
{
	struct tm tm = { .tm_mday = 1 };
	char again[TIME_MAX];
	const char *end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm);

	if (end == NULL || *end != '\0')
		return false;
	*unix_us = (int64_t)timegm(&tm) * second_us;
	put_time(*unix_us, again);
	return strcmp(again, text) == 0;
}

/* An expiry that reads as 0 would mean never, so it is none. */
static bool
read_expiry(const char *text, int64_t *unix_us)
{
	*unix_us = 0;
	if (strcmp(text, "-") == 0)
		return true;
	return read_time(text, unix_us) && *unix_us > 0;
}

const char *
apikey_line_read(char *line, struct apikey *key)
{
	char *part[FIELDS], *state = NULL;
	char *next = strtok_r(line, " \t\n", &state);
	size_t n;

	for (n = 0; n < FIELDS && next != NULL; n++) {
		part[n] = next;
		next = strtok_r(NULL, " \t\n", &state);
	}
	if (n != FIELDS || next != NULL)
		return "not five fields";
	if (!apikey_name_is_good(part[0]))
		return "not a name";
	if (strlen(part[1]) >= sizeof(key->scope))
		return "not a scope";
	if (strlen(part[2]) != DIGEST_HEX - 1 ||
	    strspn(part[2], "0123456789abcdef") != DIGEST_HEX - 1)
		return "not a SHA-256 in lower-case hex";
	if (!read_time(part[3], &key->created_us))
		return "not a time of creation";
	if (!read_expiry(part[4], &key->expires_us))
		return "not a time of expiry";
	memcpy(key->name, part[0], strlen(part[0]) + 1);
	memcpy(key->scope, part[1], strlen(part[1]) + 1);
	memcpy(key->hash, part[2], DIGEST_HEX);
	return NULL;
}

enum status
apikey_line_put(struct buf *out, const struct apikey *key, struct err *err)
{
	char created[TIME_MAX], expires[TIME_MAX];

	put_time(key->created_us, created);
	put_time(key->expires_us, expires);
	return buf_printf(out, err, "%s %s %s %s %s\n", key->name, key->scope,
	    key->hash, created, key->expires_us != 0 ? expires : "-");
}
