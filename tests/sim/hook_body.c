#include "hook_body.h"

#include <inttypes.h>
#include <string.h>

#include "record.h"
#include "sim.h"

/* Whether this string of digits is a number's place: an id in quotes */
static size_t
id_length(const char *at)
{
	size_t n;

	if (*at != '"')
		return 0;
	n = strspn(at + 1, "0123456789");
	return n >= 15 && at[1 + n] == '"' ? n : 0;
}

/* Ids as numbers, letters beyond ASCII as \u: as some have seen it. */
static void
reshape(struct sim *sim, struct out *o)
{
	bool numbers = variant(&sim->variants, VAR_HOOK_IDS) == 1;
	bool escapes = variant(&sim->variants, VAR_HOOK_ESCAPES) == 1;
	struct out from = *o;
	const char *at;
	size_t n;

	if (!numbers && !escapes)
		return;
	*o = (struct out)OUT_INIT;
	for (at = out_all(&from); *at != '\0'; at += n) {
		unsigned char c = (unsigned char)*at;
		unsigned code;

		n = 1;
		if (numbers && id_length(at) > 0) {
			n = id_length(at) + 2;
			out_bytes(o, at + 1, n - 2);
			continue;
		}
		if (!escapes || c < 0xc0) {
			out_bytes(o, at, 1);
			continue;
		}
		n = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
		code = c & (0xffu >> (n + 1));
		for (size_t i = 1; i < n; i++)
			code = code << 6 | ((unsigned char)at[i] & 0x3f);
		if (code > 0xffff) {
			code -= 0x10000;
			out_f(o, "\\u%04x\\u%04x", 0xd800 + (code >> 10),
			    0xdc00 + (code & 0x3ff));
		} else {
			out_f(o, "\\u%04x", code);
		}
	}
	out_release(&from);
}

void
hook_books_body(struct sim *sim, struct out *o, struct module *m,
    enum event event, uint32_t n)
{
	const char *key = strcmp(m->def->api, "inventoryadjustments") == 0 &&
		variant(&sim->variants, VAR_ADJUSTMENT_KEY) == 1
	    ? "inventoryadjustment"
	    : m->def->single;

	out_f(o, "{\"organization_id\":\"%s\",\"%s\":", sim->organization, key);
	if (event == EVENT_DELETE &&
	    variant(&sim->variants, VAR_HOOK_DELETE) == 1)
		out_f(o, "{\"%s\":\"%" PRId64 "\"}", m->def->id_field,
		    record_id(&sim->world, m, n));
	else
		record_books(&sim->world, o, m, n, true);
	out_text(o, "}");
	if (variant(&sim->variants, VAR_HOOK_IDS) == 1) {
		struct out whole = OUT_INIT;

		/* the organization is no id of 15 digits */
		out_f(&whole, "{\"organization_id\":%s", sim->organization);
		out_text(&whole, out_all(o) + 21 + strlen(sim->organization));
		out_release(o);
		*o = whole;
	}
	reshape(sim, o);
}
