/*
 * What records are normalised by: the kinds of their fields in the registry,
 * and what the settings say of phones and owners.
 */
#ifndef RULES_H
#define RULES_H

#include "db.h"
#include "err.h"
#include "normalise.h"
#include "settings.h"

/* All zero is an empty set. */
struct rules {
	struct field_list fields;
	struct normalise_rules normalise;
};

/* "settings" is borrowed. Status as db_call(). */
MUST_CHECK
enum status rules_read(struct rules *rules, struct db *db,
    const struct settings *settings, struct err *err);
void rules_release(struct rules *rules);

#endif
