#include "hint.h"

#include "clock.h"
#include "log.h"
#include "texts.h"

enum { EVERY_MS = 5 };

static void
answered(struct call *call, enum status said, const PGresult *res,
    const struct err *why)
{
	struct hint *h = (struct hint *)call;

	(void)res;
	h->sent = false;
	if (said != ST_OK)
		log_debug("store: no hint: %s", why->text);
}

static void
time_came(void *arg)
{
	hint_send(arg);
}

void
hint_init(struct hint *h, struct loop *loop, struct link *link)
{
	h->call.answered = answered;
	h->loop = loop;
	h->link = link;
	h->timer.due = time_came;
	h->timer.arg = h;
}

void
hint_wanted(struct hint *h)
{
	h->due = true;
}

void
hint_send(struct hint *h)
{
	int64_t now;

	if (!h->due || h->sent || link_state(h->link) != LINK_UP)
		return;
	now = clock_passed_ms();
	if (now - h->last_ms < EVERY_MS) {
		loop_at(h->loop, &h->timer, h->last_ms + EVERY_MS);
		return;
	}
	h->due = false;
	h->sent = true;
	h->last_ms = now;
	pipeline_send(link_pipeline(h->link), SQL_INTAKE_HINT, NULL, &h->call);
}

void
hint_send_last(struct hint *h)
{
	h->last_ms = 0;
	hint_send(h);
}
