/* drain - apply what waits in the queue to the mirror; it asks Zoho nothing.
 *
 * This process only looks after its workers: a worker that dies of what it
 * reads is replaced, and the request is marked. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "drain.h"
#include "job_main.h"
#include "log.h"
#include "stop.h"
#include "worker.h"

enum {
	WORKERS_MAX = 16,
	REPLACED_MAX = 1000, /* workers that died in one run */
};

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

struct run {
	const struct job *job;
	bool once;
	int workers;
	int64_t deadline_ms;
	struct worker_report *reports; /* one each, in shared memory */
};

/* ---- the workers ---- */

/* Returns the exit status of the worker's process. */
static int
worker_main(const struct run *run, int number, bool replaces)
{
	const struct worker_orders orders = {
		.settings = &run->job->settings,
		.number = number,
		.once = run->once,
		.replaces = replaces,
		.deadline_ms = run->deadline_ms,
		.report = &run->reports[number],
	};
	struct err err = ERR_INIT;
	enum status st = worker_run(&orders, &err);

	if (st == ST_OK || st == ST_NONE)
		return 0;
	log_error("worker %d: %s", number, err.text);
	(void)fprintf(stderr, "drain: %s\n", err.text);
	return strcmp(err.reason, "settings") == 0 ? EX_CONFIG : err_exit(st);
}

/* The parent's book of its workers. */
struct keeper {
	const struct run *run;
	pid_t pids[WORKERS_MAX];
	int alive, replaced, code;
	sigset_t mask; /* what the parent was started with */
};

static pid_t
spawn(const struct keeper *k, int number, bool replaces)
{
	pid_t parent = getpid(), pid = fork();

	if (pid < 0)
		log_error("worker %d: could not be started: %s", number,
		    strerror(errno));
	if (pid != 0)
		return pid;
	(void)sigprocmask(SIG_SETMASK, &k->mask, NULL);
	/* No worker outlives a parent that was killed. */
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(0);
	_exit(worker_main(k->run, number, replaces));
}

static void
start(struct keeper *k, int number, bool replaces)
{
	pid_t pid = spawn(k, number, replaces);

	k->pids[number] = pid > 0 ? pid : 0;
	if (pid > 0)
		k->alive++;
	else if (k->code < EX_TEMPFAIL)
		k->code = EX_TEMPFAIL;
}

static bool
is_crash(int status)
{
	static const int signals[] = { SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL,
		SIGSYS };
	size_t i;

	for (i = 0; WIFSIGNALED(status) && i < ARRAY_LEN(signals); i++)
		if (WTERMSIG(status) == signals[i])
			return true;
	return false;
}

/* The worker said what it was reading: that request is to blame. */
static void
note_crash(const struct run *run, int number, int status)
{
	struct worker_report *report = &run->reports[number];
	struct err err = ERR_INIT;
	struct drain *d = NULL;
	enum status st;

	log_error("worker %d: died of signal %d while it read request %lld",
	    number, WTERMSIG(status), (long long)report->reading);
	if (report->reading == 0)
		return;
	st = drain_open(&d, &run->job->settings, NULL, &err);
	if (st == ST_OK)
		st = drain_note_crash(d, report->reading, WTERMSIG(status),
		    &err);
	if (st != ST_OK)
		log_error("worker %d: crash not noted: %s", number, err.text);
	report->reading = 0;
	drain_close(d);
}

/* A child has ended: find which, and replace it where it was killed. */
static void
take_leave(struct keeper *k, pid_t pid, int status)
{
	const struct run *run = k->run;
	int i;

	for (i = 0; i < run->workers; i++)
		if (k->pids[i] == pid)
			break;
	if (i == run->workers)
		return;
	k->pids[i] = 0;
	k->alive--;
	if (WIFEXITED(status) && WEXITSTATUS(status) > k->code)
		k->code = WEXITSTATUS(status);
	if (!WIFSIGNALED(status))
		return;
	if (is_crash(status))
		note_crash(run, i, status);
	if (stop_asked || clock_passed_ms() >= run->deadline_ms ||
	    k->replaced++ >= REPLACED_MAX)
		return;
	start(k, i, true);
}

static void
tell_all(struct keeper *k, int signal)
{
	int i;

	for (i = 0; i < k->run->workers; i++)
		if (k->pids[i] > 0)
			(void)kill(k->pids[i], signal);
}

/* Until the last worker has ended. Signals come only while this waits, so
 * none is missed between a look and the wait. */
static int
look_after(struct keeper *k)
{
	bool told = false;
	int status, i;
	pid_t pid;

	for (i = 0; i < k->run->workers; i++)
		start(k, i, false);
	for (;;) {
		while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
			take_leave(k, pid, status);
		if (k->alive == 0)
			return k->code;
		if (stop_asked && !told) {
			tell_all(k, SIGTERM);
			told = true;
		}
		(void)sigsuspend(&k->mask);
	}
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

/* A child's end must end the wait; there is nothing else to do. */
static void
woken(int number)
{
	(void)number;
}

static enum status
run_workers(struct run *run, struct err *err)
{
	struct keeper keeper = { .run = run };
	int64_t began_ms = clock_passed_ms();
	size_t bytes = (size_t)run->workers * sizeof(*run->reports);
	sigset_t held;
	int code;

	run->reports = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (run->reports == MAP_FAILED)
		return err_memory(err);
	(void)signal(SIGCHLD, woken);
	(void)sigemptyset(&held);
	(void)sigaddset(&held, SIGTERM);
	(void)sigaddset(&held, SIGINT);
	(void)sigaddset(&held, SIGCHLD);
	(void)sigprocmask(SIG_BLOCK, &held, &keeper.mask);
	code = look_after(&keeper);
	summarise(run, began_ms);
	(void)munmap(run->reports, bytes);
	if (code != 0)
		exit(code); /* the worker has said why */
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
