#include "health.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "json.h"

enum { GOOD_FOR_MS = 1000 };

struct seen {
	bool database;   /* it answers */
	bool queue;      /* we may insert into inbox and work */
	bool dedupe;     /* and into seen */
	int64_t spooled; /* -1: the directory cannot be read */
};

struct health {
	struct store *store;
	struct spooler *spooler;
	struct proofs *proofs;
	struct seen last;
	bool looked;
	int64_t looked_ms;
};

/* One look at everything; it answers when PostgreSQL and the disk have. */
struct look {
	struct call call; /* first: what the store hands back */
	struct spooling spooling;
	struct health *health;
	struct exchange *exchange;
	struct seen seen;
};

enum status
health_open(struct health **out, struct store *store, struct spooler *spooler,
    struct proofs *proofs, struct err *err)
{
	struct health *h = calloc(1, sizeof(*h));

	*out = h;
	if (h == NULL)
		return err_memory(err);
	h->store = store;
	h->spooler = spooler;
	h->proofs = proofs;
	return ST_OK;
}

void
health_close(struct health *health)
{
	free(health);
}

static void
add_switch(json_object *o, const char *key, bool value)
{
	(void)json_object_object_add(o, key, json_object_new_boolean(value));
}

static void
say(const struct seen *seen, bool secret, struct reply *reply)
{
	bool ok = seen->database && seen->queue && seen->dedupe && secret;
	json_object *o = json_object_new_object();
	struct err err = ERR_INIT;
	const char *word = ok              ? "ok"
	    : seen->spooled >= 0 && secret ? "degraded"
					   : "down";

	reply_say(reply, strcmp(word, "down") == 0 ? 503 : 200, word, NULL);
	if (o == NULL)
		return;
	(void)json_object_object_add(o, "status", json_object_new_string(word));
	add_switch(o, "webhook_secret_configured", secret);
	add_switch(o, "queue_configured", seen->queue);
	add_switch(o, "dedupe_connected", seen->dedupe);
	add_switch(o, "database_connected", seen->database);
	(void)json_object_object_add(o, "spool_events",
	    json_object_new_int64(seen->spooled));
	buf_clear(&reply->body);
	if (json_put(&reply->body, o, &err) != ST_OK ||
	    buf_puts(&reply->body, "\n", &err) != ST_OK)
		buf_clear(&reply->body);
	json_object_put(o);
}

static void
answer(const struct health *h, const struct seen *seen, struct exchange *x)
{
	say(seen, proofs_configured(h->proofs), &x->reply);
	exchange_answer(x);
}

static void
counted(struct spooling *spooling)
{
	struct look *l = (struct look *)((char *)spooling -
	    offsetof(struct look, spooling));
	struct health *h = l->health;

	l->seen.spooled = spooling->count.files;
	h->last = l->seen;
	h->looked = true;
	h->looked_ms = clock_passed_ms();
	answer(h, &l->seen, l->exchange);
	free(l);
}

static void
probed(struct call *call, enum status said, const PGresult *res,
    const struct err *why)
{
	struct look *l = (struct look *)call;

	(void)why;
	l->seen.database = said != ST_RETRY;
	l->seen.queue = said == ST_OK && db_bool(res, 0, 0);
	l->seen.dedupe = said == ST_OK && db_bool(res, 0, 1);
	spooler_count(l->health->spooler, &l->spooling);
}

void
health_report(struct health *health, struct exchange *x)
{
	struct look *l;

	if (health->looked &&
	    clock_passed_ms() - health->looked_ms < GOOD_FOR_MS) {
		answer(health, &health->last, x);
		return;
	}
	l = calloc(1, sizeof(*l));
	if (l == NULL) {
		reply_unavailable(&x->reply);
		exchange_answer(x);
		return;
	}
	l->health = health;
	l->exchange = x;
	l->call.answered = probed;
	l->spooling.done = counted;
	store_probe(health->store, &l->call);
}
