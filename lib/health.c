#include "health.h"

#include <pthread.h>
#include <stdlib.h>

#include "clock.h"
#include "texts.h"

enum { GOOD_FOR_MS = 1000 };

struct health_probe {
	const struct group_where *where;
	pthread_mutex_t lock; /* guards all below */
	struct health last;
	bool asked;
	int64_t asked_ms;
};

struct health_probe *
health_open(const struct group_where *where)
{
	struct health_probe *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return NULL;
	p->where = where;
	(void)pthread_mutex_init(&p->lock, NULL);
	return p;
}

void
health_close(struct health_probe *probe)
{
	if (probe != NULL)
		(void)pthread_mutex_destroy(&probe->lock);
	free(probe);
}

static struct health
ask(const struct group_where *where)
{
	struct health health = { false, false, false };
	struct err err = ERR_INIT;
	struct db *db = NULL;
	PGresult *res = NULL;

	if (group_connect(&db, where, &err) == ST_OK) {
		health.database = true;
		if (db_call(db, SQL_INTAKE_HEALTH, NULL, &res, &err) == ST_OK) {
			health.queue = db_bool(res, 0, 0);
			health.dedupe = db_bool(res, 0, 1);
		}
	}
	PQclear(res);
	db_close(db);
	return health;
}

struct health
health_ask(struct health_probe *probe)
{
	struct health health;

	(void)pthread_mutex_lock(&probe->lock);
	if (!probe->asked ||
	    clock_passed_ms() - probe->asked_ms >= GOOD_FOR_MS) {
		probe->last = ask(probe->where);
		probe->asked = true;
		probe->asked_ms = clock_passed_ms();
	}
	health = probe->last;
	(void)pthread_mutex_unlock(&probe->lock);
	return health;
}
