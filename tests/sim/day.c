/* A day of work: many changes over some hours, told to whoever listens. */
#include <inttypes.h>
#include <string.h>

#include "act.h"
#include "control.h"
#include "json.h"

enum deed {
	DO_CREATE,
	DO_EDIT,
	DO_DELETE,
	DO_RESTORE,
	DO_CONVERT,
	DO_PURGE,
	DO_FORMULA,
	DO_MERGE,
	DEEDS
};

static const char *const words[DEEDS] = { "create", "edit", "delete", "restore",
	"convert", "purge", "formula", "merge" };

struct day {
	struct sim *sim;
	int64_t events, hours;
	int shares[DEEDS];
	int total;
	uint64_t seed, drawn;
	int64_t done[DEEDS], same_second, batched;
	const char *only; /* modules, "" for all */
};

static uint64_t
roll(struct day *d)
{
	return mix(d->seed * 31 + 7, ++d->drawn);
}

static double
chance(json_object *o, const char *key)
{
	json_object *n = json_get(o, key);

	return n != NULL ? json_object_get_double(n) : 0;
}

static int64_t
number(json_object *o, const char *key, int64_t usual)
{
	json_object *n = json_get(o, key);

	return n != NULL ? json_object_get_int64(n) : usual;
}

static bool
named(const char *list, const char *name)
{
	size_t len = strlen(name);

	if (*list == '\0')
		return true;
	while (*list != '\0') {
		size_t n = strcspn(list, ",");

		if (n == len && memcmp(list, name, n) == 0)
			return true;
		list += n + (list[n] == ',');
	}
	return false;
}

/* A module by its share of the company */
static struct module *
pick_module(struct day *d)
{
	struct world *w = &d->sim->world;
	int i, k;

	for (k = 0; k < 200; k++) {
		uint64_t r = roll(d) % 1000;

		for (i = 0; i < w->nmodules; i++) {
			struct module *m = &w->modules[i];
			uint64_t share = (uint64_t)m->def->share;

			if (r < share && m->n > 0 &&
			    named(d->only, m->def->name))
				return m;
			if (r < share)
				break;
			r -= share;
		}
	}
	return NULL;
}

/* A record in the wanted state: alive, no converted lead, which nobody can
 * edit, and not locked; or in the recycle bin */
static uint32_t
pick_record(struct day *d, struct module *m, bool deleted)
{
	int k;

	for (k = 0; k < 40; k++) {
		uint32_t n = (uint32_t)(roll(d) % m->n);
		const struct rec *r = &m->recs[n];
		bool bin = (r->flags & (R_DELETED | R_PURGED)) == R_DELETED;

		if (deleted ? bin
			    : record_lives(r) &&
			    (r->flags & (R_CONVERTED | R_MERGING)) == 0)
			return n;
	}
	for (uint32_t n = 0; deleted && n < m->n; n++)
		if ((m->recs[n].flags & (R_DELETED | R_PURGED)) == R_DELETED)
			return n;
	return UINT32_MAX;
}

/* Another record of the module goes into this one, with some of its values. */
static bool
do_merge(struct day *d, struct module *m, uint32_t n, int user)
{
	struct merge g = { .m = m, .master = n, .nchildren = 1 };
	int i;

	g.children[0] = pick_record(d, m, false);
	if (!merge_fits(m) || g.children[0] == n || g.children[0] == UINT32_MAX)
		return false;
	for (i = 0; i < m->nfields; i++)
		if ((m->fields[i].def.flags & F_STILL) == 0 && roll(d) % 8 == 0)
			g.giver[i] = 1;
	merge_do(d->sim, &g, user);
	return true;
}

static bool
do_one(struct day *d, enum deed deed, struct module *m)
{
	bool books = (m->def->flags & M_BOOKS) != 0;
	int user = (int)(roll(d) % USERS);
	uint32_t n, made[3];

	if (deed == DO_CREATE) {
		act_create(d->sim, m, user);
		return true;
	}
	if (deed == DO_FORMULA) {
		m->formula_epoch++;
		m->version++;
		return true;
	}
	n = pick_record(d, m, deed == DO_RESTORE || deed == DO_PURGE);
	if (n == UINT32_MAX)
		return false;
	if (deed == DO_DELETE)
		act_delete(d->sim, m, n, user, books);
	else if (deed == DO_RESTORE)
		act_restore(d->sim, m, n, user);
	else if (deed == DO_PURGE)
		act_delete(d->sim, m, n, user, true);
	else if (deed == DO_MERGE)
		return do_merge(d, m, n, user);
	else if (deed == DO_CONVERT) {
		if ((m->def->flags & M_CONVERTS) == 0 ||
		    (m->recs[n].flags & R_CONVERTED) != 0)
			return false;
		act_convert(d->sim, n, user, made);
	} else {
		act_edit(d->sim, m, n, user);
		if (roll(d) % 4 == 0) { /* again within the second */
			act_edit(d->sim, m, n, user);
			d->same_second++;
		}
	}
	return true;
}

/* Several edits of one module told in one callback */
static void
do_batch(struct day *d, struct module *m)
{
	uint32_t at[5];
	int all[FIELDS_MAX], nall = 0, count = 0, i;

	for (i = 0; i < 5; i++) {
		uint32_t n = pick_record(d, m, false);

		if (n == UINT32_MAX)
			break;
		record_revise(&d->sim->world, m, n, 1);
		webhook_tell(d->sim, m, EVENT_EDIT, n);
		at[count++] = n;
	}
	for (i = 0; i < m->nfields; i++)
		if (!kinds[m->fields[i].def.kind].single_only)
			all[nall++] = i;
	watch_tell(d->sim, m, EVENT_EDIT, at, count, all, nall);
	d->batched++;
}

static enum deed
pick_deed(struct day *d)
{
	int r = (int)(roll(d) % (uint64_t)d->total);
	int i = 0;

	while (r >= d->shares[i])
		r -= d->shares[i++];
	return (enum deed)i;
}

static void
live(struct day *d)
{
	struct moment *clock = &d->sim->world.clock;
	int64_t start = moment_now(clock), i;
	bool rated = clock->rate > 0;
	double rate = clock->rate;

	if (rated)
		moment_rate(clock, 0);
	for (i = 0; i < d->events; i++) {
		enum deed deed = pick_deed(d);
		struct module *m = deed == DO_CONVERT
		    ? world_crm(&d->sim->world, "Leads")
		    : pick_module(d);
		bool told = m != NULL && (m->def->flags & M_BOOKS) == 0;

		moment_set(clock, start + i * d->hours * 3600 / d->events);
		if (m == NULL)
			continue;
		if (deed == DO_EDIT && told && roll(d) % 20 == 0)
			do_batch(d, m);
		else if (!do_one(d, deed, m))
			continue;
		d->done[deed]++;
	}
	moment_set(clock, start + d->hours * 3600);
	moment_rate(clock, rate);
}

static bool
read_mix(struct day *d, json_object *mix_of)
{
	static const int usual[DEEDS] = { 20, 60, 8, 4, 4, 1, 1, 1 };
	int i;

	for (i = 0; i < DEEDS; i++) {
		d->shares[i] = mix_of == NULL
		    ? usual[i]
		    : (int)number(mix_of, words[i], 0);
		if (d->shares[i] < 0)
			return false;
		d->total += d->shares[i];
	}
	return d->total > 0;
}

void
day_call(struct call *c)
{
	json_object *o = call_json(c);
	struct day d = { .sim = c->sim };
	struct chances *ch = &c->sim->deliveries.chances;
	const char *only = json_get_text(o, "modules");
	struct out *out;
	int i;

	d.events = number(o, "events", 1000);
	d.hours = number(o, "hours", 24);
	d.seed = (uint64_t)number(o, "seed", 1);
	d.only = only != NULL ? only : "";
	if (!read_mix(&d, json_get(o, "mix")) || d.events < 0 ||
	    d.events > 10000000 || d.hours < 0) {
		control_wrong(c, "bad \"events\", \"hours\" or \"mix\"");
		return;
	}
	ch->lost = chance(o, "lost");
	ch->doubled = chance(o, "doubled");
	ch->reordered = chance(o, "reordered");
	ch->corrupted = chance(o, "corrupted");
	ch->seed = d.seed;
	live(&d);
	out = answer_json(c, 200);
	out_text(out, "{\"ok\":true,\"done\":{");
	for (i = 0; i < DEEDS; i++) {
		out_key(out, words[i]);
		out_int(out, d.done[i]);
	}
	out_f(out, "},\"same_second\":%" PRId64 ",\"batched\":%" PRId64 "}",
	    d.same_second, d.batched);
}
