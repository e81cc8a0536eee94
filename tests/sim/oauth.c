#include "oauth.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "call.h"
#include "dc.h"
#include "sim.h"

void
oauth_init(struct oauth *o, const char *id, const char *secret,
    const char *refresh, const char *scope)
{
	memset(o, 0, sizeof(*o));
	snprintf(o->client_id, sizeof(o->client_id), "%s", id);
	snprintf(o->client_secret, sizeof(o->client_secret), "%s", secret);
	snprintf(o->grants[0].refresh, TOKEN_MAX, "%s", refresh);
	snprintf(o->grants[0].scope, SCOPE_MAX, "%s", scope);
	o->grants[0].redeemed = true;
	o->ngrants = 1;
}

static void
new_text(struct sim *sim, char out[TOKEN_MAX])
{
	uint64_t h = mix(sim->world.seed ^ 0x70ce5, ++sim->oauth.serial);

	snprintf(out, TOKEN_MAX,
	    "1000.%016" PRIx64 "%016" PRIx64 ".%016" PRIx64 "%016" PRIx64, h,
	    mix(h, 1), mix(h, 2), mix(h, 3));
}

/* The 21st refresh token ends the first, and its access tokens. */
static void
evict(struct oauth *o)
{
	struct grant *first = NULL;
	int i, live = 0;

	for (i = 0; i < o->ngrants; i++) {
		struct grant *g = &o->grants[i];

		if (g->refresh[0] == '\0')
			continue;
		live++;
		if (first == NULL || g->born < first->born)
			first = g;
	}
	if (live > GRANTS_PER_USER) {
		first->refresh[0] = '\0';
		first->nlive = 0;
	}
}

/* Whether there is room for one more in ten minutes; then it is taken. */
static bool
take_slot(int64_t at[MINTS], int64_t now)
{
	int i;

	for (i = 0; i < MINTS; i++)
		if (at[i] == 0 || now - at[i] >= MINT_WINDOW_S) {
			at[i] = now;
			return true;
		}
	return false;
}

int
oauth_grant(struct sim *sim, const char *scope, bool code)
{
	struct oauth *o = &sim->oauth;
	struct grant *g = NULL;
	int i;

	if (code && !take_slot(o->codes_at, sim_now(sim)))
		return -1;
	for (i = 1; i < o->ngrants && g == NULL; i++)
		if (o->grants[i].refresh[0] == '\0' &&
		    o->grants[i].code[0] == '\0')
			g = &o->grants[i];
	if (g == NULL && o->ngrants == GRANTS_MAX)
		return -1;
	if (g == NULL)
		g = &o->grants[o->ngrants++];
	memset(g, 0, sizeof(*g));
	snprintf(g->scope, SCOPE_MAX, "%s", scope);
	if (code) {
		new_text(sim, g->code);
		g->code_made = sim_now(sim);
	} else {
		new_text(sim, g->refresh);
		g->born = o->serial;
		g->redeemed = true;
		evict(o);
	}
	return (int)(g - o->grants);
}

static void
failed(struct call *c, int status, const char *error)
{
	out_f(answer_json(c, status), "{\"error\":\"%s\"}", error);
}

static void
throttled(struct call *c)
{
	int status = variant(&c->sim->variants, VAR_TOKEN_THROTTLE) == 0 ? 200
									 : 400;

	counter_overrun(&c->sim->counters, OVER_TOKENS);
	out_text(answer_json(c, status),
	    "{\"error_description\":\"You have made too many requests "
	    "continuously. Please try again after some time.\",\"error\":"
	    "\"Access Denied\",\"status\":\"failure\"}");
}

/* Ten in ten minutes; then blocked until the window has passed. */
static bool
may_mint(struct grant *g, int64_t now)
{
	int i, kept = 0;

	for (i = 0; i < g->nminted; i++)
		if (now - g->minted[i] < MINT_WINDOW_S)
			g->minted[kept++] = g->minted[i];
	g->nminted = kept;
	return kept < MINTS;
}

static void
write_token(struct call *c, struct grant *g, const char *text, bool refresh)
{
	struct sim *sim = c->sim;
	int form = variant(&sim->variants, VAR_EXPIRES_IN);
	struct out *o = answer_json(c, 200);

	out_f(o, "{\"access_token\":\"%s\"", text);
	if (refresh)
		out_f(o, ",\"refresh_token\":\"%s\"", g->refresh);
	if (variant(&sim->variants, VAR_SCOPE_IN_TOKEN) == 0) {
		out_key(o, "scope");
		out_json(o, g->scope);
	}
	out_key(o, "api_domain");
	out_json(o, sim->api_domain);
	out_text(o, ",\"token_type\":\"Bearer\"");
	if (form == 0)
		out_f(o, ",\"expires_in\":%d", TOKEN_LIFE_S);
	else if (form == 1)
		out_f(o, ",\"expires_in_sec\":%d,\"expires_in\":%d000",
		    TOKEN_LIFE_S, TOKEN_LIFE_S);
	out_text(o, "}");
}

static void
mint(struct call *c, struct grant *g, bool refresh)
{
	struct sim *sim = c->sim;
	int64_t now = sim_now(sim);
	struct access *a;

	if (!may_mint(g, now)) {
		throttled(c);
		return;
	}
	g->minted[g->nminted++] = now;
	if (g->nlive == LIVE_TOKENS) {
		bool lives = now - g->live[0].made < TOKEN_LIFE_S;

		memmove(&g->live[0], &g->live[1],
		    (LIVE_TOKENS - 1) * sizeof(g->live[0]));
		g->nlive--;
		if (lives)
			counter_overrun(&sim->counters, OVER_LIVE_TOKENS);
	}
	a = &g->live[g->nlive++];
	new_text(sim, a->text);
	a->made = now;
	sim->counters.tokens++;
	write_token(c, g, a->text, refresh);
}

static void
redeem(struct call *c, const char *code)
{
	struct oauth *o = &c->sim->oauth;
	int i;

	for (i = 0; code != NULL && i < o->ngrants; i++) {
		struct grant *g = &o->grants[i];

		if (g->code[0] == '\0' || strcmp(g->code, code) != 0)
			continue;
		g->code[0] = '\0';
		if (sim_now(c->sim) - g->code_made > CODE_LIFE_S)
			break;
		if (!take_slot(o->redeemed_at, sim_now(c->sim))) {
			throttled(c);
			return;
		}
		new_text(c->sim, g->refresh);
		g->born = o->serial;
		g->redeemed = true;
		evict(o);
		mint(c, g, true);
		return;
	}
	failed(c, 200, "invalid_code");
}

static void
refresh_with(struct call *c, const char *refresh)
{
	struct oauth *o = &c->sim->oauth;
	int i;

	for (i = 0; refresh != NULL && i < o->ngrants; i++)
		if (o->grants[i].refresh[0] != '\0' &&
		    strcmp(o->grants[i].refresh, refresh) == 0) {
			mint(c, &o->grants[i], false);
			return;
		}
	failed(c, 200, "invalid_code");
}

static const char *
either(const struct call *c, const struct pairs *form, const char *name)
{
	const char *value = pairs_get(form, name);

	return value != NULL ? value : call_param(c, name);
}

static void
token_of(struct call *c, const struct pairs *form)
{
	const struct oauth *o = &c->sim->oauth;
	const char *type = either(c, form, "grant_type");
	const char *id = either(c, form, "client_id");
	const char *secret = either(c, form, "client_secret");

	if (!dc_ours(c->sim->dc, call_header(c, "host")) || id == NULL ||
	    strcmp(id, o->client_id) != 0)
		failed(c, 200, "invalid_client");
	else if (secret == NULL || strcmp(secret, o->client_secret) != 0)
		failed(c, 200, "invalid_client_secret");
	else if (type != NULL && strcmp(type, "refresh_token") == 0)
		refresh_with(c, either(c, form, "refresh_token"));
	else if (type != NULL && strcmp(type, "authorization_code") == 0)
		redeem(c, either(c, form, "code"));
	else
		failed(c, 200, "general_error");
}

void
oauth_token(struct call *c)
{
	struct pairs form = { .n = 0 };
	const char *type = call_header(c, "content-type");

	if (type == NULL ||
	    strncmp(type, "application/x-www-form-urlencoded", 33) == 0)
		pairs_read(&form, out_all(&c->body), c->body.buf.len);
	else if (strncmp(type, "multipart/form-data", 19) == 0)
		pairs_read_multipart(&form, type, out_all(&c->body),
		    c->body.buf.len);
	token_of(c, &form);
	pairs_release(&form);
}

void
oauth_revoke(struct call *c)
{
	struct oauth *o = &c->sim->oauth;
	struct pairs form = { .n = 0 };
	const char *token;
	int i;

	pairs_read(&form, out_all(&c->body), c->body.buf.len);
	token = either(c, &form, "token");
	failed(c, 400, "invalid_token");
	for (i = 0; token != NULL && i < o->ngrants; i++)
		if (*token != '\0' &&
		    strcmp(o->grants[i].refresh, token) == 0) {
			o->grants[i].refresh[0] = '\0';
			o->grants[i].nlive = 0;
			out_text(answer_json(c, 200),
			    "{\"status\":\"success\"}");
		}
	pairs_release(&form);
}

enum proof
oauth_prove(struct call *c)
{
	static const char word[] = "Zoho-oauthtoken ";
	struct oauth *o = &c->sim->oauth;
	const char *header = call_header(c, "authorization");
	int i, k;

	if (header == NULL)
		return PROOF_NONE;
	if (strncasecmp(header, word, sizeof(word) - 1) != 0)
		return PROOF_WRONG;
	header += sizeof(word) - 1;
	for (i = 0; i < o->ngrants; i++)
		for (k = 0; k < o->grants[i].nlive; k++) {
			const struct access *a = &o->grants[i].live[k];

			if (strcmp(a->text, header) != 0)
				continue;
			if (sim_now(c->sim) - a->made >= TOKEN_LIFE_S)
				return PROOF_EXPIRED;
			c->grant = i;
			return PROOF_OK;
		}
	return PROOF_WRONG;
}

/* Whether "granted" holds "wanted": its own text, or a start of it with the
 * same operation, or with ALL. */
static bool
covers(const char *granted, size_t len, const char *wanted, size_t wlen)
{
	const char *op = memrchr(wanted, '.', wlen);
	size_t head = 0, oplen;

	if (op == NULL || len == 0)
		return false;
	oplen = wlen - (size_t)(op - wanted);
	if (len == 24 &&
	    strncasecmp(granted, "ZohoBooks.fullaccess.all", 24) == 0 &&
	    strncasecmp(wanted, "ZohoBooks.", 10) == 0)
		return true;
	while (head < len && head < wlen &&
	    strncasecmp(granted, wanted, head + 1) == 0)
		head++;
	while (head > 0 &&
	    (head == len || granted[head] != '.' || wanted[head] != '.'))
		head--;
	if (head == 0)
		return false;
	return (len - head == 4 &&
		   strncasecmp(granted + head, ".ALL", 4) == 0) ||
	    (len - head == oplen &&
		strncasecmp(granted + head, op, oplen) == 0);
}

static bool
has_scope(const char *scopes, const char *wanted, size_t wlen)
{
	while (*scopes != '\0') {
		size_t n = strcspn(scopes, ", ");

		if (covers(scopes, n, wanted, wlen))
			return true;
		scopes += n + strspn(scopes + n, ", ");
	}
	return false;
}

bool
oauth_scope(const struct sim *sim, int grant, const char *wanted)
{
	while (*wanted != '\0') {
		size_t n = strcspn(wanted, " ");

		if (!has_scope(sim->oauth.grants[grant].scope, wanted, n))
			return false;
		wanted += n + strspn(wanted + n, " ");
	}
	return true;
}

void
oauth_kill(struct sim *sim)
{
	int i;

	for (i = 0; i < sim->oauth.ngrants; i++)
		sim->oauth.grants[i].nlive = 0;
}
