/*
 * What the fuzz harnesses share.
 *
 * A harness is one file fuzz_NAME.c with one function that takes any bytes,
 * hands them to one part of lib/ and checks what that part's header promises.
 * libFuzzer and AFL++ link each with -DFUZZ_ALONE into a program of its own;
 * replay.c links all of them and runs the saved corpus, without clang.
 *
 * To add one: the file, a word in FUZZ_EACH and in local.mk, and a line or
 * two of seed in corpus/NAME.txt (see corpus.py for how it is written).
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Every harness, one a line. "planted" fails on purpose: it guards the rig. */
/* clang-format off */
#define FUZZ_EACH(harness) \
	harness(apikey) \
	harness(cgi) \
	harness(change) \
	harness(date) \
	harness(envelope) \
	harness(fcgi) \
	harness(form) \
	harness(json) \
	harness(kind) \
	harness(log) \
	harness(module) \
	harness(normalise) \
	harness(operation) \
	harness(planted) \
	harness(request) \
	harness(settings) \
	harness(signature) \
	harness(text)
/* clang-format on */

#ifdef FUZZ_ALONE
#define FUZZ(name) LLVMFuzzerTestOneInput
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
#else
#define FUZZ(name) fuzz_##name
#define FUZZ_DECLARE(name) int fuzz_##name(const uint8_t *data, size_t size);
FUZZ_EACH(FUZZ_DECLARE)
#endif

/* A promise that does not hold ends the program, as a sanitizer does. */
#define MUST(promise) \
	((promise) ? (void)0 : fuzz_broken(__FILE__, __LINE__, #promise))

__attribute__((noreturn)) static inline void
fuzz_broken(const char *file, int line, const char *promise)
{
	(void)fprintf(stderr, "%s:%d: broken promise: %s\n", file, line,
	    promise);
	abort();
}

/* ---- the input, taken from its front ---- */

struct fuzz_input {
	const uint8_t *at;
	size_t left;
};

static inline unsigned
fuzz_byte(struct fuzz_input *in)
{
	if (in->left == 0)
		return 0;
	in->left--;
	return *in->at++;
}

/* A copy of exactly "len" bytes, or with a NUL behind them, so that reading
 * one byte too many is seen. Yours. */
static inline char *
fuzz_copy(const void *at, size_t len, size_t nul)
{
	char *copy = calloc(1, len + nul > 0 ? len + nul : 1);

	if (copy == NULL)
		abort();
	if (len > 0)
		memcpy(copy, at, len);
	return copy;
}

/* The next line, without its end, as a text; "" where nothing is left. */
static inline char *
fuzz_line(struct fuzz_input *in)
{
	const uint8_t *end = in->left > 0 ? memchr(in->at, '\n', in->left)
					  : NULL;
	size_t len = end != NULL ? (size_t)(end - in->at) : in->left;
	char *line = fuzz_copy(in->at, len, 1);

	in->at += end != NULL ? len + 1 : len;
	in->left -= end != NULL ? len + 1 : len;
	return line;
}

/* All that is left, as exactly its bytes or as a text. */
static inline char *
fuzz_rest(struct fuzz_input *in)
{
	return fuzz_copy(in->at, in->left, 0);
}

static inline char *
fuzz_rest_text(struct fuzz_input *in)
{
	return fuzz_copy(in->at, in->left, 1);
}

#endif
