/* drain - apply what waits in the queue to the mirror; it asks Zoho nothing
 * itself.
 *
 * This process only looks after its workers: a worker that dies of what it
 * reads is replaced, and the request is marked. Where the settings say how to
 * ask Zoho, fetch runs beside them. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "centre.h"
#include "clock.h"
#include "drain.h"
#include "job_main.h"
#include "keeper.h"
#include "log.h"
#include "stop.h"
#include "worker.h"

enum { WORKERS_MAX = KEEPER_CHILDREN - 1 };

enum { OPT_ONCE, OPT_WORKERS, OPT_SLOT, OPT_UNTIL, OPT_DRY_RUN };

static const struct job_option options[] = {
	[OPT_ONCE] = { "once", NULL, "drain what is due, then end" },
	[OPT_WORKERS] = { "workers", "N", "processes at work (DRAIN_WORKERS)" },
	[OPT_SLOT] = { "slot", "SECONDS",
	    "linger for so long (DRAIN_SLOT_SECONDS)" },
	[OPT_UNTIL] = { "until", "HH:MM", "linger until this time of day" },
	[OPT_DRY_RUN] = { "dry-run", NULL,
	    "say what one batch would do, and undo it" },
};

/* Children are numbered: the workers, and behind them fetch. */
struct run {
	const struct job *job;
	bool once;
	int workers;
	bool fetches;
	int turn; /* once: what comes next, see next() */
	int64_t deadline_ms;
	struct worker_report *reports; /* one each, in shared memory */
};

/* ---- the children ---- */

static enum status
work(const struct run *run, int number, bool replaces, struct err *err)
{
	const struct worker_orders orders = {
		.settings = &run->job->settings,
		.number = number,
		.once = run->once,
		.replaces = replaces,
		.deadline_ms = run->deadline_ms,
		.report = &run->reports[number],
	};

	return worker_run(&orders, err);
}

/* The program beside this one: it has a client for HTTP, which a drain that
 * reads what strangers wrote has not. */
static int
become_fetch(const struct run *run)
{
	static char once[] = "--once", slot[] = "--slot", config[] = "--config";
	char path[PATH_MAX] = "", seconds[24];
	char *words[8];
	int64_t left_s = (run->deadline_ms - clock_passed_ms() + 999) / 1000;
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 8);
	char *name;
	int i = 0;

	path[n > 0 ? n : 0] = '\0';
	name = strrchr(path, '/');
	if (name == NULL) {
		log_error("fetch: it is not known where the programs are");
		return EX_TEMPFAIL;
	}
	(void)stpcpy(++name, "fetch");
	(void)snprintf(seconds, sizeof(seconds), "%lld",
	    (long long)(left_s > 0 ? left_s : 1));
	words[i++] = name;
	if (run->once)
		words[i++] = once;
	else {
		words[i++] = slot;
		words[i++] = seconds;
	}
	if (run->job->config != NULL) {
		words[i++] = config;
		words[i++] = strdupa(run->job->config);
	}
	words[i] = NULL;
	(void)execv(path, words);
	log_error("fetch: %s: %s", path, strerror(errno));
	return EX_UNAVAILABLE;
}

static int
child(void *arg, int number, bool replaces)
{
	const struct run *run = arg;
	struct err err = ERR_INIT;
	enum status st;

	if (number == run->workers)
		return become_fetch(run);
	st = work(run, number, replaces, &err);
	if (st == ST_OK || st == ST_NONE)
		return 0;
	log_error("worker %d: %s", number, err.text);
	(void)fprintf(stderr, "drain: %s\n", err.text);
	return strcmp(err.reason, "settings") == 0 ? EX_CONFIG : err_exit(st);
}

/* The worker said what it was reading: that request is to blame. */
static void
crashed(void *arg, int number, int signal)
{
	const struct run *run = arg;
	struct worker_report *report = &run->reports[number];
	struct err err = ERR_INIT;
	struct drain *d = NULL;
	enum status st;

	if (number == run->workers) {
		log_error("fetch: died of signal %d", signal);
		return;
	}
	log_error("worker %d: died of signal %d while it read request %lld",
	    number, signal, (long long)report->reading);
	if (report->reading == 0)
		return;
	st = drain_open(&d, &run->job->settings, NULL, &err);
	if (st == ST_OK)
		st = drain_note_crash(d, report->reading, signal, &err);
	if (st != ST_OK)
		log_error("worker %d: crash not noted: %s", number, err.text);
	report->reading = 0;
	drain_close(d);
}

static void
start_workers(const struct run *run, struct keeper *keeper)
{
	int i;

	for (i = 0; i < run->workers; i++)
		keeper_start(keeper, i);
}

/* Once: the workers, then fetch, then the workers again for what it brought.
 * A lingering drain has both at the same time. */
static void
next(void *arg, struct keeper *keeper)
{
	struct run *run = arg;

	if (!run->once || !run->fetches || keeper->code != 0)
		return;
	run->turn++;
	if (run->turn == 1)
		keeper_start(keeper, run->workers);
	else if (run->turn == 2)
		start_workers(run, keeper);
}

static void
summarise(const struct run *run, int64_t began_ms)
{
	struct queue_totals sum;
	int64_t loaded = 0;
	char line[256];
	int i, v;

	memset(&sum, 0, sizeof(sum));
	for (i = 0; i < run->workers; i++) {
		const struct worker_report *r = &run->reports[i];

		sum.requests += r->totals.requests;
		sum.postponed += r->totals.postponed;
		loaded += r->loaded;
		for (v = 0; v < VERDICT_COUNT; v++)
			sum.changes[v] += r->totals.changes[v];
	}
	(void)snprintf(line, sizeof(line),
	    "requests=%lld applied=%lld stale=%lld duplicate=%lld ignored=%lld "
	    "fetched=%lld dead=%lld postponed=%lld spool=%lld ms=%lld",
	    (long long)sum.requests, (long long)sum.changes[VERDICT_APPLIED],
	    (long long)sum.changes[VERDICT_STALE],
	    (long long)sum.changes[VERDICT_DUPLICATE],
	    (long long)sum.changes[VERDICT_IGNORED],
	    (long long)sum.changes[VERDICT_FETCHED],
	    (long long)sum.changes[VERDICT_DEAD], (long long)sum.postponed,
	    (long long)loaded, (long long)(clock_passed_ms() - began_ms));
	log_info("drained: %s", line);
	if (isatty(STDOUT_FILENO))
		(void)printf("%s\n", line);
}

static enum status
run_workers(struct run *run, struct err *err)
{
	struct keeper keeper = { .arg = run,
		.deadline_ms = run->deadline_ms,
		.child = child,
		.crashed = crashed,
		.next = next };
	int64_t began_ms = clock_passed_ms();
	size_t bytes = (size_t)run->workers * sizeof(*run->reports);
	int code;

	run->reports = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (run->reports == MAP_FAILED)
		return err_memory(err);
	keeper_open(&keeper);
	start_workers(run, &keeper);
	if (run->fetches && !run->once)
		keeper_start(&keeper, run->workers);
	code = keeper_wait(&keeper);
	summarise(run, began_ms);
	(void)munmap(run->reports, bytes);
	if (code != 0)
		exit(code); /* the child has said why */
	return ST_OK;
}

/* ---- options ---- */

static enum status
read_until(const char *text, int64_t *left_ms, struct err *err)
{
	time_t now = time(NULL), then;
	struct tm tm;
	int hour, minute, used = 0;

	if (sscanf(text, "%2d:%2d%n", &hour, &minute, &used) != 2 ||
	    text[used] != '\0' || hour < 0 || hour > 23 || minute < 0 ||
	    minute > 59)
		return err_class(err, ST_REJECT, "usage",
		    "--until takes a time like 06:30, not \"%s\"", text);
	(void)localtime_r(&now, &tm);
	tm.tm_hour = hour;
	tm.tm_min = minute;
	tm.tm_sec = 0;
	tm.tm_isdst = -1;
	then = mktime(&tm);
	if (then <= now) {
		tm.tm_mday++;
		tm.tm_isdst = -1;
		then = mktime(&tm);
	}
	*left_ms = (int64_t)(then - now) * 1000;
	return ST_OK;
}

static enum status
dry_run(const struct job *job, struct err *err)
{
	struct queue_totals totals;
	struct drain *d = NULL;
	enum status st = drain_open(&d, &job->settings, NULL, err);
	int v;

	memset(&totals, 0, sizeof(totals));
	if (st == ST_OK)
		st = drain_preview(d, &totals, err);
	if (st == ST_NONE)
		(void)puts("nothing is due");
	if (st == ST_OK) {
		(void)printf("would finish %lld requests, put back %lld\n",
		    (long long)totals.requests, (long long)totals.postponed);
		for (v = VERDICT_IGNORED; v < VERDICT_COUNT; v++)
			if (totals.changes[v] > 0)
				(void)printf("%10lld %s\n",
				    (long long)totals.changes[v],
				    verdict_name((enum verdict)v));
	}
	drain_close(d);
	return st;
}

static const struct job_program program;

static enum status
drain(struct job *job, struct err *err)
{
	const struct settings *s = &job->settings;
	struct run run = { .job = job, .once = job->given[OPT_ONCE] != NULL };
	long workers, slot;
	int64_t left_ms;
	enum status st;

	st = job_number(job, &program, OPT_WORKERS, 1, WORKERS_MAX,
	    settings_number(s, SET_DRAIN_WORKERS), &workers, err);
	if (st == ST_OK)
		st = job_number(job, &program, OPT_SLOT, 1, 86400,
		    settings_number(s, SET_DRAIN_SLOT_SECONDS), &slot, err);
	if (st != ST_OK)
		return st;
	left_ms = (int64_t)slot * 1000;
	if (run.once)
		left_ms = INT64_C(86400) * 1000;
	if (job->given[OPT_UNTIL] != NULL)
		st = read_until(job->given[OPT_UNTIL], &left_ms, err);
	if (st != ST_OK)
		return st;
	if (job->given[OPT_DRY_RUN] != NULL)
		return dry_run(job, err);
	run.workers = (int)workers;
	run.fetches = centre_may_ask(s);
	run.deadline_ms = clock_passed_ms() + left_ms;
	return run_workers(&run, err);
}

static const struct job_program program = {
	.name = "drain",
	.words = "",
	.summary = "Apply what waits in the queue to the mirror.",
	.options = options,
	.options_len = ARRAY_LEN(options),
	.run = drain,
};

int
main(int argc, char **argv)
{
	return job_main(argc, argv, &program);
}
