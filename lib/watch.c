#include "watch.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "settings.h"
#include "stop.h"
#include "watched.h"

enum { HOUR_S = 3600, DAY_S = 24 * HOUR_S, NEAR_S = 60, WHY_MAX = 160 };
static const int64_t second_us = 1000000;

/* Lives to ask for, the longest first: a week is the most that Zoho gives,
 * and a day was before. */
static const int lives_s[] = { 6 * DAY_S, 23 * HOUR_S };

/* A channel in hand: what is known of it, what is wanted, what Zoho has. */
struct hand {
	const struct module *module;
	struct watched known;
	struct channel_want want;
	json_object *there; /* NULL: Zoho has none; borrowed */
	int64_t now_us;     /* by Zoho's clock */
	char events[CHANNEL_EVENTS_MAX];
	char why[WHY_MAX];
	enum watch_deed deed;
	bool gap; /* changes may have gone untold */
};

static bool
was(const struct hand *h, const char *state)
{
	return strcmp(h->known.state, state) == 0;
}

static void
become(struct hand *h, const char *state)
{
	(void)snprintf(h->known.state, sizeof(h->known.state), "%s", state);
}

/* ---- what is to be done ---- */

/* Since when: the end of its life, or where it did not live so long, the last
 * time it was seen. */
static void
find_gap(struct hand *h)
{
	struct watched *k = &h->known;

	h->gap = true;
	k->lapsed_us = k->granted_us < h->now_us && k->granted_us > k->seen_us
	    ? k->granted_us
	    : k->seen_us;
}

static const char *
why_made(struct hand *h)
{
	char since[DATE_TEXT_MAX];

	h->deed = WATCH_MADE;
	if (h->known.renewed_us == 0)
		return "there was none";
	if (was(h, "dropped"))
		return "asked for";
	find_gap(h);
	date_put_time(h->known.lapsed_us, since);
	(void)snprintf(h->why, sizeof(h->why), "it has been away since %s",
	    since);
	return h->why;
}

static const char *
why_mended(struct hand *h, const char *differs)
{
	h->deed = WATCH_MENDED;
	find_gap(h);
	(void)snprintf(h->why, sizeof(h->why), "its %s was another", differs);
	return h->why;
}

/* NULL where it is as it should be. */
static const char *
why_renewed(const struct watch *w, struct hand *h)
{
	const struct watched *k = &h->known;
	const char *differs = channel_differs(h->there, &h->want);
	int64_t until_us = channel_until_us(h->there);

	if (differs != NULL)
		return why_mended(h, differs);
	h->deed = WATCH_RENEWED;
	if (w->renew)
		return "asked for";
	if (until_us / second_us != k->granted_us / second_us)
		return "its life was not the one that was granted";
	if (h->now_us >= k->renewed_us + (until_us - k->renewed_us) / 2)
		return "half of its life was over";
	return k->doubted ? "changes were found that it did not tell of" : NULL;
}

static const char *
why_touched(const struct watch *w, struct hand *h)
{
	if (was(h, "dropped") && (!w->renew || w->only == NULL))
		return NULL;
	if (!w->renew && was(h, "unsupported") &&
	    h->known.tried_us + DAY_S * second_us > h->now_us)
		return NULL;
	return h->there == NULL ? why_made(h) : why_renewed(w, h);
}

/* ---- doing it ---- */

/* Whether the receiver will let in what it tells. */
static enum status
check_allowed(const struct watch *w, const struct hand *h, struct err *err)
{
	char id[24];

	(void)snprintf(id, sizeof(id), "%" PRId64, h->want.id);
	if (*w->allowed == '\0' || settings_lists(w->allowed, id))
		return ST_OK;
	return err_class(err, ST_REJECT, "settings",
	    "ZOHO_NOTIFICATION_CHANNELS lets in others, and not %s", id);
}

static bool
is_short(const struct hand *h)
{
	return h->known.granted_us < h->known.asked_us - NEAR_S * second_us;
}

static enum status
put(const struct watch *w, struct hand *h, struct err *err)
{
	struct watched *k = &h->known;
	enum status st = check_allowed(w, h, err);
	size_t i;

	k->tried_us = h->now_us;
	k->asked_us = k->granted_us = 0;
	for (i = 0; st == ST_OK && i < ARRAY_LEN(lives_s); i++) {
		k->asked_us = (h->now_us / second_us + lives_s[i]) * second_us;
		st = channel_put(w->zoho, &h->want, k->asked_us, &k->granted_us,
		    err);
		if (st == ST_OK && !is_short(h))
			break;
	}
	if (st != ST_OK)
		k->granted_us = 0;
	return st;
}

/* "st" is what became of it. */
static enum status
settle(struct watch *w, struct hand *h, enum status st, const char *error,
    struct err *err)
{
	struct watched *k = &h->known;

	if (st == ST_OK) {
		become(h,
		    !h->gap && (k->doubted || was(h, "silent")) ? "silent"
								: "alive");
		k->renewed_us = k->seen_us = h->now_us;
		k->trusted = true;
	} else if (st == ST_NONE) {
		become(h, "unsupported");
	} else if (h->there == NULL || k->id == 0) {
		become(h, "missing");
	}
	st = watched_save(w->db, k, &h->want, k->trusted ? "" : error, err);
	return st == ST_OK && k->trusted && h->gap
	    ? watched_hurry(w->db, k->module, err)
	    : st;
}

static void
tell(const struct watch *w, const struct hand *h, enum status st,
    const char *why, const struct err *why_not)
{
	char line[ERR_TEXT_MAX + WHY_MAX], until[DATE_TEXT_MAX];

	date_put_time(h->known.granted_us, until);
	if (!w->keep)
		(void)snprintf(line, sizeof(line), "%s", why);
	else if (st == ST_NONE)
		(void)snprintf(line, sizeof(line), "Zoho gives it none");
	else if (st != ST_OK)
		(void)snprintf(line, sizeof(line), "%s", why_not->text);
	else
		(void)snprintf(line, sizeof(line), "%s; it lives until %s%s",
		    why, until,
		    is_short(h) ? ", which is less than was asked for" : "");
	w->told(w->arg, h->module->name,
	    st == ST_OK         ? h->deed
		: st == ST_NONE ? WATCH_LEFT_OUT
				: WATCH_FAILED,
	    line);
}

static enum status
touch(struct watch *w, struct hand *h, const char *why, struct err *err)
{
	struct err why_not = ERR_INIT;
	enum status st = w->keep ? put(w, h, &why_not) : ST_OK;

	if (db_is_lost(w->db)) {
		*err = why_not;
		return st;
	}
	tell(w, h, st, why, &why_not);
	if (st == ST_OK || st == ST_NONE)
		w->well++;
	else if (w->wanted - w->well == 1)
		w->first = why_not;
	return w->keep ? settle(w, h, st, why_not.text, err) : ST_OK;
}

/* It stands as it should, or nobody wants it to. */
static enum status
leave(struct watch *w, struct hand *h, struct err *err)
{
	w->well++;
	if (!w->keep || h->there == NULL || was(h, "dropped") ||
	    was(h, "unsupported"))
		return ST_OK;
	if (!was(h, "silent"))
		become(h, "alive");
	h->known.seen_us = h->now_us;
	return watched_save(w->db, &h->known, &h->want, "", err);
}

/* ---- all of them ---- */

struct view {
	struct watched_list known;
	json_object *there;
	int64_t now_us;
};

/* Who has no CRM is not asked for its channels. */
static bool
any_wanted(const struct watch *w)
{
	size_t i;

	for (i = 0; i < w->modules->len; i++)
		if (w->modules->at[i].service == SERVICE_CRM)
			return true;
	return false;
}

static enum status
look(const struct watch *w, struct view *v, struct err *err)
{
	enum status st = watched_read(w->db, w->keep, &v->known, err);

	v->there = NULL;
	return st == ST_OK && (any_wanted(w) || v->known.len > 0)
	    ? channel_read_all(w->zoho, &v->there, &v->now_us, err)
	    : st;
}

static void
release(struct view *v)
{
	watched_release(&v->known);
	json_object_put(v->there);
}

/* Take up the channel of a module. */
static enum status
take_up(const struct watch *w, const struct view *v,
    const struct module *module, struct hand *h, struct err *err)
{
	enum status st = ST_OK;

	memset(h, 0, sizeof(*h));
	h->module = module;
	h->now_us = v->now_us;
	h->known = watched_find(&v->known, module->name);
	(void)snprintf(h->events, sizeof(h->events), "%.60s.all",
	    module->resource);
	h->want = (struct channel_want) { h->known.id, h->events, w->url,
		w->token };
	if (h->want.id == 0)
		st = channel_number(module, w->url, &h->want.id, err);
	h->there = channel_find(v->there, h->want.id);
	return st;
}

static bool
is_wanted(const struct watch *w, const struct module *module)
{
	int i;

	if (module->service != SERVICE_CRM)
		return false;
	for (i = 0; w->only != NULL && i < w->only_len; i++)
		if (strcmp(w->only[i], module->name) == 0)
			return true;
	return w->only == NULL;
}

/* End the channel of a row; "stays" remembers that a person wanted it. */
static enum status
end(struct watch *w, const struct watched *known, const char *why, bool stays,
    struct err *err)
{
	const struct channel_want none = { known->id, "", "", "" };
	struct watched dropped = *known;
	struct err why_not = ERR_INIT;
	enum status st = w->keep ? channel_end(w->zoho, known->id, &why_not)
				 : ST_OK;

	w->wanted++;
	w->told(w->arg, known->module, st == ST_OK ? WATCH_ENDED : WATCH_FAILED,
	    st == ST_OK ? why : why_not.text);
	if (st == ST_OK)
		w->well++;
	else if (w->wanted - w->well == 1)
		w->first = why_not;
	if (st != ST_OK || !w->keep)
		return db_is_lost(w->db) ? err_set(err, st, "%s", why_not.text)
					 : ST_OK;
	(void)snprintf(dropped.state, sizeof(dropped.state), "dropped");
	return stays ? watched_save(w->db, &dropped, &none, "", err)
		     : watched_forget(w->db, known->module, err);
}

/* Channels of modules that are not in use any more. */
static enum status
end_idle(struct watch *w, const struct view *v, struct err *err)
{
	enum status st = ST_OK;
	size_t i;

	for (i = 0; st == ST_OK && i < v->known.len && !stop_asked; i++)
		if (module_by_name(w->modules, v->known.at[i].module) == NULL)
			st = end(w, &v->known.at[i],
			    "the module is not in use any more", false, err);
	return st;
}

enum status
watch_run(struct watch *watch, struct err *err)
{
	struct view v;
	enum status st = look(watch, &v, err);
	size_t i;

	for (i = 0; st == ST_OK && i < watch->modules->len && !stop_asked;
	     i++) {
		struct hand h;
		const char *why;

		if (!is_wanted(watch, &watch->modules->at[i]))
			continue;
		st = take_up(watch, &v, &watch->modules->at[i], &h, err);
		if (st != ST_OK)
			break;
		watch->wanted++;
		why = why_touched(watch, &h);
		st = why != NULL ? touch(watch, &h, why, err)
				 : leave(watch, &h, err);
	}
	if (st == ST_OK && watch->only == NULL)
		st = end_idle(watch, &v, err);
	release(&v);
	return st;
}

enum status
watch_drop(struct watch *watch, struct err *err)
{
	struct watched_list known;
	enum status st = watched_read(watch->db, false, &known, err);
	const struct module *module;
	size_t i;

	for (i = 0; st == ST_OK && i < known.len && !stop_asked; i++) {
		module = module_by_name(watch->modules, known.at[i].module);
		if (module != NULL && is_wanted(watch, module))
			st = end(watch, &known.at[i], "dropped", true, err);
	}
	watched_release(&known);
	return st;
}
