#include "front.h"

enum {
	SHARE = 20,      /* looks from the start cost a twentieth at most */
	LEAST_MS = 1000, /* between two of them */
};

/* How much later than others of its time a request may be committed. */
static const int64_t late_us = 2000000;

int64_t
front_from(struct front *f, int64_t now_ms)
{
	int64_t every_ms = f->cost_ms * SHARE;

	if (every_ms < LEAST_MS)
		every_ms = LEAST_MS;
	if (now_ms - f->whole_ms >= every_ms)
		f->from_us = 0;
	f->whole = f->from_us == 0;
	if (f->whole)
		f->whole_ms = now_ms;
	return f->from_us;
}

void
front_found(struct front *f, int64_t due_us, int64_t now_ms)
{
	if (f->whole)
		f->cost_ms = now_ms - f->whole_ms;
	f->from_us = due_us > late_us ? due_us - late_us : 0;
}

bool
front_again(struct front *f)
{
	if (f->whole)
		return false;
	f->from_us = 0;
	return true;
}

void
front_reset(struct front *f)
{
	f->from_us = 0;
}
