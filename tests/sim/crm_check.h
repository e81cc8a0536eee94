/* Rows that somebody writes: what they must be, and what is kept of them. */
#ifndef CRM_CHECK_H
#define CRM_CHECK_H

#include "call.h"
#include "world.h"

enum { ROW_PATH = 160 };

/* Check one row and make the patch of it. False, and the error written to
 * "o", where it is wrong. "n" is the record it changes, UINT32_MAX for a new
 * one; "at" is its place, $.data[N]. The patch is yours; "fields" gets the
 * indexes that are set. */
bool
row_check(struct call *c, struct out *o, struct module *m, json_object *row,
    uint32_t n, int at, json_object **patch, int *fields, int *nfields);

/* The place of the first row with an id that is none of the rows of this
 * field; how many are given where there is none such. */
size_t row_unknown(struct call *c, struct module *m, uint32_t n, int field,
    json_object *given);

/* Merge what a patch sets into a record; subforms by their rows' ids. */
void
row_merge(struct call *c, struct module *m, uint32_t n, json_object *patch);

#endif
