/* zoho-sim - play Zoho CRM and Zoho Books for tests; see zoho-sim.1. */
#include <curl/curl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "dc.h"
#include "file_text.h"
#include "options.h"
#include "server.h"
#include "sim.h"

#define ALL_SCOPES                                                           \
	"ZohoCRM.modules.ALL,ZohoCRM.settings.ALL,ZohoCRM.org.READ,"         \
	"ZohoCRM.users.READ,ZohoSearch.securesearch.READ,ZohoCRM.coql.READ," \
	"ZohoCRM.bulk.ALL,ZohoCRM.mass_update.ALL,"                          \
	"ZohoCRM.notifications.ALL,ZohoFiles.files.ALL,"                     \
	"ZohoBooks.fullaccess.all"

int64_t
sim_now(const struct sim *sim)
{
	return moment_now(&sim->world.clock);
}

static bool
set_variants(struct sim *sim, const struct options *o)
{
	char name[64];
	int i;

	variants_init(&sim->variants);
	for (i = 0; i < o->nvariants; i++) {
		const char *is = strchr(o->variants[i], '=');

		snprintf(name, sizeof(name), "%.*s", (int)(is - o->variants[i]),
		    o->variants[i]);
		if (!variant_set(&sim->variants, name, is + 1)) {
			fprintf(stderr, "zoho-sim: no variant \"%s\"\n",
			    o->variants[i]);
			return false;
		}
	}
	sim->world.deleted_lookup_null = variant(&sim->variants,
					     VAR_DELETED_LOOKUP) == 1;
	sim->world.bigint_number = variant(&sim->variants, VAR_BIGINT) == 1;
	return true;
}

static bool
set_up(struct sim *sim, const struct options *o)
{
	static const char *const names[] = { "credits", "concurrency",
		"sub_concurrency", "downloads", "books_minute", "books_day",
		"books_concurrency" };
	const char *dir = getenv("TMPDIR");
	int64_t t;
	size_t i;

	pthread_mutex_init(&sim->lock, NULL);
	world_init(&sim->world, o->seed, o->records);
	sim->world.clock.offset = o->offset_min;
	if (o->now != NULL && !moment_read(o->now, true, &t)) {
		fprintf(stderr, "zoho-sim: \"%s\" is no time\n", o->now);
		return false;
	}
	if (o->now != NULL)
		moment_set(&sim->world.clock, t);
	if (!limits_init(&sim->limits, o->edition, o->plan, o->users) ||
	    dc_api_host(o->dc) == NULL) {
		fprintf(stderr, "zoho-sim: no such edition, plan or dc\n");
		return false;
	}
	for (i = 0; o->limits_off && i < ARRAY_LEN(names); i++)
		limit_set(&sim->limits, names[i], 0);
	oauth_init(&sim->oauth, o->client, o->secret, o->refresh, o->scope);
	snprintf(sim->dc, sizeof(sim->dc), "%s", o->dc);
	snprintf(sim->organization, sizeof(sim->organization), "10234695");
	snprintf(sim->zgid, sizeof(sim->zgid), "20081234567");
	sim->latency_ms = o->latency_ms;
	snprintf(sim->dir, sizeof(sim->dir), "%.150s/zoho-sim.XXXXXX",
	    dir != NULL ? dir : "/tmp");
	if (mkdtemp(sim->dir) == NULL) {
		perror("zoho-sim: could not make a directory");
		return false;
	}
	return set_variants(sim, o);
}

static void
say_port(const struct sim *sim, const struct options *o, int port)
{
	FILE *f;

	printf("%s\n", sim->base);
	fflush(stdout);
	f = o->port_file != NULL ? fopen(o->port_file, "w") : NULL;
	if (f != NULL) {
		fprintf(f, "%d\n", port);
		fclose(f);
	}
}

/* What passes with time alone; a signal that came, -1 for none. */
static int
step(struct sim *sim, const sigset_t *set)
{
	static const struct timespec pause = { .tv_nsec = 100000000 };

	pthread_mutex_lock(&sim->lock);
	merges_step(sim);
	pthread_mutex_unlock(&sim->lock);
	return sigtimedwait(set, NULL, &pause);
}

/* Serve until a signal says to stop. */
static int
serve(struct sim *sim, const struct options *o)
{
	struct listen l = {
		.address = o->address, .port = o->port, .threads = o->threads
	};
	char *cert = o->cert != NULL ? file_text(o->cert) : NULL;
	char *key = o->key != NULL ? file_text(o->key) : NULL;
	struct server *s = NULL;
	sigset_t set;
	int port, sig;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	l.cert = cert;
	l.key = key;
	if ((o->cert == NULL) == (cert == NULL))
		s = server_open(sim, &l, &port);
	if (s == NULL) {
		fprintf(stderr, "zoho-sim: could not listen on %s port %d\n",
		    o->address, o->port);
		return EX_UNAVAILABLE;
	}
	snprintf(sim->base, sizeof(sim->base), "http%s://%s:%d",
	    cert != NULL ? "s" : "", o->address, port);
	snprintf(sim->api_domain, sizeof(sim->api_domain), "%s",
	    o->api_domain != NULL ? o->api_domain : sim->base);
	deliver_start(sim);
	bulk_start(sim);
	say_port(sim, o, port);
	do
		sig = step(sim, &set);
	while (sig < 0);
	server_close(s);
	bulk_stop(sim);
	deliver_stop(sim);
	free(cert);
	free(key);
	return 0;
}

static int
run(const struct options *o)
{
	struct sim *sim = calloc(1, sizeof(*sim));
	int status = EX_USAGE;

	if (sim == NULL)
		return EX_OSERR;
	signal(SIGPIPE, SIG_IGN);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	if (set_up(sim, o))
		status = serve(sim, o);
	directory_remove(sim->dir);
	webhooks_clear(sim);
	world_release(&sim->world);
	curl_global_cleanup();
	free(sim);
	return status;
}

int
main(int argc, char **argv)
{
	struct options o = { .address = "127.0.0.1",
		.records = 1000,
		.seed = 1,
		.client = "1000.SIMCLIENT",
		.secret = "simsecret",
		.refresh = "1000.simrefresh",
		.scope = ALL_SCOPES,
		.edition = "enterprise",
		.plan = "premium",
		.users = 50,
		.dc = "eu",
		.offset_min = 60,
		.threads = 2 };
	int status;

	return options_read(&o, argc, argv, &status) ? run(&o) : status;
}
