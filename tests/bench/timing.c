/*
 * Does the time of a proof tell how much of it was right? (R50)
 *
 *   timing [SAMPLES]     of each row, 1000000 unless given
 *
 * Two classes of input are taken in random order, from one buffer, and each
 * call is timed on its own; Welch's t says whether the means of the classes
 * differ. Secrets are drawn anew every few hundred calls, and a wrong letter
 * is any other hex digit: what one text costs more than another, whatever it
 * is compared with, is so in both classes. Interrupts make a long tail, so t
 * is computed over all samples and over those below the 99th, 90th and 50th
 * percentile of a first run, as dudect does, and the largest |t| counts.
 *
 * The first row is a comparison that stops at the first difference: a rig
 * that does not see it sees nothing. Of the last rows the answer tells the
 * classes apart anyway: no bar, but their difference is worth knowing. The
 * exit status is 1 where a row is over the bar, or the first is not.
 */
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#if defined(__x86_64__)
#include <x86intrin.h>
#endif

#include "apikey.h"
#include "digest.h"
#include "signature.h"

#define BODY "{\"invoice\":{\"invoice_id\":\"460000000012345\"}}"

enum { KEYS = 50, TEXT_MAX = 128, CROPS = 4, FIRST_RUN = 20000, DRAWN = 250 };

static const double bar = 4.5;
static const double crop_at[CROPS] = { 1, 0.99, 0.9, 0.5 };

static const struct signed_request req = { "", "application/json", BODY,
	sizeof(BODY) - 1 };
static volatile bool sink;

/* ---- the secrets, and what is shown ---- */

enum { RIGHT, FIRST, LAST, NOTHING, SHOWN };

static char secret[DIGEST_HEX], old_secret[DIGEST_HEX];
static unsigned char made[DIGEST_BYTES]; /* the HMAC of the body */
static struct apikey_list keys;

static char hexes[SHOWN][TEXT_MAX]; /* signatures of the body */
static char old_hex[TEXT_MAX];      /* the right one by the old secret */
static char tokens[SHOWN][TEXT_MAX];
static char api_keys[SHOWN][TEXT_MAX];

static void
must(enum status st)
{
	if (st != ST_OK)
		exit(EXIT_FAILURE);
}

static void
draw(char hex[static DIGEST_HEX])
{
	unsigned char bytes[DIGEST_BYTES];
	struct err err = ERR_INIT;

	must(digest_random(bytes, sizeof(bytes), &err));
	digest_hex(bytes, hex);
}

/* Another hex digit, each as likely. */
static void
spoil(char *digit)
{
	static const char digits[] = "0123456789abcdef";
	size_t at = (size_t)(strchr(digits, *digit) - digits);

	*digit = digits[(at + 1 + (size_t)(random() % 15)) % 16];
}

/* Texts that are right, wrong at the first or last of their hex digits, which
 * begin at "from", or at random. */
static void
vary(char texts[SHOWN][TEXT_MAX], const char *right, size_t from)
{
	int i;

	for (i = 0; i < SHOWN; i++)
		(void)snprintf(texts[i], TEXT_MAX, "%s", right);
	spoil(&texts[FIRST][from]);
	spoil(&texts[LAST][strlen(right) - 1]);
	draw(texts[NOTHING] + from);
}

static void
draw_keys(void)
{
	unsigned char bytes[DIGEST_BYTES];
	struct err err = ERR_INIT;
	char text[TEXT_MAX] = "zs_";
	const struct piece piece = { text, 3 + DIGEST_HEX - 1 };
	size_t i, known = (size_t)random() % KEYS;

	for (i = 0; i < KEYS; i++) {
		draw(text + 3);
		if (i == known)
			vary(api_keys, text, 3);
		must(digest_sha256(&piece, 1, bytes, &err));
		digest_hex(bytes, keys.at[i].hash);
	}
}

static void
draw_all(void)
{
	const struct piece body = { BODY, sizeof(BODY) - 1 };
	struct err err = ERR_INIT;
	char hex[DIGEST_HEX];

	draw(secret);
	draw(old_secret);
	must(digest_hmac(old_secret, &body, 1, made, &err));
	digest_hex(made, old_hex);
	must(digest_hmac(secret, &body, 1, made, &err));
	digest_hex(made, hex);
	vary(hexes, hex, 0);
	vary(tokens, secret, 0);
	draw_keys();
}

/* ---- what is timed ---- */

static void
stops_early(const char *text)
{
	char right[DIGEST_HEX];
	size_t i;

	digest_hex(made, right);
	for (i = 0; i < DIGEST_HEX - 1 && right[i] == text[i]; i++)
		sink = false;
	sink = i == DIGEST_HEX - 1;
}

static void
equal_hex(const char *text)
{
	sink = digest_equal_hex(made, text);
}

static void
zoho(const char *text)
{
	const struct secrets one = { secret, "" };
	struct err err = ERR_INIT;

	sink = signature_zoho(&one, &req, text, &err) == ST_OK;
}

static void
either(const char *text)
{
	const struct secrets both = { secret, old_secret };
	struct err err = ERR_INIT;

	sink = signature_zoho(&both, &req, text, &err) == ST_OK;
}

static void
raw(const char *text)
{
	const struct secrets one = { secret, "" };
	struct err err = ERR_INIT;

	sink = signature_raw(&one, &req, text, &err) == ST_OK;
}

static void
token(const char *text)
{
	const struct secrets one = { secret, "" };
	struct err err = ERR_INIT;

	sink = signature_token(&one, text, &err) == ST_OK;
}

static void
key(const char *text)
{
	const struct apikey *found;
	struct err err = ERR_INIT;

	sink = apikey_find(&keys, text, "webhook", 1, &found, &err) == ST_OK;
}

/* What a row must show. */
enum must { LEAK, EQUAL, ANYTHING };

static const struct row {
	const char *what, *a_says, *b_says;
	void (*call)(const char *text);
	const char *shown[2];
	enum must must;
} rows[] = {
	{ "a comparison that stops early", "first digit", "last digit",
	    stops_early, { hexes[FIRST], hexes[LAST] }, LEAK },
	{ "digest_equal_hex", "first digit", "last digit", equal_hex,
	    { hexes[FIRST], hexes[LAST] }, EQUAL },
	{ "digest_equal_hex", "right", "last digit", equal_hex,
	    { hexes[RIGHT], hexes[LAST] }, EQUAL },
	{ "signature_zoho", "first digit", "last digit", zoho,
	    { hexes[FIRST], hexes[LAST] }, EQUAL },
	{ "signature_zoho, two secrets", "right by new", "right by old", either,
	    { hexes[RIGHT], old_hex }, EQUAL },
	{ "signature_raw", "first digit", "last digit", raw,
	    { hexes[FIRST], hexes[LAST] }, EQUAL },
	{ "signature_token", "first digit", "last digit", token,
	    { tokens[FIRST], tokens[LAST] }, EQUAL },
	{ "apikey_find, 50 keys", "first digit", "last digit", key,
	    { api_keys[FIRST], api_keys[LAST] }, EQUAL },
	{ "apikey_find, 50 keys", "nothing right", "last digit", key,
	    { api_keys[NOTHING], api_keys[LAST] }, EQUAL },
	{ "signature_raw", "right", "last digit", raw,
	    { hexes[RIGHT], hexes[LAST] }, ANYTHING },
	{ "signature_token", "right", "last digit", token,
	    { tokens[RIGHT], tokens[LAST] }, ANYTHING },
	{ "apikey_find, 50 keys", "known", "last digit", key,
	    { api_keys[RIGHT], api_keys[LAST] }, ANYTHING },
};

/* ---- the measuring ---- */

static uint64_t
now(void)
{
#if defined(__x86_64__)
	unsigned int cpu;
	uint64_t t;

	_mm_lfence();
	t = __rdtscp(&cpu);
	_mm_lfence();
	return t;
#else
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000U + (uint64_t)t.tv_nsec;
#endif
}

/* Mean and variance as they come (Welford). */
struct moments {
	double n, mean, squares;
};

static void
add(struct moments *m, double x)
{
	double off = x - m->mean;

	m->n++;
	m->mean += off / m->n;
	m->squares += off * (x - m->mean);
}

static double
welch(const struct moments *a, const struct moments *b)
{
	double spread;

	if (a->n < 2 || b->n < 2)
		return 0;
	spread = a->squares / (a->n - 1) / a->n +
	    b->squares / (b->n - 1) / b->n;
	return spread > 0 ? (a->mean - b->mean) / sqrt(spread) : 0;
}

/* The time of one call, and which class it was of. */
static uint64_t
sample(const struct row *row, int *class)
{
	static char text[TEXT_MAX]; /* the same place for both */
	static int left;
	uint64_t start;

	if (left-- == 0) {
		draw_all();
		left = DRAWN;
	}
	*class = (int)(random() & 1);
	memcpy(text, row->shown[*class], TEXT_MAX);
	start = now();
	row->call(text);
	return now() - start;
}

static int
compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void
find_limits(const struct row *row, uint64_t limits[CROPS])
{
	static uint64_t took[FIRST_RUN];
	int i, class;

	for (i = 0; i < FIRST_RUN; i++)
		took[i] = sample(row, &class);
	qsort(took, FIRST_RUN, sizeof(*took), compare);
	for (i = 0; i < CROPS; i++)
		limits[i] = took[(int)(crop_at[i] * (FIRST_RUN - 1))];
	limits[0] = UINT64_MAX;
}

/* Print the row's line; whether it shows what it must. */
static bool
measure(const struct row *row, long samples)
{
	struct moments m[CROPS][2] = { 0 };
	uint64_t limits[CROPS], took;
	double t, most = 0;
	int i, class;
	bool good;
	long n;

	find_limits(row, limits);
	for (n = 0; n < samples; n++) {
		took = sample(row, &class);
		for (i = 0; i < CROPS; i++)
			if (took <= limits[i])
				add(&m[i][class], (double)took);
	}
	printf("%-29s %-13s %-12s %8.1f %8.1f ", row->what, row->a_says,
	    row->b_says, m[2][0].mean, m[2][1].mean);
	for (i = 0; i < CROPS; i++) {
		t = welch(&m[i][0], &m[i][1]);
		most = fabs(t) > most ? fabs(t) : most;
		printf(" %7.1f", t);
	}
	good = row->must == ANYTHING || (most >= bar) == (row->must == LEAK);
	printf(" %7.1f  %s\n", most,
	    !good                       ? "NOT MET"
		: row->must == LEAK     ? "seen"
		: row->must == ANYTHING ? "told anyway"
					: "met");
	(void)fflush(stdout);
	return good;
}

int
main(int argc, char **argv)
{
	static struct apikey at[KEYS];
	long samples = argc > 1 ? strtol(argv[1], NULL, 10) : 1000000;
	bool good = true;
	size_t i;

	keys = (struct apikey_list) { at, KEYS };
	for (i = 0; i < KEYS; i++)
		(void)strcpy(at[i].scope, "webhook");
	srandom(1);
	printf(
	    "Welch t of the time a proof takes, %ld samples a row, bar %.1f\n"
	    "%-29s %-13s %-12s %8s %8s  %7s %7s %7s %7s %7s\n",
	    samples, bar, "", "A", "B", "mean A", "mean B", "all", "99 %",
	    "90 %", "50 %", "|t|");
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		good = measure(&rows[i], samples) && good;
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
