/* Values by chance, and the forms they take; for value.c. */
#ifndef VALUE_MAKE_H
#define VALUE_MAKE_H

#include "value.h"

void make_text(struct value *v, const char *at);
PRINTF_LIKE(3, 4)
void make_print(struct value *v, enum value_type type, const char *fmt, ...);
void make_cents(struct value *v, int64_t c);

/* A record of module "of" as the company began; "#customer" and "#vendor"
 * behind it say which contacts. */
void make_ref(struct world *w, struct value *v, const char *of, uint64_t h);

/* What the kind and the way of making say, from the bits of "h". */
void make_kind(struct world *w, struct value *v, const struct field *f,
    uint32_t n, uint64_t h);
void make_image(struct value *v, const struct field *f, uint32_t n, uint64_t h);

#endif
