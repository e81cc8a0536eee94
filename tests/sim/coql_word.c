/* The words of a query. */
#include "coql_word.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void
coql_fail(struct reader *r, const char *code, const char *message,
    const char *details, ...)
{
	va_list args;

	if (r->bad)
		return;
	r->bad = true;
	snprintf(r->q->code, sizeof(r->q->code), "%s", code);
	snprintf(r->q->message, sizeof(r->q->message), "%s", message);
	va_start(args, details);
	vsnprintf(r->q->details, sizeof(r->q->details), details, args);
	va_end(args);
}

void
coql_syntax(struct reader *r)
{
	coql_fail(r, "SYNTAX_ERROR", "error occurred while parsing the query",
	    "{\"near\":\"%.40s\",\"line\":1,\"column\":%d}",
	    strchr(r->word, '"') == NULL ? r->word : "",
	    (int)(r->at - r->start));
}

static void
quoted(struct reader *r)
{
	size_t n = 0;

	for (r->at++; *r->at != '\0' && *r->at != '\''; r->at++) {
		if (*r->at == '\\' && r->at[1] != '\0')
			r->at++;
		if (n + 1 < WORD_MAX)
			r->word[n++] = *r->at;
	}
	r->word[n] = '\0';
	r->type = W_TEXT;
	if (*r->at == '\0')
		coql_syntax(r);
	else
		r->at++;
}

void
coql_next(struct reader *r)
{
	size_t n = 0;

	while (isspace((unsigned char)*r->at))
		r->at++;
	if (*r->at == '\0') {
		r->word[0] = '\0';
		r->type = W_END;
		return;
	}
	if (*r->at == '\'') {
		quoted(r);
		return;
	}
	if (isalpha((unsigned char)*r->at) || *r->at == '$') {
		r->type = W_NAME;
		while ((isalnum((unsigned char)*r->at) ||
			   strchr("_.$", *r->at) != NULL) &&
		    *r->at != '\0' && n + 1 < WORD_MAX)
			r->word[n++] = *r->at++;
	} else if (isdigit((unsigned char)*r->at) || *r->at == '-') {
		r->type = W_NUMBER;
		do
			r->word[n++] = *r->at++;
		while ((isalnum((unsigned char)*r->at) ||
			   strchr(".:+-", *r->at) != NULL) &&
		    *r->at != '\0' && n + 1 < WORD_MAX);
	} else {
		r->type = W_SIGN;
		r->word[n++] = *r->at++;
		if ((r->word[0] == '<' && (*r->at == '=' || *r->at == '>')) ||
		    (strchr(">!", r->word[0]) != NULL && *r->at == '='))
			r->word[n++] = *r->at++;
	}
	r->word[n] = '\0';
}

bool
coql_is(const struct reader *r, const char *word)
{
	return (r->type == W_NAME || r->type == W_SIGN) &&
	    strcasecmp(r->word, word) == 0;
}

bool
coql_take(struct reader *r, const char *word)
{
	if (r->bad || !coql_is(r, word))
		return false;
	coql_next(r);
	return true;
}

void
coql_want(struct reader *r, const char *word)
{
	if (!coql_take(r, word))
		coql_syntax(r);
}
