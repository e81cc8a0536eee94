/*
 * From which due time on the next claim looks.
 *
 * What is done leaves its entries in the index until a vacuum, and a vacuum
 * removes nothing while an old snapshot is open, such as a dump's: a claim
 * from the start would read all of them again and again. So claims start a
 * little before what the last one found, and from the start only where that
 * finds nothing, and now and then: another worker may have given back older
 * work.
 */
#ifndef FRONT_H
#define FRONT_H

#include <stdbool.h>
#include <stdint.h>

struct front {
	int64_t from_us;  /* 0 is the start */
	int64_t whole_ms; /* when it was last looked from the start */
	int64_t cost_ms;  /* and how long that took */
	bool whole;       /* as the last look was */
};

/* Microseconds since 1970 from which to look. "now_ms" is clock_passed_ms(). */
int64_t front_from(struct front *f, int64_t now_ms);

/* What the look found, the first of it due since "due_us". */
void front_found(struct front *f, int64_t due_us, int64_t now_ms);

/* It found nothing: whether to look again, from the start. */
bool front_again(struct front *f);

/* Work was given back: the next look is from the start. */
void front_reset(struct front *f);

#endif
