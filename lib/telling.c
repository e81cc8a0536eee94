#include "telling.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "json.h"
#include "log.h"
#include "tool.h"

/* What goes wrong here is seen where the whole output is: at the end. */
static void
say_json(const struct module *module, const struct session *s,
    const char *state, const char *message)
{
	const struct {
		const char *key;
		int64_t n;
	} figures[] = { { "session", s->id }, { "found", s->found },
		{ "differing", s->differing }, { "applied", s->applied },
		{ "failed", s->failed }, { "calls", s->calls },
		{ "credits", s->credits } };
	json_object *o = json_object_new_object();
	struct err none = ERR_INIT;
	enum status st = json_add_text(o, "module", module->name,
	    strlen(module->name), &none);
	size_t i;

	if (st == ST_OK)
		st = json_add_text(o, "state", state, strlen(state), &none);
	if (st == ST_OK && s->expected >= 0)
		st = json_add_i64(o, "expected", s->expected, &none);
	for (i = 0; st == ST_OK && i < ARRAY_LEN(figures); i++)
		st = json_add_i64(o, figures[i].key, figures[i].n, &none);
	if (st == ST_OK && message[0] != '\0')
		st = json_add_text(o, "message", message, strlen(message),
		    &none);
	if (st == ST_OK)
		st = tool_print_json(o, &none);
	if (st != ST_OK)
		log_warn("%s: %s", module->name, none.text);
	(void)fflush(stdout);
	json_object_put(o);
}

/* A line a page where nobody watches, a bar where somebody does. */
void
telling_page(void *arg, const struct module *module, const struct session *s)
{
	struct telling *t = arg;

	if (t->json) {
		say_json(module, s, "running", "");
		return;
	}
	progress_draw(&t->progress, module->name, s->found, s->expected);
	if (isatty(STDERR_FILENO))
		return;
	if (s->expected >= 0)
		(void)printf("%s: %lld of %lld, applied %lld, failed %lld\n",
		    module->name, (long long)s->found, (long long)s->expected,
		    (long long)s->applied, (long long)s->failed);
	else
		(void)printf("%s: %lld, applied %lld, failed %lld\n",
		    module->name, (long long)s->found, (long long)s->applied,
		    (long long)s->failed);
	(void)fflush(stdout);
}

void
telling_end(struct telling *t, const struct module *module,
    const struct session *s, enum session_end end, const struct err *said)
{
	const char *state = session_end_name(end);
	const char *message = end == SESSION_COMPLETED ? "" : said->text;
	char line[240];

	progress_clear(&t->progress);
	(void)snprintf(line, sizeof(line),
	    "%s: %s expected=%lld found=%lld differing=%lld applied=%lld "
	    "failed=%lld calls=%lld credits=%lld ms=%lld",
	    module->name, state, (long long)s->expected, (long long)s->found,
	    (long long)s->differing, (long long)s->applied,
	    (long long)s->failed, (long long)s->calls, (long long)s->credits,
	    (long long)(clock_passed_ms() - t->began_ms));
	log_info("backfilled %s", line);
	if (t->json)
		say_json(module, s, state, message);
	else
		(void)printf("%s\n", line);
	if (message[0] != '\0')
		log_warn("%s: %s", module->name, message);
}
