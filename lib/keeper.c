#include "keeper.h"

#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "clock.h"
#include "log.h"
#include "stop.h"

/* A child's end must end the wait; there is nothing else to do. */
static void
woken(int number)
{
	(void)number;
}

void
keeper_open(struct keeper *keeper)
{
	sigset_t held;

	(void)signal(SIGCHLD, woken);
	(void)sigemptyset(&held);
	(void)sigaddset(&held, SIGTERM);
	(void)sigaddset(&held, SIGINT);
	(void)sigaddset(&held, SIGCHLD);
	(void)sigprocmask(SIG_BLOCK, &held, &keeper->mask);
}

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
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(0);
	_exit(k->child(k->arg, number, replaces));
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

void
keeper_start(struct keeper *keeper, int number)
{
	start(keeper, number, false);
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

/* A child has ended: find which, and replace it where it was killed. */
static void
take_leave(struct keeper *k, pid_t pid, int status)
{
	int i = 0;

	while (i < KEEPER_CHILDREN && k->pids[i] != pid)
		i++;
	if (i == KEEPER_CHILDREN)
		return;
	k->pids[i] = 0;
	k->alive--;
	if (WIFEXITED(status) && WEXITSTATUS(status) > k->code)
		k->code = WEXITSTATUS(status);
	if (!WIFSIGNALED(status))
		return;
	if (is_crash(status))
		k->crashed(k->arg, i, WTERMSIG(status));
	if (stop_asked || clock_passed_ms() >= k->deadline_ms ||
	    k->replaced++ >= KEEPER_REPLACED_MAX)
		return;
	start(k, i, true);
}

static void
tell_all(const struct keeper *k, int signal)
{
	int i;

	for (i = 0; i < KEEPER_CHILDREN; i++)
		if (k->pids[i] > 0)
			(void)kill(k->pids[i], signal);
}

/* Signals come only while this waits, so none is missed between a look and
 * the wait. */
int
keeper_wait(struct keeper *keeper)
{
	bool told = false;
	int status;
	pid_t pid;

	for (;;) {
		while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
			take_leave(keeper, pid, status);
		if (keeper->alive == 0 && !stop_asked)
			keeper->next(keeper->arg, keeper);
		if (keeper->alive == 0)
			return keeper->code;
		if (stop_asked && !told) {
			tell_all(keeper, SIGTERM);
			told = true;
		}
		(void)sigsuspend(&keeper->mask);
	}
}
