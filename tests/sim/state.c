/* The true state of a module, for comparison with what somebody copied. */
#include <inttypes.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control.h"
#include "record.h"
#include "sim.h"

enum { PIECE = 64 * 1024 };

static void
write_line(struct sim *sim, struct out *o, struct module *m, uint32_t n)
{
	struct world *w = &sim->world;
	const struct rec *r = &m->recs[n];
	char time[MOMENT_MAX];

	moment_crm(time, r->modified, 0);
	out_f(o,
	    "{\"id\":\"%" PRId64 "\",\"modified_time\":\"%s\",\"deleted\":%s,"
	    "\"record\":",
	    record_id(w, m, n), time, record_lives(r) ? "false" : "true");
	if (record_lives(r))
		record_full(w, o, m, n);
	else
		out_text(o, "null");
	out_text(o, "}\n");
}

static bool
next_piece(struct sim *sim, struct out *o, uint64_t *cursor, void *arg)
{
	struct module *m = arg;

	while (*cursor < m->n && o->buf.len < PIECE)
		write_line(sim, o, m, (uint32_t)(*cursor)++);
	return *cursor < m->n;
}

static void
digest(struct call *c, struct module *m)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char sum[EVP_MAX_MD_SIZE];
	unsigned len = 0, i;
	uint64_t cursor = 0;
	uint32_t lives = 0, n;
	struct out piece = OUT_INIT;
	struct out *o;
	bool more;

	if (ctx == NULL || EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) != 1)
		abort();
	do {
		out_clear(&piece);
		more = next_piece(c->sim, &piece, &cursor, m);
		EVP_DigestUpdate(ctx, out_all(&piece), piece.buf.len);
	} while (more);
	EVP_DigestFinal_ex(ctx, sum, &len);
	EVP_MD_CTX_free(ctx);
	out_release(&piece);
	for (n = 0; n < m->n; n++)
		lives += record_lives(&m->recs[n]);
	o = answer_json(c, 200);
	out_f(o, "{\"module\":\"%s\",\"count\":%u,\"sha256\":\"", m->def->name,
	    lives);
	for (i = 0; i < len; i++)
		out_f(o, "%02x", sum[i]);
	out_text(o, "\"}");
}

void
state_call(struct call *c)
{
	const char *name = call_param(c, "module");
	const char *format = call_param(c, "format");
	struct module *m = name == NULL ? NULL
					: world_module(&c->sim->world, name);

	if (m == NULL) {
		control_wrong(c, "no such module");
		return;
	}
	if (format != NULL && strcmp(format, "digest") == 0) {
		digest(c, m);
		return;
	}
	answer_text(c, 200, "application/x-ndjson", "");
	c->answer.pieces = next_piece;
	c->answer.arg = m;
}
