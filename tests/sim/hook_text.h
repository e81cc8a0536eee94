/*
 * Merge fields: what stands for ${!Leads.Email} in a webhook of CRM and for
 * ${invoice.total} in one of Books when it is sent.
 */
#ifndef HOOK_TEXT_H
#define HOOK_TEXT_H

#include "out.h"
#include "value.h"

enum { PATTERN_MAX = 40 };

/* The record that is told of, and how its values are to look. */
struct hook_facts {
	struct world *world;
	struct module *m;
	uint32_t n;
	bool ids_only; /* of a deleted record nothing else is known */
	char date[PATTERN_MAX], datetime[PATTERN_MAX]; /* yyyy-MM-dd */
	int offset;                                    /* minutes east */
};

/* Write the text with each merge field replaced; one that is not known gives
 * nothing. "percent" escapes what is put in, as a URL or a form wants it;
 * nothing is escaped for JSON. */
void hook_text(const struct hook_facts *f, struct out *o, const char *text,
    bool percent);

/* The first merge field in the text that the module has not, for a message;
 * false where all are right. */
bool hook_text_wrong(const struct module *m, const char *text);

/* Whether a date may be written so: letters of yMdHhmsa and signs. */
bool pattern_right(const char *pattern);

/* A time by such a pattern. */
void pattern_put(struct out *o, const char *pattern, int64_t local_s);

#endif
