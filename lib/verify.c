#include "verify.h"

#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "crm.h"
#include "date.h"
#include "fetch.h"
#include "json.h"
#include "listing.h"
#include "compare.h"
#include "stop.h"
#include "texts.h"

enum { IDS_BYTES = 256 * 1024 * 1024, PATH_BYTES = 16 * 1024 };

/* One module's. */
struct proving {
	struct verify *v;
	const struct module *module;
	struct session *session;
	struct crm_fields fields;
	struct fetch fetch;
	struct compare compare;
	struct array ids;
	int64_t as_of_us;
	int64_t sent, credits, applied; /* before this run */
	struct err *said;
};

static bool
may_go_on(const struct proving *p)
{
	return !stop_asked && clock_passed_ms() < p->v->deadline_ms;
}

static enum status
time_is_up(struct proving *p)
{
	(void)err_class(p->said, ST_RETRY, "time", "%s",
	    stop_asked ? "asked to end" : "its time was up");
	return ST_NONE;
}

static enum status
tell(struct proving *p, int64_t done, struct err *err)
{
	struct session *s = p->session;

	s->calls = zoho_sent(p->v->zoho) - p->sent;
	s->credits = zoho_credits(p->v->zoho) - p->credits;
	s->applied = spot_changes(p->v->spot, VERDICT_APPLIED) - p->applied;
	if (p->v->progress != NULL)
		p->v->progress(p->v->progress_arg, p->module, done,
		    s->expected);
	return session_progress(s, err);
}

/* ---- long texts, which lists cut off ---- */

/* Those of up to CRM_IDS_MOST records: what Zoho says of them is a page. */
static enum status
some_texts(struct proving *p, const char *const *ids, size_t n, size_t first,
    struct err *err)
{
	struct buf path = BUF_INIT(PATH_BYTES);
	struct zoho_call call = zoho_usual_call(SERVICE_CRM, "GET");
	struct err why = ERR_INIT;
	enum status st = crm_texts_path(&path, p->module, ids, n, &p->fields,
	    first, err);

	call.path = buf_text(&path);
	if (st == ST_OK && zoho_ask(p->v->zoho, &call, &why) != ST_OK) {
		*p->said = why;
		st = db_is_lost(p->v->db) ? (*err = why, ST_RETRY) : ST_NONE;
	}
	if (st == ST_OK)
		st = compare_page(&p->compare, answer_rows(call.document), err);
	zoho_release(&call);
	buf_release(&path);
	return st;
}

static enum status
texts_of(struct proving *p, json_object *rows, struct err *err)
{
	const char *ids[CRM_IDS_MOST];
	size_t i, n = 0, first, all = json_count(rows);
	enum status st = ST_OK;

	for (i = 0; st == ST_OK && i < all; i++) {
		ids[n] = json_get_text(json_at(rows, i), p->module->id_field);
		n += ids[n] != NULL;
		if (n < CRM_IDS_MOST && i + 1 < all)
			continue;
		for (first = 0;
		     st == ST_OK && n > 0 && first < p->fields.texts.len;
		     first += CRM_TEXTS_MOST)
			st = some_texts(p, ids, n, first, err);
		n = 0;
	}
	return st;
}

/* ---- lists ---- */

/* All records, with the fields from "first" on. The first time their ids are
 * noted, and their texts are read. */
static enum status
one_list(struct proving *p, size_t first, struct err *err)
{
	struct crm_fields group = p->fields;
	struct listing list = { .zoho = p->v->zoho,
		.module = p->module,
		.kind = p->module->service == SERVICE_BOOKS ? LISTING_CHANGED
							    : LISTING_ALL,
		.fields = &group,
		.timed = p->fields.timed };
	struct err why = ERR_INIT;
	enum status st = ST_OK;
	int64_t seen = 0;

	group.usual.at += first;
	group.usual.len -= first;
	while (st == ST_OK) {
		enum status asked;

		if (!may_go_on(p)) {
			st = time_is_up(p);
			break;
		}
		asked = listing_next(&list, &why);
		if (asked == ST_NONE)
			break;
		if (asked != ST_OK) {
			*p->said = why;
			st = ST_NONE;
			break;
		}
		if (p->as_of_us == 0)
			p->as_of_us = list.as_of_us;
		p->compare.as_of_us = list.as_of_us;
		p->compare.ids = first == 0 ? &p->ids : NULL;
		p->compare.bare = list.queried;
		st = compare_page(&p->compare, list.rows, err);
		seen += (int64_t)json_count(list.rows);
		p->compare.ids = NULL;
		if (st == ST_OK && first == 0)
			st = texts_of(p, list.rows, err);
		if (st == ST_OK)
			st = tell(p, seen, err);
	}
	if (first == 0)
		p->session->found = seen;
	listing_close(&list);
	return st;
}

static enum status
all_lists(struct proving *p, struct err *err)
{
	size_t first = 0;
	enum status st;

	do {
		st = one_list(p, first, err);
		first += CRM_GROUP_MOST;
	} while (st == ST_OK && first < p->fields.usual.len);
	p->session->differing = p->compare.differing;
	return st;
}

/* ---- what lists do not show ---- */

static enum status
counted(struct proving *p, const struct sql *stmt, const struct args *a,
    int64_t *n, struct err *err)
{
	PGresult *res = NULL;
	enum status st = db_call(p->v->db, stmt, a, &res, err);

	*n = st == ST_OK ? db_i64(res, 0, 0) : 0;
	PQclear(res);
	return st;
}

/* Living here, and listed nowhere. */
static enum status
want_absent(struct proving *p, struct err *err)
{
	struct args a = ARGS_INIT;
	char as_of[DATE_TEXT_MAX];
	int64_t n;
	enum status st;

	date_put_time(p->as_of_us, as_of);
	args_text(&a, p->module->name);
	args_array(&a, &p->ids);
	args_text(&a, as_of);
	args_text(&a, p->v->repair ? "true" : "false");
	st = counted(p, SQL_RECONCILE_ABSENT, &a, &n, err);
	p->session->differing += n;
	return st;
}

static enum status
want_sample(struct proving *p, struct err *err)
{
	struct args a = ARGS_INIT;
	bool singly = p->fields.has_rows ||
	    (p->module->service == SERVICE_BOOKS &&
		p->module->many_path == NULL);
	int64_t n;

	if (!singly || !p->v->repair || (!p->v->full && p->v->sample == 0))
		return ST_OK;
	args_text(&a, p->module->name);
	if (p->v->full)
		args_text(&a, NULL);
	else
		args_i64(&a, p->v->sample);
	return counted(p, SQL_VERIFY_SAMPLE, &a, &n, err);
}

/* All that is wanted is asked for, and applied where it is not the same. */
static enum status
bring(struct proving *p, struct err *err)
{
	enum status st = ST_OK;

	while (st == ST_OK && may_go_on(p)) {
		st = fetch_round(&p->fetch, err);
		if (st == ST_OK)
			st = tell(p, p->session->found, err);
	}
	p->session->failed = p->fetch.totals.failed;
	if (st == ST_OK)
		return time_is_up(p);
	if (st == ST_NONE)
		st = p->v->spot->wait(p->v->spot, err);
	if (st == ST_OK && p->session->failed > 0) {
		*p->said = p->fetch.last;
		return ST_NONE;
	}
	return st;
}

/* ---- the whole ---- */

static enum status
begin(struct proving *p, struct err *err)
{
	struct session *s = p->session;

	memset(s, 0, sizeof(*s));
	s->db = p->v->db;
	s->expected = -1;
	return p->v->repair ? session_begin(s, "verify", p->module->name,
				  p->v->initiated_by, 0, err)
			    : ST_OK;
}

static enum status
count_there(struct proving *p, struct err *err)
{
	struct err why = ERR_INIT;
	int64_t there = 0;
	enum status st = listing_count(p->v->zoho, p->module, false, &there,
	    &why);

	if (st == ST_OK)
		p->session->expected = there;
	else if (db_is_lost(p->v->db))
		return *err = why, st;
	return ST_OK;
}

static enum status
read_fields(struct proving *p, struct err *err)
{
	struct err why = ERR_INIT;
	enum status st;

	if (p->module->service == SERVICE_BOOKS) {
		p->fields.timed = true;
		return ST_OK;
	}
	st = crm_fields_read(p->v->zoho, p->v->db, p->module, &p->fields, &why);
	if (st == ST_OK)
		return st;
	*p->said = why;
	return db_is_lost(p->v->db) ? (*err = why, st) : ST_NONE;
}

static enum status
steps(struct proving *p, struct err *err)
{
	const struct session *s = p->session;
	enum status st = read_fields(p, err);

	if (st == ST_OK)
		st = count_there(p, err);
	if (st == ST_OK)
		st = all_lists(p, err);
	if (st == ST_OK && s->expected >= 0 && s->found < s->expected) {
		(void)err_class(p->said, ST_RETRY, "partial",
		    "Zoho counts %lld records and lists %lld",
		    (long long)s->expected, (long long)s->found);
		return ST_NONE;
	}
	if (st == ST_OK)
		st = want_absent(p, err);
	if (st == ST_OK)
		st = want_sample(p, err);
	return st == ST_OK && p->v->repair ? bring(p, err) : st;
}

/* "9,998 records equal at T" is what a person reads. */
static enum status
conclude(struct proving *p, enum status st, struct proof_of *proof,
    enum session_end *end, struct err *err)
{
	struct session *s = p->session;
	char text[160], at[DATE_TEXT_MAX];

	*end = st == ST_OK ? SESSION_COMPLETED
	    : s->found > 0 ? SESSION_PARTIAL
			   : SESSION_FAILED;
	if (st == ST_NONE)
		st = session_say(s, "error", p->said->text, err);
	if (st == ST_OK)
		st = tell(p, s->found, err);
	proof->equal = p->v->repair ? s->found : s->found - s->differing;
	proof->repaired = s->applied;
	proof->as_of_us = p->as_of_us;
	date_put_time(p->as_of_us, at);
	(void)snprintf(text, sizeof(text),
	    "%lld records equal at %.19sZ, %lld repaired, %lld credits",
	    (long long)proof->equal, at, (long long)proof->repaired,
	    (long long)s->credits);
	return st == ST_OK
	    ? session_finish(s, *end,
		  *end == SESSION_COMPLETED ? text : p->said->text, 0, err)
	    : st;
}

enum status
verify_module(struct verify *verify, const struct module *module,
    struct session *session, struct proof_of *proof, enum session_end *end,
    struct err *said, struct err *err)
{
	struct proving p = { .v = verify,
		.module = module,
		.session = session,
		.said = said,
		.sent = zoho_sent(verify->zoho),
		.credits = zoho_credits(verify->zoho),
		.applied = spot_changes(verify->spot, VERDICT_APPLIED) };
	enum status st;

	p.fetch = (struct fetch) { .db = verify->db,
		.zoho = verify->zoho,
		.modules = verify->modules,
		.origin = "reconcile",
		.found_in = module,
		.spot = verify->spot };
	p.compare = (struct compare) { .fetch = &p.fetch,
		.module = module,
		.rules = verify->rules,
		.keep = verify->repair };
	array_init(&p.ids, ARRAY_TEXT, IDS_BYTES);
	compare_open(&p.compare);
	st = begin(&p, err);
	if (st == ST_OK)
		st = steps(&p, err);
	if (st == ST_OK || st == ST_NONE)
		st = conclude(&p, st, proof, end, err);
	compare_close(&p.compare);
	array_release(&p.ids);
	crm_fields_release(&p.fields);
	return st;
}
